package live

import (
	"context"
	"sync"
	"time"
)

// outbox is the bounded queue of what the other instances have to hear.
type outbox struct {
	wake chan struct{} // holds one token while something waits

	mu       sync.Mutex
	queue    []Event
	overflow bool
}

func (o *outbox) put(events []Event) {
	o.mu.Lock()
	if !o.overflow {
		o.overflow = len(o.queue)+len(events) > maxQueued
		if o.overflow {
			o.queue = nil
		} else {
			o.queue = append(o.queue, events...)
		}
	}
	o.mu.Unlock()
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take empties the outbox; what overflowed has become one Resync of everything.
func (o *outbox) take() []Event {
	o.mu.Lock()
	defer o.mu.Unlock()
	events := o.queue
	if o.overflow {
		events = []Event{{Name: Resync}}
	}
	o.queue, o.overflow = nil, false
	return events
}

// next waits until something is there and, within the coalescing time of the
// last sending, for more to join it. It returns what there is when ctx ends.
func (o *outbox) next(ctx context.Context, lastSent time.Time) []Event {
	select {
	case <-ctx.Done():
		return o.take()
	case <-o.wake:
	}
	if pause := coalesce - time.Since(lastSent); pause > 0 {
		rest(ctx, pause)
	}
	return o.take()
}
