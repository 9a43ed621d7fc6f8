package db

import (
	"context"
	"database/sql/driver"
	"reflect"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"rejoin/app/chat"
)

// The few statements that every message runs are prepared once on each connection: what bun writes is planned anew each
// time, which costs PostgreSQL more than carrying them out. (PgBouncer knows prepared statements since 1.21; the job
// library needs that too.) Their columns are named, so that a newer schema does not change what they answer.

// native lets act use a connection's own driver, while nobody else does.
func native(conn bun.Conn, act func(conn *pgx.Conn) error) error {
	return conn.Raw(func(driverConn any) error {
		held, ok := driverConn.(*stdlib.Conn)
		if !ok { // closed meanwhile, since the transaction's context has ended
			return driver.ErrBadConn
		}
		return act(held.Conn())
	})
}

// findPrepared fills row structs, one after the other, from the first row of a prepared query; none is a Missing error.
func (r reader) findPrepared(ctx context.Context, what, query string, args []any, into ...any) error {
	args = append([]any{pgx.QueryExecModeCacheStatement}, args...)
	return r.readNative(ctx, what, func(ctx context.Context, conn *pgx.Conn, dialect schema.Dialect) error {
		return conn.QueryRow(ctx, query, args...).Scan(targetsOf(dialect, into...)...)
	})
}

// collect reads every row of a prepared query.
func collect[T any](ctx context.Context, r reader, what, query string, args []any, scan func(row pgx.Rows, into *T) error) ([]T, error) {
	args = append([]any{pgx.QueryExecModeCacheStatement}, args...)
	var found []T
	err := r.readNative(ctx, what, func(ctx context.Context, conn *pgx.Conn, _ schema.Dialect) error {
		found = nil // it may run again
		rows, err := conn.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			found = append(found, *new(T))
			if err := scan(rows, &found[len(found)-1]); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return found, err
}

// readNative runs a query through the driver of the transaction's connection, or of one of its own.
func (r reader) readNative(ctx context.Context, what string, query func(ctx context.Context, conn *pgx.Conn, dialect schema.Dialect) error) error {
	return r.read(ctx, what, func(ctx context.Context, db bun.IDB) error {
		conn, alone := db.(bun.Conn)
		if !alone {
			conn = r.sql
		}
		return native(conn, func(conn *pgx.Conn) error { return query(ctx, conn, db.Dialect()) })
	})
}

// targetsOf lists where the columns of row structs go, in the order of columnsOf.
func targetsOf(dialect schema.Dialect, rows ...any) []any {
	var targets []any
	for _, row := range rows {
		value := reflect.ValueOf(row)
		for _, field := range dialect.Tables().Get(value.Type()).Fields {
			targets = append(targets, field.Value(value.Elem()).Addr().Interface())
		}
	}
	return targets
}

// execPrepared runs a prepared statement; bytes that are no UTF-8 are replaced, as bun does.
func (t *tx) execPrepared(ctx context.Context, query string, args ...any) (changed int, err error) {
	given := []any{pgx.QueryExecModeCacheStatement}
	for _, arg := range args {
		if text, ok := arg.(string); ok {
			arg = strings.ToValidUTF8(text, "\uFFFD")
		}
		given = append(given, arg)
	}
	err = native(t.sql, func(conn *pgx.Conn) error {
		tag, err := conn.Exec(ctx, query, given...)
		changed = int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return 0, refusal(ctx, err)
	}
	return changed, nil
}

// columnsOf lists the columns of a row struct, each with an alias before it.
func columnsOf[T any](r reader, alias string) string {
	dialect := r.sql.Dialect
	if r.tx == nil {
		dialect = r.pools.bun.Dialect
	}
	var list strings.Builder
	for i, field := range dialect().Tables().Get(reflect.TypeFor[*T]()).Fields {
		if i > 0 {
			list.WriteString(", ")
		}
		list.WriteString(alias + "." + field.Name)
	}
	return list.String()
}

// TokenHolder finds who holds a browser's token: every call of the widget begins with it.
func (r reader) TokenHolder(ctx context.Context, organization int64, tokenHash []byte) (*chat.TokenHolder, error) {
	query := "select " + columnsOf[chat.VisitorToken](r, "t") + ", " + columnsOf[chat.Customer](r, "c") + ", " +
		columnsOf[chat.Organization](r, "o") + ` from visitor_tokens t
		join customers c on c.organization_id = t.organization_id and c.id = t.customer_id
		join organizations o on o.id = t.organization_id
		where t.organization_id = $1 and t.token_hash = $2`
	h := new(chat.TokenHolder)
	return h, r.findPrepared(ctx, "token holder", query, []any{organization, tokenHash}, &h.Token, &h.Customer, &h.Organization)
}

// conversation finds one: every stream reads it, and so does whatever a customer calls.
func (r reader) conversation(ctx context.Context, what, where string, args ...any) (*chat.Conversation, error) {
	c := new(chat.Conversation)
	return c, r.findPrepared(ctx, what, "select "+columnsOf[chat.Conversation](r, "c")+" from conversations c where "+where, args, c)
}

// newestOf lists the customer's conversation with the newest message, if there is one.
func (r reader) newestOf(ctx context.Context, organization, customer int64) ([]chat.Conversation, error) {
	newest, err := r.conversation(ctx, "newest conversation",
		"c.organization_id = $1 and c.customer_id = $2 order by c.last_message_at desc, c.id desc limit 1", organization, customer)
	if kind, known := chat.KindOf(err); known && kind == chat.Missing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []chat.Conversation{*newest}, nil
}

// Customer finds one by its id.
func (r reader) Customer(ctx context.Context, organization, id int64) (*chat.Customer, error) {
	query := "select " + columnsOf[chat.Customer](r, "c") + " from customers c where c.organization_id = $1 and c.id = $2"
	c := new(chat.Customer)
	return c, r.findPrepared(ctx, "customer", query, []any{organization, id}, c)
}

// LockNewest reads the customer's conversation with the newest message and keeps others from changing it.
func (t *tx) LockNewest(ctx context.Context, organization, customer int64) (*chat.Conversation, error) {
	query := "select " + columnsOf[chat.Conversation](t.reader, "c") + ` from conversations c
		where c.organization_id = $1 and c.customer_id = $2 order by c.last_message_at desc, c.id desc limit 1 for no key update`
	c := new(chat.Conversation)
	return c, t.findPrepared(ctx, "lock newest conversation", query, []any{organization, customer}, c)
}
