package db

import (
	"context"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
)

// Watch shows a test every statement that bun sends.
func (p *Pools) Watch(hook bun.QueryHook) { p.bun = p.bun.WithQueryHook(hook) }

// Readings are the rows that a transaction's connection has read so far, by table read from its beginning and by index.
type Readings map[string]int

// ReadingsOf asks for them; they count on from one transaction to the next.
func ReadingsOf(ctx context.Context, t chat.Tx) (Readings, error) {
	var rows []struct {
		Name string
		Rows int
	}
	err := t.(*tx).raw(ctx, "readings", &rows, `select relname as name, pg_stat_get_xact_tuples_returned(oid) as rows
		from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'i') and pg_stat_get_xact_numscans(oid) > 0`)
	readings := make(Readings)
	for _, row := range rows {
		readings[row.Name] = row.Rows
	}
	return readings, err
}
