package followup

import (
	"slices"
	"time"

	"pgregory.net/rapid"
)

// delivery is an email that went out in a world.
type delivery struct {
	Email
	byHand, failed bool
	moment         int // that its going out is recorded as
}

// world is one conversation as a real system lives it: it acts on its plan as
// soon as that is due, and records a moment whenever anything changes. What is
// pending is found the slow and plain way.
type world struct {
	rules   *Rules
	now     time.Time
	state   State // its inputs only
	seq     int64
	written []Written
	sent    []*delivery
	moments []Moment
}

// events are what may happen in a world, the usual ones more often, and the
// first ones most often of all.
var events = []string{
	"leaves", "answer", "leaves", "answer", "hides", "falls idle", "answer", "draft", "reads", "agents", "customer writes",
	"looks", "rejoins", "invitation", "hurry", "answer", "leaves", "withhold", "address", "spam", "emails", "capped",
}

// waits, in 20 seconds, are between two events.
var waits = []int{3, 0, 15, 1, 60, 2, 120, 30, 7, 45}

var failures = []string{"returned", "returned", "retry", "address"}

// livelyRules are rules by which something is sent.
func livelyRules(t *rapid.T) Rules {
	r := someRules(t)
	r.On, r.Content = true, ContentUnread
	return r
}

// someHistory lives through some hours in which anything may happen.
func someHistory(t *rapid.T, r *Rules, failing bool) *world {
	w := &world{rules: r, now: clock("12:00"), seq: 1}
	w.state = State{Spoke: rapid.IntRange(0, 9).Draw(t, "silent") < 9, Active: true, Channel: "email", Point: ReasonPointWorks}
	w.record()
	kinds := rapid.SampledFrom(events)
	if failing {
		kinds = rapid.SampledFrom(slices.Concat(events[:6], failures, events[6:]))
	}
	for range 4 * rapid.IntRange(1, 15).Draw(t, "length") {
		w.waitUntil(w.now.Add(time.Duration(rapid.SampledFrom(waits).Draw(t, "wait")) * 20 * time.Second))
		w.happen(kinds.Draw(t, "what"))
		w.record()
	}
	w.waitUntil(w.now.Add(2 * time.Hour))
	return w
}

// waitUntil lets the time pass in which nothing happens but emails. What
// happens at the end itself comes before an email that is due just then.
func (w *world) waitUntil(end time.Time) {
	for {
		s := w.current()
		p := PlanOf(w.rules, &s)
		at := latest(p.Due, w.now)
		if p.Due.IsZero() || !at.Before(end) {
			break
		}
		w.now = at
		w.sent = append(w.sent, &delivery{Email: Email{At: at, From: p.From, To: p.To}, moment: len(w.moments)})
		w.record()
	}
	w.now = end
}

func (w *world) happen(what string) {
	s := &w.state
	s.Spam = false
	switch what {
	case "answer":
		w.seq++
		w.written = append(w.written, Written{Seq: w.seq, At: w.now})
		s.DraftAt = time.Time{}
	case "customer writes":
		w.arrive()
		w.seq++
		s.Spoke, s.ByEmail, s.SpokeAt = true, false, time.Time{}
	case "emails":
		w.seq++
		s.Spoke, s.ByEmail, s.SpokeAt = true, true, w.now
	case "leaves":
		w.leave(Closed)
	case "hides":
		w.leave(Hidden)
	case "falls idle":
		w.leave(Idle)
	case "looks":
		w.arrive()
	case "reads":
		w.arrive()
		s.Seen = w.seq
	case "rejoins":
		w.arrive()
		s.RejoinedAt, s.Seen = w.now, w.seq
	default:
		w.decide(what)
	}
	w.notice()
}

// decide is what agents and the mail do.
func (w *world) decide(what string) {
	s := &w.state
	switch what {
	case "draft":
		s.DraftAt = w.now
	case "agents": // the last one goes, or the first one comes
		if s.AgentsOfflineAt.IsZero() {
			s.AgentsOfflineAt = w.now
		} else {
			s.AgentsOfflineAt = time.Time{}
		}
	case "hurry":
		s.Hurried, s.HurriedAt = w.newest(), w.now
	case "withhold":
		s.Withheld = w.newest()
	case "invitation":
		w.seq++
		w.written = append(w.written, Written{Seq: w.seq, At: w.now})
		w.sent = append(w.sent, &delivery{Email: Email{At: w.now, To: w.seq}, byHand: true})
	case "spam":
		s.Spam = true
	case "capped": // others write to the same address
		s.CapUntil = w.now.Add(20 * time.Minute)
	case "address": // is lost, or another one is given
		if s.Point == ReasonPointWorks {
			s.Point = ReasonStopped
		} else {
			s.Point, s.Failed = ReasonPointWorks, 0
		}
	case "returned":
		if n := len(w.sent); n > 0 && !w.sent[n-1].failed {
			w.sent[n-1].failed = true
			s.Failed = max(s.Failed, w.sent[n-1].To)
		}
	case "retry":
		s.Failed = 0
	}
}

// emailed tells whether the customer has written by email after an instant and up to another.
func (w *world) emailed(after, until time.Time) bool {
	return slices.ContainsFunc(w.moments, func(m Moment) bool {
		return m.State.ByEmail && m.State.SpokeAt.After(after) && !m.State.SpokeAt.After(until)
	})
}

func (w *world) leave(why Cause) {
	if s := &w.state; s.Active || s.AwayCause != Closed {
		s.Active, s.AwaySince, s.AwayCause = false, w.now, why
	}
}

func (w *world) arrive() {
	w.state.Active, w.state.AwaySince, w.state.AwayCause = true, time.Time{}, ""
}

// notice finds the emails that were needless: read soon, by someone who had not
// followed a way back since.
func (w *world) notice() {
	for _, d := range w.sent {
		soon := w.now.Sub(d.At) <= NeedlessWithin
		rejoined := !w.state.RejoinedAt.IsZero() && w.state.RejoinedAt.Compare(d.At) >= 0
		if soon && !rejoined && !d.byHand && w.state.Seen >= d.To {
			d.Needless = true
		}
	}
}

func (w *world) newest() int64 {
	if len(w.written) == 0 {
		return 0
	}
	return w.written[len(w.written)-1].Seq
}

// current is the state with all that follows from the inputs.
func (w *world) current() State {
	s := w.state
	s.Agent = w.newest()
	for _, d := range w.sent {
		if d.failed {
			continue
		}
		s.Covered, s.LastAt = max(s.Covered, d.To), latest(s.LastAt, d.At)
		if d.byHand {
			s.ByHand, s.ByHandAt = max(s.ByHand, d.To), latest(s.ByHandAt, d.At)
		}
	}
	for _, m := range w.written {
		if m.Seq <= s.Floor() {
			continue
		}
		if s.From == 0 {
			s.From, s.OldestAt = m.Seq, m.At
		}
		s.To, s.NewestAt = m.Seq, m.At
	}
	return s
}

func (w *world) record() {
	w.moments = append(w.moments, Moment{At: w.now, State: w.current()})
}

// emails are those that the policy sent.
func (w *world) emails() []Email {
	var emails []Email
	for _, d := range w.sent {
		if !d.byHand {
			emails = append(emails, d.Email)
		}
	}
	return emails
}
