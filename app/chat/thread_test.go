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

// sends gives the organization a way out of its own.
func (h *house) sends(s chat.Sender) {
	h.Helper()
	now := h.clock.now()
	s.OrganizationID, s.CreatedAt = h.org.ID, now
	h.must(h.store.Tx(h.ctx, func(ctx context.Context, tx chat.Tx) error { return tx.Insert(ctx, &s) }))
}

func TestEmailsComeFromTheOrganizationsOwnAddressOnceItIsVerified(t *testing.T) {
	h := newHouse(t)
	options := h.options(h.store, "domains", h.channels)
	options.Domains = newRegistry()
	h.desk = chat.NewDesk(options)
	h.sends(chat.Sender{Way: chat.WayDomain, Address: "hello@nord.example", Domain: "nord.example", Status: "pending"})
	h.emailed()
	if e := h.followed(); e.From != `"Bo (Maison Nord)" <chat@rejoin.example>` {
		t.Errorf("before that from %s", e.From)
	}
	g := h.away("Hello")
	if _, preview := h.draftFor(g.key, "Come back"); preview.From != "Bo (Maison Nord) <chat@rejoin.example>" {
		t.Errorf("before that previewed from %s", preview.From)
	}
	h.exec("update senders set status = 'verified', verified_at = now()")
	_, preview := h.draftFor(g.key, "Come back")
	if preview.From != "Bo (Maison Nord) <hello@nord.example>" {
		t.Errorf("previewed from %s", preview.From)
	}
	_, d := h.invite(g.key, "Come back")
	h.deliver(d)
	if e := h.followed(); e.From != `"Bo (Maison Nord)" <hello@nord.example>` || h.replyToken(e) == "" {
		t.Errorf("from %s", e.From)
	}
	other := h.away("Hello")
	_, d = h.invite(other.key, "Come back")
	h.exec("delete from senders")
	h.deliver(d)
	if e := h.followed(); e.From != `"Bo (Maison Nord)" <chat@rejoin.example>` {
		t.Errorf("given up between writing and sending: from %s", e.From)
	}
}

func TestAMailServerWhosePasswordCannotBeReadFailsLoudly(t *testing.T) {
	h := newHouse(t)
	now := h.clock.now()
	h.sends(chat.Sender{Way: chat.WaySMTP, Address: "hello@nord.example", Host: "mail.nord.example", Port: 587, Security: "starttls",
		Username: "u", Password: []byte("of another key"), VerifiedAt: &now})
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	h.deliver(d)
	if now := h.delivery(d.Key); now.State != chat.Failed || now.Reason != "key" || now.Detail == "" || len(h.provider.Accepted()) != 0 {
		t.Errorf("it is %s, %q", told(now), now.Detail)
	}
	if g.row().CoveredSeq != 0 {
		t.Error("its messages are not given back")
	}
}
