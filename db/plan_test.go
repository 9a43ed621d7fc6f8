package db_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/db/dbtest"
)

// filled makes a database with one organization and n conversations of two messages each, most of them open; the
// tables are never analysed.
func filled(t testing.TB, n int) string {
	t.Helper()
	url := dbtest.URL(t)
	run(t, url, fmt.Sprintf(`
		alter table customers set (autovacuum_enabled = off);
		alter table conversations set (autovacuum_enabled = off);
		alter table messages set (autovacuum_enabled = off);
		insert into organizations (key, name, created_at) values ('o', 'O', now());
		insert into agents (organization_id, key, name, email, role, created_at)
			select 1, 'a' || i, 'A', 'a' || i || '@example.org', 'agent', now() from generate_series(1, 20) i;
		insert into customers (organization_id, key, name, created_at, search)
			select 1, 'c' || i, 'Name' || i, now(), array_to_tsvector(array['1:' || to_hex(i >> 13) || ':name' || i])
			from generate_series(1, %[1]d) i;
		insert into conversations (organization_id, key, customer_id, assignee_id, last_seq, waiting_for, reach, last_message_at,
				created_at, closed_at, spam_at, followup_due_at, automation_due_at, plan_code, plan_version, agent_seq)
			select 1, 'k' || i, i, nullif(i %% 20, 0), 2, case when i %% 2 = 0 then 'us' else 'them' end,
				(array['active', 'reachable', 'unreachable'])[1 + i %% 3], timestamptz '2026-01-01' + i * interval '1 s', now(),
				case when i %% 10 = 1 then now() end, case when i %% 100 = 2 then now() end,
				case when i %% 10 = 3 then timestamptz '2026-01-01' + i * interval '1 s' end,
				case when i %% 10 = 4 then timestamptz '2026-01-01' + i * interval '1 s' end,
				case when i %% 5 = 3 then 'closed_hold' else '' end, case when i %% 100 = 3 then 1 else 2 end, 2
			from generate_series(1, %[1]d) i;
		insert into messages (organization_id, conversation_id, seq, kind, author_kind, text, created_at, search)
			select 1, i, s, 'public', case when s = 1 then 'customer' else 'agent' end, 'text', now(), array_to_tsvector(array(select '1:' || to_hex(i >> 13) || ':' || w
				from unnest(array['every', 'order' || i, case when i %% 100 = 50 then 'hundredth' else 'b' end,
					case when i %% 1000 = 500 then 'thousandth' else 'a' end]) w))
			from generate_series(1, %[1]d) i, generate_series(1, 2) s`, n))
	return url
}

func run(t testing.TB, url, query string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

func TestTheInboxReadsNoMoreThanItShows(t *testing.T) {
	url := filled(t, 40_000)
	for _, known := range []string{"not analysed", "analysed"} {
		if known == "analysed" {
			run(t, url, "analyze")
		}
		for name, ask := range inboxReads() {
			t.Run(known+": "+name, func(t *testing.T) {
				h := houseAt(t, url)
				asked := new(statements)
				h.pools.Watch(asked)
				if err := ask(t.Context(), h.Store); err != nil {
					t.Fatal(err)
				}
				if len(asked.queries) == 0 {
					t.Fatal("no statement was seen")
				}
				for _, query := range asked.queries {
					readsLittle(t, h, query)
				}
			})
		}
	}
}

// statements collects what bun sends.
type statements struct{ queries []string }

func (s *statements) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (s *statements) AfterQuery(_ context.Context, event *bun.QueryEvent) {
	s.queries = append(s.queries, event.Query)
}

// inboxReads are the reads that must not grow with the organization.
func inboxReads() map[string]func(ctx context.Context, r chat.Reader) error {
	reads := map[string]func(ctx context.Context, r chat.Reader) error{
		"counts": func(ctx context.Context, r chat.Reader) error {
			_, err := r.Counts(ctx, 1, 4)
			return err
		},
		"messages": func(ctx context.Context, r chat.Reader) error {
			_, err := r.Messages(ctx, 1, 777, 0, 0, 50, true)
			return err
		},
		"conversations of a customer": func(ctx context.Context, r chat.Reader) error {
			_, err := r.ConversationsOf(ctx, 1, 777, 20)
			return err
		},
		"latest seqs": func(ctx context.Context, r chat.Reader) error {
			_, err := r.LatestSeqs(ctx, 1, []int64{1, 777, 39_000})
			return err
		},
		"agents by email": func(ctx context.Context, r chat.Reader) error {
			_, err := r.AgentsByEmail(ctx, "a1@example.org")
			return err
		},
	}
	list := func(name string, q chat.ListQuery) {
		reads[name] = func(ctx context.Context, r chat.Reader) error {
			rows, err := r.ConversationRows(ctx, 1, q)
			if err == nil && len(rows) == 0 && q.Search != "absent" {
				err = fmt.Errorf("%s shows nothing", name)
			}
			return err
		}
	}
	deep := chat.Cursor{At: noon.AddDate(1, 0, 0), ID: 1 << 40}
	for _, view := range chat.Views {
		list(string(view), chat.ListQuery{View: view, AgentID: 4, Limit: 50})
		list(string(view)+", one reach, page 2", chat.ListQuery{View: view, AgentID: 4, Limit: 20, After: deep, Reach: []followup.Reach{followup.Reachable}})
	}
	for _, search := range []string{"every", "order", "order777", "hundredth", "thousandth", "absent", "name777", "every hundredth"} {
		list("search "+search, chat.ListQuery{View: chat.ViewAll, Search: search, Limit: 50})
	}
	list("search in a small view", chat.ListQuery{View: chat.ViewSpam, Search: "every", Limit: 50})
	return reads
}

// plan is what PostgreSQL tells of one step.
type plan struct {
	Node    string  `json:"Node Type"`
	Table   string  `json:"Relation Name"`
	Rows    float64 `json:"Actual Rows"`
	Removed float64 `json:"Rows Removed by Filter"`
	Loops   float64 `json:"Actual Loops"`
	Plans   []plan
}

// readsLittle fails when a step of the statement touched more rows than a bounded read may.
func readsLittle(t *testing.T, h *house, query string) {
	t.Helper()
	const bound = 3000
	var encoded []byte
	var explained []struct{ Plan plan }
	err := h.pools.Jobs().QueryRow(t.Context(), "explain (analyze, format json) "+query).Scan(&encoded)
	if err == nil {
		err = json.Unmarshal(encoded, &explained)
	}
	if err != nil || len(explained) != 1 {
		t.Fatal(err)
	}
	var walk func(p plan)
	walk = func(p plan) {
		big := map[string]bool{"conversations": true, "messages": true, "customers": true, "contact_points": true}
		if p.Node == "Seq Scan" && p.Loops > 0 && big[p.Table] && p.Rows+p.Removed > 0 || (p.Rows+p.Removed)*p.Loops > bound {
			t.Errorf("%s %s gave %v rows and dropped %v, %v times:\n%s\n%s", p.Node, p.Table, p.Rows, p.Removed, p.Loops, query, encoded)
		}
		for _, below := range p.Plans {
			walk(below)
		}
	}
	walk(explained[0].Plan)
}
