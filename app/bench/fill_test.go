package bench

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"rejoin/app/chat"
	"rejoin/db"
	"rejoin/db/dbtest"
)

func TestAFilledBrandLooksLikeOneThatHasGrown(t *testing.T) {
	d := &database{url: dbtest.URL(t)}
	var err error
	if d.pool, err = pgxpool.New(t.Context(), d.url); err != nil {
		t.Fatal(err)
	}
	defer d.pool.Close()
	before := indexes(t, d)
	b, err := foundBrand(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	const count = 1000
	if err := b.fill(t.Context(), d, count); err != nil {
		t.Fatal(err)
	}
	if after := indexes(t, d); len(after) != len(before) || len(before) == 0 {
		t.Errorf("%d indexes instead of %d", len(after), len(before))
	}
	pools, err := db.OpenPools(t.Context(), d.url, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer pools.Close()
	store := db.New(pools, db.Options{})
	rows := func(q chat.ListQuery) int {
		q.AgentID, q.Limit = b.agent, 30
		found, err := store.ConversationRows(t.Context(), b.id, q)
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	for _, view := range chat.Views {
		if n := rows(chat.ListQuery{View: view}); n != 30 {
			t.Errorf("view %s has %d rows", view, n)
		}
	}
	for _, reach := range []string{"active", "reachable", "unreachable"} {
		var n int
		err := d.pool.QueryRow(t.Context(), `select count(*) from conversations where organization_id = $1 and reach = $2
			and closed_at is null and spam_at is null`, b.id, reach).Scan(&n)
		if err != nil || n < 30 {
			t.Errorf("%d open conversations are %s, %v", n, reach, err)
		}
	}
	for word, want := range map[string]int{commonWord: 30, commonName: 30} {
		if n := rows(chat.ListQuery{View: chat.ViewAll, Search: word}); n != want {
			t.Errorf("%q is found %d times instead of %d", word, n, want)
		}
	}
	if n := rows(chat.ListQuery{View: chat.ViewAll, Search: rareWord}); n == 0 || n > rareHits {
		t.Errorf("%q is found %d times", rareWord, n)
	}
	customers, err := b.giveTokens(t.Context(), d, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	held, err := store.TokenHolder(t.Context(), b.id, chat.HashToken(customers[2].token))
	if err != nil || held.Customer.ID != 3 {
		t.Errorf("%+v, %v", held, err)
	}
}

func indexes(t *testing.T, d *database) []string {
	t.Helper()
	rows, err := d.pool.Query(t.Context(), "select indexdef from pg_indexes where schemaname = 'public' order by 1")
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return found
}
