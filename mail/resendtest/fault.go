package resendtest

import (
	"net/http"
	"time"
)

// Request is what a script sees of a sending request.
type Request struct {
	Path           string // /emails or /emails/batch
	IdempotencyKey string
	Emails         []Email // as asked for, without ids
}

// Fault is what goes wrong with one request; the zero Fault lets it through.
type Fault struct {
	Status     int    // answer with this status instead of 200
	Name       string // the error's name
	Message    string
	RetryAfter time.Duration   // sent as Retry-After, in whole seconds
	Hold       <-chan struct{} // keep the request in flight until this is closed
	Hang       bool            // never answer
	Reset      bool            // break the connection
	Accepted   bool            // what was asked for is done before the fault strikes
	Spent      time.Duration   // the answer says that nothing remains of the rate window, which ends after this
}

// Script decides the fault of every further request; n counts from 1 since the script was set. A nil script lets
// everything through. It is called from many goroutines at once, and only for requests that are well formed and whose
// idempotency key is free or answered.
func (s *Server) Script(script func(n int, r Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.requests = script, 0
}

// Call is what a script sees of a request that is not for sending: to /domains, to /emails/receiving, or for a file.
type Call struct{ Method, Path string }

// ScriptCalls decides the fault of every further call; n counts from 1 since the script was set. A nil script lets
// everything through.
func (s *Server) ScriptCalls(script func(n int, c Call) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callScript, s.calls = script, 0
}

// Calls counts the calls that came in since the script was set, whatever became of them.
func (s *Server) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func (s *Server) nextCall(r *http.Request) Fault {
	s.mu.Lock()
	s.calls++
	n, script := s.calls, s.callScript
	s.mu.Unlock()
	if script == nil {
		return Fault{}
	}
	return script(n, Call{r.Method, r.URL.Path})
}

// faulty puts the script before a handler.
func (s *Server) faulty(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fault := s.nextCall(r)
		if !s.hold(r, fault) {
			return
		}
		if fault.Accepted && !fault.isNone() {
			next(&unheard{header: http.Header{}}, r)
		}
		if !s.strike(w, r, fault) {
			next(w, r)
		}
	}
}

// unheard takes an answer that nobody gets.
type unheard struct{ header http.Header }

func (u *unheard) Header() http.Header          { return u.header }
func (*unheard) Write(body []byte) (int, error) { return len(body), nil }
func (*unheard) WriteHeader(int)                {}

// None lets the request through.
func None() Fault { return Fault{} }

// Broken answers 500.
func Broken() Fault {
	return Fault{Status: 500, Name: "internal_server_error", Message: "An unexpected error occurred."}
}

// RateLimited answers 429 and asks to wait.
func RateLimited(wait time.Duration) Fault {
	return Fault{
		Status: 429, Name: "rate_limit_exceeded", RetryAfter: wait,
		Message: "Too many requests. You can only make 2 requests per second. See rate limit response headers for more information.",
	}
}

// DailyQuota answers 429 because the day's emails are used up.
func DailyQuota() Fault {
	return Fault{Status: 429, Name: "daily_quota_exceeded", Message: "You have reached your daily email sending quota."}
}

// MonthlyQuota answers 429 because the month's emails are used up.
func MonthlyQuota() Fault {
	return Fault{Status: 429, Name: "monthly_quota_exceeded", Message: "You have reached your monthly email sending quota."}
}

// Refused answers 403: the sender's domain is not verified.
func Refused() Fault {
	return Fault{Status: 403, Name: "validation_error", Message: "The example.com domain is not verified. Please, add and verify your domain."}
}

// Missing answers 404.
func Missing() Fault { return Fault{Status: 404, Name: "not_found", Message: "Email not found"} }

// Spent lets the request through, and says that nothing remains of a rate window that ends after a while.
func Spent(end time.Duration) Fault { return Fault{Spent: end} }

// Hang never answers, with the email accepted or not.
func Hang(accepted bool) Fault { return Fault{Hang: true, Accepted: accepted} }

// Reset breaks the connection, with the email accepted or not.
func Reset(accepted bool) Fault { return Fault{Reset: true, Accepted: accepted} }

// Hold keeps the request in flight until release is closed, and lets it through then.
func Hold(release <-chan struct{}) Fault { return Fault{Hold: release} }
