package chat_test

import (
	"context"
	"sync"

	"rejoin/app/chat"
)

// together runs an act in n goroutines at once and returns how many were not refused.
func (h *house) together(n int, act func(i int) error) (done int, errs []error) {
	h.Helper()
	h.connect()
	var start, all sync.WaitGroup
	var mu sync.Mutex
	start.Add(1)
	for i := range n {
		all.Go(func() {
			start.Wait()
			err := act(i)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done++
			} else {
				errs = append(errs, err)
			}
		})
	}
	start.Done()
	all.Wait()
	return done, errs
}

// connect opens every connection of the pool, so that who begins at once also arrives at once.
func (h *house) connect() {
	h.Helper()
	var held, all sync.WaitGroup
	held.Add(conns)
	for range conns {
		all.Go(func() {
			_ = h.store.Tx(h.ctx, func(context.Context, chat.Tx) error {
				held.Done()
				held.Wait()
				return nil
			})
		})
	}
	all.Wait()
}
