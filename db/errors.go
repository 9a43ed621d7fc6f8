package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"rejoin/app/chat"
)

// failure carries what a person is told together with what happened, so that both can be found by errors.As.
type failure struct {
	told  *chat.Error
	cause error
}

func (f *failure) Error() string   { return f.told.Error() + ": " + f.cause.Error() }
func (f *failure) Unwrap() []error { return []error{f.told, f.cause} }

// refusal turns what the driver says into a domain error; what it does not know stays as it is.
func refusal(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := chat.KindOf(err); ok || ctx.Err() != nil {
		return err
	}
	if told := toldOf(err); told != nil {
		return &failure{told: told, cause: err}
	}
	return err
}

func toldOf(err error) *chat.Error {
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Refuse(chat.Missing, "error.missing")
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "23505": // unique_violation
			return chat.Refuse(chat.Conflict, "error.exists")
		case pg.Code == "23503": // foreign_key_violation: what it belongs to is gone, or another organization's
			return chat.Refuse(chat.Missing, "error.missing")
		case unwritable(pg):
			return chat.Refuse(chat.Invalid, "error.characters")
		case away(pg.Code) || pg.Code == "57014" || pg.Code == "55P03" || retried(pg.Code): // timeouts of ours
			return chat.Refuse(chat.Busy, "error.database_away")
		}
		return nil
	}
	if lost(err) || errors.Is(err, context.DeadlineExceeded) {
		return chat.Refuse(chat.Busy, "error.database_away")
	}
	return nil
}

// unwritable tells whether a text holds what PostgreSQL cannot store: NUL, or bytes that are no UTF-8.
func unwritable(pg *pgconn.PgError) bool {
	switch pg.Code {
	case "22021", "22P05":
		return true
	case "42601": // bun writes "?!(bun: …)" in the place of a string with NUL, at which the statement cannot be parsed
		return strings.Contains(pg.Message, `near ":"`)
	}
	return false
}

// away tells whether PostgreSQL is stopping, starting, or full.
func away(code string) bool {
	switch code {
	case "57P01", "57P02", "57P03", "57P05", "53300", "25P03":
		return true
	}
	return strings.HasPrefix(code, "08")
}

// retried tells whether PostgreSQL asks to run the transaction again.
func retried(code string) bool { return code == "40001" || code == "40P01" }

// lost tells whether the connection is gone or was never made.
func lost(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return away(pg.Code)
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "conn closed")
}

// again tells whether a transaction that was not committed may run once more.
func again(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && retried(pg.Code) {
		return true
	}
	var connect *pgconn.ConnectError
	return lost(err) && !errors.As(err, &connect) // refused connections are told, not waited for
}
