package mail

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"rejoin/mail/smtptest"
)

func TestACheckSignsInAndSendsNothing(t *testing.T) {
	for name, options := range map[string]smtptest.Options{
		"STARTTLS": {StartTLS: true}, "TLS from the first byte": {Implicit: true}, "in the clear": {},
	} {
		t.Run(name, func(t *testing.T) {
			options.User, options.Password = "maya", "correct"
			server := smtptest.New(t, options)
			query := ""
			if options.StartTLS {
				query = "tls=starttls"
			}
			sender := smtpTo(t, server, query)
			if failure := sender.Check(t.Context()); failure != nil {
				t.Fatalf("got %+v", failure)
			}
			if server.Reached(smtptest.Auth) != 1 || server.Reached(smtptest.Mail) != 0 || len(server.Emails()) != 0 {
				t.Errorf("%d sign-ins, %d emails begun", server.Reached(smtptest.Auth), server.Reached(smtptest.Mail))
			}
			if !server.WaitConnections(0) {
				t.Error("the connection stays open")
			}
		})
	}
}

func TestACheckSaysWhatIsWrong(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{StartTLS: true, User: "maya", Password: "correct"})
	for name, c := range map[string]struct {
		change    func(*SMTPOptions)
		script    func(smtptest.Step, int) smtptest.Fault
		code      string
		temporary bool
	}{
		"a wrong password":       {func(o *SMTPOptions) { o.Server.password = new(string); *o.Server.password = "wrong-secret" }, nil, "auth_failed", false},
		"an unknown certificate": {func(o *SMTPOptions) { o.Roots = nil }, nil, "tls", true},
		"a closed door":          {func(o *SMTPOptions) { o.Server.port = 1 }, nil, "network", true},
		"silence":                {func(o *SMTPOptions) { o.Timeout = 50 * time.Millisecond }, smtptest.Times(smtptest.Greeting, smtptest.Fault{Hold: make(chan struct{})}), "timeout", true},
		"a private address":      {func(o *SMTPOptions) { o.Public = true }, nil, "private_address", false},
		"no server":              {func(o *SMTPOptions) { o.Server = SMTPServer{} }, nil, "no_server", false},
	} {
		t.Run(name, func(t *testing.T) {
			server.Script(c.script)
			failure := smtpTo(t, server, "tls=starttls", c.change).Check(t.Context())
			if failure == nil || failure.Code != c.code || failure.Temporary != c.temporary || failure.Detail == "" {
				t.Fatalf("got %+v", failure)
			}
			if strings.Contains(failure.Error(), "wrong-secret") {
				t.Errorf("the password is in %v", failure)
			}
		})
	}
}

func TestACheckWantsASignOfLife(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() { // greets, and goes at the next word
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		lines := bufio.NewReader(conn)
		_, _ = conn.Write([]byte("220 mail.example\r\n"))
		_, _ = lines.ReadString('\n')
		_, _ = conn.Write([]byte("250 mail.example\r\n"))
		_, _ = lines.ReadString('\n')
	}()
	sender := NewSMTP(SMTPOptions{Server: SMTPServer{host: "127.0.0.1", port: listener.Addr().(*net.TCPAddr).Port, security: noTLS}})
	defer sender.Close()
	if failure := sender.Check(t.Context()); failure == nil || !failure.Temporary || failure.Code != "network" {
		t.Errorf("got %+v", failure)
	}
}

func TestACheckEndsWithItsContextAndItsSender(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	server.Script(smtptest.Times(smtptest.Greeting, smtptest.Fault{Hold: make(chan struct{})}, smtptest.Fault{Hold: make(chan struct{})}))
	sender := smtpTo(t, server, "")
	ctx, cancel := context.WithCancel(t.Context())
	checked := make(chan *Failure, 2)
	go func() { checked <- sender.Check(ctx) }()
	server.WaitFor(smtptest.Greeting, 1)
	cancel()
	if failure := <-checked; failure == nil || failure.Code != "cancelled" || !errors.Is(failure, context.Canceled) {
		t.Errorf("got %+v", failure)
	}
	go func() { checked <- sender.Check(t.Context()) }()
	server.WaitFor(smtptest.Greeting, 2)
	_ = sender.Close()
	if failure := <-checked; failure == nil || !failure.Temporary {
		t.Errorf("got %+v", failure)
	}
	if failure := sender.Check(t.Context()); failure == nil || failure.Code != "cancelled" {
		t.Errorf("after the end: %+v", failure)
	}
}
