// Package embedded owns a PostgreSQL of its own, for running and testing without Docker and without DATABASE_URL.
//
// It finds the binaries, makes the data folder, starts the cluster on a Unix socket, shares it between the processes
// that ask for the same folder, and stops it with the last of them. It refuses to listen on the network, to touch a
// cluster that it did not make, and to know anything about what is stored in it.
package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	role          = "rejoin"
	database      = "rejoin"
	patience      = 2 * time.Minute
	foundWithin   = 5 * time.Minute
	abandonWithin = 5 * time.Second
)

// Options say where a cluster lives and how much it may forget.
type Options struct {
	// Dir is the folder that holds the data, the locks and the logs; it is made when missing.
	Dir string
	// Throwaway gives up durability for speed, and ends the cluster soon after its last holder died without Stop.
	Throwaway bool
	// Log receives one plain line per thing done; nil means silence.
	Log io.Writer
}

// Server is one holder's share in a running cluster.
type Server struct {
	cluster *cluster
	lock    string
	share   *os.File

	mu      sync.Mutex
	socket  string
	watch   *watch
	stopped bool
}

// Start returns a share in the running cluster of the folder, after making and starting what is missing. The caller
// keeps the Server until Stop: one that is forgotten, or collected, no longer counts as a holder.
func Start(ctx context.Context, options Options) (*Server, error) {
	return start(ctx, options, systemFinder(), availableAccounts())
}

func start(ctx context.Context, options Options, find finder, accounts []account) (*Server, error) {
	if options.Log == nil {
		options.Log = io.Discard
	}
	dir, err := ownFolder(options.Dir)
	if err != nil {
		return nil, err
	}
	finding, cancel := context.WithTimeout(ctx, foundWithin)
	defer cancel()
	binaries, err := find.binaries(finding, options.Log)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, fmt.Sprintf("pg%d", binaries.major))
	account, err := choose(ctx, accounts, data, binaries)
	if err != nil {
		return nil, err
	}
	server := &Server{
		lock:    data + ".lock",
		cluster: &cluster{binaries: binaries, account: account, data: data, throwaway: options.Throwaway, log: options.Log},
	}
	if err := server.join(ctx); err != nil {
		return nil, err
	}
	return server, nil
}

// URL is the postgres:// address of the database "rejoin"; more query parameters may be appended with &.
func (s *Server) URL() string { return s.DatabaseURL(database) }

// DatabaseURL is the address of another database of the cluster, which need not exist.
func (s *Server) DatabaseURL(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return address(s.socket, name)
}

// Stop gives the share back, and stops the cluster when it was the last one; a second call does nothing.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	turn, err := takeTurn(ctx, s.lock)
	if err != nil {
		return fmt.Errorf("stop postgresql: %w", err)
	}
	defer turn.Close()
	s.stopped = true
	s.watch.close()
	defer s.share.Close()
	if !isLast(s.share) {
		return nil
	}
	return s.cluster.down(ctx)
}

// Revive starts the cluster again when it has died under its holders, such as by kill -9; a running one is left alone.
func (s *Server) Revive(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return errors.New("revive postgresql: already stopped")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	turn, err := takeTurn(ctx, s.lock)
	if err != nil {
		return fmt.Errorf("revive postgresql: %w", err)
	}
	defer turn.Close()
	return s.raise(ctx)
}

// Restart stops the cluster and starts it again, breaking the connections of every holder.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return errors.New("restart postgresql: already stopped")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	turn, err := takeTurn(ctx, s.lock)
	if err != nil {
		return fmt.Errorf("restart postgresql: %w", err)
	}
	defer turn.Close()
	s.watch.close()
	if err := s.cluster.down(ctx); err != nil {
		return err
	}
	return s.raise(ctx)
}

// join takes a share in the cluster while nobody else starts or stops it.
func (s *Server) join(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	turn, err := takeTurn(ctx, s.lock)
	if err != nil {
		return fmt.Errorf("start postgresql: %w", err)
	}
	defer turn.Close()
	s.share, err = takeShare(s.cluster.data + ".holders")
	if err != nil {
		return fmt.Errorf("start postgresql: %w", err)
	}
	if err := s.raise(ctx); err != nil {
		return errors.Join(err, s.abandon(ctx))
	}
	return nil
}

// abandon gives the share of a failed start back, so that nothing half-started stays behind.
func (s *Server) abandon(ctx context.Context) error {
	defer s.share.Close()
	if !isLast(s.share) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonWithin)
	defer cancel()
	return s.cluster.down(ctx)
}

// raise brings the cluster up and opens this holder's watch; a cluster that ends in between is started again.
func (s *Server) raise(ctx context.Context) error {
	for {
		socket, err := s.cluster.up(ctx)
		if err != nil {
			return err
		}
		s.socket, s.watch = socket, nil
		if !s.cluster.throwaway {
			return nil
		}
		s.watch, err = openWatch(ctx, socket)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || !wentAway(err) {
			return fmt.Errorf("watch postgresql: %w", err)
		}
	}
}

func address(socket, name string) string {
	query := url.Values{"host": {socket}, "port": {"5432"}, "sslmode": {"disable"}}
	// PostgreSQL's own rules for addresses know %20, and read + as a plus.
	encoded := strings.ReplaceAll(query.Encode(), "+", "%20")
	where := url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + name, RawQuery: encoded}
	return where.String()
}

// fingerprint names a data folder in places that are too short for its path.
func fingerprint(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:8])
}
