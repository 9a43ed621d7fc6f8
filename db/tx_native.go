package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// nativeTx shows the connection of a running transaction as a pgx.Tx, for the job library. Beginning makes a savepoint;
// it can neither commit nor roll back what it did not begin.
type nativeTx struct{ conn *pgx.Conn }

var errNotOurs = errors.New("this transaction is ended by the use case that began it")

// Begin makes a savepoint within the running transaction.
func (t nativeTx) Begin(ctx context.Context) (pgx.Tx, error) {
	if _, err := t.conn.Exec(ctx, "savepoint native", pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, err
	}
	return savepoint{t}, nil
}

// Commit refuses: the use case commits.
func (t nativeTx) Commit(context.Context) error { return errNotOurs }

// Rollback refuses: the use case rolls back.
func (t nativeTx) Rollback(context.Context) error { return errNotOurs }

// CopyFrom copies rows in.
func (t nativeTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return t.conn.CopyFrom(ctx, table, columns, rows)
}

// SendBatch sends statements together.
func (t nativeTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return t.conn.SendBatch(ctx, batch)
}

// LargeObjects gives nothing: nobody here uses them.
func (t nativeTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Prepare prepares a statement on the connection.
func (t nativeTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return t.conn.Prepare(ctx, name, sql)
}

// Exec runs a statement.
func (t nativeTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.conn.Exec(ctx, sql, described(args)...)
}

// Query runs a query.
func (t nativeTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.conn.Query(ctx, sql, described(args)...)
}

// QueryRow runs a query for one row.
func (t nativeTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.conn.QueryRow(ctx, sql, described(args)...)
}

// Conn is the connection itself.
func (t nativeTx) Conn() *pgx.Conn { return t.conn }

// described asks for PostgreSQL's own types of the arguments: bun's pool speaks the simple protocol, in which bytes
// would become bytea where jsonb is meant. Nothing is prepared on the server, so it works through PgBouncer.
func described(args []any) []any {
	return append([]any{pgx.QueryExecModeCacheDescribe}, args...)
}

// savepoint is a nested transaction of nativeTx.
type savepoint struct{ nativeTx }

// Commit keeps what was done since Begin.
func (s savepoint) Commit(ctx context.Context) error {
	_, err := s.conn.Exec(ctx, "release savepoint native", pgx.QueryExecModeSimpleProtocol)
	return err
}

// Rollback undoes what was done since Begin.
func (s savepoint) Rollback(ctx context.Context) error {
	_, err := s.conn.Exec(ctx, "rollback to savepoint native", pgx.QueryExecModeSimpleProtocol)
	return err
}
