package bench

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"rejoin/db/dbtest"
)

func TestWhatIsWrittenIsCounted(t *testing.T) {
	d := &database{url: dbtest.URL(t)}
	var err error
	if d.pool, err = pgxpool.New(t.Context(), d.url); err != nil {
		t.Fatal(err)
	}
	defer d.pool.Close()
	if _, err := d.pool.Exec(t.Context(), "create table numbers (n int)"); err != nil {
		t.Fatal(err)
	}
	before, err := d.written(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	writer, err := pgx.Connect(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Exec(t.Context(), "insert into numbers select n from generate_series(1, 400) n"); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Exec(t.Context(), "delete from numbers where n <= 100"); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(20 * time.Second)
	for {
		after, err := d.written(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if rows := after.rows - before.rows; rows == 500 && after.commits-before.commits >= 2 && after.log > before.log {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%+v after 500 rows, %+v before", after, before)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
