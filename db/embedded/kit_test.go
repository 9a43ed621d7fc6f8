package embedded

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// eachAccount runs a test under every kind of account that PostgreSQL can have here.
func eachAccount(t *testing.T, test func(t *testing.T, as account, dir string)) {
	t.Helper()
	tried := map[bool]bool{}
	for _, as := range availableAccounts() {
		dir, err := os.MkdirTemp("", "rejoin-embedded-")
		must(t, err)
		must(t, os.Chmod(dir, 0o755))
		t.Cleanup(func() { os.RemoveAll(dir) })
		if tried[as.foreign] || as.canRun(t.Context(), installed(t), dir) != nil {
			continue
		}
		tried[as.foreign] = true
		t.Run(as.name, func(t *testing.T) { test(t, as, dir) })
	}
	if len(tried) == 0 {
		t.Fatal("no account can run PostgreSQL here")
	}
}

func startAs(t *testing.T, dir string, as account) *Server {
	t.Helper()
	server, err := start(t.Context(), Options{Dir: dir, Log: t.Output()}, systemFinder(), []account{as})
	return stopLater(t, server, err)
}

func startIn(t *testing.T, dir string) *Server {
	t.Helper()
	server, err := Start(t.Context(), Options{Dir: dir, Log: t.Output()})
	return stopLater(t, server, err)
}

func startThrowaway(t *testing.T, dir string) *Server {
	t.Helper()
	server, err := Start(t.Context(), Options{Dir: dir, Throwaway: true, Log: t.Output()})
	return stopLater(t, server, err)
}

func stopLater(t *testing.T, server *Server, err error) *Server {
	t.Helper()
	must(t, err)
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return server
}

func installed(t *testing.T) binaries {
	t.Helper()
	found, err := systemFinder().binaries(t.Context(), t.Output())
	must(t, err)
	return found
}

func major(t *testing.T) string {
	return strings.TrimPrefix(filepath.Base(dataFolder(t, "/")), "pg")
}

func dataFolder(t *testing.T, dir string) string {
	t.Helper()
	real, err := filepath.EvalSymlinks(dir)
	must(t, err)
	return filepath.Join(real, "pg"+strconv.Itoa(installed(t).major))
}

func postmasterPid(t *testing.T, dir string) int {
	t.Helper()
	found, ok := readPostmaster(dataFolder(t, dir))
	if !ok {
		t.Fatal("no postmaster runs")
	}
	return found.pid
}

func expectNothingRuns(t *testing.T, dir string) {
	t.Helper()
	pids, err := running(t.Context(), dataFolder(t, dir))
	must(t, err)
	if len(pids) > 0 {
		t.Errorf("pids %v still run", pids)
	}
}

// expectNothingRunsSoon waits for what happens by itself.
func expectNothingRunsSoon(t *testing.T, dir string) {
	t.Helper()
	data := dataFolder(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		pids, err := running(ctx, data)
		must(t, err)
		if len(pids) == 0 {
			return
		}
		if err := wait(ctx); err != nil {
			t.Fatalf("pids %v still run", pids)
		}
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

func ask(t *testing.T, url, question string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer conn.Close(t.Context())
	var answer string
	must(t, conn.QueryRow(t.Context(), question).Scan(&answer))
	return answer
}
