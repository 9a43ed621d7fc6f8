package live

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

// session does its work on one connection until that breaks or ctx ends.
type session func(ctx context.Context, conn *pgx.Conn) error

// keep runs the session on one connection after the other until ctx ends.
func (r *Relay) keep(ctx context.Context, what string, run session) {
	backoff := firstBackoff
	for ctx.Err() == nil {
		began := time.Now()
		err := r.attempt(ctx, run)
		if ctx.Err() != nil {
			return
		}
		// Only a connection that has lasted is a recovery: else a server that
		// accepts and drops would be called, and everyone resynced, without end.
		if time.Since(began) > maxBackoff {
			backoff = firstBackoff
		}
		pause := backoff/2 + rand.N(backoff) // jitter, so that instances do not come back in step
		r.log.Warn("live connection lost", "to", what, "again_in", pause, "error", err)
		backoff = min(2*backoff, maxBackoff)
		rest(ctx, pause)
	}
}

func (r *Relay) attempt(ctx context.Context, run session) error {
	dial, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	conn, err := r.connect(dial)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() {
		farewell, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
		defer cancel()
		_ = conn.Close(farewell) // a broken connection has nobody to say goodbye to
	}()
	return run(ctx, conn)
}

// rest waits that long, or until ctx ends.
func rest(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// listen publishes what other instances send.
func (r *Relay) listen(ctx context.Context, conn *pgx.Conn) error {
	if err := execute(ctx, conn, "listen "+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	// Whatever was sent before this moment is lost to us.
	r.hub.Publish(Event{Name: Resync})
	for {
		if err := r.receive(ctx, conn); err != nil {
			return err
		}
	}
}

// receive takes one notification, or after a long silence asks whether the
// server is still there.
func (r *Relay) receive(ctx context.Context, conn *pgx.Conn) error {
	wait, cancel := context.WithTimeout(ctx, pingEvery)
	defer cancel()
	notification, err := conn.WaitForNotification(wait)
	switch {
	case notification != nil:
		r.deliver(notification.Payload)
		return nil
	case err == nil:
		return nil
	case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return execute(ctx, conn, "select 1")
	}
	return fmt.Errorf("wait for notification: %w", err)
}

func (r *Relay) deliver(payload string) {
	events, err := unpack(r.origin, payload)
	if err != nil {
		r.log.Warn("unreadable notification", "error", err)
		return
	}
	r.hub.Publish(events...)
}

// notifier returns the session that empties the outbox. What it could not send
// it keeps for the next connection: a nudge may come twice, but not be lost.
func (r *Relay) notifier() session {
	var unsent []string
	var lastSent time.Time
	return func(ctx context.Context, conn *pgx.Conn) error {
		// Nobody needs a nudge to survive a crash, so nobody waits for the disk.
		if err := execute(ctx, conn, "set synchronous_commit = off"); err != nil {
			return fmt.Errorf("prepare notify: %w", err)
		}
		for {
			last := ctx.Err() != nil // asked first, so that the last round takes all that was sent before Stop
			if unsent == nil {
				unsent = pack(r.origin, r.outbox.next(ctx, lastSent))
			}
			if err := notify(ctx, conn, unsent); err != nil {
				if !conn.IsClosed() { // refused, so it would be refused again
					unsent = pack(r.origin, []Event{{Name: Resync}})
				}
				return err
			}
			unsent, lastSent = nil, time.Now()
			if last {
				return nil
			}
		}
	}
}

// notify sends all payloads in one round trip and one transaction, which the
// end of ctx does not interrupt, so that the last ones go out as well.
func notify(ctx context.Context, conn *pgx.Conn, payloads []string) error {
	if len(payloads) == 0 {
		return nil
	}
	err := execute(context.WithoutCancel(ctx), conn,
		"select pg_notify($1, payload) from unnest($2::text[]) payload", channel, payloads)
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}

func execute(ctx context.Context, conn *pgx.Conn, sql string, args ...any) error {
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := conn.Exec(call, sql, append([]any{pgx.QueryExecModeExec}, args...)...)
	return err
}
