package work_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rejoin/app/work"
)

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestATaskRunsAtOnceAndThenEverySoOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		round := work.NewRound(silent(), work.Task{What: "count", Every: time.Second, Run: func(context.Context) error {
			runs.Add(1)
			return nil
		}})
		round.Start()
		synctest.Wait()
		if n := runs.Load(); n != 1 {
			t.Errorf("ran %d times at the start, want 1", n)
		}
		time.Sleep(3 * time.Second) // of the bubble's own clock
		synctest.Wait()
		if n := runs.Load(); n != 4 {
			t.Errorf("ran %d times in three seconds, want 4", n)
		}
		round.Stop()
		time.Sleep(time.Minute)
		if n := runs.Load(); n != 4 {
			t.Errorf("ran %d times after the stop", n-4)
		}
	})
}

func TestATaskMayWaitForItsFirstRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		round := work.NewRound(silent(), work.Task{What: "wait", After: time.Minute, Every: time.Second, Run: func(context.Context) error {
			runs.Add(1)
			return nil
		}})
		round.Start()
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if n := runs.Load(); n != 0 {
			t.Errorf("ran %d times before its time", n)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := runs.Load(); n != 1 {
			t.Errorf("ran %d times at its time, want 1", n)
		}
		round.Stop()
	})
}

func TestStartAndStopAreSafeTwiceAndInAnyOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int64
		round := work.NewRound(silent(), work.Task{What: "wait", Every: time.Second, Run: func(ctx context.Context) error {
			most.Store(max(most.Load(), running.Add(1)))
			<-ctx.Done()
			running.Add(-1)
			return ctx.Err()
		}})
		round.Stop()
		round.Start()
		round.Start()
		synctest.Wait()
		round.Stop()
		round.Stop()
		if running.Load() != 0 || most.Load() != 1 {
			t.Errorf("%d still run, %d ran at once", running.Load(), most.Load())
		}
		round.Start() // and again
		synctest.Wait()
		if running.Load() != 1 {
			t.Error("a stopped round cannot start again")
		}
		round.Stop()
	})
}

func TestASlowTaskIsNotStartedTwiceAndHoldsNoOtherUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most, others atomic.Int64
		round := work.NewRound(silent(),
			work.Task{What: "slow", Every: time.Second, Run: func(context.Context) error {
				most.Store(max(most.Load(), running.Add(1)))
				time.Sleep(5500 * time.Millisecond)
				running.Add(-1)
				return nil
			}},
			work.Task{What: "other", Every: time.Second, Run: func(context.Context) error { others.Add(1); return nil }})
		round.Start()
		time.Sleep(20 * time.Second)
		round.Stop()
		if most.Load() != 1 || others.Load() < 20 {
			t.Errorf("%d at once, the other ran %d times", most.Load(), others.Load())
		}
	})
}

func TestAFailingTaskIsLoggedOnceAndSoIsItsRecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var runs atomic.Int64
		round := work.NewRound(slog.New(slog.NewTextHandler(&log, nil)), work.Task{What: "shaky", Every: time.Second, Run: func(context.Context) error {
			if n := runs.Add(1); n <= 5 || n == 8 {
				return errors.New("the database is away")
			}
			return nil
		}})
		round.Start()
		time.Sleep(12 * time.Second)
		round.Stop()
		if fails, works := strings.Count(log.String(), "background task fails"), strings.Count(log.String(), "works again"); fails != 2 || works != 2 {
			t.Errorf("logged %d failures and %d recoveries, want 2 and 2:\n%s", fails, works, log.String())
		}
		if !strings.Contains(log.String(), "shaky") || !strings.Contains(log.String(), "the database is away") {
			t.Error("the log does not say what failed")
		}
	})
}

func TestATaskThatPanicsTakesNobodyWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var runs atomic.Int64
		round := work.NewRound(slog.New(slog.NewTextHandler(&log, nil)), work.Task{What: "broken", Every: time.Second, Run: func(context.Context) error {
			runs.Add(1)
			panic("a defect")
		}})
		round.Start()
		time.Sleep(5 * time.Second)
		round.Stop()
		if runs.Load() < 5 || strings.Count(log.String(), "a defect") != 1 {
			t.Errorf("ran %d times, logged:\n%s", runs.Load(), log.String())
		}
	})
}

func TestBeingStoppedIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		round := work.NewRound(slog.New(slog.NewTextHandler(&log, nil)), work.Task{What: "wait", Every: time.Second, Run: func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}})
		round.Start()
		synctest.Wait()
		round.Stop()
		if log.Len() != 0 {
			t.Errorf("logged %s", log.String())
		}
	})
}
