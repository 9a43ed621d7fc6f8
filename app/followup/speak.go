package followup

import (
	"slices"
	"time"
)

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

// SpeakPause is the pause between two automations when the rules name none.
const SpeakPause = 5 * time.Minute

// SpeakRules are the settings of the automations.
type SpeakRules struct {
	On            map[Automation]bool
	Continuous    bool          // continuous conversation is on: without it none may promise an email
	LongWaitAfter time.Duration // since the customer began to wait
	Pause         time.Duration // at most one speaks in this time; zero is SpeakPause
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

// Speak decides which automation speaks now, "" for none, and if none when to
// look again, zero for not before something changes. Each speaks once in a
// wait, and one in a pause at most. One that answers a message is not put off
// by the pause but left out: the customer's next message may bring it. So the
// time is always LongWait's.
func Speak(r *SpeakRules, w *Wait, now time.Time) (which Automation, due time.Time) {
	if w.Since.IsZero() {
		return "", time.Time{}
	}
	free := r.freeAt(w)
	if !now.Before(free) {
		for _, a := range []Automation{OutOfOffice, RequestEmail, Acknowledge} {
			if r.On[a] && !slices.Contains(w.Said, a) && r.answers(w, a) {
				return a, time.Time{}
			}
		}
	}
	if !r.waitsLong(w) {
		return "", time.Time{}
	}
	due = latest(w.Since.Add(r.LongWaitAfter), free)
	if now.Before(due) {
		return "", due
	}
	return LongWait, time.Time{}
}

// freeAt is from when on an automation may speak again; zero when none has yet.
func (r *SpeakRules) freeAt(w *Wait) time.Time {
	switch {
	case w.SpokeAt.IsZero():
		return time.Time{}
	case r.Pause <= 0:
		return w.SpokeAt.Add(SpeakPause)
	}
	return w.SpokeAt.Add(r.Pause)
}

// answers tells whether one of the first three fits the customer's message.
func (r *SpeakRules) answers(w *Wait, a Automation) bool {
	switch {
	case w.AgentsOnline:
		return false
	case a == OutOfOffice:
		return !w.Open
	case !r.Continuous || w.Refused:
		return false
	}
	return w.AddressKnown == (a == Acknowledge)
}

// waitsLong tells whether LongWait is still to come: whatever has been said in
// this wait has said as much.
func (r *SpeakRules) waitsLong(w *Wait) bool {
	return r.On[LongWait] && r.Continuous && w.Present && !w.Refused && len(w.Said) == 0
}
