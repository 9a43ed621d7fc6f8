package mail

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"rejoin/mail/smtptest"
)

// numbered is the nth of many emails.
func numbered(n int) Message {
	m := dated()
	m.Key, m.MessageID = fmt.Sprintf("delivery-%d", n), fmt.Sprintf("<%d@mail.nimbus.example>", n)
	return m
}

func TestFiftyEmailsShareFewConnections(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{StartTLS: true})
	sender := smtpTo(t, server, "tls=starttls", func(o *SMTPOptions) { o.Connections = 3 })
	var wait sync.WaitGroup
	for n := range 50 {
		wait.Go(func() {
			if _, err := sender.Send(t.Context(), numbered(n)); err != nil {
				t.Errorf("%d: %v", n, err)
			}
		})
	}
	wait.Wait()
	seen := map[string]bool{}
	for _, e := range server.Emails() {
		seen[parse(t, e.Raw).Header.Get("Message-Id")] = true
	}
	if len(server.Emails()) != 50 || len(seen) != 50 {
		t.Errorf("%d emails, %d different ones", len(server.Emails()), len(seen))
	}
	if _, most, total := server.Connections(); most > 3 || total > 3 {
		t.Errorf("%d connections at once, %d in all, want at most 3", most, total)
	}
}

func TestAConnectionIsUsedAgain(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	server.Script(func(step smtptest.Step, n int) smtptest.Fault {
		switch {
		case step == smtptest.Rcpt && n == 2:
			return smtptest.Fault{Code: 550, Text: "no"}
		case step == smtptest.Answer && n == 2:
			return smtptest.Fault{Code: 554, Text: "no"}
		}
		return smtptest.Fault{}
	})
	sender := smtpTo(t, server, "")
	send(t, sender, numbered(1))
	sendFailure(t, sender, numbered(2))
	sendFailure(t, sender, numbered(3))
	send(t, sender, numbered(4))
	if _, _, total := server.Connections(); total != 1 || len(server.Emails()) != 2 {
		t.Errorf("%d connections, %d emails", total, len(server.Emails()))
	}
}

func TestAConnectionThatDiedWhileIdleIsReplaced(t *testing.T) {
	for name, die := range map[string]func(*smtptest.Server){
		"without a word": func(s *smtptest.Server) { s.Drop(); s.WaitConnections(0) },
		"with 421": func(s *smtptest.Server) {
			s.Script(smtptest.Times(smtptest.Mail, smtptest.Fault{Code: 421, Enhanced: [3]int{4, 4, 2}, Text: "Idle too long"}))
		},
		"in the middle of a word": func(s *smtptest.Server) {
			s.Script(smtptest.Times(smtptest.Mail, smtptest.Fault{Drop: true}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.New(t, smtptest.Options{})
			sender := smtpTo(t, server, "")
			send(t, sender, numbered(1))
			die(server)
			send(t, sender, numbered(2))
			emails := server.Emails()
			if len(emails) != 2 || emails[0].Connection == emails[1].Connection {
				t.Errorf("%d emails, the last on connection %d", len(emails), emails[len(emails)-1].Connection)
			}
		})
	}
}

func TestAnUnusedConnectionIsClosed(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	sender := smtpTo(t, server, "", func(o *SMTPOptions) { o.Idle = time.Millisecond })
	send(t, sender, numbered(1))
	if !server.WaitConnections(0) {
		t.Fatal("the server went first")
	}
	send(t, sender, numbered(2))
}

func TestCloseEndsEverything(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	sender := smtpTo(t, server, "", func(o *SMTPOptions) { o.Connections = 2 })
	send(t, sender, numbered(1)) // leaves an idle connection
	hold := make(chan struct{})
	server.Script(func(step smtptest.Step, n int) smtptest.Fault {
		switch {
		case step == smtptest.Rcpt && n == 1, step == smtptest.Answer:
			return smtptest.Fault{Hold: hold}
		}
		return smtptest.Fault{}
	})
	failures := make(chan error, 3)
	var wait sync.WaitGroup
	for n := range 3 { // one waits in the middle, one for its answer, one for its turn
		wait.Go(func() {
			_, err := sender.Send(t.Context(), numbered(10+n))
			failures <- err
		})
	}
	server.WaitFor(smtptest.Rcpt, 2)
	server.WaitFor(smtptest.Answer, 1)
	if err := sender.Close(); err != nil {
		t.Error(err)
	}
	wait.Wait()
	close(failures)
	for err := range failures {
		var failure *Failure
		if !errors.As(err, &failure) || !failure.Temporary {
			t.Errorf("got %v", err)
		}
	}
	close(hold) // only now does the server look
	if !server.WaitConnections(0) {
		t.Error("connections are left")
	}
	_ = sender.Close() // twice is once
	if failure := sendFailure(t, sender, numbered(20)); !failure.Temporary || !failure.Untaken {
		t.Errorf("after the end: %+v", failure)
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	memory := newSMTPMemory()
	for n := range smtpMemorySize + 10 {
		key := fmt.Sprint(n)
		attempt, isNew, failure := memory.begin(key, [32]byte{})
		if !isNew || failure != nil {
			t.Fatalf("%d is known: %v", n, failure)
		}
		memory.end(key, attempt, nil)
	}
	if len(memory.byKey) != smtpMemorySize || len(memory.taken) != smtpMemorySize {
		t.Errorf("%d keys, %d taken", len(memory.byKey), len(memory.taken))
	}
	if _, isNew, _ := memory.begin(fmt.Sprint(smtpMemorySize), [32]byte{}); isNew {
		t.Error("the newest is forgotten")
	}
}
