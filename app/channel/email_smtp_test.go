package channel

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
	"rejoin/mail/smtptest"
)

// overSMTP is the channel to a mail server of its own.
func overSMTP(t *testing.T) (*Email, *smtptest.Server) {
	t.Helper()
	server := smtptest.New(t, smtptest.Options{StartTLS: true, User: "chat@rejoin.example", Password: "s3cret/?"})
	to, err := mail.ParseSMTP(server.URL("tls=starttls"))
	if err != nil {
		t.Fatal(err)
	}
	sender := mail.NewSMTP(mail.SMTPOptions{Server: to, Roots: server.Roots()})
	t.Cleanup(func() { _ = sender.Close() })
	return NewEmail(EmailOptions{Sender: sender, From: mail.Address{Email: "chat@rejoin.example"}, BaseURL: "https://rejoin.example"}), server
}

func TestAnInvitationBySMTPArrivesOnceAsItWasComposed(t *testing.T) {
	channel, server := overSMTP(t)
	c := composition()
	content, err := channel.Compose(c)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := channel.Send(t.Context(), sent(c, content)); err != nil {
			t.Fatal(err)
		}
	}
	emails := server.Emails()
	if len(emails) != 1 || emails[0].To[0] != "jo@example.org" || emails[0].From != "chat@rejoin.example" || !emails[0].TLS {
		t.Fatalf("the server took %+v", emails)
	}
	message, err := mail.Decode(bytes.ReplaceAll(content.Frozen, []byte(tokenPlace), []byte(c.Token)))
	if err != nil {
		t.Fatal(err)
	}
	want, err := message.Raw(c.At)
	if err != nil || !bytes.Equal(emails[0].Raw, want) {
		t.Errorf("what arrived is not what was composed, dated when it was (%v):\n%s", err, emails[0].Raw)
	}
}

func TestARefusalOfAMailServerNamesItsReason(t *testing.T) {
	c := composition()
	for name, want := range map[string]struct {
		at        smtptest.Step
		fault     smtptest.Fault
		code      string
		temporary bool
		refused   bool // certainly not taken
	}{
		"not available":       {smtptest.Greeting, smtptest.Fault{Code: 421, Text: "4.3.2 later"}, "unreachable", true, true},
		"greylisted":          {smtptest.Rcpt, smtptest.Fault{Code: 450, Text: "later"}, "rate", true, true},
		"an error of its own": {smtptest.Answer, smtptest.Fault{Code: 451, Text: "later"}, "rate", true, true},
		"full":                {smtptest.Mail, smtptest.Fault{Code: 452, Text: "later"}, "rate", true, true},
		"no such person":      {smtptest.Rcpt, smtptest.Fault{Code: 550, Enhanced: [3]int{5, 1, 1}, Text: "who?"}, "refused", false, true},
		"wrong password":      {smtptest.Auth, smtptest.Fault{Code: 535, Text: "no"}, "key", false, true},
		"broken off":          {smtptest.Mail, smtptest.Fault{Drop: true}, "unreachable", true, true},
		"unknown":             {smtptest.Answer, smtptest.Fault{Drop: true}, "unreachable", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			channel, server := overSMTP(t)
			content, err := channel.Compose(c)
			if err != nil {
				t.Fatal(err)
			}
			server.Script(smtptest.Times(want.at, want.fault))
			_, err = channel.Send(context.Background(), sent(c, content))
			var failure *chat.SendFailure
			if !errors.As(err, &failure) || failure.Code != want.code || failure.Temporary != want.temporary || failure.Refused != want.refused {
				t.Errorf("got %#v", err)
			}
			if name == "unknown" && failure.RetryAfter < time.Minute {
				t.Errorf("it is tried again after %v", failure.RetryAfter)
			}
		})
	}
}
