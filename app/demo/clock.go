package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"rejoin/app/chat"
)

// The bounds of the clock: one step, and all steps together.
const (
	maxStep   = 366 * 24 * time.Hour
	maxOffset = 20 * maxStep
)

// Clock is the application's time: the wall clock and how far it was moved ahead, which a restart does not forget.
type Clock struct {
	path   string
	moving sync.Mutex
	offset atomic.Int64 // nanoseconds
}

// keptClock is the file.
type keptClock struct {
	Seconds int64 `json:"seconds"`
}

// OpenClock reads how far the clock of the file was moved; no file is a clock that was never moved.
func OpenClock(path string) (*Clock, error) {
	c := &Clock{path: path}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open clock: %w", err)
	}
	var kept keptClock
	if err := json.Unmarshal(raw, &kept); err != nil {
		return nil, fmt.Errorf("open clock: %s is not what a clock wrote, remove it: %w", path, err)
	}
	if kept.Seconds < 0 || kept.Seconds > int64(maxOffset/time.Second) {
		return nil, fmt.Errorf("open clock: %s says %d seconds, which is out of bounds, remove it", path, kept.Seconds)
	}
	c.offset.Store(kept.Seconds * int64(time.Second))
	return c, nil
}

// Now is the application's time.
func (c *Clock) Now() time.Time { return time.Now().Add(c.Offset()) }

// Offset is how far the clock was moved ahead.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// Advance moves the clock ahead by whole seconds, at most 366 days at once; it is kept before it counts.
func (c *Clock) Advance(d time.Duration) error {
	d = d.Round(time.Second)
	if d <= 0 {
		return chat.RefuseField("advance", "demo.clock.forward")
	}
	if d > maxStep {
		return chat.RefuseField("advance", "demo.clock.step", "Days", int(maxStep/(24*time.Hour)))
	}
	c.moving.Lock()
	defer c.moving.Unlock()
	moved := c.Offset() + d
	if moved > maxOffset {
		return chat.RefuseField("advance", "demo.clock.far")
	}
	if err := c.keep(moved); err != nil {
		return err
	}
	c.offset.Store(int64(moved))
	return nil
}

// keep makes the file appear whole or not at all, and stay after a crash.
func (c *Clock) keep(offset time.Duration) error {
	raw, err := json.Marshal(keptClock{Seconds: int64(offset / time.Second)})
	if err != nil {
		return fmt.Errorf("keep clock: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(c.path), 0o755); err != nil {
		return fmt.Errorf("keep clock: %w", err)
	}
	file, err := os.OpenFile(c.path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep clock: %w", err)
	}
	_, err = file.Write(append(raw, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("keep clock: %w", err)
	}
	if err := os.Rename(c.path+".tmp", c.path); err != nil {
		return fmt.Errorf("keep clock: %w", err)
	}
	return nil
}
