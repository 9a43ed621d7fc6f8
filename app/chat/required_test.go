package chat_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"rejoin/app/chat"
)

// send posts as the widget does: by the token, whoever holds it now.
func (g *guest) send(in chat.PostInput) (*chat.Message, error) {
	g.h.Helper()
	caller, c, m, known, err := g.h.desk.PostByToken(g.h.ctx, g.h.org.Key, g.token, in)
	if err != nil && !known {
		o, missing := g.h.store.OrganizationByKey(g.h.ctx, g.h.org.Key)
		g.h.must(missing)
		caller, c, m, err = g.h.desk.Start(g.h.ctx, o, g.token, chat.StartInput{Post: in, Page: "page", Zone: "Europe/Paris"})
	}
	if err == nil {
		g.CustomerCaller, g.key = caller, c.Key
	}
	return m, err
}

// says posts a new message with the address given, if any.
func (g *guest) says(text string, address ...string) *chat.Message {
	g.h.Helper()
	in := chat.PostInput{ClientID: rand.Text(), Text: text}
	if len(address) > 0 {
		in.Address = address[0]
	}
	m, err := g.send(in)
	g.h.must(err)
	return m
}

// stranger has not written yet.
func (h *house) stranger() *guest {
	return &guest{h: h, token: chat.NewToken(h.org.ID, rand.Reader)}
}

func TestWhereAnAddressIsRequiredTheMessageIsKeptAndSentWithIt(t *testing.T) {
	h := newHouse(t)
	h.set(chat.PromptOffline, `"required"`)
	g, in := h.stranger(), chat.PostInput{ClientID: "the first words", Text: "Hello"}
	before := h.dump()
	for range 2 {
		_, err := g.send(in)
		h.refused(err, chat.Conflict, "chat.address.required")
		if !chat.AddressRequired(err) {
			t.Error("the refusal is not told from others")
		}
	}
	in.Address = "jo@localhost"
	_, err := g.send(in)
	h.refused(err, chat.Invalid, "channel.address.domain")
	h.unchanged(before, "a refused first message")

	in.Address = " Jo@EXAMPLE.org"
	m, err := g.send(in)
	h.must(err)
	c := g.row()
	if m.Seq != 1 || m.Text != "Hello" || c.AddressGivenAt == nil || h.happened(c, chat.HappenedAddress) != 1 {
		t.Errorf("message %d, address given at %v", m.Seq, c.AddressGivenAt)
	}
	if points := g.points(); len(points) != 1 || points[0].Address != "Jo@example.org" || points[0].VerifiedAt != nil {
		t.Errorf("contact points: %+v", points)
	}
	if _, err = g.send(chat.PostInput{ClientID: "the next", Text: "one more thing"}); err != nil {
		t.Errorf("asked again for what is known: %v", err)
	}
}

func TestARequiredAddressSentTwiceWithItsMessageCountsOnce(t *testing.T) {
	h := newHouse(t)
	h.set(chat.PromptOffline, `"required"`)
	g, in := h.stranger(), chat.PostInput{ClientID: "first", Text: "Hello", Address: "jo@example.org"}
	token := g.token
	done, errs := h.together(8, func(int) error {
		own := &guest{h: h, token: token}
		m, err := own.send(in)
		if err == nil && m.Seq != 1 {
			return fmt.Errorf("seq %d", m.Seq)
		}
		return err
	})
	if done != 8 {
		t.Errorf("%d of 8 succeeded: %v", done, errs)
	}
	_, err := g.send(in)
	h.must(err)
	in.ClientID = "second, on its way with the same address"
	_, err = g.send(in)
	h.must(err)
	for table, want := range map[string]int{"customers": 1, "conversations": 1, "contact_points": 1} {
		if got := h.number("select count(*) from " + table); got != want {
			t.Errorf("%d %s, want %d", got, table, want)
		}
	}
	if n := h.happened(g.row(), chat.HappenedAddress); n != 1 {
		t.Errorf("%d lines tell of the address, want 1", n)
	}
	if n := h.number("select count(*) from messages where kind = 'public'"); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
}

func TestWhetherAnAddressIsRequiredIsDecidedAtEachMessage(t *testing.T) {
	h := newHouse(t)
	leave := h.online()
	h.set(chat.PromptOffline, `"required"`)
	h.set(chat.PromptOnline, `"off"`)
	g := h.stranger()
	g.says("Hello")
	if g.row().AddressAskedAt != nil {
		t.Error("asked although it is off")
	}
	h.set(chat.PromptOnline, `"optional"`)
	g.says("and")
	if g.row().AddressAskedAt == nil {
		t.Error("not asked once it is on")
	}
	h.must(h.desk.SkipAddress(h.ctx, g.CustomerCaller, g.key))
	g.says("you see")

	leave()
	before := h.number("select count(*) from messages")
	in := chat.PostInput{ClientID: "late", Text: "still there?"}
	_, err := g.send(in)
	h.refused(err, chat.Conflict, "chat.address.required")
	_, err = g.send(chat.PostInput{ClientID: "late too", Text: "hello?"})
	h.refused(err, chat.Conflict, "chat.address.required")
	if n := h.number("select count(*) from messages"); n != before {
		t.Errorf("%d entries after a refusal, want %d", n, before)
	}
	in.Address = "jo@example.org"
	if _, err = g.send(in); err != nil || g.row().AddressGivenAt == nil {
		t.Errorf("not taken with an address: %v", err)
	}
}

func TestAMessageThatArrivedBeforeTheAddressWasRequiredIsNotRefusedWhenSentAgain(t *testing.T) {
	h := newHouse(t)
	g, in := h.stranger(), chat.PostInput{ClientID: "lost answer", Text: "Hello"}
	first, err := g.send(in)
	h.must(err)
	h.set(chat.PromptOffline, `"required"`)
	again, err := g.send(in)
	h.must(err)
	if again.Seq != first.Seq {
		t.Errorf("message %d became %d", first.Seq, again.Seq)
	}
}

func TestARequiredCardCannotBeSkipped(t *testing.T) {
	h := newHouse(t)
	g := h.stranger()
	g.says("Hello")
	h.set(chat.PromptOffline, `"required"`)
	caller, err := h.desk.CustomerByToken(h.ctx, g.token)
	h.must(err)
	before := h.dump()
	h.refused(h.desk.SkipAddress(h.ctx, caller, g.key), chat.Conflict, "chat.address.required")
	h.unchanged(before, "skipping what is required")
}

func TestAnAddressThatAnAgentHasEnteredIsEnough(t *testing.T) {
	h := newHouse(t)
	g := h.stranger()
	g.says("Hello")
	h.must(h.desk.EditCustomer(h.ctx, h.agent, g.key, chat.CustomerEdit{Address: "jo@example.org"}))
	h.set(chat.PromptOffline, `"required"`)
	g.says("again")
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	g.says("a new conversation")
}

func TestARequiredAddressIsAskedForAtANewConversationToo(t *testing.T) {
	h := newHouse(t)
	g := h.stranger()
	g.says("Hello")
	h.must(h.desk.SkipAddress(h.ctx, g.CustomerCaller, g.key))
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	h.set(chat.PromptOffline, `"required"`)
	_, err := g.send(chat.PostInput{ClientID: "new", Text: "again"})
	h.refused(err, chat.Conflict, "chat.address.required")
	_, err = g.send(chat.PostInput{ClientID: "new", Text: "again", Address: "jo@example.org"})
	h.must(err)
	if c := g.row(); c.AddressGivenAt == nil || c.LastSeq < 2 || h.number("select count(*) from conversations") != 2 {
		t.Errorf("new conversation %+v", c)
	}
}
