package chat_test

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
	"rejoin/mail/resendtest"
)

// mailed is an answer by email that was posted, as the thread knows it.
func (h *house) mailed(c *chat.Conversation, messageID string, state chat.MailState) {
	h.Helper()
	h.must(h.store.Tx(h.ctx, func(ctx context.Context, tx chat.Tx) error {
		return tx.Insert(ctx, &chat.Mail{
			OrganizationID: c.OrganizationID, Key: rand.Text(), Door: "smtp", DoorID: rand.Text(), Blob: rand.Text(), Kind: chat.MailReply,
			State: state, MessageID: messageID, ConversationID: &c.ID, ReceivedAt: h.clock.now(),
		})
	}))
}

// replyToken is the token in an email's Reply-To.
func (h *house) replyToken(e resendtest.Email) string {
	h.Helper()
	if len(e.ReplyTo) != 1 {
		h.Fatalf("answers go to %v", e.ReplyTo)
	}
	token := mail.TokenOf(e.ReplyTo[0][strings.LastIndexByte(e.ReplyTo[0], ' ')+1:])
	if token == "" || !strings.HasSuffix(strings.TrimSuffix(e.ReplyTo[0], ">"), "@"+inbound) {
		h.Fatalf("answers go to %q", e.ReplyTo[0])
	}
	return token
}

func TestEveryEmailOfAConversationIsAnsweredToItsOneAddress(t *testing.T) {
	h := newHouse(t)
	g, m, d := h.emailed()
	token := h.replyToken(h.followed())
	organization, ok := chat.SplitReplyToken(token)
	if !ok || organization != h.org.ID || token != strings.ToLower(token) || len("reply+"+token) > 64 {
		t.Errorf("the token %q names %d, %v", token, organization, ok)
	}
	for table, rows := range h.dump() {
		if strings.Contains(rows, token) {
			t.Errorf("%s holds the token in clear", table)
		}
	}
	if n := h.number("select count(*) from reply_addresses where token_hash = $1 and conversation_id = $2", chat.HashToken(token), g.row().ID); n != 1 {
		t.Errorf("%d conversations are found by it", n)
	}
	if e := h.followed(); e.Headers[mail.DeliveryHeader] != d.Key || d.MessageID == "" || e.Headers["Message-ID"] != d.MessageID {
		t.Errorf("its headers are %v, and the delivery is called %q", e.Headers, d.MessageID)
	}
	g.seen(m.Seq)
	h.clock.advance(time.Hour)
	_, second := h.invite(g.key, "Come back")
	h.deliver(second)
	if h.replyToken(h.followed()) != token || h.number("select count(*) from reply_addresses") != 1 {
		t.Error("the conversation has two addresses")
	}
	other := h.away("Hello")
	_, third := h.invite(other.key, "You too")
	h.deliver(third)
	if h.replyToken(h.followed()) == token {
		t.Error("two conversations have one address")
	}
}

func TestWithoutADomainForAnswersAnEmailAsksForNone(t *testing.T) {
	h := newHouse(t)
	options := h.options(h.store, "deaf", h.channels)
	options.Inbound = ""
	h.desk = chat.NewDesk(options)
	h.emailed()
	if e := h.followed(); len(e.ReplyTo) != 0 || h.number("select count(*) from reply_addresses") != 0 {
		t.Errorf("answers go to %v", e.ReplyTo)
	}
}

func TestEveryEmailFollowsThoseBeforeItBothWays(t *testing.T) {
	h := newHouse(t)
	g, _, first := h.emailed()
	if e := h.followed(); e.Headers["In-Reply-To"] != "" || e.Headers["References"] != "" || strings.HasPrefix(e.Subject, "Re:") {
		t.Errorf("the first email answers %v: %s", e.Headers, e.Subject)
	}
	base := h.followed().Subject
	if g.row().EmailSubject != base {
		t.Errorf("the conversation is about %q, want %q", g.row().EmailSubject, base)
	}
	h.clock.advance(time.Hour)
	h.mailed(g.row(), "<one@phone.example>", chat.MailPosted)
	h.mailed(g.row(), "<held@elsewhere.example>", chat.MailHeld)
	h.mailed(g.row(), "", chat.MailPosted)
	h.set(chat.EmailSubject, `{"en":"Quite another subject"}`)
	h.answer(g.key, "In 42 too.")
	h.clock.advance(time.Hour)
	h.sweep()
	second := h.followed()
	if second.Subject != "Re: "+base || second.Headers["In-Reply-To"] != "<one@phone.example>" ||
		second.Headers["References"] != first.MessageID+" <one@phone.example>" {
		t.Errorf("%q answers %v", second.Subject, second.Headers)
	}
	h.clock.advance(time.Hour)
	draft, preview := h.draftFor(g.key, "Come back")
	_, d, err := h.desk.Invite(h.ctx, h.agent, g.key, draft)
	h.must(err)
	h.deliver(d)
	third := h.followed()
	if preview.Subject != "Re: "+base || third.Subject != preview.Subject || !strings.HasSuffix(third.Headers["References"], second.Headers["Message-ID"]) {
		t.Errorf("previewed as %q, sent as %q after %v", preview.Subject, third.Subject, third.Headers)
	}
}

func TestASubjectOfTheCustomersOwnStays(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.exec("update conversations set email_subject = 'Lampe défectueuse'")
	h.mailed(g.row(), "<begin@phone.example>", chat.MailPosted)
	h.answer(g.key, "We send another.")
	h.clock.advance(time.Hour)
	h.sweep()
	if e := h.followed(); e.Subject != "Re: Lampe défectueuse" || e.Headers["In-Reply-To"] != "<begin@phone.example>" {
		t.Errorf("%q answers %v", e.Subject, e.Headers)
	}
}

func TestAnEmailThatNeverWentIsNotFollowed(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, lost := h.invite(g.key, "Come back")
	h.faulty(resendtest.Refused())
	h.deliver(lost)
	h.faulty()
	h.set(chat.EmailName, `"Nord"`)
	h.clock.advance(time.Hour)
	_, d := h.invite(g.key, "Once more")
	h.deliver(d)
	e := h.followed()
	if strings.HasPrefix(e.Subject, "Re:") || e.Headers["References"] != "" || g.row().EmailSubject != e.Subject {
		t.Errorf("%q follows %v, and the conversation is about %q", e.Subject, e.Headers, g.row().EmailSubject)
	}
}

func TestALongThreadNamesItsFirstAndItsNewest(t *testing.T) {
	h := newHouse(t)
	g, _, first := h.emailed()
	for i := range 40 {
		h.clock.advance(time.Second)
		h.mailed(g.row(), "<"+name(i)+"@phone.example>", chat.MailPosted)
	}
	h.clock.advance(time.Hour)
	_, d := h.invite(g.key, "Come back")
	h.deliver(d)
	ids := strings.Fields(h.followed().Headers["References"])
	if len(ids) != 11 || ids[0] != first.MessageID || ids[10] != "<n39@phone.example>" || !slices.Contains(ids, "<n31@phone.example>") {
		t.Errorf("it follows %v", ids)
	}
}

func TestOnlyWhatHasTheFormOfAReplyTokenIsOne(t *testing.T) {
	secret := strings.Repeat("a2", 20)
	if organization, ok := chat.SplitReplyToken("1a-" + secret); !ok || organization != 46 {
		t.Errorf("got %d, %v", organization, ok)
	}
	for why, token := range map[string]string{
		"empty": "", "no dash": secret, "no organization": "-" + secret, "upper case": "1a-" + strings.ToUpper(secret),
		"leading zero": "01-" + secret, "negative": "-1-" + secret, "short": "1-" + secret[1:], "long": "1-a" + secret,
		"other letters": "1-" + secret[:39] + "1", "line": "1-" + secret[:39] + "\n", "too big": strings.Repeat("z", 14) + "-" + secret,
		"in capitals": "1A-" + secret, "a rejoin token": chat.NewToken(1, rand.Reader),
	} {
		if organization, ok := chat.SplitReplyToken(token); ok || organization != 0 {
			t.Errorf("%s: taken for one of %d", why, organization)
		}
	}
}
