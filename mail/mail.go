// Package mail owns email: the message and its bytes, the ways to hand one over (Resend, SMTP, the
// development mailbox), and the texts and HTML of the emails that Rejoin writes.
//
// It refuses to know conversations, settings or the database: it is given finished facts and returns finished
// emails. It never reads a clock; it never retries by itself, since the caller's queue does.
package mail

import (
	"context"
	"fmt"
	"time"
)

// Sender hands one message to whoever delivers it. Sending the same message (same key, same bytes) again is safe
// and returns the same receipt. Every error is a *Failure.
type Sender interface {
	Send(ctx context.Context, m Message) (Receipt, error)
}

// Receipt is what the provider answered.
type Receipt struct {
	ProviderID string // the provider's own name for the message, by which its webhooks speak of it
}

// Failure is why a message was not handed over, and whether trying again can help.
type Failure struct {
	Temporary  bool
	RetryAfter time.Duration // not before this long; zero when the provider did not say
	Status     int           // HTTP status or SMTP code, zero when there was no answer
	Enhanced   string        // the status of RFC 3463 like 5.1.1, where an SMTP server gave one
	Code       string        // the provider's name for the error, or one of ours: timeout, network, cancelled, invalid_message …
	Detail     string        // one line for people; never holds a key or a password
	Untaken    bool          // certainly nobody has the message; only SMTP can tell

	recipient bool // a server has answered so to this one recipient, and to nothing else
	cause     error
}

func (f *Failure) Error() string {
	kind := "permanent"
	if f.Temporary {
		kind = "temporary"
	}
	if f.Status == 0 {
		return fmt.Sprintf("send mail: %s (%s): %s", f.Code, kind, f.Detail)
	}
	return fmt.Sprintf("send mail: %s (%s, status %d): %s", f.Code, kind, f.Status, f.Detail)
}

// Dead tells whether the address itself is certainly of no use: it does not exist, or takes no mail for good. Only an
// answer to the recipient proves it, by its enhanced status (RFC 3463, RFC 7505) and without words of another reason;
// a refusal of the sender, the content or the moment never does.
func (f *Failure) Dead() bool {
	if f.Temporary || !f.recipient {
		return false
	}
	words := plainWords(f.Detail)
	switch f.Enhanced {
	case "5.1.1", "5.1.3": // no such mailbox, no such form of address
		return !containsAny(words, softPhrases) || containsAny(words, unknownUserPhrases)
	case "5.1.2", "5.1.6", "5.1.10": // no such domain, moved away, a domain that takes no mail
		return true
	case "5.2.1": // disabled; some say it of a mailbox that gets too much at the moment
		return !containsAny(words, momentPhrases)
	}
	return false
}

var momentPhrases = []string{"rate", "too many", "too quickly", "too much", "temporar", "try again", "later", "quota", "full", "spam", "policy", "blocked"}

// Unwrap gives the cause, so that errors.Is finds context.Canceled and the like.
func (f *Failure) Unwrap() error { return f.cause }

// Invalid says which part of an email cannot be used, and why.
type Invalid struct {
	Field  string // text, link, page_link, accent, logo, site, html, to, host, port …
	Reason string // empty, too_long, malformed, not_http, in_clear
}

func (e *Invalid) Error() string { return fmt.Sprintf("mail: %s is %s", e.Field, e.Reason) }

func invalidMessage(err error) *Failure {
	return &Failure{Code: "invalid_message", Detail: err.Error(), cause: err}
}
