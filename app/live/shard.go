package live

import "sync"

// watchers are the subscriptions of a topic, each with the highest seq that it
// has been told of or has read.
type watchers map[*Subscription]int64

// shard keeps a part of the topics under one lock, which is taken before a
// subscription's own and never the other way round.
type shard struct {
	mu     sync.Mutex
	topics map[string]watchers
}

func (d *shard) watch(topic string, s *Subscription) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.topics[topic] == nil {
		d.topics[topic] = watchers{}
	}
	d.topics[topic][s] = 0
}

func (d *shard) leave(topic string, s *Subscription) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.topics[topic], s)
	if len(d.topics[topic]) == 0 {
		delete(d.topics, topic)
	}
}

func (d *shard) publish(e *Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	watching := d.topics[e.Topic]
	for s, seq := range watching {
		if e.Seq > seq {
			watching[s] = e.Seq
		}
		s.offer(e)
	}
}

// catchUp tells those who have not heard of seq to read again.
func (d *shard) catchUp(topic string, seq int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	watching := d.topics[topic]
	e := &Event{Topic: topic, Name: Resync, Seq: seq}
	for s, heard := range watching {
		if heard < seq {
			watching[s] = seq
			s.offer(e)
		}
	}
}

func (d *shard) saw(topic string, s *Subscription, seq int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if heard, ok := d.topics[topic][s]; ok && heard < seq {
		d.topics[topic][s] = seq
	}
}

func (d *shard) list(topics []string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	for topic := range d.topics {
		topics = append(topics, topic)
	}
	return topics
}

func (d *shard) count(topic string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.topics[topic])
}
