package chat

import (
	"time"

	"rejoin/app/followup"
)

// Decision is one line of the ledger: what was decided about the messages FromSeq to ToSeq, when, and why. A judgement
// of the plan carries the State that it was judged from, so that other settings can be tried on what has happened.
type Decision struct {
	OrganizationID int64 `bun:",pk"`
	ConversationID int64 `bun:",pk"`
	ID             int64 `bun:",pk,autoincrement"`
	At             time.Time
	Code           string     // a followup.Code, or one of the codes below
	DueAt          *time.Time // when it is to go out, for a plan
	FromSeq        int64
	ToSeq          int64
	Setting        string // key of the setting that decided, empty when none did
	Value          string // of the setting, as JSON
	AgentName      string // who decided, for what an agent did
	DeliveryID     int64
	Detail         string          // address of a delivery, or the provider's own words
	Told           bool            // people read it; the others are kept for the replay alone
	State          *followup.State `bun:"type:jsonb"`
}

// Codes of the ledger beside those of the plan.
const (
	DecidedClaimed   = "claimed"   // its time has come: the delivery is made
	DecidedPostponed = "postponed" // the attempt failed, another follows at DueAt
	DecidedSent      = "sent"
	DecidedCancelled = "cancelled"      // the delivery ended before it went out; Detail is the reason
	DecidedGaveUp    = "gave_up"        // the delivery failed for good; Detail is the provider's words
	DecidedReached   = "reached"        // the provider tells more: Detail is the delivery's state
	DecidedDelayed   = "delayed"        // the provider has not handed it over yet and goes on trying; Detail is its words
	DecidedReturned  = "returned"       // it came back, but the address may work; Detail is the provider's words
	DecidedAgain     = "returned_again" // so it did, and is sent anew at DueAt; Detail is the provider's words
	DecidedReported  = "reported"       // the customer called it unwanted
	DecidedInvited   = "invited"        // an agent has sent an invitation
	DecidedHurry     = "hurry"          // an agent wants it now
	DecidedWithhold  = "withhold"       // an agent does not want it sent
	DecidedRelease   = "release"        // an agent takes that back
	DecidedRejoined  = "rejoined"       // the customer came back by the link
)

// DecisionCodes lists every code of the ledger once, those of the plan first.
func DecisionCodes() []string {
	var codes []string
	for _, code := range followup.Codes() {
		codes = append(codes, string(code))
	}
	return append(codes, DecidedClaimed, DecidedPostponed, DecidedSent, DecidedCancelled, DecidedGaveUp,
		DecidedReached, DecidedDelayed, DecidedReturned, DecidedAgain, DecidedReported, DecidedInvited, DecidedHurry, DecidedWithhold, DecidedRelease, DecidedRejoined)
}

// DecisionLife is how long the ledger is kept.
const DecisionLife = 90 * 24 * time.Hour

// MaxLedger is how many lines of the ledger one message shows.
const MaxLedger = 200

// PlanFacts is what a plan needs of one conversation beside its own row.
type PlanFacts struct {
	OrganizationID int64
	ConversationID int64
	OldestSeq      int64 // pending messages: public, of an agent, behind the floor; 0 = none
	NewestSeq      int64
	OldestAt       *time.Time
	NewestAt       *time.Time
	Active         bool // the customer's presence
	AwaySince      *time.Time
	AwayCause      followup.Cause
	Point          *ContactPoint // the newest that works, else the newest; nil = none
	DraftAt        *time.Time    // newest keystroke of an answer (no note) that is not sent
	LastAt         *time.Time    // newest delivery of any kind that was not cancelled, did not fail and did not bounce: when it was sent, or is tried next
	ByHandSeq      int64         // newest message that such a delivery of another kind than followup covers
	ByHandAt       *time.Time    // newest such delivery
	SpokeAt        *time.Time    // newest message of a customer who wrote it by email
	CapUntil       *time.Time    // when the address may have another email by itself, if it has ever had all that it may
}
