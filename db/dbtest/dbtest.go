// Package dbtest gives every test a PostgreSQL database of its own, migrated and empty.
//
// The databases are made on the server of DATABASE_URL, else on one throwaway cluster that all test programs of this
// account share. The first program makes a template named by the schema, and each test gets a copy of it. It refuses
// to share a database between tests, and to keep one after its test.
//
// No test program says when it is the last: each holds a session in the cluster until it exits, however it exits, and
// the cluster ends itself when no such session is left (see db/embedded). Databases that a killed program could not
// drop are dropped by the next one.
package dbtest

import (
	"context"
	"os"
	"testing"
	"time"

	"rejoin/db"
	"rejoin/db/embedded"
)

const within = 2 * time.Minute

// URL returns the postgres:// address of a fresh migrated database, which is dropped when the test ends; more query
// parameters may be appended with &.
func URL(t testing.TB) string {
	t.Helper()
	return fresh(t, func(s *server) string { return s.template })
}

// Empty returns the address of a fresh database without any table, for tests of the migrations themselves.
func Empty(t testing.TB) string {
	t.Helper()
	return fresh(t, func(*server) string { return "template0" })
}

// Private returns a migrated cluster that no other test uses, so that it can be restarted; it ends with the test.
func Private(t testing.TB) *embedded.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	dir, err := os.MkdirTemp(place(), "rejoin-private-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	private, err := embedded.Start(ctx, embedded.Options{Dir: dir, Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		if err := private.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(ctx, private.URL()); err != nil {
		t.Fatal(err)
	}
	return private
}

// Restart stops a private cluster and starts it again, as an operator would in mid-chat: every connection breaks.
func Restart(t testing.TB, private *embedded.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := private.Restart(ctx); err != nil {
		t.Fatal(err)
	}
}

func fresh(t testing.TB, template func(*server) string) string {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	name, err := server.create(ctx, template(server))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		if err := server.drop(ctx, name); err != nil {
			t.Error(err)
		}
	})
	return server.url(name)
}
