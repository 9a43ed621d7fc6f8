// Package work owns the background goroutines: what runs every so often, and what a job queue runs. It holds no rule;
// every row of its lists calls one use case.
package work

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Task is one thing that runs every so often on every instance.
type Task struct {
	What  string
	After time.Duration // the first run; 0 = at once
	Every time.Duration
	Run   func(context.Context) error
}

// Round runs tasks until it is stopped; each has its own goroutine, and a slow one is not started twice.
type Round struct {
	tasks []Task
	log   *slog.Logger

	mu   sync.Mutex
	stop context.CancelFunc
	done sync.WaitGroup
}

// NewRound makes a round at rest.
func NewRound(log *slog.Logger, tasks ...Task) *Round { return &Round{tasks: tasks, log: log} }

// Start runs the tasks in the background; a second call does nothing.
func (r *Round) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	for _, task := range r.tasks {
		r.done.Go(func() { r.repeat(ctx, task) })
	}
}

// Stop ends the tasks and waits for them; it may be called twice, or without Start.
func (r *Round) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop == nil {
		return
	}
	r.stop()
	r.done.Wait()
	r.stop = nil
}

func (r *Round) repeat(ctx context.Context, task Task) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(task.After):
	}
	ticker := time.NewTicker(task.Every)
	defer ticker.Stop()
	failing := false
	for {
		err := run(ctx, task)
		if err != nil && ctx.Err() == nil && !failing {
			r.log.Warn("background task fails", "task", task.What, "error", err) // once, not every second
		}
		if err == nil && failing {
			r.log.Info("background task works again", "task", task.What)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// run turns a panic into an error: a defect in one task must not end the chats of everybody.
func run(ctx context.Context, task Task) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return task.Run(ctx)
}
