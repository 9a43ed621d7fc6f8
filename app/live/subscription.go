package live

import "sync"

// minQueue is the smallest queue of a subscription, in events.
const minQueue = 64

// Subscription receives the events of its topics through a bounded queue.
type Subscription struct {
	hub    *Hub
	topics []string
	queue  chan *Event // pointers, since thousands of idle queues wait in memory

	mu     sync.Mutex
	lagged bool
	closed bool
}

// Events yields the events in the order of their publishing, and is closed by
// Close or the hub's Close. When the queue has overflowed, all of it is replaced
// by one Resync without a topic, and the events after that follow it.
func (s *Subscription) Events() <-chan *Event { return s.queue }

// TakeLag says whether the queue has overflowed since it was last asked, for
// logs and figures; what to do about it comes as Resync through Events.
func (s *Subscription) TakeLag() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	lagged := s.lagged
	s.lagged = false
	return lagged
}

// Saw notes that the subscriber has read a topic up to seq from the database,
// so that healing has nothing to tell it. Call it after subscribing.
func (s *Subscription) Saw(topic string, seq int64) {
	s.hub.shardOf(topic).saw(topic, s, seq)
}

// Close ends the subscription and closes Events; a second call does nothing.
func (s *Subscription) Close() {
	s.hub.forget(s)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.queue)
	}
}

// offer queues an event without ever waiting for the reader.
func (s *Subscription) offer(e *Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	select {
	case s.queue <- e:
		return
	default:
	}
	s.empty()
	s.lagged = true
	s.queue <- &Event{Name: Resync} // there is room: under the lock only readers touch the queue
}

func (s *Subscription) empty() {
	for {
		select {
		case <-s.queue:
		default:
			return
		}
	}
}
