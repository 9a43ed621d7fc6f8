package live

import (
	"sync"
	"time"
)

// aloneFor is how long an instance counts as the only one since it was last
// known: a few times as long as that takes to be learnt anew.
const aloneFor = 20 * time.Second

// company is what a relay knows of the other instances. Before it knows
// anything, there may be some.
type company struct {
	mu     sync.Mutex
	alone  time.Time // when there were no others; zero when there are
	spared bool      // something was not sent since
}

// spare tells whether nobody needs to be sent what has just happened.
func (c *company) spare(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alone.IsZero() || now.Sub(c.alone) >= aloneFor {
		return false
	}
	c.spared = true
	return true
}

// count takes the number of instances, and tells whether the others have
// missed something that was spared.
func (c *company) count(instances int, now time.Time) (missed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if instances <= 1 {
		c.alone = now
		return false
	}
	missed, c.alone, c.spared = c.spared, time.Time{}, false
	return missed
}
