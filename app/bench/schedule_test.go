package bench

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestCallsAreDueAtAFixedRate(t *testing.T) {
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := scheduleAt(begin, 50)
	for i, want := range map[int]time.Duration{0: 0, 1: 20 * time.Millisecond, 50: time.Second, 3000: time.Minute} {
		if got := s.due(i).Sub(begin); got != want {
			t.Errorf("call %d is due after %v, want %v", i, got, want)
		}
	}
}

func TestASlowAnswerDelaysNoLaterCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var mu sync.Mutex
		sent, waited := map[int]time.Duration{}, map[int]time.Duration{}
		openLoop(t.Context(), 10, 5, func(i int, due time.Time) {
			mu.Lock()
			sent[i] = time.Since(begin)
			mu.Unlock()
			if i == 1 {
				time.Sleep(time.Hour)
			}
			mu.Lock()
			waited[i] = time.Since(due)
			mu.Unlock()
		})
		for i := range 5 {
			if want := time.Duration(i) * 100 * time.Millisecond; sent[i] != want {
				t.Errorf("call %d was sent after %v, want %v", i, sent[i], want)
			}
		}
		if waited[1] != time.Hour || waited[2] != 0 {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestAnOpenLoopEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
		defer cancel()
		var mu sync.Mutex
		calls := 0
		openLoop(ctx, 10, 100, func(int, time.Time) {
			mu.Lock()
			defer mu.Unlock()
			calls++
		})
		if calls != 3 {
			t.Errorf("%d calls, want 3", calls)
		}
	})
}
