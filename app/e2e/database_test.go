package e2e

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// told are the tables that tell what people did: a scanner must leave no trace in any of them.
var told = []string{
	"customers", "contact_points", "conversations", "messages", "visitor_tokens", "deliveries", "rejoin_links", "presence_rows", "drafts", "audit_entries",
}

// dump is every row of the tables that tell what people did.
func (h *house) dump() string {
	h.t.Helper()
	var all strings.Builder
	for _, table := range told {
		row, rows := "t::text", table+" t"
		if table == "presence_rows" { // agents come and go, and a moved clock makes an instance tell of everyone again
			row, rows = "(t.subject_id, t.active, t.cause)::text", rows+" where subject = 'customer'"
		}
		all.WriteString(table + "\n" + h.value("select coalesce(string_agg("+row+", E'\n' order by "+row+"), '') from "+rows) + "\n")
	}
	return all.String()
}

// value reads one text out of the database.
func (h *house) value(query string, args ...any) string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, h.database)
	if err != nil {
		h.t.Fatalf("read the database: %v", err)
	}
	defer conn.Close(ctx)
	var text string
	if err := conn.QueryRow(ctx, query, args...).Scan(&text); err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return text
}

// difference is the lines that only one of two texts has.
func difference(before, after string) string {
	var all strings.Builder
	lines := func(text, other, mark string) {
		known := map[string]bool{}
		for line := range strings.Lines(other) {
			known[line] = true
		}
		for line := range strings.Lines(text) {
			if !known[line] {
				all.WriteString(mark + line)
			}
		}
	}
	lines(before, after, "- ")
	lines(after, before, "+ ")
	return all.String()
}
