package mail

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"sync"
	"time"
)

// SMTPOptions says how emails go to a mail server; zero values are the defaults.
type SMTPOptions struct {
	Server      SMTPServer
	Hello       string         // the host name that we give; default localhost
	Timeout     time.Duration  // of connecting with TLS and sign-in, and of each command after that; default 10 s
	Answer      time.Duration  // how long the answer to an email's last byte is waited for; default 5 min
	Patience    time.Duration  // how much longer than its context a caller waits for that answer; default 10 s
	Idle        time.Duration  // an unused connection is closed after it; default 30 s
	Connections int            // at most, at once; default 4
	Roots       *x509.CertPool // whom to trust; nil = the system's
	Public      bool           // an admin has named the server: addresses of private networks and of this machine are refused when dialling
}

func (o SMTPOptions) filled() SMTPOptions {
	or := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	or(&o.Timeout, 10*time.Second)
	or(&o.Answer, 5*time.Minute)
	or(&o.Patience, 10*time.Second)
	or(&o.Idle, 30*time.Second)
	if o.Connections <= 0 {
		o.Connections = 4
	}
	if o.Hello == "" {
		o.Hello = "localhost"
	}
	return o
}

// SMTP is a Sender that hands emails to a mail server. SMTP knows no idempotency keys, so it remembers by itself: a key
// that is under way is joined and not sent beside itself, one that was taken gives its receipt again, and other bytes
// under a known key are refused.
//
// One gap is SMTP's own. When the connection breaks, or this process dies, after an email's last byte and before the
// answer, nobody can know whether it was taken: that failure is temporary, "unanswered" and not Untaken, and the retry
// with the same bytes and Message-ID may be a second copy. The gap is kept small: a context that ends before the last
// byte ends the attempt without it, and one that ends after it ends the caller's wait, not the attempt's.
type SMTP struct {
	options SMTPOptions
	pool    *smtpPool
	memory  *smtpMemory
	closing context.Context
	stop    context.CancelFunc

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

// NewSMTP makes a sender; it connects with the first email. Close ends it.
func NewSMTP(options SMTPOptions) *SMTP {
	options = options.filled()
	closing, stop := context.WithCancel(context.Background())
	s := &SMTP{options: options, memory: newSMTPMemory(), closing: closing, stop: stop}
	s.pool = newSMTPPool(closing, options)
	return s
}

// Send hands the message over; see SMTP for what it remembers.
func (s *SMTP) Send(ctx context.Context, m Message) (Receipt, error) {
	if s.options.Server.IsZero() {
		return Receipt{}, &Failure{Code: "no_server", Detail: "no mail server is set", Untaken: true}
	}
	raw, err := m.Raw(m.Date)
	if err != nil {
		return Receipt{}, invalidMessage(err)
	}
	if err := ctx.Err(); err != nil {
		return Receipt{}, s.pool.untaken(ctx, stepConnect, err)
	}
	attempt, failure := s.begin(ctx, m, raw)
	if failure == nil {
		failure = s.await(ctx, attempt)
	}
	if failure != nil {
		return Receipt{}, failure
	}
	return Receipt{ProviderID: m.MessageID}, nil // which bounces speak of
}

// begin joins the attempt of the same key, or starts one.
func (s *SMTP) begin(ctx context.Context, m Message, raw []byte) (*smtpAttempt, *Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, closedSender()
	}
	key, bounce := m.RoundKey(), m.Bounce
	if bounce == "" {
		bounce = m.From.Email
	}
	from, _ := asciiAddress(bounce) // checked with the message
	to, _ := asciiAddress(m.To.Email)
	attempt, isNew, failure := s.memory.begin(key, sha256.Sum256(append([]byte(from+"\n"), raw...)))
	if failure != nil || !isNew {
		return attempt, failure
	}
	s.running.Go(func() {
		s.memory.end(key, attempt, s.pool.send(ctx, envelope{from: from, to: to, raw: raw}))
	})
	return attempt, nil
}

// Check goes as far as an email would go without sending one: it connects, encrypts, signs in and asks for a sign of
// life, on a connection of its own. Nil means that all of it works.
func (s *SMTP) Check(ctx context.Context) *Failure {
	if s.options.Server.IsZero() {
		return &Failure{Code: "no_server", Detail: "no mail server is set", Untaken: true}
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return closedSender()
	}
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()
	return s.pool.check(ctx)
}

func closedSender() *Failure {
	return &Failure{Temporary: true, Code: "cancelled", Detail: "the sender was closed", Untaken: true, cause: context.Canceled}
}

// await waits for an attempt's end. One whose context has ended ends at once too, unless only the answer is missing.
func (s *SMTP) await(ctx context.Context, attempt *smtpAttempt) *Failure {
	select {
	case <-attempt.done:
		return attempt.failure
	case <-ctx.Done():
	}
	patience := time.NewTimer(s.options.Patience)
	defer patience.Stop()
	select {
	case <-attempt.done:
		return attempt.failure
	case <-patience.C:
		return unansweredEmail(ctx.Err())
	}
}

// Close ends what is under way, closes every connection, and waits for both; what is sent later fails.
func (s *SMTP) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.pool.close()
	s.stop()
	s.running.Wait()
	s.pool.wait()
	return nil
}
