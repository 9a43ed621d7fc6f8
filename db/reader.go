package db

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// reader is every read: inside a transaction when tx is set, else on a connection of its own.
type reader struct {
	pools *Pools
	tx    *bun.Tx
	sql   bun.Conn // the transaction's
}

// read runs a query; outside a transaction it runs again when the connection turns out to be lost.
func (r reader) read(ctx context.Context, what string, query func(ctx context.Context, db bun.IDB) error) error {
	if r.tx != nil {
		return wrap(ctx, what, query(ctx, *r.tx))
	}
	var err error
	for range attempts {
		if err = r.alone(ctx, query); err == nil || !again(err) || ctx.Err() != nil {
			break
		}
		if lost(err) {
			r.pools.rows.Reset()
		}
	}
	return wrap(ctx, what, err)
}

func (r reader) alone(ctx context.Context, query func(ctx context.Context, db bun.IDB) error) error {
	conn, err := r.pools.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return query(ctx, conn)
}

// find fills a row struct by a condition; none is a Missing error.
func (r reader) find(ctx context.Context, what string, row any, where string, args ...any) error {
	return r.read(ctx, what, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(row).Where(where, args...).Limit(1).Scan(ctx)
	})
}

// list reads row structs, with a bound.
func list[T any](ctx context.Context, r reader, what, order string, limit int, where string, args ...any) ([]T, error) {
	var rows []T
	err := r.read(ctx, what, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Where(where, args...).OrderExpr(order).Limit(int64(limit)).Scan(ctx)
	})
	return rows, err
}

// raw fills whatever dest points to from a query in SQL.
func (r reader) raw(ctx context.Context, what string, dest any, query string, args ...any) error {
	return r.read(ctx, what, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw(query, args...).Scan(ctx, dest)
	})
}

// answer reads a number, or a slice of rows, from a query in SQL.
func answer[T any](ctx context.Context, r reader, what, query string, args ...any) (T, error) {
	var read T
	err := r.raw(ctx, what, &read, query, args...)
	return read, err
}

// lock fills a row struct by its primary key and keeps others from changing it until the transaction ends.
// It does not keep others from adding rows that refer to it.
func (t *tx) lock(ctx context.Context, what string, row any, where string, args ...any) error {
	err := t.tx.NewSelect().Model(row).Where(where, args...).For("NO KEY UPDATE").Scan(ctx)
	return wrap(ctx, "lock "+what, err)
}

func wrap(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	return refusal(ctx, fmt.Errorf("%s: %w", what, err))
}

// between keeps a limit from the outside within 1 and most.
func between(limit, most int) int {
	if limit <= 0 || limit > most {
		return most
	}
	return limit
}
