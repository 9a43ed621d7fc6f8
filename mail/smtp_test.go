package mail

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rejoin/mail/smtptest"
)

// dated is a letter as a delivery fixes it.
func dated() Message {
	m := letter()
	m.Date = sentAt
	return m
}

// smtpTo makes a sender to the server, changed where a test needs it.
func smtpTo(t *testing.T, server *smtptest.Server, query string, change ...func(*SMTPOptions)) *SMTP {
	t.Helper()
	to, err := ParseSMTP(server.URL(query))
	if err != nil {
		t.Fatalf("parse the server's address: %v", err)
	}
	options := SMTPOptions{Server: to, Roots: server.Roots(), Timeout: time.Minute, Answer: time.Minute, Patience: time.Minute}
	for _, change := range change {
		change(&options)
	}
	s := NewSMTP(options)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func onlyEmail(t *testing.T, server *smtptest.Server) smtptest.Email {
	t.Helper()
	emails := server.Emails()
	if len(emails) != 1 {
		t.Fatalf("the server took %d emails, want 1", len(emails))
	}
	return emails[0]
}

func TestTheServerGetsExactlyTheRawMessage(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{UTF8: true})
	m := dated()
	m.To.Email, m.Subject = "jo@exämple.org", "Votre été\r\nBcc: x@y.z"
	m.Text += "\n.\n..two dots\n.one\n"
	receipt := send(t, smtpTo(t, server, ""), m)
	if receipt.ProviderID != m.MessageID {
		t.Errorf("the receipt is %q", receipt.ProviderID)
	}
	got := onlyEmail(t, server)
	if got.From != "hello@nimbus.example" || len(got.To) != 1 || got.To[0] != "jo@xn--exmple-cua.org" {
		t.Errorf("from %q to %q", got.From, got.To)
	}
	if want := raw(t, m); !bytes.Equal(got.Raw, want) {
		t.Errorf("the server got\n%q, want\n%q", got.Raw, want)
	}
	if i := bytes.IndexFunc(got.Raw, func(r rune) bool { return r > 126 }); i >= 0 || got.UTF8 {
		t.Errorf("byte %d is not ASCII, SMTPUTF8 is %v: an older server further on could not take it", i, got.UTF8)
	}
}

func TestWhatWouldInjectACommandOrAHeaderNeverLeaves(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	sender := smtpTo(t, server, "")
	for name, break_ := range map[string]func(*Message){
		"a command in the recipient": func(m *Message) { m.To.Email = "jo@example.org>\r\nRCPT TO:<x@y.z" },
		"a second recipient":         func(m *Message) { m.To.Email = "jo@example.org>,<x@y.z" },
		"a parameter":                func(m *Message) { m.From.Email = "a@b.example> SIZE=1" },
		"a line in the Message-ID":   func(m *Message) { m.MessageID = "<a@b.example>\r\nBcc: x@y.z" },
		"a recipient by header":      func(m *Message) { m.Headers = map[string]string{"Bcc": "x@y.z"} },
		"a line in a header's name":  func(m *Message) { m.Headers = map[string]string{"X: y\r\nBcc": "x@y.z"} },
	} {
		m := dated()
		break_(&m)
		if failure := sendFailure(t, sender, m); failure.Temporary || failure.Code != "invalid_message" {
			t.Errorf("%s: got %+v", name, failure)
		}
	}
	if _, _, total := server.Connections(); total != 0 {
		t.Errorf("%d connections for emails that cannot go", total)
	}
	m := dated()
	m.Headers = map[string]string{"X-Note": "a\r\nBcc: x@y.z"}
	m.To.Name, m.From.Name = "Jo\r\nBcc: x@y.z", "\"\r\n\r\n"
	send(t, sender, m)
	if header := parse(t, onlyEmail(t, server).Raw).Header; header.Get("Bcc") != "" {
		t.Errorf("a header came in by a value: %v", header)
	}
}

func TestEveryReplyIsJudged(t *testing.T) {
	reply := func(code int, enhanced [3]int, text string) smtptest.Fault {
		return smtptest.Fault{Code: code, Enhanced: enhanced, Text: text}
	}
	for name, c := range map[string]struct {
		at    smtptest.Step
		fault smtptest.Fault
		want  Failure
	}{
		"421 at the greeting":  {smtptest.Greeting, reply(421, [3]int{}, "4.3.2 Too busy"), Failure{Temporary: true, Status: 421, Enhanced: "4.3.2", Code: "deferred"}},
		"554 at the greeting":  {smtptest.Greeting, reply(554, [3]int{}, "Not now"), Failure{Temporary: true, Status: 554, Code: "closed"}},
		"421 at MAIL":          {smtptest.Mail, reply(421, [3]int{4, 7, 0}, "Slow down"), Failure{Temporary: true, Status: 421, Enhanced: "4.7.0", Code: "deferred"}},
		"553 at MAIL":          {smtptest.Mail, reply(553, [3]int{5, 7, 1}, "Not yours"), Failure{Status: 553, Enhanced: "5.7.1", Code: "rejected"}},
		"530 at MAIL":          {smtptest.Mail, reply(530, [3]int{5, 7, 0}, "Sign in"), Failure{Status: 530, Enhanced: "5.7.0", Code: "auth_failed"}},
		"450 at RCPT":          {smtptest.Rcpt, reply(450, [3]int{4, 2, 0}, "Greylisted"), Failure{Temporary: true, Status: 450, Enhanced: "4.2.0", Code: "deferred"}},
		"452 at RCPT":          {smtptest.Rcpt, reply(452, [3]int{}, "Full"), Failure{Temporary: true, Status: 452, Code: "deferred"}},
		"550 at RCPT":          {smtptest.Rcpt, reply(550, [3]int{5, 1, 1}, "No such person"), Failure{Status: 550, Enhanced: "5.1.1", Code: "rejected"}},
		"451 at the end":       {smtptest.Answer, reply(451, [3]int{4, 3, 0}, "Disk"), Failure{Temporary: true, Status: 451, Enhanced: "4.3.0", Code: "deferred"}},
		"552 at the end":       {smtptest.Answer, reply(552, [3]int{5, 3, 4}, "Too\nlarge"), Failure{Status: 552, Enhanced: "5.3.4", Code: "rejected"}},
		"a class that differs": {smtptest.Rcpt, reply(550, [3]int{}, "4.1.1 odd"), Failure{Status: 550, Code: "rejected"}},
		"broken at MAIL":       {smtptest.Mail, smtptest.Fault{Drop: true}, Failure{Temporary: true, Code: "network"}},
		"broken in the email":  {smtptest.Body, smtptest.Fault{Drop: true}, Failure{Temporary: true, Code: "network"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.New(t, smtptest.Options{})
			server.Script(smtptest.Times(c.at, c.fault))
			sender := smtpTo(t, server, "")
			m := dated()
			if c.at == smtptest.Body {
				m.Text = strings.Repeat("larger than any buffer on the way\n", 30_000)
			}
			got := *sendFailure(t, sender, m)
			if got.Detail == "" || strings.ContainsAny(got.Detail, "\r\n") || !strings.Contains(got.Detail, firstWord(c.fault.Text)) {
				t.Errorf("the detail is %q", got.Detail)
			}
			got.Detail, got.cause, got.recipient = "", nil, false
			c.want.Untaken = true
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if n := len(server.Emails()); n != 0 {
				t.Errorf("%d emails were taken", n)
			}
			send(t, sender, m)
			if want := raw(t, m); !bytes.Equal(onlyEmail(t, server).Raw, want) {
				t.Error("the retry has other bytes")
			}
		})
	}
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	word, _, _ = strings.Cut(word, "\n")
	return word
}

func TestAnEmailThatTheServerCallsTooLargeIsNotOffered(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{MaxSize: 500})
	failure := sendFailure(t, smtpTo(t, server, ""), dated())
	if failure.Temporary || failure.Status != 552 || failure.Code != "too_large" || !failure.Untaken {
		t.Errorf("got %+v", failure)
	}
	if server.Reached(smtptest.Mail) != 0 {
		t.Error("it was offered")
	}
}

func TestASlowServerBeforeTheLastByteCostsNoEmail(t *testing.T) {
	for _, step := range []smtptest.Step{smtptest.Greeting, smtptest.Mail, smtptest.Rcpt} {
		t.Run(string(step), func(t *testing.T) {
			server := smtptest.New(t, smtptest.Options{})
			server.Script(smtptest.Times(step, smtptest.Fault{Hold: make(chan struct{})}))
			sender := smtpTo(t, server, "", func(o *SMTPOptions) { o.Timeout = 50 * time.Millisecond })
			failure := sendFailure(t, sender, dated())
			if !failure.Temporary || failure.Code != "timeout" || !failure.Untaken {
				t.Errorf("got %+v", failure)
			}
			if len(server.Emails()) != 0 {
				t.Error("it was taken")
			}
		})
	}
}

func TestACancelledAttemptEndsBeforeTheLastByte(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	server.Script(func(step smtptest.Step, n int) smtptest.Fault {
		if step == smtptest.Rcpt && n == 1 {
			cancel()
			return smtptest.Fault{Hold: make(chan struct{})}
		}
		return smtptest.Fault{}
	})
	sender := smtpTo(t, server, "")
	_, err := sender.Send(ctx, dated())
	var failure *Failure
	if !errors.As(err, &failure) || !failure.Temporary || failure.Code != "cancelled" || !failure.Untaken || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := sender.Send(ctx, dated()); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
	send(t, sender, dated())
	onlyEmail(t, server)
}

func TestAMailServerThatIsNotThereIsTemporary(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	to, err := ParseSMTP("smtp://127.0.0.1:" + strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))
	_ = listener.Close()
	if err != nil {
		t.Fatal(err)
	}
	sender := NewSMTP(SMTPOptions{Server: to})
	defer sender.Close()
	if failure := sendFailure(t, sender, dated()); !failure.Temporary || failure.Code != "network" || failure.Status != 0 || !failure.Untaken {
		t.Errorf("got %+v", failure)
	}
}

func TestOtherBytesUnderAKnownKeyAreRefused(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	sender := smtpTo(t, server, "")
	first := send(t, sender, dated())
	if again := send(t, sender, dated()); again != first {
		t.Errorf("the second time it is %v, the first %v", again, first)
	}
	other := dated()
	other.Text += "changed"
	if failure := sendFailure(t, sender, other); failure.Temporary || failure.Code != "invalid_idempotent_request" {
		t.Errorf("got %+v", failure)
	}
	onlyEmail(t, server)
}

func TestTheSameEmailTwiceAtOnceIsOne(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	release := make(chan struct{})
	server.Script(smtptest.Times(smtptest.Rcpt, smtptest.Fault{Hold: release}))
	sender := smtpTo(t, server, "")
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() {
			if _, err := sender.Send(t.Context(), dated()); err != nil {
				t.Errorf("refused: %v", err)
			}
		})
	}
	if !server.WaitFor(smtptest.Rcpt, 1) {
		t.Fatal("nothing came")
	}
	close(release)
	wait.Wait()
	onlyEmail(t, server)
}
