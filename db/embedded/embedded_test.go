package embedded

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestStartGivesADatabaseThatKeepsItsRows(t *testing.T) {
	t.Parallel()
	eachAccount(t, func(t *testing.T, as account, dir string) {
		server := startAs(t, dir, as)
		run(t, server.URL(), "create table kept (word text); insert into kept values ('é')")
		must(t, server.Stop(t.Context()))
		expectNothingRuns(t, dir)

		server = startAs(t, dir, as)
		if got := ask(t, server.URL(), "select upper(word) from kept"); got != "É" {
			t.Errorf("after a restart the row reads %q", got)
		}
		must(t, server.Stop(t.Context()))
		must(t, server.Stop(t.Context()))
		expectNothingRuns(t, dir)
	})
}

func TestSettingsAreOurs(t *testing.T) {
	t.Setenv("PGPORT", "1")
	t.Setenv("PGHOST", "nowhere.invalid")
	server := startIn(t, t.TempDir())
	for setting, want := range map[string]string{
		"max_connections": "200", "jit": "off", "listen_addresses": "", "timezone": "UTC", "fsync": "on", "server_encoding": "UTF8",
	} {
		if got := ask(t, server.URL(), "select current_setting('"+setting+"')"); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
}

func TestASecondStartAdoptsTheRunningCluster(t *testing.T) {
	t.Parallel()
	eachAccount(t, func(t *testing.T, as account, dir string) {
		first := startAs(t, dir, as)
		before := postmasterPid(t, dir)
		second := startAs(t, dir, as)
		if after := postmasterPid(t, dir); after != before {
			t.Errorf("pid %d became %d", before, after)
		}
		must(t, first.Stop(t.Context()))
		if got := ask(t, second.URL(), "select 'alive'"); got != "alive" {
			t.Errorf("the second holder reads %q", got)
		}
		must(t, second.Stop(t.Context()))
		expectNothingRuns(t, dir)
	})
}

func TestAKilledPostmasterIsStartedAgain(t *testing.T) {
	t.Parallel()
	eachAccount(t, func(t *testing.T, as account, dir string) {
		first := startAs(t, dir, as)
		run(t, first.URL(), "create table kept (word text)")
		sleeper, err := pgx.Connect(t.Context(), first.URL())
		must(t, err)
		defer sleeper.Close(context.Background())
		must(t, syscall.Kill(postmasterPid(t, dir), syscall.SIGKILL))

		must(t, first.Revive(t.Context()))
		must(t, first.Revive(t.Context())) // one that runs is left alone
		if got := ask(t, first.URL(), "select count(*)::text from kept"); got != "0" {
			t.Errorf("the table holds %q", got)
		}
		must(t, syscall.Kill(postmasterPid(t, dir), syscall.SIGKILL))
		second := startAs(t, dir, as)
		if got := ask(t, second.URL(), "select count(*)::text from kept"); got != "0" {
			t.Errorf("the table holds %q", got)
		}
	})
}

func TestAPidFileOfAnotherProgramIsOverruled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := startIn(t, dir)
	must(t, server.Stop(t.Context()))
	data := dataFolder(t, dir)
	stale := "1\n" + data + "\n1\n5432\n" + data + "\n\n1 1\nready   \n"
	must(t, os.WriteFile(filepath.Join(data, "postmaster.pid"), []byte(stale), 0o600))
	must(t, os.WriteFile(filepath.Join(data, socketName+".lock"), []byte(stale), 0o600))
	if got := ask(t, startIn(t, dir).URL(), "select 'alive'"); got != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestAKilledHolderDoesNotCount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := startHolder(t, dir, false)
	other.url()
	before := postmasterPid(t, dir)
	other.die()

	server := startIn(t, dir)
	if after := postmasterPid(t, dir); after != before {
		t.Errorf("pid %d became %d instead of being taken over", before, after)
	}
	must(t, server.Stop(t.Context()))
	expectNothingRuns(t, dir)
}

func TestTwoProgramsThatStartAtOnceShareOneCluster(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one, other := startHolder(t, dir, false), startHolder(t, dir, false)
	if one.url() != other.url() {
		t.Error("they got two clusters")
	}
	one.leave()
	postmasterPid(t, dir)
	other.leave()
	expectNothingRuns(t, dir)
}

func TestAPathThatASocketCannotHaveMovesIt(t *testing.T) {
	t.Parallel()
	eachAccount(t, func(t *testing.T, as account, dir string) {
		for _, name := range []string{strings.Repeat("long ", 20) + "'path/" + strings.Repeat("d", 80), "a,b"} {
			inner := filepath.Join(dir, name)
			must(t, os.MkdirAll(inner, 0o755))
			server := startAs(t, inner, as)
			t.Cleanup(func() { os.RemoveAll(server.socket) })
			if got := ask(t, server.URL(), "select 'alive'"); got != "alive" {
				t.Errorf("got %q", got)
			}
			if strings.HasPrefix(server.socket, inner) {
				t.Errorf("the socket is in %s", server.socket)
			}
		}
	})
}

func TestAPathMayHaveSpacesAndSigns(t *testing.T) {
	t.Parallel()
	server := startIn(t, filepath.Join(t.TempDir(), "a b+c'd%20é&"))
	if got := ask(t, server.URL(), "select 'alive'"); got != "alive" {
		t.Errorf("got %q", got)
	}
	if !strings.HasSuffix(server.socket, "é&/pg"+major(t)) {
		t.Errorf("the socket is in %s", server.socket)
	}
}

func TestASocketFolderOfSomebodyElseIsRefused(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	long := filepath.Join(t.TempDir(), strings.Repeat("d", 100))
	planted := filepath.Join(os.TempDir(), clusterName(filepath.Join(long, "pg"+major(t))))
	must(t, os.Mkdir(planted, 0o755))
	_, err := Start(t.Context(), Options{Dir: long})
	if err == nil || !strings.Contains(err.Error(), "not a private folder") {
		t.Errorf("got %v", err)
	}
}

func TestAThrowawayClusterEndsWithItsLastHolder(t *testing.T) {
	t.Parallel()
	eachAccount(t, func(t *testing.T, as account, dir string) {
		one, other := startHolder(t, dir, true), startHolder(t, dir, true)
		one.url()
		url := other.url()
		one.die()
		if got := ask(t, url, "select current_setting('fsync')"); got != "off" {
			t.Errorf("fsync is %q", got)
		}
		other.die()
		expectNothingRunsSoon(t, dir)
	})
}

func TestAThrowawayClusterLivesOnInHoldersThatComeAndGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 12 {
		other := startHolder(t, dir, true)
		other.url()
		other.die()
	}
	expectNothingRunsSoon(t, dir)
}

func TestADamagedThrowawayClusterIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := startThrowaway(t, dir)
	must(t, server.Stop(t.Context()))
	must(t, os.WriteFile(filepath.Join(dataFolder(t, dir), "global", "pg_control"), []byte("damaged"), 0o600))
	if got := ask(t, startThrowaway(t, dir).URL(), "select 'alive'"); got != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestADamagedClusterIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, startIn(t, dir).Stop(t.Context()))
	control := filepath.Join(dataFolder(t, dir), "global", "pg_control")
	must(t, os.WriteFile(control, []byte("damaged"), 0o600))
	_, err := Start(t.Context(), Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "start postgresql") {
		t.Errorf("got %v", err)
	}
	if content, err := os.ReadFile(control); err != nil || string(content) != "damaged" {
		t.Errorf("the data was touched: %q, %v", content, err)
	}
}

func TestRestartBreaksConnectionsAndKeepsRows(t *testing.T) {
	t.Parallel()
	server := startThrowaway(t, t.TempDir())
	run(t, server.URL(), "create table kept (word text)")
	conn, err := pgx.Connect(t.Context(), server.URL())
	must(t, err)
	defer conn.Close(context.Background())
	must(t, server.Restart(t.Context()))
	if _, err := conn.Exec(t.Context(), "select 1"); err == nil {
		t.Error("the old connection still works")
	}
	if got := ask(t, server.URL(), "select count(*)::text from kept"); got != "0" {
		t.Errorf("the table holds %q", got)
	}
}

func TestAnUnfinishedDataFolderIsNotUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	draft := dataFolder(t, dir) + ".init"
	must(t, os.Mkdir(draft, 0o700))
	must(t, os.WriteFile(filepath.Join(draft, "PG_VERSION"), []byte("15"), 0o600))
	if got := ask(t, startIn(t, dir).URL(), "select 'alive'"); got != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestAFolderThatHoldsSomethingElseIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.Mkdir(dataFolder(t, dir), 0o700))
	_, err := Start(t.Context(), Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "not a PostgreSQL data folder") {
		t.Errorf("got %v", err)
	}
}

func TestAFolderThatTheShellWouldReadIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`"`, "$(id)", "`id`", `\`, "\n"} {
		dir := filepath.Join(t.TempDir(), name)
		if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "shell") {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	turn, err := takeTurn(t.Context(), dataFolder(t, dir)+".lock")
	must(t, err)
	defer turn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Start(ctx, Options{Dir: dir}); err == nil {
		t.Error("it started while another held the turn")
	}
}
