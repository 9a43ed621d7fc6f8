package db_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"rejoin/db"
	"rejoin/db/dbtest"
)

// schemaAt makes a database whose schema is as old as a version.
func schemaAt(t *testing.T, version int64) string {
	t.Helper()
	url := dbtest.Empty(t)
	pool := stdlib.OpenDB(*connect(t, url).Config())
	defer pool.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return url
}

// before followups: organization 1 has an agent online, 2 one who left, 3 one who is away and one who was let go,
// 4 nobody at all.
const beforeFollowups = `
	set timezone = 'UTC';
	insert into organizations (key, name, created_at, settings) values
		('one', 'One', '2026-01-01', '{"prompt.on": false, "name": "x"}'), ('two', 'Two', '2026-01-02', '{"prompt.on": true}'),
		('three', 'Three', '2026-01-03', '{"continuous.on": false}'), ('four', 'Four', '2026-01-04', null);
	insert into agents (organization_id, key, name, email, role, created_at, connected_at, disconnected_at, away_at, deactivated_at) values
		(1, 'a', 'A', 'a@example.org', 'agent', '2026-01-01', '2026-02-01', null, null, null),
		(1, 'b', 'B', 'b@example.org', 'agent', '2026-01-01', null, '2026-02-02', null, null),
		(2, 'c', 'C', 'c@example.org', 'agent', '2026-01-01', null, '2026-02-03', null, null),
		(2, 'd', 'D', 'd@example.org', 'agent', '2026-01-01', null, '2026-02-01', null, null),
		(3, 'e', 'E', 'e@example.org', 'agent', '2026-01-01', '2026-02-01', null, '2026-02-01', null),
		(3, 'f', 'F', 'f@example.org', 'agent', '2026-01-01', '2026-02-01', null, null, '2026-02-01');
	insert into customers (organization_id, key, created_at) values (1, 'eve', '2026-01-05'), (2, 'bob', '2026-01-05');
	insert into contact_points (organization_id, customer_id, channel, address, created_at) values (1, 1, 'email', 'eve@example.org', '2026-01-05');
	insert into conversations (organization_id, key, customer_id, last_seq, waiting_for, reach, last_message_at, created_at) values
		(1, 'answered', 1, 4, 'us', 'active', '2026-01-05', '2026-01-05'), (1, 'silent', 1, 2, 'us', 'active', '2026-01-05', '2026-01-05'),
		(2, 'other', 2, 1, 'us', 'active', '2026-01-05', '2026-01-05');
	insert into messages (organization_id, conversation_id, seq, kind, author_kind, text, created_at) values
		(1, 1, 1, 'public', 'customer', '', '2026-01-05'), (1, 1, 2, 'public', 'agent', '', '2026-01-05'), (1, 1, 3, 'note', 'agent', '', '2026-01-05'),
		(1, 1, 4, 'public', 'automation', '', '2026-01-05'), (1, 2, 1, 'public', 'customer', '', '2026-01-05'), (1, 2, 2, 'event', 'agent', '', '2026-01-05'),
		(2, 3, 1, 'public', 'agent', '', '2026-01-05');
	insert into deliveries (organization_id, key, conversation_id, contact_point_id, channel, address, kind, state, to_seq, created_at) values
		(1, 'd1', 1, 1, 'email', 'eve@example.org', 'invitation', 'sent', 2, '2026-01-05'),
		(1, 'd2', 1, 1, 'email', 'eve@example.org', 'invitation', 'sent', 2, '2026-01-05')`

func TestAnUpgradeKeepsOldAnswersFromBeingEmailed(t *testing.T) {
	url := schemaAt(t, 2)
	run(t, url, beforeFollowups)
	for range 2 { // the last steps may be cut short anywhere, and run again from their beginning
		if err := db.Migrate(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		run(t, url, `delete from goose_db_version where version_id >= 4; insert into messages (organization_id, conversation_id, seq, kind,
			author_kind, text, created_at) values (1, 1, 5, 'public', 'agent', '', '2026-01-06') on conflict do nothing`)
	}
	conn := connect(t, url+"&timezone=UTC")
	ask := func(query string) string {
		t.Helper()
		var told string
		if err := conn.QueryRow(t.Context(), query).Scan(&told); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", query, err))
		}
		return told
	}
	for query, want := range map[string]string{
		`select string_agg(key || ' ' || agent_seq || ' ' || withheld_seq, ', ' order by id) from conversations`: "answered 2 2, silent 0 0, other 1 1",
		`select string_agg(key || ' ' || coalesce(agents_offline_at::date::text, 'online'), ', ' order by id)
			from organizations`: "one online, two 2026-02-03, three 2026-01-03, four 2026-01-04",
		`select string_agg(key || ' ' || coalesce(settings::text, 'none'), ', ' order by id) from organizations`:                  `one {"name": "x", "prompt.online": "off"}, two {}, three {"continuous.on": false}, four none`,
		`select string_agg(distinct plan_code || plan_version || coalesce(automations_said::text, '-'), ', ') from conversations`: "0[]",
		`select count(*)::text from deliveries where kind = 'invitation'`:                                                         "2",
	} {
		if got := ask(query); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", query, got, want)
		}
	}
	run(t, url, `insert into deliveries (organization_id, key, conversation_id, contact_point_id, channel, address, kind, state, to_seq, created_at)
		values (1, 'd3', 1, 1, 'email', 'eve@example.org', 'followup', 'queued', 2, '2026-01-05')`)
}
