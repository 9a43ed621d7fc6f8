package mail

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"rejoin/mail/smtptest"
)

func TestAfterTheLastByteWithoutAnAnswerTheOutcomeIsUnknown(t *testing.T) {
	for name, taken := range map[string]bool{"taken": true, "not taken": false} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.New(t, smtptest.Options{})
			server.Script(smtptest.Times(smtptest.Answer, smtptest.Fault{Drop: true, Taken: taken}))
			sender := smtpTo(t, server, "")
			failure := sendFailure(t, sender, dated())
			if !failure.Temporary || failure.Code != "unanswered" || failure.Untaken || failure.Status != 0 || failure.RetryAfter == 0 {
				t.Errorf("got %+v", failure)
			}
			send(t, sender, dated())
			emails := server.Emails()
			if want := map[bool]int{true: 2, false: 1}[taken]; len(emails) != want {
				t.Fatalf("%d emails, want %d", len(emails), want)
			}
			for _, e := range emails { // what lets the receiving side see that they are one
				if !bytes.Equal(e.Raw, raw(t, dated())) {
					t.Error("the retry has other bytes")
				}
			}
		})
	}
}

func TestAnAnswerLaterThanTheCallersTimeIsNoSecondEmail(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	release := make(chan struct{})
	server.Script(smtptest.Times(smtptest.Answer, smtptest.Fault{Hold: release}))
	sender := smtpTo(t, server, "", func(o *SMTPOptions) { o.Patience = time.Millisecond })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		server.WaitFor(smtptest.Answer, 1)
		cancel()
	}()
	_, err := sender.Send(ctx, dated())
	var failure *Failure
	if !errors.As(err, &failure) || failure.Code != "unanswered" || failure.Untaken || !failure.Temporary {
		t.Fatalf("got %v", err)
	}
	close(release)
	send(t, sender, dated()) // joins the attempt, or finds that it has ended well
	onlyEmail(t, server)
}

func TestACallerWhoIsToldToStopStillWaitsForTheAnswer(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	server.Script(smtptest.Times(smtptest.Answer, smtptest.Fault{Hold: release}))
	sender := smtpTo(t, server, "")
	go func() {
		server.WaitFor(smtptest.Answer, 1)
		cancel()
		close(release)
	}()
	if _, err := sender.Send(ctx, dated()); err != nil {
		t.Errorf("the email was taken, and the caller was told %v", err)
	}
	onlyEmail(t, server)
}

func TestAServerThatNeverAnswersIsLeftInTheEnd(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	server.Script(smtptest.Times(smtptest.Answer, smtptest.Fault{Hold: make(chan struct{})}))
	sender := smtpTo(t, server, "", func(o *SMTPOptions) { o.Answer = 50 * time.Millisecond })
	if failure := sendFailure(t, sender, dated()); failure.Code != "unanswered" || failure.Untaken {
		t.Errorf("got %+v", failure)
	}
}
