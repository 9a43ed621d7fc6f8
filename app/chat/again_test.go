package chat_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"rejoin/app/chat"
)

// again runs every transaction twice, as after a deadlock: the first time is rolled back after all was done.
type again struct{ chat.Store }

var errUndo = errors.New("undo")

func (a again) Tx(ctx context.Context, act func(ctx context.Context, tx chat.Tx) error) error {
	var first error
	err := a.Store.Tx(ctx, func(ctx context.Context, tx chat.Tx) error {
		if first = act(ctx, tx); first != nil {
			return first
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return err
	}
	return a.Store.Tx(ctx, act)
}

func TestEveryUseCaseMayRunAgainAfterADeadlock(t *testing.T) {
	t.Parallel()
	h := emptyHouse(t)
	h.desk = h.deskOver(again{h.store}, "again", h.channels)
	session, err := h.desk.Setup(h.ctx, h.desk.SetupToken(), setup("ada@nord.example"))
	h.must(err)
	h.admin, err = h.desk.AgentBySession(h.ctx, session)
	h.must(err)
	h.org = h.admin.Organization
	h.agent = h.colleague(h.admin, "Bo", "bo@nord.example", chat.RoleAgent)
	h.set(chat.WidgetSites, `["`+shop+`"]`)
	h.must(h.desk.SeeSite(h.ctx, h.org, shop))

	g, link := h.invited("hm")
	device := h.rejoin(link)
	device.say("Bonjour", "")
	h.speaks(g, "fr", chat.LanguageByText)
	h.must(h.desk.SeenByCustomer(h.ctx, g.CustomerCaller, g.key, 99))
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, "I am typing", false))
	h.answer(g.key, "Yes")
	h.must(h.desk.EditCustomer(h.ctx, h.agent, g.key, chat.CustomerEdit{Name: "Jo"}))
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	second, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: rand.Text(), Text: "another matter"})
	h.must(err)
	if second.Key == g.key {
		t.Error("no new conversation began")
	}
	h.expire()
	h.must(h.desk.RenewLink(h.ctx, link))
	h.must(h.change(h.admin, h.agent.Agent, chat.AgentChange{Role: chat.RoleAdmin}))
	h.countersAreTrue(g)
	for i, m := range h.entries(g.row()) {
		if m.Seq != int64(i+1) {
			t.Fatalf("entry %d has seq %d", i+1, m.Seq)
		}
	}
	for query, want := range map[string]int{
		"select count(*) from customers": 1, "select count(*) from conversations": 2, "select count(*) from organizations": 1,
		"select count(*) from deliveries": 2, "select count(*) from rejoin_links": 2, "select count(*) from drafts": 0,
		"select count(*) from agents": 2, "select count(*) from contact_points": 1, "select count(*) from visitor_tokens": 2,
	} {
		if got := h.number(query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

func TestDraftsAreOfOneAgentAndGoWhenTheyAreSent(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	draft := func(by *chat.AgentCaller) *chat.Draft {
		t.Helper()
		thread, err := h.desk.Thread(h.ctx, by, g.key, 0, 0, 50)
		h.must(err)
		return thread.Draft
	}
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, "half a tho", true))
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, "half a thought", false))
	if d := draft(h.agent); d == nil || d.Text != "half a thought" || d.Note || draft(h.admin) != nil {
		t.Errorf("kept %+v, and for another %+v", d, draft(h.admin))
	}
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, " ", false))
	if draft(h.agent) != nil {
		t.Error("an empty draft is kept")
	}
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, "a thought", false))
	h.answer(g.key, "a thought")
	if draft(h.agent) != nil {
		t.Error("a draft stays after it was sent")
	}
	h.refused(h.desk.SaveDraft(h.ctx, h.agent, g.key, string(make([]byte, chat.MaxText+1)), false), chat.Invalid, "chat.text.long")
}

func TestTheListIsPagedWithoutGapsWhileItGrows(t *testing.T) {
	h := newHouse(t)
	for range 7 {
		h.arrive("Hello")
		h.clock.advance(time.Second)
	}
	seen := map[string]bool{}
	q := chat.ListQuery{View: chat.ViewAll, Limit: 3}
	for pages := 0; ; pages++ {
		rows, next, err := h.desk.List(h.ctx, h.agent, q)
		h.must(err)
		for _, row := range rows {
			if seen[row.Key] {
				t.Errorf("%s is shown twice", row.Key)
			}
			seen[row.Key] = true
		}
		h.arrive("a newer one")
		if next == (chat.Cursor{}) {
			break
		}
		q.After = next
	}
	if len(seen) != 7 {
		t.Errorf("%d rows, want 7", len(seen))
	}
	_, _, err := h.desk.List(h.ctx, h.agent, chat.ListQuery{View: "no such", Limit: -1})
	h.must(err)
	_, _, err = h.desk.List(h.ctx, h.agent, chat.ListQuery{Search: string(make([]byte, 201))})
	h.refused(err, chat.Invalid, "chat.search.long")
}

func TestPagesOfTheBrandAreRememberedWithoutSecrets(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	for _, page := range []string{"javascript:x", "", "//evil", "https://shop.example/a?token=1#f", "https://jo:pass@shop.example/b", "https://shop.example/b?x"} {
		h.must(h.desk.VisitPage(h.ctx, g.CustomerCaller, chat.PageVisit{URL: page, Title: "T\r\nitle"}))
	}
	for i := range 30 {
		h.must(h.desk.VisitPage(h.ctx, g.CustomerCaller, chat.PageVisit{URL: shop + "/" + name(i)}))
	}
	c, err := h.store.Customer(h.ctx, h.org.ID, g.Customer.ID)
	h.must(err)
	if len(c.Pages) != chat.MaxPages || c.Pages[0].URL != shop+"/n29" {
		t.Errorf("%d pages, newest %s", len(c.Pages), c.Pages[0].URL)
	}
	h.exec("update customers set pages = '[]'")
	h.must(h.desk.VisitPage(h.ctx, g.CustomerCaller, chat.PageVisit{URL: "https://jo:pass@shop.example/a?token=1#f", Title: "T\r\nitle"}))
	c, err = h.store.Customer(h.ctx, h.org.ID, g.Customer.ID)
	h.must(err)
	if len(c.Pages) != 1 || c.Pages[0].URL != shop+"/a" || c.Pages[0].Title != "T itle" {
		t.Errorf("kept %+v", c.Pages)
	}
}

func TestDeletingMeLeavesNothingOfMe(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("a very private word")
	h.rejoin(link)
	h.answer(g.key, "an answer")
	h.must(h.desk.DeleteMe(h.ctx, g.CustomerCaller))
	for _, table := range []string{"customers", "conversations", "messages", "contact_points", "deliveries", "rejoin_links", "visitor_tokens", "presence_rows", "drafts"} {
		if n := h.number("select count(*) from " + table); n != 0 {
			t.Errorf("%d %s are left", n, table)
		}
	}
	_, err := h.desk.CustomerByToken(h.ctx, g.token)
	h.refused(err, chat.Missing)
	_, _, err = h.desk.CustomerByLink(h.ctx, link)
	h.refused(err, chat.Missing, "chat.link.unknown")
	h.pass(time.Minute)
	if h.heard(chat.ConversationDeleted, "org:") != 1 {
		t.Error("the inboxes are not told")
	}
}
