package followup

import "testing"

func TestReach(t *testing.T) {
	away := Presence{Cause: Closed}
	works := Point{Channel: "email", Address: "jo@example.org"}
	bounced, complained, stopped, blank := works, works, works, Point{Channel: "email"}
	bounced.Bounced, complained.Complained, stopped.Stopped = true, true, true
	both := bounced
	both.Stopped = true
	for _, c := range []struct {
		name     string
		presence Presence
		points   []Point
		reach    Reach
		reason   Reason
	}{
		{"here, whatever the points", Presence{Active: true}, []Point{bounced}, Active, ReasonHere},
		{"away with an address", away, []Point{works}, Reachable, ReasonPointWorks},
		{"away with one that works behind one that does not", away, []Point{bounced, works}, Reachable, ReasonPointWorks},
		{"away without any", away, nil, Unreachable, ReasonNoPoint},
		{"an empty address is none", away, []Point{blank}, Unreachable, ReasonNoPoint},
		{"bounced", away, []Point{bounced}, Unreachable, ReasonBounced},
		{"complained", away, []Point{complained}, Unreachable, ReasonComplained},
		{"opted out", away, []Point{stopped}, Unreachable, ReasonStopped},
		{"the newest point is the reason", away, []Point{stopped, bounced}, Unreachable, ReasonStopped},
		{"an empty address is no reason", away, []Point{blank, complained}, Unreachable, ReasonComplained},
		{"a dead address comes before its owner's wish", away, []Point{both}, Unreachable, ReasonBounced},
		{"idle or hidden is away too", Presence{Cause: Idle}, []Point{works}, Reachable, ReasonPointWorks},
	} {
		t.Run(c.name, func(t *testing.T) {
			reach, reason := ReachOf(c.presence, c.points)
			if reach != c.reach || reason != c.reason {
				t.Errorf("got %s because %s, want %s because %s", reach, reason, c.reach, c.reason)
			}
		})
	}
}

func TestEveryReasonIsListedOnce(t *testing.T) {
	seen := map[Reason]bool{}
	for _, reason := range Reasons() {
		if seen[reason] {
			t.Errorf("%s is listed twice", reason)
		}
		seen[reason] = true
	}
	if len(seen) != 6 {
		t.Errorf("%d reasons", len(seen))
	}
}
