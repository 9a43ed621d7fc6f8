package chat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail/resendtest"
)

// followed is the newest email that has arrived.
func (h *house) followed() resendtest.Email {
	h.Helper()
	accepted := h.provider.Accepted()
	if len(accepted) == 0 {
		h.Fatal("no email has arrived")
	}
	return accepted[len(accepted)-1]
}

// carries checks what an email's text holds, and what it does not.
func (h *house) carries(text string, with []string, without ...string) {
	h.Helper()
	for _, want := range with {
		if !strings.Contains(text, want) {
			h.Errorf("the email lacks %q:\n%s", want, text)
		}
	}
	for _, never := range without {
		if strings.Contains(text, never) {
			h.Errorf("the email holds %q:\n%s", never, text)
		}
	}
}

// longTalk is a conversation of many seen messages after an agent's first answer, and a customer who has left.
func (h *house) longTalk(turns int) *guest {
	h.Helper()
	h.online()
	g := h.arrive("Hello, a first question")
	g.give("jo@example.org")
	for i := range turns {
		h.clock.advance(time.Minute)
		h.answer(g.key, fmt.Sprintf("Answer no. %d.", i+1))
		h.clock.advance(time.Minute)
		g.post(fmt.Sprintf("Question no. %d?", i+1))
	}
	g.seen(g.row().LastSeq)
	g.leave()
	return g
}

// claim lets everything fall due and be claimed, and returns the delivery before its first attempt.
func (h *house) claim(g *guest) *chat.Delivery {
	h.Helper()
	h.clock.advance(time.Hour)
	h.forget()
	if _, err := h.desk.SweepFollowups(h.ctx); err != nil {
		h.Fatal(err)
	}
	return h.last(g)
}

func TestAFollowupCarriesWhatIsUnreadAfterThreeEarlierMessages(t *testing.T) {
	h := newHouse(t)
	g := h.longTalk(8)
	h.answer(g.key, "New one.")
	h.clock.advance(time.Minute)
	h.answer(g.key, "And another.")
	h.waits(time.Hour, 1)
	sent := h.followed()
	earlier, fresh, found := strings.Cut(sent.Text, "New for you")
	if !found {
		t.Fatal(sent.Text)
	}
	h.carries(earlier, []string{"Question no. 7?", "Answer no. 8.", "Question no. 8?", "There is more in the conversation"}, "Answer no. 7", "New one")
	h.carries(fresh, []string{"New one.", "And another."}, "Answer no.", "Question no.")
	if sent.Subject != "New answer from Maison Nord" || !strings.Contains(sent.From, "Bo (Maison Nord)") || sent.Headers["Auto-Submitted"] != "auto-generated" {
		t.Errorf("%q from %s with %v", sent.Subject, sent.From, sent.Headers)
	}
}

func TestAShortConversationIsSentWhole(t *testing.T) {
	h := newHouse(t)
	g := h.longTalk(4) // with the first question nine messages
	h.answer(g.key, "New one.")
	h.waits(time.Hour, 1)
	h.carries(h.followed().Text, []string{"Answer no. 1.", "Question no. 1?", "Question no. 4?", "New one."}, "a first question")
}

func TestATranscriptCarriesEverythingThatMayGoOut(t *testing.T) {
	h := newHouse(t)
	h.set(chat.ContinuousContent, `"transcript"`)
	g := h.longTalk(20)
	h.answer(g.key, "New one.")
	h.waits(time.Hour, 1)
	text := h.followed().Text
	for n := range 20 {
		h.carries(text, []string{fmt.Sprintf("Answer no. %d.", n+1), fmt.Sprintf("Question no. %d?", n+1)})
	}
	h.carries(text, []string{"New one."}, "a first question")
}

func TestALongTranscriptIsBounded(t *testing.T) {
	h := newHouse(t)
	h.set(chat.ContinuousContent, `"transcript"`)
	g := h.longTalk(60)
	h.answer(g.key, "New one.")
	h.waits(time.Hour, 1)
	h.carries(h.followed().Text, []string{"Answer no. 60.", "New one.", "There is more in the conversation"}, "Answer no. 10.")
}

func TestNotesNeverGoOut(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "New one.")
	_, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{ClientID: "a note of the house", Text: "Difficult person", Note: true})
	h.must(err)
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.waits(time.Hour, 1)
	h.carries(h.followed().Text, []string{"New one."}, "Difficult")
}

func TestWhatAnAgentKeepsBackNeverGoesOut(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Not for an email.")
	h.must(h.desk.Withhold(h.ctx, h.agent, g.key))
	h.clock.advance(time.Minute)
	m := h.answer(g.key, "This one may go.")
	h.waits(time.Hour, 1)
	h.carries(h.followed().Text, []string{"This one may go."}, "Not for an email")
	if l := h.link(h.lastToken()); l.FirstSeq != m.Seq {
		t.Errorf("the link opens at %d, want %d", l.FirstSeq, m.Seq)
	}
}

func TestWhatAnAgentKeepsBackAtTheLastMomentIsCancelled(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Not for an email.")
	d := h.claim(g)
	h.answer(g.key, "Nor this.")
	h.must(h.desk.Withhold(h.ctx, h.agent, g.key))
	h.deliver(d)
	if now := h.delivery(d.Key); now.State != chat.Cancelled || now.Reason != "withheld" {
		t.Errorf("it is %s", told(now))
	}
	h.waits(24*time.Hour, 0)
}

func TestAStrangersWordsAreNotMailedToAnAddressTheyTyped(t *testing.T) {
	for name, verified := range map[string]bool{"typed": false, "verified": true} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.online()
			g := h.arrive("Buy at evil.example!")
			g.give("victim@example.org")
			g.post("Really, buy!")
			h.clock.advance(time.Minute)
			h.answer(g.key, "Hello, how can I help?")
			h.clock.advance(time.Minute)
			g.post("After the answer.")
			h.clock.advance(time.Minute)
			g.leave()
			h.answer(g.key, "I see.")
			if verified {
				h.exec("update contact_points set verified_at = now()")
			}
			h.waits(time.Hour, 1)
			h.carries(h.followed().Text+h.followed().HTML, []string{"After the answer.", "I see."})
			if got := strings.Contains(h.followed().Text, "buy") || strings.Contains(h.followed().HTML, "evil"); got != verified {
				t.Errorf("the address is verified: %t; the words before the first answer go out: %t", verified, got)
			}
		})
	}
}

func TestWhatIsSeenBetweenClaimAndAttemptIsNotNewAnyMore(t *testing.T) {
	h := newHouse(t)
	g := h.longTalk(8)
	first := h.answer(g.key, "Seen in time.")
	h.clock.advance(time.Minute)
	second := h.answer(g.key, "Still unread.")
	d := h.claim(g)
	g.seen(first.Seq)
	h.deliver(d)
	earlier, fresh, _ := strings.Cut(h.followed().Text, "New for you")
	h.carries(earlier, []string{"Seen in time."})
	h.carries(fresh, []string{"Still unread."}, "Seen in time")
	if l := h.link(h.lastToken()); l.FirstSeq != second.Seq || l.DeliveryID != d.ID {
		t.Errorf("the link opens at %d, want %d", l.FirstSeq, second.Seq)
	}
}

func TestTheLinkOpensAtTheFirstUnreadMessage(t *testing.T) {
	h := newHouse(t)
	g := h.longTalk(3)
	first := h.answer(g.key, "One")
	h.answer(g.key, "Two")
	h.waits(time.Hour, 1)
	if l := h.link(h.lastToken()); l.FirstSeq != first.Seq {
		t.Errorf("the link opens at %d, want %d", l.FirstSeq, first.Seq)
	}
}

func TestTheEmailSpeaksTheCustomersLanguageOfItsMoment(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Oui, en 41.")
	d := h.claim(g)
	h.must(h.desk.EditCustomer(h.ctx, h.agent, g.key, chat.CustomerEdit{Name: "Élodie"}))
	h.must(h.desk.ChooseLanguage(h.ctx, g.CustomerCaller, "fr"))
	h.deliver(d)
	h.carries(h.followed().Text, []string{"Bonjour Élodie,", "Répondre dans la conversation", "Oui, en 41."}, "Hello Élodie")
	if now := h.delivery(d.Key); now.Language != "fr" {
		t.Errorf("the delivery says %q", now.Language)
	}
}

func TestEveryAttemptCarriesTheSameBytes(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	d := h.claim(g)
	h.faulty(resendtest.Reset(true), resendtest.Broken())
	for range 2 {
		again := h.attempt(d)
		if again == 0 {
			t.Fatal("it was not put off")
		}
		h.set(chat.EmailSubject, `{"en":"Another subject"}`)
		h.must(h.desk.EditCustomer(h.ctx, h.agent, g.key, chat.CustomerEdit{Name: "Jo"}))
		h.must(h.desk.ChooseLanguage(h.ctx, g.CustomerCaller, "fr"))
		h.answer(g.key, "And more")
		h.clock.advance(again)
	}
	before := h.delivery(d.Key)
	h.deliver(d)
	now := h.delivery(d.Key)
	if now.State != chat.Sent || now.Attempts != 3 || now.Digest != before.Digest || string(now.Frozen) != string(before.Frozen) || len(now.Frozen) == 0 {
		t.Errorf("it is %s", told(now))
	}
	if n := len(h.provider.Accepted()); n != 1 {
		t.Errorf("%d emails, want 1", n)
	}
	h.carries(h.followed().Text, []string{"Hello,", "Yes"}, "And more")
	if n := h.number("select count(*) from rejoin_links"); n != 1 {
		t.Errorf("%d links, want 1", n)
	}
}

func TestAFollowupIsCancelledWhenTheCustomerIsBackOrHasSeenAll(t *testing.T) {
	for reason, meanwhile := range map[string]func(h *house, g *guest){
		"active": func(h *house, g *guest) {
			g.sign(h.desk, "page", chat.SignActive)
			h.must(h.desk.TickPresence(h.ctx))
		},
		"seen": func(_ *house, g *guest) { g.seen(g.row().LastSeq) },
		"off":  func(h *house, _ *guest) { h.set(chat.ContinuousOn, "false") },
	} {
		t.Run(reason, func(t *testing.T) {
			h := newHouse(t)
			g := h.gone()
			h.answer(g.key, "Yes")
			d := h.claim(g)
			meanwhile(h, g)
			h.deliver(d)
			if now := h.delivery(d.Key); now.State != chat.Cancelled || now.Reason != reason || now.Frozen != nil {
				t.Errorf("it is %s", told(now))
			}
			if c := g.row(); c.CoveredSeq != 0 || len(h.provider.Accepted()) != 0 {
				t.Errorf("covered up to %d, %d emails", c.CoveredSeq, len(h.provider.Accepted()))
			}
		})
	}
}

func TestAFailedFollowupGivesItsMessagesBackAndDoesNotLoop(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	d := h.claim(g)
	h.provider.Script(refusing)
	h.deliver(d)
	if c := g.row(); c.CoveredSeq != 0 || c.FailedSeq != d.ToSeq || h.delivery(d.Key).State != chat.Failed {
		t.Errorf("covered %d, failed %d: %s", c.CoveredSeq, c.FailedSeq, told(h.delivery(d.Key)))
	}
	h.waits(time.Hour, 0)
	if n := h.number("select count(*) from deliveries"); n != 1 {
		t.Errorf("%d deliveries, want 1", n)
	}
}

func TestSeveralAgentsSpeakAsTheBrandAndEachByName(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "I am Bo.")
	_, err := h.desk.PostAsAgent(h.ctx, h.admin, g.key, chat.AgentPost{ClientID: "the other agent", Text: "And I am Ada."})
	h.must(err)
	h.waits(time.Hour, 1)
	sent := h.followed()
	h.carries(sent.Text, []string{"Maison Nord wrote you 2 messages", "Bo · ", "Ada · "})
	if strings.Contains(sent.From, "Bo") || strings.Contains(sent.From, "Ada") {
		t.Errorf("it comes from %s", sent.From)
	}
}
