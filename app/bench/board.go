package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// board notes when each numbered message was seen first, whichever stream brought it.
type board struct {
	mu   sync.Mutex
	seen map[int]time.Time
	news chan struct{} // closed and made anew with every first sight
}

func newBoard() *board { return &board{seen: make(map[int]time.Time), news: make(chan struct{})} }

// hear is for the lines of a stream.
func (b *board) hear(line []byte) {
	n, found := numberIn(line)
	if !found {
		return
	}
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.seen[n]; known {
		return
	}
	b.seen[n] = now
	close(b.news)
	b.news = make(chan struct{})
}

// await returns when number n was seen.
func (b *board) await(ctx context.Context, n int) (time.Time, error) {
	late := time.NewTimer(answerWithin)
	defer late.Stop()
	for {
		b.mu.Lock()
		at, found := b.seen[n]
		news := b.news
		b.mu.Unlock()
		if found {
			return at, nil
		}
		select {
		case <-news:
		case <-late.C:
			return time.Time{}, fmt.Errorf("message %d was not seen within %s", n, answerWithin)
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
	}
}

// lateness has count messages, numbered from first, sent when they are due, and tells how long after that each was seen.
func (b *board) lateness(ctx context.Context, rate float64, count, first int, send func(i, n int)) (samples, error) {
	times, faults := make(samples, count), make([]error, count)
	openLoop(ctx, rate, count, func(i int, due time.Time) {
		var all sync.WaitGroup
		defer all.Wait()
		all.Go(func() { // what is seen does not wait for the sender's answer
			at, err := b.await(ctx, first+i)
			times[i] = at.Sub(due)
			faults[i] = err
		})
		send(i, first+i)
	})
	return times, errors.Join(append(faults, ctx.Err())...)
}
