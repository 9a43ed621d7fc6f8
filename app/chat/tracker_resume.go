package chat

import "time"

// Resume takes the heartbeat of a visible page together with the time of its last gesture. To an instance that does not
// know the page, since it began later, that is neither an arrival nor a return: the page was there all along.
func (t *Tracker) Resume(person Person, page string, activeAt, now time.Time) {
	if !t.knowsPage(person, page) {
		t.Sign(person, page, SignVisible, activeAt)
	}
	t.Sign(person, page, SignAlive, now)
}

func (t *Tracker) knowsPage(person Person, page string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	held, ok := t.people[person]
	if !ok {
		return false
	}
	_, ok = held.pages[page]
	return ok
}
