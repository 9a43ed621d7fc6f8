package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"rejoin/app/chat"
)

// attempts is how often one use case runs at most.
const attempts = 3

// tx is one use case's transaction: bun's and the job library's at once, on one connection.
type tx struct {
	reader
	enqueue func(ctx context.Context, tx pgx.Tx, jobs ...chat.Job) error
	events  []chat.Event
}

// Tx runs act in a transaction and publishes its events after the commit. After a deadlock, a serialization failure or
// a connection lost before the commit was sent, act runs again; a commit whose outcome is unknown is an error.
func (s *Store) Tx(ctx context.Context, act func(ctx context.Context, tx chat.Tx) error) error {
	var err error
	for attempt := range attempts {
		pause(ctx, attempt)
		var events []chat.Event
		var sent bool
		events, sent, err = s.attempt(ctx, act)
		if err == nil {
			if s.opts.Publish != nil && len(events) > 0 {
				s.opts.Publish(events)
			}
			return nil
		}
		if sent || !again(err) || ctx.Err() != nil {
			break
		}
		s.opts.Log.Warn("transaction runs again", "error", err)
		if lost(err) {
			s.pools.rows.Reset() // its neighbours in the pool are gone too
		}
	}
	return refusal(ctx, err)
}

// pause lets the other side of a deadlock go ahead, each time a little longer.
func pause(ctx context.Context, attempt int) {
	if attempt == 0 {
		return
	}
	limited, cancel := context.WithTimeout(ctx, time.Duration(attempt)*25*time.Millisecond)
	defer cancel()
	<-limited.Done()
}

// attempt runs act once; sent tells that the commit may have happened although there is an error.
func (s *Store) attempt(ctx context.Context, act func(ctx context.Context, tx chat.Tx) error) (_ []chat.Event, sent bool, err error) {
	conn, err := s.pools.acquire(ctx)
	if err != nil {
		return nil, false, err
	}
	defer conn.Close()
	begun, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, false, fmt.Errorf("begin: %w", err)
	}
	defer begun.Rollback() //nolint:errcheck // after a commit there is nothing to undo
	t := &tx{reader: reader{tx: &begun, sql: conn}, enqueue: s.opts.Enqueue}
	if err := act(ctx, t); err != nil {
		return nil, false, err
	}
	if err := begun.Commit(); err != nil {
		var pg *pgconn.PgError
		rolledBack := errors.As(err, &pg) && retried(pg.Code)
		return nil, !rolledBack, fmt.Errorf("commit: %w", err)
	}
	return t.events, true, nil
}

// acquire takes a connection, waiting for a bounded time only.
func (p *Pools) acquire(ctx context.Context) (bun.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	conn, err := p.bun.Conn(limited)
	if err != nil {
		return bun.Conn{}, fmt.Errorf("acquire connection: %w", err)
	}
	return conn, nil
}

// Emit collects events until the commit.
func (t *tx) Emit(events ...chat.Event) { t.events = append(t.events, events...) }

// Enqueue makes jobs part of this transaction.
func (t *tx) Enqueue(ctx context.Context, jobs ...chat.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	if t.enqueue == nil {
		return errors.New("enqueue jobs: this store has no queue")
	}
	err := native(t.sql, func(conn *pgx.Conn) error { return t.enqueue(ctx, nativeTx{conn}, jobs...) })
	if err != nil {
		return refusal(ctx, fmt.Errorf("enqueue %d jobs, %s first: %w", len(jobs), jobs[0].Kind, err))
	}
	return nil
}

// exec runs a statement of this transaction and tells how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int, error) {
	result, err := t.tx.NewRaw(query, args...).Exec(ctx)
	if err != nil {
		return 0, refusal(ctx, err)
	}
	changed, err := result.RowsAffected()
	return int(changed), err
}
