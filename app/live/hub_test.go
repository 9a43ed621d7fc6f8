package live

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// waiting takes everything that waits in the queue now.
func waiting(s *Subscription) []Event {
	var events []Event
	for {
		select {
		case e, open := <-s.Events():
			if !open {
				return events
			}
			events = append(events, *e)
		default:
			return events
		}
	}
}

func expect(t *testing.T, s *Subscription, want ...Event) {
	t.Helper()
	if got := waiting(s); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func ended(s *Subscription) bool {
	waiting(s)
	select {
	case _, open := <-s.Events():
		return !open
	default:
		return false
	}
}

func TestEventsReachThoseWhoWatchTheirTopic(t *testing.T) {
	hub := NewHub()
	one, both := hub.Subscribe(0, "a"), hub.Subscribe(0, "a", "b")
	a, b := Event{Topic: "a", Name: "x", Seq: 1}, Event{Topic: "b", Name: "y", Key: "k"}
	hub.Publish(a, b, Event{Topic: "c", Name: "z"})
	expect(t, one, a)
	expect(t, both, a, b)
}

func TestEventsKeepTheirOrder(t *testing.T) {
	hub := NewHub()
	s := hub.Subscribe(200, "a", "b")
	var sent []Event
	for i := range 200 {
		sent = append(sent, Event{Topic: []string{"a", "b"}[i%2], Name: "x", Seq: int64(i)})
	}
	hub.Publish(sent[:120]...)
	hub.Publish(sent[120:]...)
	expect(t, s, sent...)
}

func TestAnEventWithoutTopicReachesEveryoneOnce(t *testing.T) {
	hub := NewHub()
	none, two := hub.Subscribe(0), hub.Subscribe(0, "a", "b")
	hub.Publish(Event{Name: Resync})
	expect(t, none, Event{Name: Resync})
	expect(t, two, Event{Name: Resync})
}

func TestPublishedEventsAreNotTheCallersAnyMore(t *testing.T) {
	hub := NewHub()
	s := hub.Subscribe(0, "a")
	events := []Event{{Topic: "a", Name: "x"}}
	hub.Publish(events...)
	events[0].Name = "changed"
	expect(t, s, Event{Topic: "a", Name: "x"})
}

func TestTheSmallestQueueHoldsSixtyFour(t *testing.T) {
	hub := NewHub()
	s := hub.Subscribe(1, "a")
	for range 64 {
		hub.Publish(Event{Topic: "a", Name: "x"})
	}
	if s.TakeLag() || len(waiting(s)) != 64 {
		t.Error("a queue of 64 has lost events")
	}
}

func TestAFullQueueBecomesOneResync(t *testing.T) {
	hub := NewHub()
	slow, quick := hub.Subscribe(64, "a"), hub.Subscribe(200, "a")
	for i := range 65 {
		hub.Publish(Event{Topic: "a", Name: "x", Seq: int64(i)})
	}
	after := Event{Topic: "a", Name: "x", Seq: 65}
	hub.Publish(after)
	expect(t, slow, Event{Name: Resync}, after)
	if !slow.TakeLag() || slow.TakeLag() {
		t.Error("the lag was not marked exactly once")
	}
	if got := len(waiting(quick)); got != 66 || quick.TakeLag() {
		t.Errorf("the quick one has %d events", got)
	}
	for range 1000 {
		hub.Publish(Event{Topic: "a", Name: "x"})
	}
	resyncs := slices.DeleteFunc(waiting(slow), func(e Event) bool { return e.Name != Resync })
	if len(resyncs) != 1 || !slow.TakeLag() {
		t.Errorf("%d resyncs after many overflows", len(resyncs))
	}
}

func TestWatchAndCountFollowTheSubscriptions(t *testing.T) {
	hub := NewHub()
	first, second := hub.Subscribe(0, "b", "a"), hub.Subscribe(0, "a", "a")
	if got := hub.Watch(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("watched %v", got)
	}
	if hub.Count("a") != 2 || hub.Count("b") != 1 || hub.Count("c") != 0 {
		t.Errorf("counts %d %d %d", hub.Count("a"), hub.Count("b"), hub.Count("c"))
	}
	first.Close()
	first.Close()
	if hub.Count("a") != 1 || !slices.Equal(hub.Watch(), []string{"a"}) {
		t.Errorf("after one left: %v", hub.Watch())
	}
	second.Close()
	if len(hub.Watch()) != 0 || len(hub.all) != 0 {
		t.Errorf("after all left: %v, %d subscriptions", hub.Watch(), len(hub.all))
	}
}

func TestAClosedSubscriptionGetsNothingMore(t *testing.T) {
	hub := NewHub()
	s := hub.Subscribe(0, "a")
	s.Close()
	hub.Publish(Event{Topic: "a", Name: "x"}, Event{Name: Resync})
	if got := waiting(s); got != nil || !ended(s) {
		t.Errorf("got %+v", got)
	}
}

func TestAClosedHubEndsThoseThereAndThoseToCome(t *testing.T) {
	hub := NewHub()
	before := hub.Subscribe(0, "a")
	hub.Close()
	hub.Close()
	after := hub.Subscribe(0, "a")
	hub.Publish(Event{Topic: "a", Name: "x"})
	before.Close()
	if !ended(before) || !ended(after) || len(hub.Watch()) != 0 {
		t.Errorf("ended %t and %t, watched %v", ended(before), ended(after), hub.Watch())
	}
}

// TestNobodyWaitsForAnybody publishes, subscribes and closes from many sides at
// once; the race detector and the end of the test are what it asks for.
func TestNobodyWaitsForAnybody(t *testing.T) {
	hub := NewHub()
	topic := func(i int) string { return fmt.Sprint("topic:", i%7) }
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 2000 {
				hub.Publish(Event{Topic: topic(i + n), Name: "x", Seq: int64(n)}, Event{Topic: topic(n), Name: "y"})
				if n%100 == 0 {
					hub.Publish(Event{Name: Resync})
				}
			}
		})
		all.Go(func() {
			for n := range 300 {
				s := hub.Subscribe(64, topic(n), topic(n+i), "own:"+fmt.Sprint(i))
				s.Saw(topic(n), int64(n))
				waiting(s)
				s.TakeLag()
				all.Go(s.Close)
				s.Close()
			}
		})
		all.Go(func() {
			s := hub.Subscribe(64, topic(i))
			for range s.Events() {
				hub.Count(topic(i))
			}
		})
	}
	all.Go(func() {
		for range 200 {
			hub.Watch()
			_ = hub.Heal(t.Context(), always(1_000_000))
		}
		hub.Close()
	})
	all.Wait()
	if len(hub.Watch()) != 0 {
		t.Errorf("still watched: %v", hub.Watch())
	}
}
