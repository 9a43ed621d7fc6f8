package chat

import (
	"maps"
	"slices"
	"sync"
	"time"

	"rejoin/app/followup"
)

// Person is whose pages a tracker follows.
type Person struct {
	Subject      Subject
	Organization int64
	ID           int64
}

// CustomerPerson names a customer to the tracker.
func CustomerPerson(organization, id int64) Person {
	return Person{Subject: SubjectCustomer, Organization: organization, ID: id}
}

// AgentPerson names an agent to the tracker.
func AgentPerson(organization, id int64) Person {
	return Person{Subject: SubjectAgent, Organization: organization, ID: id}
}

// Signal is what a page says of itself.
type Signal string

// The signals.
const (
	SignVisible Signal = "visible" // shown again, which is a person's doing
	SignHidden  Signal = "hidden"
	SignActive  Signal = "active" // a real gesture
	SignAlive   Signal = "alive"  // every page, once a minute
	SignGone    Signal = "gone"   // pagehide
)

// maxPages bounds what one stranger can make the tracker remember.
const maxPages = 30

// Tracker holds the pages and streams of the people who are present at this instance, in memory only:
// a heartbeat costs no write, Judge tells the transitions that are worth one.
type Tracker struct {
	mu     sync.Mutex
	people map[Person]*trace
	untold map[Person]followup.Presence // of people who are no longer followed
}

type trace struct {
	pages    map[string]*followup.Page
	streams  int
	lostAt   time.Time // when the last stream was lost, zero while one is held
	told     followup.Presence
	toldOnce bool
}

// Transition is a change of one person's presence as this instance sees it.
type Transition struct {
	Person   Person
	Presence followup.Presence
}

// NewTracker makes an empty tracker.
func NewTracker() *Tracker {
	return &Tracker{people: make(map[Person]*trace), untold: make(map[Person]followup.Presence)}
}

// Stream counts a stream that a person holds until release is called; release is safe twice.
func (t *Tracker) Stream(person Person, _ time.Time) (release func(now time.Time)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	held := t.trace(person)
	held.streams++
	held.lostAt = time.Time{}
	var once sync.Once
	return func(now time.Time) {
		once.Do(func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			if held.streams--; held.streams == 0 {
				held.lostAt = now
			}
		})
	}
}

// Sign takes a page's signal; page is the page's own random id.
func (t *Tracker) Sign(person Person, page string, signal Signal, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	held := t.trace(person)
	seen, ok := held.pages[page]
	if !ok {
		if signal == SignGone || len(held.pages) >= maxPages && !held.forget(now) {
			return
		}
		seen = &followup.Page{}
		held.pages[page] = seen
	}
	if !seen.GoneAt.IsZero() && signal != SignVisible && signal != SignActive {
		return // a farewell, and what was sent before it and came later
	}
	seen.LastSignAt = now
	switch signal {
	case SignVisible, SignActive:
		seen.Visible, seen.ActiveAt, seen.HiddenAt, seen.GoneAt = true, now, time.Time{}, time.Time{}
	case SignHidden:
		if seen.Visible || seen.HiddenAt.IsZero() {
			seen.HiddenAt = now
		}
		seen.Visible = false
	case SignGone:
		seen.GoneAt = now // and counts as it was for a while: it may be a reload
	case SignAlive:
		if !ok {
			seen.HiddenAt = now
		}
	}
	if held.streams == 0 && held.lostAt.IsZero() {
		held.lostAt = now
	}
}

// organizations lists whose people are followed here.
func (t *Tracker) organizations() []int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	seen := make(map[int64]bool)
	for person := range t.people {
		seen[person.Organization] = true
	}
	return slices.Collect(maps.Keys(seen))
}

// Skip tells that the clock was moved ahead: nobody was silent in a time that never passed.
func (t *Tracker) Skip(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, held := range t.people {
		for _, page := range held.pages {
			if page.GoneAt.IsZero() && !page.LastSignAt.IsZero() {
				page.LastSignAt = page.LastSignAt.Add(d)
			}
		}
	}
}

// Judge tells who changed since the last Judge; times gives the settings of an organization.
func (t *Tracker) Judge(now time.Time, times func(organization int64) followup.Times) []Transition {
	t.mu.Lock()
	defer t.mu.Unlock()
	var changed []Transition
	for person, presence := range t.untold {
		delete(t.untold, person)
		if t.people[person] == nil {
			changed = append(changed, Transition{Person: person, Presence: presence})
		}
	}
	for person, held := range t.people {
		if person.Subject == SubjectCustomer && len(held.pages) == 0 {
			if held.streams == 0 {
				delete(t.people, person)
			}
			continue
		}
		presence := held.judge(person.Subject, times(person.Organization), now)
		if !held.toldOnce || presence.Active != held.told.Active || presence.Cause != held.told.Cause {
			changed = append(changed, Transition{Person: person, Presence: presence})
			held.told, held.toldOnce = presence, true
		}
		if presence.Cause == followup.Closed && held.streams == 0 {
			delete(t.people, person)
		}
	}
	return changed
}

// Again makes the next Judge tell a transition once more, since writing it failed.
func (t *Tracker) Again(changed Transition) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if held, ok := t.people[changed.Person]; ok {
		held.toldOnce = false
		return
	}
	t.untold[changed.Person] = changed.Presence
}

// tellAgain makes the next Judge tell everyone's presence once more.
func (t *Tracker) tellAgain() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, held := range t.people {
		held.toldOnce = false
	}
}

// Knows tells whether the person is followed here.
func (t *Tracker) Knows(person Person) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.people[person]
	return ok
}

// assume records a presence that was already written with the person's row.
func (t *Tracker) assume(person Person, presence followup.Presence) {
	t.mu.Lock()
	defer t.mu.Unlock()
	held := t.trace(person)
	held.told, held.toldOnce = presence, true
}

func (t *Tracker) trace(person Person) *trace {
	held, ok := t.people[person]
	if !ok {
		held = &trace{pages: make(map[string]*followup.Page)}
		t.people[person] = held
	}
	return held
}

func (h *trace) judge(subject Subject, times followup.Times, now time.Time) followup.Presence {
	if subject == SubjectAgent {
		if h.streams > 0 || now.Before(h.lostAt.Add(times.ClosedAfter)) {
			return followup.Presence{Active: true}
		}
		return followup.Presence{AwaySince: h.lostAt, Cause: followup.Closed}
	}
	pages := make([]followup.Page, 0, len(h.pages))
	for id, page := range h.pages {
		if !page.GoneAt.IsZero() && now.Sub(page.GoneAt) > times.ClosedAfter && len(h.pages) > 1 {
			delete(h.pages, id)
			continue
		}
		pages = append(pages, *page)
	}
	return followup.PresenceOf(pages, h.lostAt, times, now)
}

// forget drops the page that has been silent longest, when it is silent at all.
func (h *trace) forget(now time.Time) bool {
	var oldest string
	var at time.Time
	for id, page := range h.pages {
		if oldest == "" || page.LastSignAt.Before(at) {
			oldest, at = id, page.LastSignAt
		}
	}
	if now.Sub(at) < 10*time.Second {
		return false
	}
	delete(h.pages, oldest)
	return true
}
