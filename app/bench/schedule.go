package bench

import (
	"context"
	"sync"
	"time"
)

// schedule says when each call of an open loop is due: the world does not wait until we have answered.
type schedule struct {
	begin time.Time
	every time.Duration
}

func scheduleAt(begin time.Time, rate float64) schedule {
	return schedule{begin: begin, every: time.Duration(float64(time.Second) / rate)}
}

// due is when call number i is to be sent; its time counts from then, however late it is sent.
func (s schedule) due(i int) time.Time { return s.begin.Add(time.Duration(i) * s.every) }

// openLoop makes count calls when they are due, whatever the earlier ones take, and returns when all are done. Each
// call gets its number and when it was due.
func openLoop(ctx context.Context, rate float64, count int, call func(i int, due time.Time)) {
	s := scheduleAt(time.Now(), rate)
	var all sync.WaitGroup
	defer all.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	for i := range count {
		due := s.due(i)
		timer.Reset(time.Until(due))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		all.Go(func() { call(i, due) })
	}
}
