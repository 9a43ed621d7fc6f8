package live

import (
	"fmt"
	"testing"
)

// BenchmarkPublish measures one event's fan-out; each subscriber's queue is
// emptied outside the measured time before it fills.
func BenchmarkPublish(b *testing.B) {
	for _, subscribers := range []int{1, 100, 1000, 5000} {
		b.Run(fmt.Sprint(subscribers), func(b *testing.B) {
			hub := NewHub()
			all := make([]*Subscription, subscribers)
			for i := range all {
				all[i] = hub.Subscribe(64, "conversation:42")
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				if i%64 == 63 {
					b.StopTimer()
					for _, s := range all {
						waiting(s)
					}
					b.StartTimer()
				}
				hub.Publish(Event{Topic: "conversation:42", Name: "message.posted", Seq: int64(i)})
			}
		})
	}
}

// BenchmarkPublishToTheSlow measures the same when nobody reads.
func BenchmarkPublishToTheSlow(b *testing.B) {
	hub := NewHub()
	for range 5000 {
		hub.Subscribe(64, "conversation:42")
	}
	for i := range b.N {
		hub.Publish(Event{Topic: "conversation:42", Name: "message.posted", Seq: int64(i)})
	}
}

// BenchmarkPublishManyTopics measures publishing from many sides, one
// subscriber to a topic.
func BenchmarkPublishManyTopics(b *testing.B) {
	hub := NewHub()
	topics := make([]string, 5000)
	for i := range topics {
		topics[i] = fmt.Sprint("conversation:", i)
		hub.Subscribe(64, topics[i])
	}
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			hub.Publish(Event{Topic: topics[i%len(topics)], Name: "message.posted"})
		}
	})
}

// BenchmarkSubscribe measures coming and going, and what an idle one weighs.
func BenchmarkSubscribe(b *testing.B) {
	hub := NewHub()
	b.ReportAllocs()
	for range b.N {
		hub.Subscribe(64, "org:7", "conversation:42").Close()
	}
}
