package followup

import (
	"slices"
	"time"
)

// Presence says whether a customer is here, and if not since when and why.
type Presence struct {
	Active    bool
	AwaySince time.Time // zero while active
	Cause     Cause     // empty while active
}

// Cause is why a customer counts as away.
type Cause string

// The three ways of being away.
const (
	Closed Cause = "closed" // every page is gone
	Hidden Cause = "hidden" // pages remain, and every one is hidden
	Idle   Cause = "idle"   // a page is visible, and nothing is done on it
)

// Page is what is known of one open page of a customer.
type Page struct {
	Visible    bool
	ActiveAt   time.Time // last gesture, or its opening
	HiddenAt   time.Time // when it was hidden, for a page that is not visible
	GoneAt     time.Time // when it said that it goes; zero while it has not
	LastSignAt time.Time // last heartbeat or call of any kind; zero when it gives none
}

// Times are the settings that presence is judged by.
type Times struct {
	ClosedAfter time.Duration // grace for a reload or a click to the next page
	IdleAfter   time.Duration // how long a gesture keeps a visible page active
	SilentAfter time.Duration // a page without a sign for so long is gone; zero: never
}

// PresenceOf judges all pages of one customer together. streamLostAt is when
// the last of their streams ended, zero while one is held. Pages that went stay
// in the list until the customer is away as closed; no pages at all is closed
// since the stream was lost.
//
// A page that went counts as it last was until ClosedAfter has passed, so that
// a reload is no leaving; then the customer is away since the page went. The
// loss of the stream takes visible pages only, and none that has given a sign
// since: a hidden page pauses its stream on purpose.
func PresenceOf(pages []Page, streamLostAt time.Time, t Times, now time.Time) Presence {
	if len(pages) == 0 {
		return Presence{AwaySince: streamLostAt, Cause: Closed}
	}
	var gone, hidden, idle time.Time
	var remains, visible bool
	for _, page := range pages {
		end := page.end(streamLostAt, t)
		left := end.passed(now)
		switch {
		case left:
			gone = latest(gone, end.at)
		case page.Visible && end.clip(now).Before(page.ActiveAt.Add(t.IdleAfter)):
			return Presence{Active: true}
		}
		remains = remains || !left
		visible = visible || !left && page.Visible
		hidden = latest(hidden, page.hiddenSince(end, left))
		idle = latest(idle, page.idleSince(end, left, t))
	}
	switch {
	case !remains:
		return Presence{AwaySince: gone, Cause: Closed}
	case !visible:
		return Presence{AwaySince: hidden, Cause: Hidden}
	}
	return Presence{AwaySince: idle, Cause: Idle}
}

// NextChange is when the presence has to be judged again if nothing happens
// until then: the first later instant with another answer; zero means never.
func NextChange(pages []Page, streamLostAt time.Time, t Times, now time.Time) time.Time {
	var turns []time.Time
	for _, page := range pages {
		if end := page.end(streamLostAt, t); !end.counts.IsZero() {
			turns = append(turns, end.counts)
		}
		turns = append(turns, page.ActiveAt.Add(t.IdleAfter))
	}
	slices.SortFunc(turns, time.Time.Compare)
	present := PresenceOf(pages, streamLostAt, t, now)
	for _, turn := range turns {
		if turn.After(now) && !present.same(PresenceOf(pages, streamLostAt, t, turn)) {
			return turn
		}
	}
	return time.Time{}
}

func (p Presence) same(other Presence) bool {
	return p.Active == other.Active && p.Cause == other.Cause && p.AwaySince.Equal(other.AwaySince)
}

// ending is how a page ends as far as is known: when it went, and from when on
// that counts. Both are zero for a page without an end in sight.
type ending struct {
	at     time.Time
	counts time.Time
	silent bool // known by silence alone, so that until then the page is simply there
}

// end finds the earliest end that counts: its own farewell, the loss of its
// stream, or its silence.
func (p Page) end(streamLostAt time.Time, t Times) ending {
	var first ending
	consider := func(e ending) {
		if first.counts.IsZero() || e.counts.Before(first.counts) {
			first = e
		}
	}
	if !p.GoneAt.IsZero() {
		consider(ending{at: p.GoneAt, counts: p.GoneAt.Add(t.ClosedAfter)})
	}
	if p.Visible && !streamLostAt.IsZero() {
		lost := latest(streamLostAt, p.LastSignAt)
		consider(ending{at: lost, counts: lost.Add(t.ClosedAfter)})
	}
	if t.SilentAfter > 0 && !p.LastSignAt.IsZero() {
		grace := max(t.SilentAfter, t.ClosedAfter)
		consider(ending{at: p.LastSignAt, counts: p.LastSignAt.Add(grace), silent: true})
	}
	return first
}

func (e ending) passed(now time.Time) bool {
	return !e.counts.IsZero() && !now.Before(e.counts)
}

// clip is the instant to judge a page at: now, or for a page that went and is
// in its grace the moment when it went.
func (e ending) clip(now time.Time) time.Time {
	if e.silent || e.at.IsZero() || now.Before(e.at) {
		return now
	}
	return e.at
}

// hiddenSince is when the page stopped being visible; zero when it has not.
func (p Page) hiddenSince(end ending, left bool) time.Time {
	switch {
	case !p.Visible && p.HiddenAt.IsZero():
		return p.ActiveAt // opened in the background
	case !p.Visible:
		return p.HiddenAt
	case left:
		return end.at
	}
	return time.Time{}
}

// idleSince is when the page stopped keeping its customer active.
func (p Page) idleSince(end ending, left bool, t Times) time.Time {
	until := p.ActiveAt.Add(t.IdleAfter)
	if hidden := p.hiddenSince(end, left); !hidden.IsZero() && hidden.Before(until) {
		return hidden
	}
	return until
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
