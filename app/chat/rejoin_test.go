package chat_test

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestReadingByALinkChangesNothingAtAll(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	h.must(h.desk.SeeSite(h.ctx, h.org, shop))
	before := h.dump()
	h.forget()
	for range 3 {
		caller, c, err := h.desk.CustomerByLink(h.ctx, link)
		h.must(err)
		if c.Key != g.key || caller.Link == nil || caller.Only == nil {
			t.Fatalf("the link opens %+v for %+v", c, caller)
		}
		_, err = h.desk.MessagesFor(h.ctx, caller, c, 0, 0, 100)
		h.must(err)
		_, err = h.desk.Current(h.ctx, caller)
		h.must(err)
		_, err = h.desk.LinkTarget(h.ctx, link)
		h.must(err)
		h.must(h.desk.RenewLink(h.ctx, link))
		_ = h.desk.PageToken(link)
		h.must(h.desk.TickPresence(h.ctx))
	}
	h.unchanged(before, "reading")
	if len(h.events) != 0 {
		t.Errorf("reading tells of %v", h.events)
	}
}

func TestWhoReadsByALinkMayWriteNothing(t *testing.T) {
	h := newHouse(t)
	_, link := h.invited("Hello")
	caller, c, err := h.desk.CustomerByLink(h.ctx, link)
	h.must(err)
	before := h.dump()
	for what, act := range map[string]func() error{
		"post": func() error {
			_, _, err := h.desk.PostAsCustomer(h.ctx, caller, chat.PostInput{ClientID: "x", Text: "x"})
			return err
		},
		"see":      func() error { return h.desk.SeenByCustomer(h.ctx, caller, c.Key, 99) },
		"type":     func() error { return h.desk.CustomerTyping(h.ctx, caller, c.Key) },
		"address":  func() error { _, err := h.desk.GiveAddress(h.ctx, caller, c.Key, "x@example.org"); return err },
		"skip":     func() error { return h.desk.SkipAddress(h.ctx, caller, c.Key) },
		"visit":    func() error { return h.desk.VisitPage(h.ctx, caller, chat.PageVisit{URL: shop + "/x"}) },
		"language": func() error { return h.desk.ChooseLanguage(h.ctx, caller, "fr") },
		"stop":     func() error { return h.desk.StopEmail(h.ctx, caller, c.Key, true) },
		"end":      func() error { return h.desk.EndConversation(h.ctx, caller, c.Key) },
		"delete":   func() error { return h.desk.DeleteMe(h.ctx, caller) },
	} {
		if kind, _ := chat.KindOf(act()); kind != chat.Forbidden {
			t.Errorf("%s by a link is %q, want forbidden", what, kind)
		}
	}
	h.unchanged(before, "writing by a link")
}

func TestTheFirstGestureVerifiesMarksAndAdmits(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	h.forget()
	device := h.rejoin(link)
	if device.key != g.key || device.Only == nil || *device.Only != g.row().ID || device.Link != nil {
		t.Errorf("admitted to %s as %+v", device.key, device.CustomerCaller)
	}
	if g.points()[0].VerifiedAt == nil || h.link(link).RejoinedAt == nil {
		t.Error("the address is not verified or the link not marked")
	}
	if d := h.number("select count(*) from deliveries where state = 'rejoined'"); d != 1 {
		t.Error("the delivery does not tell")
	}
	lines := h.entries(g.row())
	last := lines[len(lines)-1]
	if last.Text != string(chat.HappenedRejoined) || last.Meta["Device"] != "another" || h.heard(chat.CustomerRejoined, "org:") != 1 {
		t.Errorf("the agents are told %q %v", last.Text, last.Meta)
	}
	device.post("I am back")
	if g.row().LastMessageText != "I am back" {
		t.Error("the device cannot write")
	}
}

func TestTheSameGestureTwiceIsOne(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	token := chat.NewToken(h.org.ID, rand.Reader)
	done, errs := h.together(8, func(int) error {
		_, _, err := h.desk.Rejoin(h.ctx, link, token)
		return err
	})
	if done != 8 {
		t.Errorf("%d of 8 succeeded: %v", done, errs)
	}
	if h.happened(g.row(), chat.HappenedRejoined) != 1 || h.number("select count(*) from visitor_tokens") != 2 {
		t.Error("one gesture counted more than once")
	}
	before := h.dump()
	_, _, err := h.desk.Rejoin(h.ctx, link, token)
	h.must(err)
	h.unchanged(before, "the same gesture again")
	h.rejoin(link)
	if n := h.happened(g.row(), chat.HappenedRejoined); n != 2 {
		t.Errorf("%d lines after a second device, want 2", n)
	}
}

// late lets something else happen just before a use case gets its lock.
type late struct {
	chat.Store
	before func()
}

type lateTx struct {
	chat.Tx
	before func()
}

func (l *late) Tx(ctx context.Context, act func(ctx context.Context, tx chat.Tx) error) error {
	return l.Store.Tx(ctx, func(ctx context.Context, tx chat.Tx) error { return act(ctx, lateTx{tx, l.before}) })
}

func (l lateTx) LockCustomer(ctx context.Context, organization, id int64) (*chat.Customer, error) {
	l.before()
	return l.Tx.LockCustomer(ctx, organization, id)
}

func TestAGestureThatWaitedForAnotherSeesWhatThatDid(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	token := chat.NewToken(h.org.ID, rand.Reader)
	waiting := h.deskOver(&late{h.store, sync.OnceFunc(func() {
		_, _, err := h.desk.Rejoin(h.ctx, link, token)
		h.must(err)
	})}, "waiting", h.channels)
	_, _, err := waiting.Rejoin(h.ctx, link, token)
	h.must(err)
	if n := h.happened(g.row(), chat.HappenedRejoined); n != 1 {
		t.Errorf("%d lines, want 1", n)
	}
	revoked := h.deskOver(&late{h.store, sync.OnceFunc(func() {
		_, err := h.desk.RevokeLinks(h.ctx, h.agent, g.key)
		h.must(err)
	})}, "revoked", h.channels)
	_, _, err = revoked.Rejoin(h.ctx, link, chat.NewToken(h.org.ID, rand.Reader))
	h.refused(err, chat.Gone, "chat.link.revoked")
}

func TestTheSameBrowserComesBackAsItself(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	caller, _, err := h.desk.Rejoin(h.ctx, link, g.token)
	h.must(err)
	if caller.Only != nil {
		t.Error("the customer's own browser has lost its other conversations")
	}
	lines := h.entries(g.row())
	if last := lines[len(lines)-1]; last.Meta["Device"] != "same" || h.link(link).RejoinedAt == nil {
		t.Errorf("told %q %v", last.Text, last.Meta)
	}
	_, _, err = h.desk.Rejoin(h.ctx, link, g.token)
	h.must(err)
	if n := h.happened(g.row(), chat.HappenedRejoined); n != 1 {
		t.Errorf("%d lines, want 1", n)
	}
}

func TestALinkAdmitsToOneConversationOnly(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	second, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "2", Text: "Hello again"})
	h.must(err)
	_, d := h.invite(second.Key, "Come back")
	h.deliver(d)
	device := h.rejoin(h.lastToken())
	if device.key != second.Key {
		t.Fatalf("the link opens another conversation")
	}
	before := h.dump()
	_, err = h.desk.ConversationFor(h.ctx, device.CustomerCaller, g.key)
	h.refused(err, chat.Missing)
	_, err = h.desk.MessagesFor(h.ctx, device.CustomerCaller, g.row(), 0, 0, 10)
	h.refused(err, chat.Missing)
	_, _, err = h.desk.PostAsCustomer(h.ctx, device.CustomerCaller, chat.PostInput{ConversationKey: g.key, ClientID: "x", Text: "x"})
	h.refused(err, chat.Missing)
	h.refused(h.desk.SeenByCustomer(h.ctx, device.CustomerCaller, g.key, 9), chat.Missing)
	h.refused(h.desk.StopEmail(h.ctx, device.CustomerCaller, g.key, true), chat.Missing)
	h.refused(h.desk.EndConversation(h.ctx, device.CustomerCaller, g.key), chat.Missing)
	h.refused(h.desk.DeleteMe(h.ctx, device.CustomerCaller), chat.Forbidden)
	h.unchanged(before, "a device of one conversation")
}

func TestAnothersBrowserIsNotMixedUp(t *testing.T) {
	h := newHouse(t)
	_, link := h.invited("Hello")
	stranger := h.arrive("Hello")
	before := h.dump()
	_, _, err := h.desk.Rejoin(h.ctx, link, stranger.token)
	h.refused(err, chat.Conflict, "chat.link.other_customer")
	h.unchanged(before, "a stranger's browser")
}

func TestATokenThatIsNoGoodOpensNothing(t *testing.T) {
	h := newHouse(t)
	_, link := h.invited("Hello")
	other, _ := h.organization("Sud", "cy@sud.example")
	fresh := chat.NewToken(h.org.ID, rand.Reader)
	forged := "0" + link[1:]
	foreign := chat.NewToken(other.ID, rand.Reader)[:2] + link[2:]
	before := h.dump()
	for what, token := range map[string]string{
		"empty": "", "unknown": fresh, "forged": forged, "foreign": foreign, "cut": link[:20], "longer": link + "A",
		"spaced": " " + link, "wild": strings.Repeat("%", 46), "nul": link[:10] + "\x00" + link[11:],
	} {
		for _, read := range []func() error{
			func() error { _, _, err := h.desk.CustomerByLink(h.ctx, token); return err },
			func() error { _, err := h.desk.LinkTarget(h.ctx, token); return err },
			func() error { _, err := h.desk.CustomerByToken(h.ctx, token); return err },
		} {
			if kind, _ := chat.KindOf(read()); kind != chat.Missing {
				t.Errorf("%s token: %q, want missing", what, kind)
			}
		}
		if _, _, err := h.desk.Rejoin(h.ctx, token, fresh); err == nil {
			t.Errorf("%s token admits", what)
		}
		h.must(h.desk.RenewLink(h.ctx, token))
	}
	_, _, err := h.desk.Rejoin(h.ctx, link, foreign)
	h.refused(err, chat.Invalid, "chat.token.invalid")
	h.unchanged(before, "a bad token")
}

func TestAnExpiredOrRevokedLinkIsGone(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	fresh := chat.NewToken(h.org.ID, rand.Reader)
	n, err := h.desk.RevokeLinks(h.ctx, h.agent, g.key)
	h.must(err)
	if again, err := h.desk.RevokeLinks(h.ctx, h.agent, g.key); n != 1 || again != 0 || err != nil {
		t.Errorf("revoked %d and %d: %v", n, again, err)
	}
	if h.happened(g.row(), chat.HappenedRevoked) != 1 {
		t.Error("revoking is told of more than once")
	}
	_, _, err = h.desk.CustomerByLink(h.ctx, link)
	h.refused(err, chat.Gone, "chat.link.revoked")
	_, _, err = h.desk.Rejoin(h.ctx, link, fresh)
	h.refused(err, chat.Gone, "chat.link.revoked")

	other, third := h.invited("Hello")
	stranger := chat.NewToken(h.org.ID, rand.Reader)
	_, _, err = h.desk.Rejoin(h.ctx, third, stranger)
	h.must(err)
	_, err = h.desk.RevokeLinks(h.ctx, h.agent, other.key)
	h.must(err)
	_, err = h.desk.CustomerByToken(h.ctx, stranger)
	h.refused(err, chat.Missing, "error.missing")
	other.post("whose own browser it is stays in")

	_, second := h.invited("Hello")
	h.clock.advance(chat.RejoinLinkLife - time.Minute)
	_, _, err = h.desk.CustomerByLink(h.ctx, second)
	h.must(err)
	device := h.rejoin(second)
	h.clock.advance(time.Minute)
	_, _, err = h.desk.CustomerByLink(h.ctx, second)
	h.refused(err, chat.Gone, "chat.link.expired")
	_, err = h.desk.LinkTarget(h.ctx, second)
	h.refused(err, chat.Gone, "chat.link.expired")
	_, _, err = h.desk.Rejoin(h.ctx, second, fresh)
	h.refused(err, chat.Gone, "chat.link.expired")
	device.post("who came in before stays in")
}

func TestOnlyAHashOfAnyTokenIsKept(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	device := h.rejoin(link)
	session, _, err := h.desk.SignIn(h.ctx, chat.SignInInput{Email: "ada@nord.example", Password: "a long password"})
	h.must(err)
	for table, rows := range h.dump() {
		for _, token := range []string{g.token, link, device.token, session} {
			if strings.Contains(rows, token) {
				t.Errorf("%s holds a token in clear", table)
			}
		}
	}
}
