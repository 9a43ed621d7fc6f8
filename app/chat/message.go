package chat

import "time"

// MaxText is the longest message in bytes of UTF-8.
const MaxText = 20_000

// AuthorKind is who wrote a message.
type AuthorKind string

// The authors.
const (
	ByCustomer   AuthorKind = "customer"
	ByAgent      AuthorKind = "agent"
	ByAutomation AuthorKind = "automation"
)

// MessageKind is who may read a message.
type MessageKind string

// The kinds of message.
const (
	Public MessageKind = "public"
	Note   MessageKind = "note"  // agents only
	Happen MessageKind = "event" // a thin line for agents: Text is a Happening
	Held   MessageKind = "held"  // a stranger's mail that waits for an agent's accept: agents only
)

// How a message came.
const (
	ViaChat  = "chat"
	ViaEmail = "email"
)

// Happening is what a thin line in the thread tells.
type Happening string

// The happenings; each has one sentence "thread.event.<code>" in every locale.
const (
	HappenedLeft       Happening = "left"     // {Cause}
	HappenedReturned   Happening = "returned" // active again after having left
	HappenedRejoined   Happening = "rejoined" // by a rejoin link
	HappenedClosed     Happening = "closed"   // {Agent}
	HappenedEnded      Happening = "ended"    // by the customer
	HappenedReopened   Happening = "reopened" // {Agent}, empty when by the customer's message
	HappenedAssigned   Happening = "assigned" // {Agent, Assignee}
	HappenedReleased   Happening = "released" // {Agent}
	HappenedSpam       Happening = "spam"     // {Agent}
	HappenedNotSpam    Happening = "not_spam" // {Agent}
	HappenedAddress    Happening = "address"  // {Address}
	HappenedSkipped    Happening = "skipped"  // the customer gave no address
	HappenedLanguage   Happening = "language" // {Language, Agent}
	HappenedStopped    Happening = "stopped"  // the customer stopped emails of this conversation
	HappenedResumed    Happening = "resumed"
	HappenedStoppedAll Happening = "stopped_all" // {Address}: the customer stopped all emails of the organization to it
	HappenedResumedAll Happening = "resumed_all" // {Address}
	HappenedFreshLink  Happening = "fresh_link"  // an expired link was renewed
	HappenedRevoked    Happening = "revoked"     // {Agent}: the links of this conversation were revoked

	HappenedAutoReply   Happening = "auto_reply"   // {From, Subject, Mail}: a machine has answered
	HappenedEmptyMail   Happening = "empty_mail"   // {From, Mail}: a mail without words
	HappenedContinued   Happening = "continued"    // {Key}: this conversation goes on from that one
	HappenedContinuedIn Happening = "continued_in" // {Key}: this conversation goes on in that one
)

// Message is one numbered entry of a conversation; seq runs 1, 2, 3 … without gaps.
type Message struct {
	OrganizationID int64 `bun:",pk"`
	ConversationID int64 `bun:",pk"`
	Seq            int64 `bun:",pk"`
	Kind           MessageKind
	By             AuthorKind `bun:"author_kind"`
	AuthorID       int64      // agent or customer
	AuthorName     string     // as it was when written
	Text           string
	ClientID       string            // made by the client: the same one twice counts once
	Via            string            // ViaChat or ViaEmail
	Meta           map[string]string `bun:"type:jsonb,nullzero"` // variables of a Happening; of a mail: Mail (its key), From, Signature …
	Files          []Attachment      `bun:"type:jsonb,nullzero"`
	CreatedAt      time.Time
}
