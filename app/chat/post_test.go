package chat_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestStartingTwiceIsStartingOnce(t *testing.T) {
	h := newHouse(t)
	token := chat.NewToken(h.org.ID, rand.Reader)
	in := chat.StartInput{Post: chat.PostInput{ClientID: "first", Text: "Hello"}}
	done, errs := h.together(8, func(int) error {
		_, c, m, err := h.desk.Start(h.ctx, h.org, token, in)
		if err == nil && (m.Seq != 1 || c.LastSeq != 1) {
			return fmt.Errorf("message %d of %d", m.Seq, c.LastSeq)
		}
		return err
	})
	if done != 8 {
		t.Errorf("%d of 8 starts succeeded: %v", done, errs)
	}
	for table, want := range map[string]int{"customers": 1, "conversations": 1, "messages": 1, "visitor_tokens": 1} {
		if got := h.number("select count(*) from " + table); got != want {
			t.Errorf("%d %s, want %d", got, table, want)
		}
	}
}

func TestATokenOfAnotherOrganizationStartsNothing(t *testing.T) {
	h := newHouse(t)
	other, _ := h.organization("Sud", "cy@sud.example")
	before := h.dump()
	for _, token := range []string{"", "x", chat.NewToken(other.ID, rand.Reader), chat.NewToken(0, rand.Reader)} {
		_, _, _, err := h.desk.Start(h.ctx, h.org, token, chat.StartInput{Post: chat.PostInput{Text: "Hello"}})
		h.refused(err, chat.Invalid, "chat.token.invalid")
	}
	h.unchanged(before, "a foreign token")
}

func TestAMessageSentTwiceCountsOnce(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	in := chat.PostInput{ConversationKey: g.key, ClientID: "again", Text: "Are you there?"}
	done, errs := h.together(20, func(int) error {
		_, m, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, in)
		if err == nil && m.Seq != 2 {
			return fmt.Errorf("seq %d", m.Seq)
		}
		return err
	})
	if done != 20 {
		t.Errorf("%d of 20 succeeded: %v", done, errs)
	}
	answer := chat.AgentPost{ClientID: "answer", Text: "Yes"}
	done, errs = h.together(20, func(int) error {
		_, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, answer)
		return err
	})
	if done != 20 {
		t.Errorf("%d of 20 answers succeeded: %v", done, errs)
	}
	if n := h.number("select count(*) from messages where kind = 'public'"); n != 3 {
		t.Errorf("%d public messages, want 3", n)
	}
	if c := g.row(); c.AgentUnread != 0 || c.CustomerUnread != 1 {
		t.Errorf("unread %d and %d, want 0 and 1", c.AgentUnread, c.CustomerUnread)
	}
}

func TestAMessageSentAgainAfterTheEndCountsOnce(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	in := chat.PostInput{ClientID: "late", Text: "One more thing"}
	_, first, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, in)
	h.must(err)
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	_, second, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, in) // its answer was lost on the way
	h.must(err)
	if second.ConversationID != first.ConversationID || second.Seq != first.Seq {
		t.Errorf("the same message is %d/%d and then %d/%d", first.ConversationID, first.Seq, second.ConversationID, second.Seq)
	}
	if n := h.number("select count(*) from conversations"); n != 1 {
		t.Errorf("%d conversations, want 1", n)
	}
}

func TestAfterTheEndOneNewConversationBeginsEvenWhenManyTabsWrite(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	done, errs := h.together(8, func(i int) error {
		_, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: name(i % 4), Text: name(i % 4)})
		return err
	})
	if done != 8 {
		t.Errorf("%d of 8 succeeded: %v", done, errs)
	}
	if n := h.number("select count(*) from conversations"); n != 2 {
		t.Errorf("%d conversations, want 2", n)
	}
	if n := h.number("select count(*) from messages where kind = 'public'"); n != 5 {
		t.Errorf("%d messages, want 5", n)
	}
	c, err := h.desk.Current(h.ctx, g.CustomerCaller)
	h.must(err)
	if c.Key == g.key {
		t.Error("the ended conversation is still the current one")
	}
}

func TestATokenOfOneConversationGoesOnAfterTheEnd(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	device := h.rejoin(link)
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	device.post("I am still here")
	if n := h.number("select count(*) from conversations"); n != 1 {
		t.Errorf("%d conversations, want 1", n)
	}
	if c := g.row(); !c.Open() || c.EndedAt != nil {
		t.Errorf("closed at %v, ended at %v: want it open again", c.ClosedAt, c.EndedAt)
	}
}

func TestSeqsRunWithoutGapsWhenBothSidesWriteAtOnce(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	const each = 6
	done, errs := h.together(8, func(i int) error {
		for n := range each {
			var err error
			switch {
			case i%2 == 0:
				_, _, err = h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: fmt.Sprint(i, n), Text: "q"})
			default:
				_, err = h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{ClientID: fmt.Sprint(i, n), Text: "a", Note: n == 0})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if done != 8 {
		t.Fatalf("%d of 8 writers succeeded: %v", done, errs)
	}
	all := h.entries(g.row())
	for i, m := range all {
		if m.Seq != int64(i+1) {
			t.Fatalf("entry %d has seq %d", i+1, m.Seq)
		}
	}
	if want := 1 + 8*each + 1; len(all) != want || g.row().LastSeq != int64(want) { // one line tells who took it up
		t.Errorf("%d entries and last seq %d, want %d", len(all), g.row().LastSeq, want)
	}
	h.countersAreTrue(g)
}

// countersAreTrue counts unread messages again, from the messages themselves.
func (h *house) countersAreTrue(g *guest) {
	h.Helper()
	c := g.row()
	customer := h.number(`select count(*) from messages where conversation_id = $1 and kind = 'public' and author_kind <> 'customer' and seq > $2`, c.ID, c.CustomerSeenSeq)
	agent := h.number(`select count(*) from messages where conversation_id = $1 and kind = 'public' and author_kind = 'customer' and seq > $2`, c.ID, c.AgentSeenSeq)
	if c.CustomerUnread != customer || c.AgentUnread != agent {
		h.Errorf("unread by the customer %d, counted %d; by the agents %d, counted %d", c.CustomerUnread, customer, c.AgentUnread, agent)
	}
}

func TestSeenMovesForwardOnlyAndTheCountersStayTrue(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	for i := range 5 {
		h.answer(g.key, name(i))
		h.clock.advance(time.Second)
	}
	var reached int64
	for _, seq := range []int64{-4, 0, 3, 2, 1, 5, 4, 1 << 60, 2} {
		h.must(h.desk.SeenByCustomer(h.ctx, g.CustomerCaller, g.key, seq))
		c := g.row()
		if c.CustomerSeenSeq < reached || c.CustomerSeenSeq > c.LastSeq {
			t.Errorf("seen %d after %d of %d", c.CustomerSeenSeq, reached, c.LastSeq)
		}
		reached = c.CustomerSeenSeq
		h.countersAreTrue(g)
	}
	if c := g.row(); c.CustomerSeenSeq != c.LastSeq || c.CustomerUnread != 0 {
		t.Errorf("seen %d of %d, unread %d", c.CustomerSeenSeq, c.LastSeq, c.CustomerUnread)
	}
	last := g.row().LastSeq
	for i := range 4 {
		g.post(name(i))
	}
	reached = g.row().AgentSeenSeq
	for _, seq := range []int64{0, last + 2, last + 1, last + 3, -1, 1 << 60} {
		h.must(h.desk.SeenByAgent(h.ctx, h.agent, g.key, seq))
		if c := g.row(); c.AgentSeenSeq < reached {
			t.Errorf("the agents' cursor moved back from %d to %d", reached, c.AgentSeenSeq)
		}
		reached = g.row().AgentSeenSeq
		h.countersAreTrue(g)
	}
}

func TestTheTimeOfSeeingIsThatOfTheNewestMessageSeen(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	at := func() time.Time { h.clock.advance(time.Minute); return h.clock.now() }
	is := func(what string, got *time.Time, want time.Time) {
		t.Helper()
		if got == nil || !got.Equal(want) {
			t.Errorf("%s: seen at %v, want %v", what, got, want)
		}
	}
	if c := g.row(); c.AgentSeenAt != nil || c.CustomerSeenAt != nil {
		t.Errorf("seen at %v and %v before anyone looked", c.AgentSeenAt, c.CustomerSeenAt)
	}
	seen := at()
	h.must(h.desk.SeenByAgent(h.ctx, h.agent, g.key, 1))
	is("looked at by an agent", g.row().AgentSeenAt, seen)
	at()
	g.leave()
	h.must(h.desk.SeenByAgent(h.ctx, h.agent, g.key, g.row().LastSeq))
	is("an agent saw a thin line", g.row().AgentSeenAt, seen)

	h.answer(g.key, "one")
	h.answer(g.key, "two")
	is("an agent answered what was seen", g.row().AgentSeenAt, seen)
	seen = at()
	h.must(h.desk.SeenByCustomer(h.ctx, g.CustomerCaller, g.key, g.row().LastSeq-1))
	is("the customer saw one of two", g.row().CustomerSeenAt, seen)
	at()
	h.must(h.desk.SeenByCustomer(h.ctx, g.CustomerCaller, g.key, 1))
	is("the customer looked back", g.row().CustomerSeenAt, seen)

	h.forget()
	seen = at()
	g.post("three")
	is("the customer answered what was unread", g.row().CustomerSeenAt, seen)
	if n := h.heard(chat.MessageSeen, chat.OrganizationTopic(h.org.ID)); n != 1 {
		t.Errorf("agents were told %d times that their answer was seen", n)
	}
	seen = at()
	if _, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{Text: "a note", Note: true}); err != nil {
		t.Fatal(err)
	}
	is("an agent wrote a note", g.row().AgentSeenAt, seen)
	if n := h.heard(chat.MessageSeen, chat.ConversationTopic(h.org.ID, g.row().ID)); n != 2 {
		t.Errorf("the customer's pages were told %d times, want of both sides", n)
	}
	h.countersAreTrue(g)
}

func TestAThousandUnreadMessagesAreCountedToTheLast(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	for i := range 130 {
		h.answer(g.key, name(i))
	}
	h.must(h.desk.SeenByCustomer(h.ctx, g.CustomerCaller, g.key, 10))
	h.countersAreTrue(g)
	for i := range 130 {
		g.post(name(i))
	}
	h.must(h.desk.SeenByAgent(h.ctx, h.agent, g.key, g.row().LastSeq-120))
	h.countersAreTrue(g)
}

func TestACustomersMessageReopensAClosedConversation(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	if c := g.row(); c.Open() || h.happened(c, chat.HappenedClosed) != 1 {
		t.Error("closing twice is not closing once")
	}
	g.post("wait")
	if c := g.row(); !c.Open() || c.WaitingFor != chat.Us || h.happened(c, chat.HappenedReopened) != 1 {
		t.Errorf("open %v, waits for %s", c.Open(), c.WaitingFor)
	}
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.answer(g.key, "one more thing")
	if c := g.row(); !c.Open() || c.WaitingFor != chat.Them {
		t.Error("an answer does not reopen")
	}
}

func TestNotesAndHappeningsAreNeverReadByCustomers(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	_, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{ClientID: "n", Text: "a secret note", Note: true})
	h.must(err)
	h.must(h.desk.Assign(h.ctx, h.agent, g.key, h.agent.Agent.Key))
	if h.heard(chat.MessagePosted, "conversation:") != 1 {
		t.Error("a note nudges the customer")
	}
	c := g.row()
	messages, err := h.desk.MessagesFor(h.ctx, g.CustomerCaller, c, 0, 0, 100)
	h.must(err)
	if len(messages) != 1 || messages[0].Text != "Hello" {
		t.Errorf("the customer reads %+v", messages)
	}
	if c.CustomerUnread != 0 || c.LastMessageText != "Hello" || c.WaitingFor != chat.Us || c.HumanAnsweredAt != nil {
		t.Errorf("a note counts: unread %d, preview %q, waits for %s", c.CustomerUnread, c.LastMessageText, c.WaitingFor)
	}
	rows, _, err := h.desk.List(h.ctx, h.agent, chat.ListQuery{View: chat.ViewAll})
	h.must(err)
	if len(rows) != 1 || strings.Contains(rows[0].LastMessageText, "secret") {
		t.Errorf("the list shows %+v", rows)
	}
	// A customer who sends the client id of somebody else's entry does not get to read it.
	_, m, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "n", Text: "mine"})
	if err == nil && m.Text != "mine" {
		t.Errorf("the customer was given %q", m.Text)
	}
}

func TestWhatIsTypedIsCleanedAndBounded(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	for text, key := range map[string]string{
		"": "chat.text.empty", " \n\t\r\x00 ": "chat.text.empty", strings.Repeat("é", chat.MaxText/2+1): "chat.text.long",
	} {
		_, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "x", Text: text})
		h.refused(err, chat.Invalid, key)
		_, err = h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{ClientID: "x", Text: text})
		h.refused(err, chat.Invalid, key)
	}
	for text, want := range map[string]string{
		" a\r\nb\rc\x00\x07 ": "a\nb\nc", "\xff\xfe ok": "\uFFFD ok", "<script>": "<script>", "שלום 🎉": "שלום 🎉",
		strings.Repeat("é", chat.MaxText/2): strings.Repeat("é", chat.MaxText/2),
	} {
		if m := g.post(text); m.Text != want {
			t.Errorf("%q became %q", text, m.Text)
		}
	}
}
