package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	socketName = ".s.PGSQL.5432"
	// socketLimit is what macOS allows for the path of a socket; Linux allows 107.
	socketLimit  = 103
	pingWithin   = 3 * time.Second
	politeWithin = 20 * time.Second
)

// cluster is the data folder and how to run it; its methods are called by one holder at a time.
type cluster struct {
	binaries  binaries
	account   account
	data      string
	throwaway bool
	log       io.Writer
}

// up returns the socket folder of the running cluster, after starting what does not run.
func (c *cluster) up(ctx context.Context) (string, error) {
	wiped := false
	for {
		socket, refusal := c.answers(ctx)
		if refusal == nil {
			refusal = c.createDatabase(ctx, socket)
		}
		if refusal == nil || !wentAway(refusal) {
			return socket, refusal
		}
		pids, err := running(ctx, c.data)
		if err != nil {
			return "", err
		}
		// What starts, recovers or shuts down at this moment is waited for.
		if len(pids) > 0 {
			if err := wait(ctx); err != nil {
				return "", fmt.Errorf("start postgresql: pids %v work in %s but do not answer: %w: %w", pids, c.data, err, refusal)
			}
			continue
		}
		err = c.launch(ctx)
		if err != nil && c.throwaway && !wiped && ctx.Err() == nil {
			fmt.Fprintf(c.log, "throwing away %s: %v\n", c.data, err)
			wiped = true
			err = os.RemoveAll(c.data)
		}
		if err != nil {
			return "", err
		}
	}
}

// answers returns the socket folder of the cluster when it is this one that answers there.
func (c *cluster) answers(ctx context.Context) (string, error) {
	postmaster, ok := readPostmaster(c.data)
	if !ok || postmaster.socket == "" {
		return "", errors.New("no postmaster says where it listens")
	}
	found, err := dataDirectory(ctx, postmaster.socket)
	if err == nil && found != c.data {
		err = fmt.Errorf("%s answers for %s", postmaster.socket, found)
	}
	return postmaster.socket, err
}

func dataDirectory(ctx context.Context, socket string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	conn, err := pgx.Connect(ctx, address(socket, "postgres"))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	var found string
	err = conn.QueryRow(ctx, "show data_directory").Scan(&found)
	return found, err
}

// launch starts a cluster of which nothing runs any more, so that what its last life left behind can go.
func (c *cluster) launch(ctx context.Context) error {
	if err := c.initialise(ctx); err != nil {
		return err
	}
	socket, err := c.socketFolder()
	if err != nil {
		return err
	}
	leftovers := []string{filepath.Join(c.data, "postmaster.pid"), filepath.Join(socket, socketName), filepath.Join(socket, socketName+".lock")}
	for _, leftover := range leftovers {
		if err := os.Remove(leftover); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("clear after a crash: %w", err)
		}
	}
	if err := c.configure(socket); err != nil {
		return err
	}
	return c.control(ctx)
}

// control runs pg_ctl with its output in a file: a pipe would stay open in the daemon, and be waited for.
func (c *cluster) control(ctx context.Context) error {
	fmt.Fprintf(c.log, "starting PostgreSQL %d in %s (%s)\n", c.binaries.major, c.data, c.account.name)
	serverLog := filepath.Join(c.data, "server.log")
	if err := os.Rename(serverLog, serverLog+".old"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("start postgresql: %w", err)
	}
	output, err := os.OpenFile(c.data+".start.log", os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("start postgresql: %w", err)
	}
	defer output.Close()
	command := c.account.command(ctx, c.binaries.path("pg_ctl"), "-D", c.data, "-l", serverLog, "-w", "-t", "60", "start")
	command.Stdout, command.Stderr = output, output
	if err := command.Run(); err != nil {
		return fmt.Errorf("start postgresql: %w\n%s%s", err, tail(output.Name()), tail(serverLog))
	}
	return nil
}

// down stops the cluster the fast way, and the immediate way when that takes too long.
func (c *cluster) down(ctx context.Context) error {
	fmt.Fprintf(c.log, "stopping PostgreSQL in %s\n", c.data)
	polite, cancel := context.WithTimeout(ctx, politeWithin)
	defer cancel()
	err := c.end(polite, syscall.SIGINT)
	if err != nil && ctx.Err() == nil {
		err = c.end(ctx, syscall.SIGQUIT)
	}
	if err != nil {
		return fmt.Errorf("stop postgresql: %w", err)
	}
	return nil
}

func (c *cluster) end(ctx context.Context, signal syscall.Signal) error {
	asked := false
	for {
		pids, err := running(ctx, c.data)
		if err != nil || len(pids) == 0 {
			return err
		}
		postmaster, ok := readPostmaster(c.data)
		if ok && !asked && slices.Contains(pids, postmaster.pid) {
			if err := syscall.Kill(postmaster.pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("signal pid %d: %w", postmaster.pid, err)
			}
			asked = true
		}
		if err := wait(ctx); err != nil {
			return fmt.Errorf("pids %v still work in %s: %w", pids, c.data, err)
		}
	}
}

func (c *cluster) createDatabase(ctx context.Context, socket string) error {
	conn, err := pgx.Connect(ctx, address(socket, "postgres"))
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	defer conn.Close(ctx)
	var found bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", database).Scan(&found)
	if err == nil && !found {
		_, err = conn.Exec(ctx, "create database "+pgx.Identifier{database}.Sanitize())
	}
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

// postmaster is what a running cluster says about itself in postmaster.pid.
type postmaster struct {
	pid    int
	socket string
}

func readPostmaster(data string) (postmaster, bool) {
	content, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return postmaster{}, false
	}
	lines := strings.Split(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil {
		return postmaster{}, false
	}
	found := postmaster{pid: pid}
	if len(lines) > 5 {
		found.socket = strings.TrimSpace(lines[4])
	}
	return found, true
}

// wentAway tells a cluster that shuts down or is gone from a question that it refused.
func wentAway(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return strings.HasPrefix(refused.Code, "57P")
	}
	return true
}

// tail returns the last lines of a log that fit an error message.
func tail(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	const most = 2000
	return string(content[max(0, len(content)-most):])
}
