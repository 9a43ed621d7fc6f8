package chat_test

import (
	"bytes"
	"testing"
	"time"

	"rejoin/app/channel"
	"rejoin/app/chat"
	"rejoin/mail"
	"rejoin/mail/smtptest"
)

// bySMTP gives the house a mail server of its own to send through.
func (h *house) bySMTP() *smtptest.Server {
	h.Helper()
	server := smtptest.New(h.T, smtptest.Options{})
	to, err := mail.ParseSMTP(server.URL("tls=none"))
	h.must(err)
	sender := mail.NewSMTP(mail.SMTPOptions{Server: to})
	h.Cleanup(func() { _ = sender.Close() })
	h.channels = channel.All(channel.NewEmail(emailOver(sender)))
	h.desk = h.deskOver(h.store, "smtp", h.channels)
	return server
}

func TestAnInvitationBySMTPArrivesOnceAfterEveryRefusal(t *testing.T) {
	h := newHouse(t)
	server := h.bySMTP()
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	refusals := []struct {
		at     smtptest.Step
		fault  smtptest.Fault
		reason string
	}{
		{smtptest.Greeting, smtptest.Fault{Code: 421, Text: "4.3.2 Not now"}, "unreachable"},
		{smtptest.Rcpt, smtptest.Fault{Code: 450, Enhanced: [3]int{4, 2, 0}, Text: "Greylisted"}, "rate"},
		{smtptest.Answer, smtptest.Fault{Code: 451, Enhanced: [3]int{4, 3, 0}, Text: "Disk"}, "rate"},
	}
	for _, refusal := range refusals {
		server.Script(smtptest.Times(refusal.at, refusal.fault))
		again := h.attempt(d)
		if now := h.delivery(d.Key); again == 0 || now.State != chat.Queued || now.Reason != refusal.reason {
			t.Errorf("after %v: %s", refusal.fault, told(now))
		}
		h.clock.advance(again)
	}
	h.deliver(d)
	h.deliver(d) // its job runs once more
	if now := h.delivery(d.Key); now.State != chat.Sent || now.ProviderID == "" {
		t.Errorf("ended as %s", told(now))
	}
	emails := server.Emails()
	if len(emails) != 1 || emails[0].To[0] != "jo@example.org" || !bytes.Contains(emails[0].Raw, []byte("Come back")) {
		t.Errorf("the mail server took %d emails", len(emails))
	}
}

func TestAnEmailThatNobodyHasIsNotSentToACustomerWhoCameAndRead(t *testing.T) {
	h := newHouse(t)
	server := h.bySMTP()
	g := h.away("Hello")
	m, d := h.invite(g.key, "Come back")
	server.Script(smtptest.Times(smtptest.Rcpt, smtptest.Fault{Code: 450, Text: "Greylisted"}))
	h.clock.advance(h.attempt(d))
	g.seen(m.Seq)
	h.deliver(d)
	if now := h.delivery(d.Key); now.State != chat.Cancelled || now.Reason != "seen" || len(server.Emails()) != 0 {
		t.Errorf("ended as %s, %d emails", told(now), len(server.Emails()))
	}
}

func TestAnEmailWithoutAnAnswerIsSentAgainAsTheSameOneAndNotSoon(t *testing.T) {
	h := newHouse(t)
	server := h.bySMTP()
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	server.Script(smtptest.Times(smtptest.Answer, smtptest.Fault{Drop: true, Taken: true}))
	again := h.attempt(d)
	if now := h.delivery(d.Key); again < time.Minute || now.State != chat.Sending {
		t.Errorf("again in %s: %s", again, told(now))
	}
	h.clock.advance(again)
	h.deliver(d)
	emails := server.Emails()
	if len(emails) != 2 || !bytes.Equal(emails[0].Raw, emails[1].Raw) {
		t.Errorf("%d emails, which have to be one to whoever compares their bytes", len(emails))
	}
}

func TestAHardRefusalBySMTPGivesItsMessagesBack(t *testing.T) {
	h := newHouse(t)
	server := h.bySMTP()
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	server.Script(smtptest.Times(smtptest.Rcpt, smtptest.Fault{Code: 550, Enhanced: [3]int{5, 1, 1}, Text: "No such person"}))
	h.deliver(d)
	if now := h.delivery(d.Key); now.State != chat.Bounced || now.Reason != "bounced" || now.Detail != "550 5.1.1 No such person" {
		t.Errorf("ended as %s, %q", told(now), now.Detail)
	}
	if g.row().CoveredSeq != 0 {
		t.Error("its messages are not given back")
	}
}
