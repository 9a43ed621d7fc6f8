package demo

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"rejoin/app/chat"
)

func openClock(t *testing.T, path string) *Clock {
	t.Helper()
	clock, err := OpenClock(path)
	if err != nil {
		t.Fatal(err)
	}
	return clock
}

func TestTheClockIsTheWallClockUntilItIsMoved(t *testing.T) {
	clock := openClock(t, filepath.Join(t.TempDir(), "clock"))
	if ahead := time.Until(clock.Now()); ahead > time.Second || ahead < -time.Second {
		t.Errorf("it is off by %s", ahead)
	}
}

func TestAMovedClockRemembersOverARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "clock")
	clock := openClock(t, path)
	for _, step := range []time.Duration{5 * time.Minute, 2 * time.Hour} {
		if err := clock.Advance(step); err != nil {
			t.Fatal(err)
		}
	}
	if got := openClock(t, path).Offset(); got != 125*time.Minute {
		t.Errorf("after a restart it is ahead by %s", got)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("it left %d files", len(entries))
	}
}

func TestTheClockOnlyGoesForwardAndNotTooFar(t *testing.T) {
	clock := openClock(t, filepath.Join(t.TempDir(), "clock"))
	for _, step := range []time.Duration{0, -time.Minute, 367 * 24 * time.Hour, time.Millisecond} {
		err := clock.Advance(step)
		if kind, _ := chat.KindOf(err); kind != chat.Invalid {
			t.Errorf("a step of %s: %v", step, err)
		}
	}
	for err := error(nil); err == nil; err = clock.Advance(maxStep) {
		if clock.Offset() > maxOffset {
			t.Fatal("there is no end to it")
		}
	}
	if clock.Offset() != maxOffset {
		t.Errorf("it stopped at %s", clock.Offset())
	}
}

func TestManyMayMoveTheClockAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock")
	clock := openClock(t, path)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := clock.Advance(time.Minute); err != nil {
				t.Error(err)
			}
			_ = clock.Now()
		})
	}
	all.Wait()
	if clock.Offset() != 20*time.Minute || openClock(t, path).Offset() != 20*time.Minute {
		t.Errorf("it is ahead by %s, the file by %s", clock.Offset(), openClock(t, path).Offset())
	}
}

func TestABrokenClockFileIsNamed(t *testing.T) {
	for _, content := range []string{"", "soon", `{"seconds":-1}`, `{"seconds":99999999999}`} {
		path := filepath.Join(t.TempDir(), "clock")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenClock(path); err == nil {
			t.Errorf("%q was taken for a clock", content)
		}
	}
}

func TestAStepIsReadWithDays(t *testing.T) {
	for typed, want := range map[string]time.Duration{
		"5m": 5 * time.Minute, "2h": 2 * time.Hour, "90s": 90 * time.Second, "1h30m": 90 * time.Minute,
		"1d": 24 * time.Hour, "1d12h": 36 * time.Hour, "366d": maxStep,
	} {
		if got, err := parseStep(typed); err != nil || got != want {
			t.Errorf("%q is %s, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "5", "d", "1w", "1d1d", "1d-2h", "999999d", "9999999h", "5 m", "NaNs"} {
		if got, err := parseStep(typed); err == nil {
			t.Errorf("%q was read as %s", typed, got)
		}
	}
}
