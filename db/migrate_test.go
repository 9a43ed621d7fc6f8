package db_test

import (
	"context"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"rejoin/db"
	"rejoin/db/dbtest"
)

func TestThreeInstancesMigrateAtOnce(t *testing.T) {
	url := dbtest.Empty(t)
	outcomes := make([]error, 3)
	var instances sync.WaitGroup
	for i := range outcomes {
		instances.Go(func() { outcomes[i] = db.Migrate(t.Context(), url) })
	}
	instances.Wait()
	for i, err := range outcomes {
		if err != nil {
			t.Errorf("instance %d: %v", i, err)
		}
	}
	expectWholeSchema(t, url)
}

func TestMigratingTwiceChangesNothing(t *testing.T) {
	url := dbtest.Empty(t)
	for range 2 {
		if err := db.Migrate(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		expectWholeSchema(t, url)
	}
}

func TestMigrateWorksOnASimplePool(t *testing.T) {
	url := dbtest.Empty(t) + "&default_query_exec_mode=simple_protocol"
	if err := db.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	expectWholeSchema(t, url)
}

func TestMigrateGivesTheLockBack(t *testing.T) {
	url := dbtest.URL(t)
	if err := db.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	question := "set lock_timeout = '10s'; select pg_advisory_lock(7214100)"
	if _, err := connect(t, url).PgConn().Exec(t.Context(), question).ReadAll(); err != nil {
		t.Errorf("the lock is still held: %v", err)
	}
}

func TestMigrateWaitsForAnotherInstanceAndHeedsItsContext(t *testing.T) {
	url := dbtest.Empty(t)
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), "select pg_advisory_lock(7214100)"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- db.Migrate(ctx, url) }()
	for sessions := 0; sessions < 2; {
		question := "select count(*) from pg_stat_activity where datname = current_database()"
		if err := conn.QueryRow(t.Context(), question).Scan(&sessions); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("it migrated while another instance held the lock")
	}
	var tables int
	if err := conn.QueryRow(t.Context(), "select count(*) from pg_tables where schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("there are %d tables, %v", tables, err)
	}
}

func TestMigrateNamesAServerThatIsNotThere(t *testing.T) {
	for _, url := range []string{"postgres://nobody@/nothing?host=/nonexistent", "://"} {
		if err := db.Migrate(t.Context(), url); err == nil {
			t.Errorf("%q was migrated", url)
		}
	}
}

func TestTheSchemaHashIsStable(t *testing.T) {
	if one, other := db.SchemaHash(), db.SchemaHash(); one != other || len(one) != 16 {
		t.Errorf("got %q and %q", one, other)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func expectWholeSchema(t *testing.T, url string) {
	t.Helper()
	var whole bool
	question := "select to_regclass('conversations') is not null and to_regclass('river_job') is not null"
	if err := connect(t, url).QueryRow(t.Context(), question).Scan(&whole); err != nil || !whole {
		t.Errorf("the schema is not whole: %v", err)
	}
}
