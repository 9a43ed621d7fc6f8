// Package resendtest is a server that speaks Resend's API over real HTTP: sending, receiving and domains, with its
// shapes, its errors, its rate headers and its idempotency, its signed webhooks for received mail, and faults on
// demand. Tests, the chaos run and other processes use it in place of the real one.
//
// It refuses to deliver anything, to ask any DNS, and to know Rejoin's own types: it is written against Resend's API alone.
package resendtest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// DefaultKey is the API key that the server takes when none was chosen.
const DefaultKey = "re_test_123456789"

const (
	maxAccepted = 20_000
	maxKeys     = 50_000
	maxBody     = 5 << 20
)

// Test is the part of testing.TB that New uses.
type Test interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Email is one accepted email, as Resend would send it on.
type Email struct {
	ID             string            `json:"id"`
	IdempotencyKey string            `json:"idempotency_key,omitempty"`
	From           string            `json:"from"`
	To             []string          `json:"to"`
	Cc             []string          `json:"cc"`
	Bcc            []string          `json:"bcc"`
	ReplyTo        []string          `json:"reply_to"`
	Subject        string            `json:"subject"`
	HTML           string            `json:"html"`
	Text           string            `json:"text"`
	Headers        map[string]string `json:"headers,omitempty"`
	Tags           map[string]string `json:"tags,omitempty"`
	At             time.Time         `json:"created_at"`
}

// Server is a running stand-in for Resend.
type Server struct {
	key      string
	http     *http.Server
	listener net.Listener
	served   chan struct{}
	closing  chan struct{}
	close    sync.Once

	mu       sync.Mutex
	script   func(n int, r Request) Fault
	requests int
	accepted []Email
	outcomes map[string]*outcome // by idempotency key
	grown    chan struct{}       // closed and replaced with every accepted email

	callScript func(n int, c Call) Fault
	calls      int
	inbox      inbox
	domains    []*domain // oldest first
}

// outcome is what is remembered for an idempotency key.
type outcome struct {
	payload  [sha256.Size]byte
	answered bool // false while the first request is still being worked on
	answer   any
}

// New starts a server on a free loopback port. With a test it is closed at the test's end; without, the caller
// closes it, and a port that cannot be had is a panic.
func New(test ...Test) *Server {
	s, err := Start("127.0.0.1:0", DefaultKey)
	if len(test) == 0 {
		if err != nil {
			panic(err)
		}
		return s
	}
	test[0].Helper()
	if err != nil {
		test[0].Fatalf("start Resend's stand-in: %v", err)
	}
	test[0].Cleanup(s.Close)
	return s
}

// Start listens on addr and takes that API key only.
func Start(addr, key string) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &Server{
		key: key, listener: listener,
		served: make(chan struct{}), closing: make(chan struct{}), grown: make(chan struct{}),
		outcomes: map[string]*outcome{}, inbox: newInbox(),
	}
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener) // always ErrServerClosed after Close
	}()
	return s, nil
}

// Serve runs a server on addr until the context ends: for a process of its own.
func Serve(ctx context.Context, addr, key string) error {
	s, err := Start(addr, key)
	if err != nil {
		return err
	}
	<-ctx.Done()
	s.Close()
	return nil
}

// Close stops the server, hanging requests included; closing twice is safe.
func (s *Server) Close() {
	s.close.Do(func() {
		close(s.closing)
		_ = s.http.Close()
		<-s.served
	})
}

// URL is the base address to give to a client.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Key is the API key that the server takes.
func (s *Server) Key() string { return s.key }

// Accepted lists the accepted emails, oldest first; Resend would send each of them exactly once.
func (s *Server) Accepted() []Email {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accepted)
}

// Requests counts the sending requests that came in, whatever became of them.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Await returns as soon as at least n emails are accepted, or with the context's error.
func (s *Server) Await(ctx context.Context, n int) ([]Email, error) {
	for {
		s.mu.Lock()
		accepted, grown := slices.Clone(s.accepted), s.grown
		s.mu.Unlock()
		if len(accepted) >= n {
			return accepted, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return accepted, fmt.Errorf("%d of %d emails accepted: %w", len(accepted), n, ctx.Err())
		}
	}
}

// Forget drops what is remembered of idempotency keys, as Resend does after 24 hours.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes = map[string]*outcome{}
}
