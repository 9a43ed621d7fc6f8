package chat

import "time"

// FindingState is the colour of one line of a checkup.
type FindingState string

// The closed set of states.
const (
	FindingOK   FindingState = "ok"
	FindingWarn FindingState = "warn" // it works, or cannot be judged, and better look
	FindingBad  FindingState = "bad"  // it does not work
	FindingWait FindingState = "wait" // it is still being looked at
	FindingNone FindingState = "none" // it does not apply here
)

// Finding is one line of a checkup: what was looked at, what came out, and with which values. Its name is the text
// "doctor.<Check>", its sentence "doctor.<Check>.<Outcome>" and what to do, where there is something,
// "doctor.<Check>.<Outcome>.do", each with Values. Where Values has Name, Type and Value, these are a DNS record to create.
type Finding struct {
	Check   string
	State   FindingState
	Outcome string // empty while State is FindingWait
	Values  map[string]string
	Took    time.Duration
}

// Checks returns the names of all lines of a checkup, in the order in which they are shown.
func Checks() []string {
	return []string{
		"way", "spf", "dkim", "dmarc", "inbound", "door", "link", "certificate", "clock", "webhook", "trip_out", "trip_back", "verdict",
	}
}
