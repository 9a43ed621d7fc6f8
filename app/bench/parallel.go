package bench

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// inParallel does act for 0 to count-1, so many at one time, and joins what went wrong; after the first fault it begins
// no more.
func inParallel(count, atOnce int, act func(i int) error) error {
	var next atomic.Int64
	var failed atomic.Bool
	faults := make([]error, atOnce)
	var all sync.WaitGroup
	for worker := range atOnce {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(count) && !failed.Load(); i = next.Add(1) - 1 {
				if err := act(int(i)); err != nil {
					faults[worker] = err
					failed.Store(true)
				}
			}
		})
	}
	all.Wait()
	return errors.Join(faults...)
}

// throughput lets workers repeat an act for a while, each waiting for its own answer, and tells how often it was done
// in a second.
func throughput(ctx context.Context, workers int, d time.Duration, act func(ctx context.Context, worker int) error) (perSecond float64, done int, err error) {
	begun := time.Now()
	var count atomic.Int64
	err = inParallel(workers, workers, func(worker int) error {
		for time.Since(begun) < d && ctx.Err() == nil {
			if err := act(ctx, worker); err != nil {
				return err
			}
			count.Add(1)
		}
		return nil
	})
	return float64(count.Load()) / time.Since(begun).Seconds(), int(count.Load()), errors.Join(err, ctx.Err())
}

// pause waits, or ends with the context.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
