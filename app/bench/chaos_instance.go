package bench

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// instance is one of two equal servers; it is killed and started again, each time on another port.
type instance struct {
	start func(ctx context.Context) (*child, error)
	log   io.WriteCloser

	mu    sync.Mutex
	child *child // nil while it is down
	kills int
}

// base is where it answers, empty while it is down.
func (i *instance) base() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.child == nil {
		return ""
	}
	return i.child.base
}

func (i *instance) up(ctx context.Context) error {
	started, err := i.start(ctx)
	if err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.child = started
	return nil
}

// kill ends it with kill -9, and returns when it is gone.
func (i *instance) kill() error {
	i.mu.Lock()
	killed := i.child
	i.child = nil
	i.kills++
	i.mu.Unlock()
	if err := killed.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill an instance: %w", err)
	}
	<-killed.gone
	_ = killed.hold.Close() // whoever read it is gone
	return nil
}

// suffer kills it at the given times after begun, and starts it again at once each time.
func (i *instance) suffer(ctx context.Context, begun time.Time, kills []time.Duration) error {
	for _, at := range kills {
		if err := pause(ctx, time.Until(begun.Add(at))); err != nil {
			return err
		}
		if err := i.kill(); err != nil {
			return err
		}
		if err := i.again(ctx); err != nil {
			return fmt.Errorf("start an instance again: %w", err)
		}
	}
	return nil
}

// again starts it until it stands, as a supervisor does: while PostgreSQL is away it does not.
func (i *instance) again(ctx context.Context) error {
	late := time.Now().Add(startWithin)
	for {
		err := i.up(ctx)
		if err == nil || ctx.Err() != nil || time.Now().After(late) {
			return err
		}
		if err := pause(ctx, callAgain); err != nil {
			return err
		}
	}
}

func (i *instance) stop() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	defer i.log.Close()
	if i.child == nil {
		return nil
	}
	return i.child.stop()
}
