// Package smtptest is a mail server for tests: it speaks real SMTP on loopback, with TLS by a certificate of its own,
// with sign-in, and with faults on demand at every step.
//
// It refuses to deliver anything, and to know Rejoin's own types: it is written against SMTP alone.
package smtptest

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

const (
	maxEmails = 20_000
	stuckTime = time.Minute // nobody may hold a connection longer without a word
)

// Test is the part of testing.TB that New uses.
type Test interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Options says what the server offers; the zero one speaks plainly with everybody.
type Options struct {
	StartTLS   bool   // offers STARTTLS
	Implicit   bool   // speaks TLS from the first byte
	User       string // empty = nobody has to sign in
	Password   string
	Mechanisms []string // of AUTH; nil = PLAIN
	MaxSize    int64    // bytes of one email; 0 = any
	UTF8       bool     // offers SMTPUTF8
}

// Email is one email that the server took, as it came over the wire.
type Email struct {
	Hello      string // the name that the sender gave
	From       string
	To         []string
	Raw        []byte
	UTF8       bool   // the sender asked for SMTPUTF8
	TLS        bool   // it came encrypted
	User       string // who had signed in
	Connection int    // 1 for the first connection that the server ever had
}

// Server is a running mail server.
type Server struct {
	options  Options
	smtp     *smtp.Server
	listener *listener
	pool     *x509.CertPool
	closing  chan struct{}
	served   chan struct{}
	close    sync.Once

	mu     sync.Mutex
	script func(step Step, n int) Fault
	counts map[Step]int
	emails []Email
	grown  chan struct{} // closed and replaced whenever something happens that a test may wait for
}

// New starts a server on a free loopback port; it is closed at the test's end.
func New(t Test, options Options) *Server {
	t.Helper()
	s, err := Start("127.0.0.1:0", options)
	if err != nil {
		t.Fatalf("start a mail server: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Start starts a server at an address; the caller closes it.
func Start(address string, options Options) (*Server, error) {
	certificate, pool, err := selfMade()
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	s := &Server{
		options: options, pool: pool, closing: make(chan struct{}), served: make(chan struct{}),
		counts: map[Step]int{}, grown: make(chan struct{}),
	}
	if s.options.Mechanisms == nil && options.User != "" {
		s.options.Mechanisms = []string{"PLAIN"}
	}
	settings := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.open))
	s.smtp.Domain, s.smtp.AllowInsecureAuth, s.smtp.EnableSMTPUTF8 = "smtptest.example", true, options.UTF8
	s.smtp.MaxMessageBytes, s.smtp.ReadTimeout, s.smtp.WriteTimeout = options.MaxSize, stuckTime, stuckTime
	s.smtp.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo) // a connection that broke is what was asked for
	if options.StartTLS {
		s.smtp.TLSConfig = settings
	}
	if s.listener, err = listen(address, s); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	var serving net.Listener = s.listener
	if options.Implicit {
		serving = tls.NewListener(s.listener, settings)
	}
	go func() {
		defer close(s.served)
		_ = s.smtp.Serve(serving) // it ends when it is closed
	}()
	return s, nil
}

// Close ends every connection and waits for the server's end.
func (s *Server) Close() {
	s.close.Do(func() {
		close(s.closing)
		_ = s.smtp.Close()     // what is closed twice is closed
		_ = s.listener.Close() // the library closes none that it has not begun to listen at
		s.listener.drop()
		<-s.served
	})
}

// Addr is where the server listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Port is where the server listens on 127.0.0.1.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// URL is the server as SMTP_URL names it, with the sign-in where there is one; query is like "tls=none", or empty.
func (s *Server) URL(query string) string {
	u := url.URL{Scheme: "smtp", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port())), RawQuery: query}
	if s.options.Implicit {
		u.Scheme = "smtps"
	}
	if s.options.User != "" {
		u.User = url.UserPassword(s.options.User, s.options.Password)
	}
	return u.String()
}

// Roots are the certificates to trust: the server's own.
func (s *Server) Roots() *x509.CertPool { return s.pool }

// Emails are the emails that the server took, in their order.
func (s *Server) Emails() []Email {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.emails)
}

func (s *Server) keep(e Email) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.emails) < maxEmails {
		s.emails = append(s.emails, e)
	}
	s.tell()
}

// tell wakes everybody who waits; the lock is held.
func (s *Server) tell() {
	close(s.grown)
	s.grown = make(chan struct{})
}

func (s *Server) news() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grown
}

// session is one connection after its greeting.
type session struct {
	server *Server
	conn   *smtp.Conn
	email  Email
	user   string
}

func (s *Server) open(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

// Mail begins an email.
func (s *session) Mail(from string, options *smtp.MailOptions) error {
	if s.server.options.User != "" && s.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	if s.email.From != "" { // go-smtp would let it pass
		return &smtp.SMTPError{Code: 503, EnhancedCode: smtp.EnhancedCode{5, 5, 1}, Message: "Another email was begun"}
	}
	_, encrypted := s.conn.TLSConnectionState()
	s.email = Email{Hello: s.conn.Hostname(), From: from, UTF8: options.UTF8, TLS: encrypted, User: s.user, Connection: numberOf(s.conn.Conn())}
	return s.act(Mail)
}

// Rcpt adds a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.email.To = append(s.email.To, to)
	return s.act(Rcpt)
}

// Data reads the email, and takes it unless the script says otherwise.
func (s *session) Data(r io.Reader) error {
	if err := s.act(Body); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read email: %w", err)
	}
	s.email.Raw = raw
	fault := s.server.next(Answer)
	if fault.Taken || fault.Code == 0 && !fault.Drop {
		s.server.keep(s.email)
	}
	return s.suffer(fault)
}

// Reset forgets the email that was begun.
func (s *session) Reset() { s.email = Email{} }

// Logout has nothing to free.
func (*session) Logout() error { return nil }
