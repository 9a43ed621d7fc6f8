package bench

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// tally counts how many streams have brought one numbered message.
type tally struct {
	want int

	mu     sync.Mutex
	number int
	count  int
	last   time.Time
	full   chan struct{}
}

func newTally(want int) *tally { return &tally{want: want} }

func (t *tally) hear(line []byte) {
	n, found := numberIn(line)
	if !found {
		return
	}
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if n != t.number || t.count == t.want {
		return
	}
	t.count++
	t.last = now
	if t.count == t.want {
		close(t.full)
	}
}

// time sends a message and returns how long it took until all have it.
func (t *tally) time(ctx context.Context, n int, send func(n int) error) (time.Duration, error) {
	t.mu.Lock()
	t.number, t.count, t.full = n, 0, make(chan struct{})
	full := t.full
	t.mu.Unlock()
	begun := time.Now()
	if err := send(n); err != nil {
		return 0, err
	}
	late := time.NewTimer(answerWithin)
	defer late.Stop()
	select {
	case <-full:
	case <-late.C:
		t.mu.Lock()
		defer t.mu.Unlock()
		return 0, fmt.Errorf("only %d of %d subscribers have the news", t.count, t.want)
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last.Sub(begun), nil
}
