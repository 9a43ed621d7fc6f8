package chat

import "time"

// DeliveryKind is why something goes out.
type DeliveryKind string

// The kinds of delivery.
const (
	KindFollowup   DeliveryKind = "followup"   // what the customer has not seen, by itself
	KindInvitation DeliveryKind = "invitation" // an agent invites the customer back
	KindRenewal    DeliveryKind = "renewal"    // the customer asked for a fresh link
)

// DeliveryState is how far a delivery has come; it never moves backward.
type DeliveryState string

// The states of a delivery.
const (
	Queued     DeliveryState = "queued"
	Sending    DeliveryState = "sending"
	Sent       DeliveryState = "sent"
	Delivered  DeliveryState = "delivered"
	Opened     DeliveryState = "opened"
	Clicked    DeliveryState = "clicked"
	Rejoined   DeliveryState = "rejoined"
	Replied    DeliveryState = "replied"
	Cancelled  DeliveryState = "cancelled"
	Failed     DeliveryState = "failed"
	Bounced    DeliveryState = "bounced"
	Complained DeliveryState = "complained"
)

// Delivery is one thing on its way to one contact point; Frozen holds its bytes, fixed before the first attempt.
type Delivery struct {
	OrganizationID int64  `bun:",pk"`
	ID             int64  `bun:",pk,autoincrement"`
	Key            string // random; the idempotency key and the seed of Message-ID and rejoin token
	ConversationID int64
	ContactPointID int64
	Channel        string
	Address        string
	Kind           DeliveryKind
	State          DeliveryState
	Reason         string // code of why it failed: locale key "delivery.reason.<code>"
	Detail         string // the provider's own words
	FromSeq        int64  // messages that it covers; 0 for a renewal
	ToSeq          int64
	MessageSeq     int64 // message under which its fate is shown, 0 = none
	AgentID        int64
	Language       string
	Frozen         []byte
	Digest         string // SHA-256 of what was previewed, hex
	ProviderID     string
	MessageID      string // with its angle brackets, fixed with the content
	Round          int    // how often it came back softly and was tried anew
	RoundAt        *time.Time
	Attempts       int
	NextAttemptAt  *time.Time
	CreatedAt      time.Time
	SentAt         *time.Time
	EndedAt        *time.Time
}

// Final tells whether nothing more is attempted.
func (d *Delivery) Final() bool { return d.State != Queued && d.State != Sending }

// RejoinLink is the way back into one conversation; it works many times until it expires or is revoked.
type RejoinLink struct {
	OrganizationID int64  `bun:",pk"`
	TokenHash      []byte `bun:",pk"`
	ConversationID int64
	CustomerID     int64
	ContactPointID int64
	DeliveryID     int64
	FirstSeq       int64 // the conversation opens at the first unread message from here on
	CreatedAt      time.Time
	ExpiresAt      time.Time
	RevokedAt      *time.Time
	RejoinedAt     *time.Time // first real gesture of the person
}

// RejoinLinkLife is how long a rejoin link works.
const RejoinLinkLife = 30 * 24 * time.Hour

// DeliveryLife ends retries before the provider forgets the idempotency key (24 h).
const DeliveryLife = 23 * time.Hour
