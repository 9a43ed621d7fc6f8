package followup

// Reach says how a customer can be spoken to now.
type Reach string

// The three kinds of reach.
const (
	Active      Reach = "active"      // here: the chat itself reaches them
	Reachable   Reach = "reachable"   // away, with a contact point that works
	Unreachable Reach = "unreachable" // away, and no such contact point
)

// Reason says why a customer's reach is what it is.
type Reason string

// Every reason; the last four are those of Unreachable.
const (
	ReasonHere       Reason = "here"
	ReasonPointWorks Reason = "point_works"
	ReasonNoPoint    Reason = "no_point"
	ReasonBounced    Reason = "bounced"
	ReasonComplained Reason = "complained"
	ReasonStopped    Reason = "stopped"
)

// Reasons lists every reason once.
func Reasons() []Reason {
	return []Reason{ReasonHere, ReasonPointWorks, ReasonNoPoint, ReasonBounced, ReasonComplained, ReasonStopped}
}

// Point is one contact point as the judgement needs it.
type Point struct {
	Channel    string
	Address    string
	Bounced    bool
	Complained bool
	Stopped    bool // the customer opted out
}

// Usable says whether something may be sent to the point.
func (p Point) Usable() bool {
	return p.Address != "" && p.state() == ReasonPointWorks
}

func (p Point) state() Reason {
	switch {
	case p.Bounced:
		return ReasonBounced
	case p.Complained:
		return ReasonComplained
	case p.Stopped:
		return ReasonStopped
	}
	return ReasonPointWorks
}

// ReachOf judges a customer's reach by presence and contact points, the newest
// point first: the state of the first is the reason when none works.
func ReachOf(p Presence, points []Point) (Reach, Reason) {
	if p.Active {
		return Active, ReasonHere
	}
	reason := ReasonNoPoint
	for _, point := range points {
		if point.Usable() {
			return Reachable, ReasonPointWorks
		}
		if reason == ReasonNoPoint && point.Address != "" {
			reason = point.state()
		}
	}
	return Unreachable, reason
}
