package main

import (
	"context"
	"fmt"
	"net"
	"time"
)

// graceTime is how long requests under way may take to finish at the end.
const graceTime = 10 * time.Second

// run listens, starts the background, serves until the context ends, and stops all in reverse order.
func (h *house) run(ctx context.Context, ready func(addr string)) error {
	defer h.pools.Close()
	defer h.blobs.Close() //nolint:errcheck // every Put has been synced when it returned
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", h.config.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", h.config.Addr, err)
	}
	h.relay.Start()
	defer h.relay.Stop()
	if err := h.queue.Start(ctx); err != nil {
		_ = listener.Close() // the first error counts
		return err
	}
	defer h.email.Close() //nolint:errcheck // what it says goodbye to is somebody else's
	defer h.stopQueue()
	defer h.stopListening()
	if h.door, err = h.openDoor(); err != nil {
		_ = listener.Close()
		return err
	}
	defer h.closeDoor()
	h.round.Start()
	defer h.round.Stop()
	ready(listener.Addr().String())
	if err := h.server.Start(ctx, listener, graceTime); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// stopListening spares the other instances, or the next one, nudges to this one.
func (h *house) stopListening() {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if err := h.desk.StopListening(ctx); err != nil {
		h.log.Warn("lease was not marked as stopped", "error", err)
	}
}

func (h *house) stopQueue() {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if err := h.queue.Stop(ctx); err != nil {
		h.log.Error("job queue did not stop", "error", err)
	}
}

// closeDoor lets the mails under way be kept.
func (h *house) closeDoor() {
	if h.door == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if err := h.door.Close(ctx); err != nil {
		h.log.Error("the mail door did not close", "error", err)
	}
}
