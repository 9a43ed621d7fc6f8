package chat

import "time"

// Report is what a provider tells of an email that it took, in our words.
type Report string

// The reports; those named like states move a delivery to that state.
const (
	ReportSent       Report = Report(Sent)
	ReportDelivered  Report = Report(Delivered)
	ReportOpened     Report = Report(Opened)
	ReportClicked    Report = Report(Clicked)
	ReportDelayed    Report = "delayed"          // the provider goes on trying
	ReportReturned   Report = "returned"         // came back, but the address may work: transient or undetermined
	ReportBounced    Report = Report(Bounced)    // came back for good: the address does not work
	ReportComplained Report = Report(Complained) // the person called it unwanted
	ReportSuppressed Report = "suppressed"       // never sent: the provider writes to this address no more
	ReportRefused    Report = "refused"          // never sent, and the address is not at fault
	ReportQuota      Report = "quota"            // never sent: the provider's quota is used up
)

// EventOutcome is what became of a webhook's event.
type EventOutcome string

// The outcomes.
const (
	EventPending   EventOutcome = ""
	EventHandled   EventOutcome = "handled"
	EventUnmatched EventOutcome = "unmatched" // no delivery has that name, perhaps not yet
	EventIgnored   EventOutcome = "ignored"   // not about a delivery
	EventFailed    EventOutcome = "failed"    // it could not be handled in all its time
)

// WebhookEvent is one thing that a provider tells, kept before anything is done about it. It names no organization: that
// is known when its delivery is found.
type WebhookEvent struct {
	Provider       string   `bun:",pk"`
	ID             string   `bun:",pk"` // the provider's own, the same each time it tells it
	Kind           string   // in the provider's words
	Report         Report   // in ours; empty when it is not about a delivery
	ProviderID     string   // the provider's name for the email
	Addresses      []string `bun:"type:jsonb,nullzero,default:'[]'"` // that it went to, in lower case
	Words          string   // the provider's own, about what went wrong
	Body           []byte   // as it came, but for tokens and what tells of a person's machine
	Outcome        EventOutcome
	Attempts       int
	ReceivedAt     time.Time
	NextAt         *time.Time // when it is looked at again; nil = done
	OrganizationID *int64     // of the delivery that was found
	DeliveryID     *int64
}

// WebhookLife is how long events are kept: longer than any provider repeats them.
const WebhookLife = 30 * 24 * time.Hour
