package followup

import (
	"slices"
	"sort"
	"time"
)

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

// Replay lists the emails, oldest first, that a conversation would have had
// before until, had the rules been in force all the time. The moments are in
// the order of their time, the messages in that of their seq, which is that of
// their time as well.
//
// What people did is taken as recorded; what the policy itself brought about is
// left out and played again: what emails cover, when the last one went, and so
// what is pending. What lies before the first moment stays as it was, so that a
// history may begin in the middle. One moment has one email at most: it carries
// all that was written by then, and a later message has a moment of its own.
func Replay(r *Rules, moments []Moment, written []Written, until time.Time) []Email {
	if len(moments) == 0 {
		return nil
	}
	first := &moments[0].State
	p := replay{written: written, covered: first.Covered, lastAt: first.LastAt}
	var sent []Email
	for i := range moments {
		now, end := &moments[i], until
		if i+1 < len(moments) && moments[i+1].At.Before(until) {
			end = moments[i+1].At
		}
		state := p.at(now)
		plan := PlanOf(r, &state)
		at := latest(plan.Due, now.At)
		if plan.Due.IsZero() || !at.Before(end) {
			continue
		}
		email := Email{At: at, From: plan.From, To: plan.To}
		email.Needless = email.needless(moments[i+1:])
		sent, p.live = append(sent, email), append(p.live, email)
	}
	return sent
}

// replay is what the emails played so far have brought about.
type replay struct {
	written []Written
	known   int       // how many of them were written by now
	live    []Email   // played, and not failed since
	covered int64     // before the first moment
	lastAt  time.Time // before the first moment
	failed  int64     // as recorded in the moment before
}

// at is the state of a moment with the policy's own doing replaced.
func (p *replay) at(m *Moment) State {
	p.fail(&m.State)
	for p.known < len(p.written) && !p.written[p.known].At.After(m.At) {
		p.known++
	}
	s := m.State
	s.Covered, s.LastAt = max(s.ByHand, p.covered), latest(s.ByHandAt, p.lastAt)
	if n := len(p.live); n > 0 {
		s.Covered, s.LastAt = max(s.Covered, p.live[n-1].To), latest(s.LastAt, p.live[n-1].At)
	}
	s.Agent, s.From, s.To, s.OldestAt, s.NewestAt = 0, 0, 0, time.Time{}, time.Time{}
	known := p.written[:p.known]
	if len(known) == 0 {
		return s
	}
	newest := known[len(known)-1]
	s.Agent = newest.Seq
	floor := s.Floor()
	if i := sort.Search(len(known), func(i int) bool { return known[i].Seq > floor }); i < len(known) {
		s.From, s.OldestAt = known[i].Seq, known[i].At
		s.To, s.NewestAt = newest.Seq, newest.At
	}
	return s
}

// fail gives back what an email covered when the moment is the first to show
// that its newest message, or one within it, could not be delivered.
func (p *replay) fail(recorded *State) {
	if recorded.Failed > p.failed {
		p.live = slices.DeleteFunc(p.live, func(e Email) bool { return e.carries(recorded.Failed) })
	}
	p.failed = recorded.Failed
	// These two only ever fall when a delivery fails, or is cancelled.
	p.covered = min(p.covered, recorded.Covered)
	if recorded.LastAt.Before(p.lastAt) {
		p.lastAt = recorded.LastAt
	}
}

func (e Email) carries(seq int64) bool { return e.From <= seq && seq <= e.To }

// needless judges the email by the moments after it: whoever has followed a way
// back since then may owe it to the email.
func (e Email) needless(later []Moment) bool {
	for i := range later {
		if later[i].At.After(e.At.Add(NeedlessWithin)) {
			return false
		}
		if s := &later[i].State; s.Seen >= e.To {
			return s.RejoinedAt.Before(e.At)
		}
	}
	return false
}

// Comparison counts what other rules would have changed. The zero value is one
// of no conversation.
type Comparison struct {
	Emails, Today           int // with the other rules, and with today's
	Needless, NeedlessToday int
	Later, Earlier          int // of today's emails: their newest message goes more than a second later or earlier
	Missed                  int // of today's emails that were needed: nothing in them would be emailed
}

// Add counts one conversation: its emails with today's rules and with the
// others, each oldest first. Of an email that failed and went again only the
// last attempt is compared.
func (c *Comparison) Add(today, with []Email) {
	c.Today += len(today)
	c.Emails += len(with)
	c.NeedlessToday += needlessOf(today)
	c.Needless += needlessOf(with)
	for i, was := range today {
		if _, again := lastWith(today[i+1:], was.To); again {
			continue
		}
		if is, found := lastWith(with, was.To); found {
			switch shift := is.At.Sub(was.At); {
			case shift > time.Second:
				c.Later++
			case shift < -time.Second:
				c.Earlier++
			}
			continue
		}
		shared := slices.ContainsFunc(with, func(e Email) bool { return e.From <= was.To && was.From <= e.To })
		if !shared && !was.Needless {
			c.Missed++
		}
	}
}

// lastWith finds the last email that carries a message.
func lastWith(emails []Email, seq int64) (Email, bool) {
	for _, e := range slices.Backward(emails) {
		if e.carries(seq) {
			return e, true
		}
	}
	return Email{}, false
}

func needlessOf(emails []Email) (count int) {
	for _, e := range emails {
		if e.Needless {
			count++
		}
	}
	return count
}
