package doctor

import (
	"context"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
)

// The ways that emails go out.
const (
	Resend  = "resend"   // the operator's account at Resend, or the organization's own domain there
	SMTP    = "smtp"     // the operator's mail server
	OwnSMTP = "own_smtp" // the organization's own mail server
	Mailbox = "mailbox"  // the demo's: nothing leaves the machine
)

// The doors that emails come in by.
const (
	SMTPDoor   = "smtp"
	ResendDoor = "resend"
)

// Patient is what is examined: one way out and one door in, with what is set for them.
type Patient struct {
	BaseURL string       // how the world reaches us
	Ping    string       // the key of the answer to PingPath, see Pong
	From    mail.Address // the address that emails go out from

	Way         string                      // Resend, SMTP, OwnSMTP or Mailbox
	SMTPHost    string                      // the mail server, where the way is one
	ProviderURL string                      // the API of Resend, whose clock is compared with ours
	Verify      func(context.Context) error // asks the provider whether it takes our credentials; nil with Mailbox only
	Records     []Record                    // what the provider wants in DNS, where it has told us

	InboundDomain   string // empty = no answers by email
	InboundDoor     string // SMTPDoor, ResendDoor or empty
	InboundAddr     string // what our own door listens on, like :25
	InboundGreeting string // what our own door says first, after its 220; empty = it has to name our host

	DKIMSelectors []string   // names of DKIM keys below From's domain; Resend's own is known
	Webhook       bool       // the secret of Resend's webhooks is set
	LastWebhookAt *time.Time // when Resend last told us something
	LastSentAt    *time.Time // when the last email went out by Resend
	Trip          Trip       // nil = no test email
}

// Record is a DNS record.
type Record struct{ Name, Type, Value string }

// Trip is the way of a real email, out by the configured way and back through the inbound door.
type Trip interface {
	// Send sends a test email to an address of our own door; its errors are *mail.Failure where a provider has judged.
	Send(ctx context.Context) (key string, err error)
	// Arrived tells whether the email with that key has come in, when, and how our receiver has judged it.
	Arrived(ctx context.Context, key string) (at time.Time, verdict chat.Verdict, ok bool, err error)
}
