package followup

import "time"

// Automation is a text that the brand says by itself while a customer waits.
type Automation string

// The automations, in the order in which they go first.
const (
	OutOfOffice  Automation = "out_of_office" // outside business hours: when someone answers
	RequestEmail Automation = "request_email" // nobody is online and no address is known
	Acknowledge  Automation = "acknowledge"   // nobody is online, and the answer will go to the address
	LongWait     Automation = "long_wait"     // no answer for a while: no need to wait here
)

// Automations lists them in the order in which they go first.
func Automations() []Automation {
	return []Automation{OutOfOffice, RequestEmail, Acknowledge, LongWait}
}

// SpeakRules are the settings of the automations.
type SpeakRules struct {
	On            map[Automation]bool
	Continuous    bool          // continuous conversation is on: without it none may promise an email
	LongWaitAfter time.Duration // since the customer began to wait
	Pause         time.Duration // at most one speaks in this time
}

// Wait is a customer's waiting as the automations need it.
type Wait struct {
	Since        time.Time // the oldest message of the customer that no agent has answered; zero when none is
	Present      bool      // the customer is active
	AgentsOnline bool
	Open         bool // within business hours
	AddressKnown bool // a contact point that works
	Refused      bool // the customer has stopped emails, or put the card away: none asks for an address or promises an email
	SpokeAt      time.Time
	Said         []Automation // in this wait
}
