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
	Send(ctx context.Context, out Outgoing) (Receipt, error)
}

// Composition is everything that decides an outgoing message's bytes.
type Composition struct {
	Organization *Organization
	Customer     *Customer
	Point        *ContactPoint
	Kind         DeliveryKind
	Key          string // the delivery's key
	Token        string // the rejoin token in clear; never stored
	ReplyToken   string // of the conversation's own address in clear, empty when no answer can come back; never stored
	From         string // the organization's own address, empty for the operator's
	// Thread names what went and came in this conversation by the same way, oldest first: Message-IDs.
	Thread []string
	// Subject is what the conversation has been about by that way, empty when nothing went or came yet.
	Subject   string
	AgentName string
	Text      string
	Lines     []Line // of a follow-up: what it carries, oldest first
	Omitted   bool   // of a follow-up: there are older ones than its first
	Language  string
	At        time.Time // the instant that the hours sentence speaks of
}

// Line is one message as a follow-up carries it.
type Line struct {
	Seq     int64
	By      AuthorKind
	Name    string
	Other   bool // of the customer's side, and not the customer's own: an accepted participant's
	Text    string
	At      time.Time
	Earlier bool // for context: the customer knows it
	// Attachments are the files that came with it.
	Attachments []Attachment
}

// Content is what a person would see, and the bytes that would go out.
type Content struct {
	From    string // name and address, as a mail program shows them
	Subject string
	Base    string // of the subject: what all that follows is about
	HTML    string
	Text    string
	Frozen  []byte // encoded message with placeholders where the tokens stand
	Digest  string // SHA-256 over the whole message with the tokens in it, hex
	// MessageID is the message's own name, by which answers and bounces speak of it.
	MessageID string
}

// Outgoing is a message as it is handed over: frozen bytes, and what they must not hold.
type Outgoing struct {
	Frozen     []byte
	Token      string      // the rejoin token in clear
	ReplyToken string      // of the conversation's own address in clear, empty when the message has none
	Round      int         // each is handed over anew, with the same bytes
	From       string      // the organization's own address as it may be used now, empty for the operator's
	Server     *MailServer // that takes what comes from that address, nil for the operator's
}

// Receipt is the provider's word that it took a message.
type Receipt struct{ ProviderID string }

// SendFailure is why a message was not taken.
type SendFailure struct {
	Temporary  bool
	Refused    bool          // certainly not taken: the provider was too busy, or never heard of it
	Dead       bool          // the address itself is certainly of no use
	Status     string        // the enhanced status like 5.1.1, where there was one
	RetryAfter time.Duration // 0 = by our own backoff
	Code       string        // locale key suffix, "delivery.reason.<code>"
	Detail     string        // the provider's own words
}

// Error returns the code and the provider's words.
func (f *SendFailure) Error() string { return f.Code + ": " + f.Detail }
