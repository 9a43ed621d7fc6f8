// Package browser drives real Chromium for the tests: one [Browser] for a test
// package, one [Person] for each human being at one device, and the [Tab]s that
// this person has open. It owns how to wait, what counts as a complaint of a
// page, and what is kept of a failure. It knows nothing of Rejoin, and it
// refuses to sleep: every step polls its condition until a deadline.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Browser is the Chromium of one test package; persons whose device differs in
// language, zone or the like get a process of their own, started when needed.
type Browser struct {
	path     string
	dir      string
	hosts    []string
	patience time.Duration
	build    func() (string, error)

	mu        sync.Mutex
	chromiums map[profile]*chromium
	names     int
}

// Setting changes how [Start] sets a Browser up.
type Setting func(*Browser)

// Hosts names the sites that are strangers to each other, for
// [BlockThirdPartyStorage]. Every name that ends in .test or .localhost leads
// to 127.0.0.1; only the latter, like 127.0.0.1 itself, is a secure context
// over plain HTTP, which shops on the net are.
func Hosts(names ...string) Setting {
	return func(b *Browser) { b.hosts = names }
}

// Patience is how long a step waits for its condition, 15 seconds by default.
func Patience(d time.Duration) Setting {
	return func(b *Browser) { b.patience = d }
}

// Start finds Chromium and starts it. Close ends all that it started.
func Start(settings ...Setting) (*Browser, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rejoin-browser-")
	if err != nil {
		return nil, fmt.Errorf("make the browser's folder: %w", err)
	}
	b := &Browser{path: path, dir: dir, patience: 15 * time.Second, chromiums: map[profile]*chromium{}}
	b.build = sync.OnceValues(func() (string, error) { return build(dir) })
	for _, set := range settings {
		set(b)
	}
	if _, err := b.chromium(profile{}); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Main is the body of a TestMain: it starts the Browser into *b, runs the
// tests, ends the Browser and returns the exit code.
func Main(m *testing.M, b **Browser, settings ...Setting) int {
	started, err := Start(settings...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser tests:", err)
		return 1
	}
	*b = started
	code := m.Run()
	if err := started.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "browser tests:", err)
		return 1
	}
	return code
}

// Close ends every Chromium and removes their folders.
func (b *Browser) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []error
	for _, c := range b.chromiums {
		all = append(all, c.close())
	}
	b.chromiums = nil
	return errors.Join(append(all, removeAll(b.dir))...)
}

// chromium returns the process that fits the profile, starting it when there is none.
func (b *Browser) chromium(p profile) (*chromium, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.chromiums[p]; c != nil {
		return c, nil
	}
	if b.chromiums == nil {
		return nil, errors.New("the browser is closed")
	}
	dir := filepath.Join(b.dir, fmt.Sprintf("profile%d", len(b.chromiums)))
	c, err := startChromium(b.path, dir, p, b.hosts)
	if err != nil {
		return nil, err
	}
	b.chromiums[p] = c
	return c, nil
}

// poll calls try until it reports done, at once and then every few
// milliseconds, and returns the last reason it gave when the time is over.
func poll(ctx context.Context, try func(context.Context) (done bool, reason string)) (string, bool) {
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	last := "it did not answer"
	for {
		done, reason := try(ctx)
		if done {
			return "", true
		}
		if ctx.Err() == nil {
			last = reason // a reason given after the deadline is only the deadline
		}
		select {
		case <-ctx.Done():
			return last, false
		case <-pause.C:
		}
	}
}

// root is the folder of the module that the test runs in.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		return "", errors.New("find the module: no go.mod above the test")
	}
}

// removeAll removes a folder that a dying Chromium may still write into.
func removeAll(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err error
	poll(ctx, func(context.Context) (bool, string) {
		err = os.RemoveAll(dir)
		return err == nil, ""
	})
	if err != nil {
		return fmt.Errorf("remove the browser's folder: %w", err)
	}
	return nil
}
