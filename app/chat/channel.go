package chat

import (
	"context"
	"time"
)

// Channel is one way out; app/channel lists them all.
type Channel interface {
	// Name is the contact points' channel, such as "email".
	Name() string
	// CheckAddress returns the address in its canonical form, or an Invalid error with the field "address".
	CheckAddress(address string) (string, error)
	// HintAddress returns a likely correction of a mistyped address (gmial.com → gmail.com), empty when none.
	HintAddress(address string) string
	// NoteAddress returns the locale key of what is worth knowing about an address that is taken all the same, empty when
	// nothing is.
	NoteAddress(address string) string
	// Compose renders what would be sent; the same Composition gives the same bytes.
	Compose(Composition) (Content, error)
	// Send hands frozen bytes over; a *SendFailure tells whether to try again.
	Send(ctx context.Context, frozen []byte, token string) (Receipt, error)
}

// Composition is everything that decides an outgoing message's bytes.
type Composition struct {
	Organization *Organization
	Customer     *Customer
	Point        *ContactPoint
	Kind         DeliveryKind
	Key          string // the delivery's key
	Token        string // the rejoin token in clear; never stored
	AgentName    string
	Text         string
	Lines        []Line // of a follow-up: what it carries, oldest first
	Omitted      bool   // of a follow-up: there are older ones than its first
	Language     string
	At           time.Time // the instant that the hours sentence speaks of
}

// Line is one message as a follow-up carries it.
type Line struct {
	Seq     int64
	By      AuthorKind
	Name    string
	Text    string
	At      time.Time
	Earlier bool // for context: the customer knows it
	// Attachments are the names of the files that came with it.
	Attachments []string
}

// Content is what a person would see, and the bytes that would go out.
type Content struct {
	From    string // name and address, as a mail program shows them
	Subject string
	HTML    string
	Text    string
	Frozen  []byte // encoded message with a placeholder where the token stands
	Digest  string // SHA-256 over the whole message with the token in it, hex
}

// Receipt is the provider's word that it took a message.
type Receipt struct{ ProviderID string }

// SendFailure is why a message was not taken.
type SendFailure struct {
	Temporary  bool
	Refused    bool          // certainly not taken: the provider was too busy, or never heard of it
	RetryAfter time.Duration // 0 = by our own backoff
	Code       string        // locale key suffix, "delivery.reason.<code>"
	Detail     string        // the provider's own words
}

// Error returns the code and the provider's words.
func (f *SendFailure) Error() string { return f.Code + ": " + f.Detail }
