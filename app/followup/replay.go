package followup

import "time"

// Moment is one recorded state of a conversation; it lasts until the next one's At.
type Moment struct {
	At    time.Time
	State State
}

// Written is one public message of an agent.
type Written struct {
	Seq int64
	At  time.Time
}

// Email is one that the policy sends.
type Email struct {
	At       time.Time
	From, To int64
	Needless bool // the customer was back by themselves within NeedlessWithin and read it in the chat
}

// NeedlessWithin is how soon a customer is back for whom no email was needed.
const NeedlessWithin = 10 * time.Minute
