package dbtest_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/db/dbtest"
)

const leaveBehind = "REJOIN_TEST_LEAVE_BEHIND"

func TestEveryTestGetsAMigratedDatabaseOfItsOwn(t *testing.T) {
	one, other := dbtest.URL(t), dbtest.URL(t)
	if one == other {
		t.Fatal("both got the same database")
	}
	run(t, one, "create table mine (word text)")
	if got := ask(t, other, "select to_regclass('mine') is null"); !got {
		t.Error("a table of one database is seen in the other")
	}
	if !ask(t, one, "select to_regclass('conversations') is not null and to_regclass('river_job') is not null") {
		t.Error("the database is not migrated")
	}
}

func TestAnEmptyDatabaseHasNoTables(t *testing.T) {
	if !ask(t, dbtest.Empty(t), "select to_regclass('conversations') is null") {
		t.Error("the empty database has tables")
	}
}

func TestParametersCanBeAppended(t *testing.T) {
	url := dbtest.URL(t) + "&default_query_exec_mode=simple_protocol"
	if !ask(t, url, "select true") {
		t.Error("it does not answer")
	}
}

func TestADatabaseIsDroppedAfterItsTest(t *testing.T) {
	var name string
	t.Run("a test that keeps its connection", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), dbtest.URL(t))
		must(t, err)
		t.Cleanup(func() { conn.Close(context.Background()) })
		name = conn.Config().Database
	})
	if ask(t, dbtest.URL(t), "select exists (select from pg_database where datname = '"+name+"')") {
		t.Errorf("%s is still there", name)
	}
}

func TestParallelTestsShareTheServer(t *testing.T) {
	for range 8 {
		t.Run("one of many", func(t *testing.T) {
			t.Parallel()
			run(t, dbtest.URL(t), "create table mine (word text)")
		})
	}
}

func TestAPrivateClusterComesBackAfterARestart(t *testing.T) {
	private := dbtest.Private(t)
	run(t, private.URL(), "create table kept (word text)")
	dbtest.Restart(t, private)
	if !ask(t, private.URL(), "select to_regclass('kept') is not null and to_regclass('river_job') is not null") {
		t.Error("the tables are gone")
	}
}

// TestWhatAKilledProgramLeavesIsDropped runs the test program again, once to be killed and once to clear up.
func TestWhatAKilledProgramLeavesIsDropped(t *testing.T) {
	witness := dbtest.URL(t)
	killed := exec.Command(os.Args[0], "-test.run=^TestHelperThatIsKilled$")
	killed.Env = append(os.Environ(), leaveBehind+"=yes")
	stdin, err := killed.StdinPipe()
	must(t, err)
	defer stdin.Close()
	stdout, err := killed.StdoutPipe()
	must(t, err)
	must(t, killed.Start())
	said := make([]byte, 200)
	length, err := stdout.Read(said)
	must(t, err)
	name := strings.TrimSpace(string(said[:length]))
	must(t, killed.Process.Kill())
	_ = killed.Wait()
	exists := "select exists (select from pg_database where datname = '" + name + "')"
	if !ask(t, witness, exists) {
		t.Fatalf("%q was not left behind", name)
	}
	awaitNoSession(t, witness, name)

	next := exec.Command(os.Args[0], "-test.run=^TestAnEmptyDatabaseHasNoTables$")
	if output, err := next.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if ask(t, witness, exists) {
		t.Errorf("%s is still there", name)
	}
}

// TestHelperThatIsKilled plays the killed program when it is asked to, and has nothing to say otherwise.
func TestHelperThatIsKilled(t *testing.T) {
	if os.Getenv(leaveBehind) == "" {
		return
	}
	config, err := pgx.ParseConfig(dbtest.URL(t))
	must(t, err)
	os.Stdout.WriteString(config.Database + "\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func BenchmarkURL(b *testing.B) {
	for b.Loop() {
		dbtest.URL(b)
	}
}

// awaitNoSession waits until the server has noticed that the program with this database is gone.
func awaitNoSession(t *testing.T, url, name string) {
	t.Helper()
	token := strings.Split(name, "_")[2]
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	must(t, err)
	defer conn.Close(context.Background())
	for living := true; living; {
		question := "select exists (select from pg_stat_activity where application_name like 'dbtest ' || $1 || ' %')"
		must(t, conn.QueryRow(ctx, question, token).Scan(&living))
	}
}

func run(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), sql)
	must(t, err)
}

func ask(t *testing.T, url, question string) bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer conn.Close(t.Context())
	var answer bool
	must(t, conn.QueryRow(t.Context(), question).Scan(&answer))
	return answer
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
