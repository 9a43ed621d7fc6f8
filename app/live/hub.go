package live

import (
	"hash/maphash"
	"slices"
	"sync"
)

// shards is how many locks the topics are spread over.
const shards = 64

// Hub hands events to the subscribers of one instance. Its methods may be
// called from anywhere at any time, and none waits for a subscriber.
type Hub struct {
	seed   maphash.Seed
	shards [shards]shard

	mu     sync.RWMutex
	all    map[*Subscription]struct{}
	closed bool
}

// NewHub returns an open hub; it needs no goroutine.
func NewHub() *Hub {
	h := &Hub{seed: maphash.MakeSeed(), all: map[*Subscription]struct{}{}}
	for i := range h.shards {
		h.shards[i].topics = map[string]watchers{}
	}
	return h
}

// Subscribe watches the topics through a queue of that many events, at least
// 64. On a closed hub it returns a subscription that has ended already.
func (h *Hub) Subscribe(size int, topics ...string) *Subscription {
	s := &Subscription{
		hub:    h,
		topics: slices.Clone(topics),
		queue:  make(chan *Event, max(size, minQueue)),
	}
	for _, topic := range s.topics {
		h.shardOf(topic).watch(topic, s)
	}
	if !h.register(s) {
		s.Close()
	}
	return s
}

// Publish hands the events, in their order, to everyone who watches their
// topics; an event without a topic goes to every subscriber.
func (h *Hub) Publish(events ...Event) {
	shared := slices.Clone(events)
	for i := range shared {
		e := &shared[i]
		if e.Topic == "" {
			h.everyone(e)
			continue
		}
		h.shardOf(e.Topic).publish(e)
	}
}

// Watch lists the topics that have a subscriber, sorted.
func (h *Hub) Watch() []string {
	var topics []string
	for i := range h.shards {
		topics = h.shards[i].list(topics)
	}
	slices.Sort(topics)
	return topics
}

// Count is how many subscribers a topic has.
func (h *Hub) Count(topic string) int {
	return h.shardOf(topic).count(topic)
}

// Close ends every subscription, and those to come. Call it before the HTTP
// server's shutdown, which waits for the streams.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	ending := h.all
	h.all = map[*Subscription]struct{}{}
	h.mu.Unlock()
	for s := range ending {
		s.Close()
	}
}

func (h *Hub) shardOf(topic string) *shard {
	return &h.shards[maphash.String(h.seed, topic)%shards]
}

func (h *Hub) register(s *Subscription) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.all[s] = struct{}{}
	return true
}

func (h *Hub) forget(s *Subscription) {
	for _, topic := range s.topics {
		h.shardOf(topic).leave(topic, s)
	}
	h.mu.Lock()
	delete(h.all, s)
	h.mu.Unlock()
}

func (h *Hub) everyone(e *Event) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.all {
		s.offer(e)
	}
}
