package chat

import (
	"time"

	"rejoin/app/followup"
)

// Side is who a conversation waits for.
type Side string

// The two sides.
const (
	Us   Side = "us"   // the customer spoke last
	Them Side = "them" // the brand spoke last
)

// Conversation is one thread between a customer and the brand; its cursors are what the policy reads.
type Conversation struct {
	OrganizationID  int64 `bun:",pk"`
	ID              int64 `bun:",pk,autoincrement"`
	Key             string
	CustomerID      int64
	AssigneeID      *int64
	LastSeq         int64      // newest message
	CustomerSeenSeq int64      // newest message the customer has seen; never moves back
	AgentSeenSeq    int64      // newest message an agent has seen
	CustomerSeenAt  *time.Time // when the newest message of the brand that the customer has seen was seen
	AgentSeenAt     *time.Time // when the newest message of the customer that an agent has seen was seen
	CoveredSeq      int64      // newest message that a delivery has claimed
	AgentUnread     int        // customer messages after AgentSeenSeq
	CustomerUnread  int        // public messages by the brand after CustomerSeenSeq
	WaitingFor      Side
	Reach           followup.Reach // kept in step with the customer's presence and contact points
	LastMessageAt   time.Time      // newest public message of a person
	LastMessageText string         // its first line, at most 200 characters
	LastMessageBy   AuthorKind
	CustomerSpokeAt *time.Time
	HumanAnsweredAt *time.Time
	PageURL         string // where it began; a rejoin link leads back there
	PageTitle       string
	AddressAskedAt  *time.Time // the card stands in the thread
	AddressGivenAt  *time.Time
	AddressSkipped  *time.Time
	EmailStoppedAt  *time.Time    // the customer switched email off for this conversation
	FollowupDueAt   *time.Time    // the next automatic decision; null = nothing to do
	PlanCode        followup.Code // the newest plan's reason; empty = nothing of an agent is unread
	PlanFrom        int64         // oldest message of the newest plan
	PlanTo          int64         // newest message of the newest plan
	PlanVersion     int64         // the organization's when the newest plan was made
	AgentSeq        int64         // newest public message of an agent
	WithheldSeq     int64         // newest message that an agent does not want sent
	FailedSeq       int64         // newest message whose delivery failed for good
	HurriedSeq      int64         // newest message that an agent wants sent now
	HurriedAt       *time.Time
	RejoinedAt      *time.Time // the customer came back by a link
	WaitingSince    *time.Time // the oldest message of the customer that no agent has answered
	AutomationAt    *time.Time // when an automation spoke last
	AutomationDueAt *time.Time // when the automations are to be asked again; null = never
	AutomationsSaid []string   `bun:"type:jsonb,nullzero,default:'[]'"` // in this wait
	LastVia         string     // how the customer's newest message came: ViaChat or ViaEmail
	EmailSubject    string     // what all emails of the conversation are about, without "Re:"; empty = none has gone yet
	LinkedID        *int64     // the earlier conversation that it goes on from
	HeldMails       int        // mails of strangers that no agent has accepted or refused
	ClosedAt        *time.Time
	EndedAt         *time.Time // the customer ended it: their next message starts another
	SpamAt          *time.Time
	CreatedAt       time.Time
}

// Open tells whether the conversation is neither closed nor spam.
func (c *Conversation) Open() bool { return c.ClosedAt == nil && c.SpamAt == nil }

// ConversationRow is a conversation as the inbox list shows it.
type ConversationRow struct {
	Conversation
	CustomerKey     string
	CustomerName    string
	CustomerAddress string // newest contact point's address
	AwaySince       *time.Time
	AwayCause       followup.Cause
	ReachReason     followup.Reason `bun:"-"`
	AssigneeKey     string
	AssigneeName    string
}

// View is a list of the inbox.
type View string

// The views of the inbox.
const (
	ViewMine           View = "mine"
	ViewUnassigned     View = "unassigned"
	ViewAll            View = "all"
	ViewWaitingForUs   View = "waiting_for_us"
	ViewWaitingForThem View = "waiting_for_them"
	ViewClosed         View = "closed"
	ViewSpam           View = "spam"
	ViewDue            View = "due" // waiting to be emailed
)

// Views lists every view in the order in which the inbox shows them.
var Views = []View{ViewMine, ViewUnassigned, ViewAll, ViewWaitingForUs, ViewWaitingForThem, ViewDue, ViewClosed, ViewSpam}

// ListQuery asks for one page of a view, newest message first.
type ListQuery struct {
	View    View
	AgentID int64            // whose "mine"
	Reach   []followup.Reach // empty = all three
	Search  string           // words; empty = none
	After   Cursor           // zero = from the top
	Limit   int              // at most MaxPage
}

// MaxPage is the longest page of any list.
const MaxPage = 50

// Cursor is the last row of a page: the next page begins behind it.
type Cursor struct {
	At time.Time
	ID int64
}

// CountCap is where counting stops: a count of CountCap is shown as "99+".
const CountCap = 100

// Counts are the numbers beside the views; none is above CountCap.
type Counts struct {
	Views map[View]int
	Reach map[followup.Reach]int // over open conversations
}
