package inbox_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/chat"
	"rejoin/app/live"
)

// frame is one event as a browser receives it.
type frame struct {
	name string
	part *goquery.Document
	data string
}

// listen opens the agent's stream; it is closed with the test.
func (b *browser) listen() <-chan frame {
	h := b.house
	h.Helper()
	ctx, cancel := context.WithCancel(h.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.http.URL+"/inbox/stream", nil)
	h.must(err)
	r.AddCookie(&http.Cookie{Name: "rejoin_session", Value: b.token})
	res, err := http.DefaultClient.Do(r)
	h.must(err)
	h.Cleanup(func() {
		cancel()
		_ = res.Body.Close()
	})
	if res.StatusCode != http.StatusOK {
		h.Fatalf("the stream answers %d", res.StatusCode)
	}
	frames := make(chan frame, 2000)
	go read(bufio.NewScanner(res.Body), frames)
	return frames
}

func read(lines *bufio.Scanner, into chan<- frame) {
	defer close(into)
	lines.Buffer(nil, 1<<20)
	var name string
	var data []string
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case lines.Text() == "" && name != "":
			text := strings.Join(data, "\n")
			part, _ := goquery.NewDocumentFromReader(strings.NewReader(text))
			into <- frame{name: name, part: part, data: text}
			name, data = "", nil
		case field == "event":
			name = value
		case field == "data":
			data = append(data, value)
		}
	}
}

// next waits for an event of that name; others are passed over.
func (h *house) next(frames <-chan frame, name string) frame {
	h.Helper()
	patience := time.After(10 * time.Second)
	for {
		select {
		case f, open := <-frames:
			if !open {
				h.Fatalf("the stream ended before %s", name)
			}
			if f.name == name {
				return f
			}
		case <-patience:
			h.Fatalf("no %s came", name)
		}
	}
}

func TestACustomersMessageArrivesAsRowAndBubble(t *testing.T) {
	h := newHouse(t)
	frames := h.agent.listen()
	if hello := h.next(frames, "hello"); hello.data != h.agent.caller.Agent.Key {
		t.Errorf("greeted as %q", hello.data)
	}
	h.jo.writes("<i>And</i> the red one?")
	f := h.next(frames, string(chat.MessagePosted))
	if got := f.part.Find("[data-part=message] article .bubble").Text(); !strings.Contains(got, "<i>And</i> the red one?") {
		t.Errorf("the bubble reads %q", got)
	}
	row := f.part.Find("[data-part=row] .row-item")
	if row.AttrOr("data-key", "") != h.jo.key || row.AttrOr("data-unread", "") != "2" || row.AttrOr("data-waiting", "") != "us" {
		t.Errorf("the row is %s, %s unread, waiting for %s", row.AttrOr("data-key", ""), row.AttrOr("data-unread", ""), row.AttrOr("data-waiting", ""))
	}
}

func TestTwoAgentsSeeOneAnother(t *testing.T) {
	h := newHouse(t)
	frames := h.admin.listen()
	h.next(frames, "hello")
	h.agent.post(h.jo.at("typing"), url.Values{"note": {"on"}}).wants(http.StatusNoContent)
	if got := h.next(frames, string(chat.AgentTyped)); !strings.Contains(got.data, h.agent.caller.Agent.Key) {
		t.Errorf("nobody is named in %s", got.data)
	}
	h.agent.post(h.jo.at("messages"), url.Values{"text": {"Careful"}, "note": {"on"}}).wants(http.StatusSeeOther)
	if got := h.next(frames, string(chat.MessagePosted)); got.part.Find("article.note .bubble").Text() != "Careful" {
		t.Errorf("the note came as %s", got.data)
	}
	h.agent.post(h.jo.at("assignee"), url.Values{"assignee": {h.agent.caller.Agent.Key}}).wants(http.StatusSeeOther)
	for {
		if f := h.next(frames, string(chat.ConversationChanged)); f.part.Find(".row-item").AttrOr("data-assignee", "") == h.agent.caller.Agent.Key {
			break
		}
	}
}

func TestReachFollowsTheCustomer(t *testing.T) {
	h := newHouse(t)
	frames := h.agent.listen()
	h.next(frames, "hello")
	h.jo.leaves()
	row := h.next(frames, string(chat.CustomerLeft)).part.Find(".row-item")
	if row.AttrOr("data-reach", "") != "reachable" || !strings.Contains(row.Find("a").AttrOr("title", ""), "Left the site") {
		t.Errorf("reach %q, because %q", row.AttrOr("data-reach", ""), row.Find("a").AttrOr("title", ""))
	}
}

func TestAReaderThatLagsIsToldToReadAgain(t *testing.T) {
	h := newHouse(t)
	frames := h.agent.listen()
	h.next(frames, "hello")
	h.hub.Publish(live.Event{Topic: chat.OrganizationTopic(h.org.ID), Name: live.Resync})
	h.next(frames, live.Resync)
	h.jo.writes("Still there?")
	h.next(frames, string(chat.MessagePosted))
}

func TestSigningOutEverywhereEndsTheStream(t *testing.T) {
	h := newHouse(t)
	frames := h.agent.listen()
	h.next(frames, "hello")
	h.must(h.desk.SignOutEverywhere(t.Context(), h.agent.caller, false))
	h.next(frames, "signed_out")
	if _, open := <-frames; open {
		t.Error("the stream goes on")
	}
}

func TestAnotherBrandsEventsStayThere(t *testing.T) {
	h := newHouse(t)
	other, _ := h.found("Maison Soleil", "sol@soleil.example", "Sol")
	frames := h.agent.listen()
	h.next(frames, "hello")
	h.guest(other, "A secret of another house")
	h.jo.writes("The next of ours")
	f := h.next(frames, string(chat.MessagePosted))
	if !strings.Contains(f.data, "The next of ours") {
		t.Errorf("the first message on the stream is %s", f.data)
	}
}

func TestHoldingAStreamIsPresence(t *testing.T) {
	h := newHouse(t)
	frames := h.agent.listen()
	h.next(frames, "hello")
	h.must(h.desk.TickPresence(t.Context()))
	h.next(frames, string(chat.AgentChanged))
	agent, err := h.desk.Store().Agent(t.Context(), h.org.ID, h.agent.caller.Agent.ID)
	h.must(err)
	if !agent.Online() {
		t.Error("the agent is not online")
	}
}

func TestANewPlanTellsTheListWhenItIsDue(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	frames := h.agent.listen()
	h.next(frames, "hello")
	h.admin.says(h.jo, "Yes, it is.")
	planned := h.next(frames, string(chat.PlanMade)).part.Find("[data-part=row] .row-item")
	if planned.AttrOr("data-key", "") != h.jo.key || planned.AttrOr("data-due", "") != h.clock.now().Add(5*time.Minute).Format(time.RFC3339Nano) {
		t.Errorf("the row is due %q", planned.AttrOr("data-due", ""))
	}
	if planned.Find(".list-row-due time").Length() != 1 {
		t.Error("nothing in the row says when")
	}
	h.must(h.desk.Withhold(t.Context(), h.admin.caller, h.jo.key))
	if row := h.next(frames, string(chat.PlanMade)).part.Find(".row-item"); row.AttrOr("data-due", "?") != "" || row.Find(".list-row-due").Length() != 0 {
		t.Error("what is withheld is due all the same")
	}
}

func TestAFailedEmailIsANoticeForWhomItConcerns(t *testing.T) {
	h := newHouse(t)
	frames := h.agent.listen()
	h.next(frames, "hello")
	h.must(h.desk.TickPresence(t.Context()))
	delivery := h.invite(h.jo)
	for assignee, want := range map[*browser]string{h.agent: h.agent.caller.Agent.Key, h.admin: ""} { // Ada is not online
		h.must(h.desk.Assign(t.Context(), h.admin.caller, h.jo.key, assignee.caller.Agent.Key))
		h.fails(delivery)
		var notice *goquery.Selection
		for notice == nil || notice.Length() == 0 {
			notice = h.next(frames, string(chat.DeliveryChanged)).part.Find("[data-part=notice] [data-notice]")
		}
		if got := notice.AttrOr("data-for", "?"); got != want {
			t.Errorf("it is for %q, want %q", got, want)
		}
		if got := words(notice.Find(".toast-text")); got != "The email to jo@example.org did not arrive. The mail provider’s quota is used up." {
			t.Errorf("said %q", got)
		}
		if got := notice.Find("a").AttrOr("href", ""); got != h.jo.at("") {
			t.Errorf("it leads to %q", got)
		}
	}
}

func TestACustomerWhoIsBackIsANoticeThatSaysHow(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	frames := h.agent.listen()
	h.next(frames, "hello")
	person := chat.CustomerPerson(h.org.ID, h.jo.caller.Customer.ID)
	h.desk.Tracker().Sign(person, "page", chat.SignActive, h.clock.now())
	h.must(h.desk.TickPresence(t.Context()))
	back := h.next(frames, string(chat.MessagePosted)).part
	if got := words(back.Find("[data-notice] .toast-text")); got != "jo@example.org is back, by the widget." {
		t.Errorf("said %q", got)
	}
	if got := words(back.Find("[data-happened=returned] span")); got != "Came back by the widget" {
		t.Errorf("the line says %q", got)
	}
	h.jo.writes("Hello again")
	if h.next(frames, string(chat.MessagePosted)).part.Find("[data-notice]").Length() != 0 {
		t.Error("a message is a return")
	}
}
