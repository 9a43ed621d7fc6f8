package db

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"rejoin/app/chat"
)

var (
	_ chat.Store  = (*Store)(nil)
	_ chat.Leases = (*Store)(nil)
	_ chat.Tx     = (*tx)(nil)
)

// Store is chat.Store and chat.Leases over PostgreSQL; it is safe for many goroutines.
type Store struct {
	reader
	pools *Pools
	opts  Options
}

// Options is what a Store hands on: events after a commit, jobs within a transaction.
type Options struct {
	// Publish receives the events of one committed transaction; it must not block. Nil drops them.
	Publish func([]chat.Event)
	// Enqueue inserts jobs through the transaction's own connection. Nil refuses every job.
	Enqueue func(ctx context.Context, tx pgx.Tx, jobs ...chat.Job) error
	// Log receives what is retried. Nil is silent.
	Log *slog.Logger
}

// New makes a Store over opened pools; closing the pools closes it.
func New(pools *Pools, opts Options) *Store {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return &Store{reader: reader{pools: pools}, pools: pools, opts: opts}
}

// Ping tells whether PostgreSQL answers; a Busy error when it does not.
func (s *Store) Ping(ctx context.Context) error { return s.pools.Ping(ctx) }

// Pools are the connections to one PostgreSQL: bun's, those of the job library, and single ones for LISTEN.
type Pools struct {
	rows *pgxpool.Pool
	jobs *pgxpool.Pool
	bun  *bun.DB
}

const (
	defaultConns   = 16
	jobConns       = 6
	acquireTimeout = 5 * time.Second
	connectTimeout = 5 * time.Second
	// A set statement instead of startup parameters: PgBouncer refuses those that it does not know.
	session = "set statement_timeout = '10s'; set lock_timeout = '5s'; set idle_in_transaction_session_timeout = '15s';" +
		" set random_page_cost = 1.1; set jit = off"
)

// OpenPools reads the URL and prepares the pools; connections are made as they are needed, so PostgreSQL may still be
// away. maxConns bounds bun's pool, 0 = 16.
func OpenPools(ctx context.Context, url string, maxConns int) (*Pools, error) {
	if maxConns <= 0 {
		maxConns = defaultConns
	}
	// bun inlines its literals: every statement is new, and preparing each would fill the connections.
	rows, err := openPool(ctx, url, maxConns, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return nil, err
	}
	jobs, err := openPool(ctx, url, jobConns, pgx.QueryExecModeCacheStatement)
	if err != nil {
		rows.Close()
		return nil, err
	}
	var sqldb *sql.DB = stdlib.OpenDBFromPool(rows)
	return &Pools{
		rows: rows, jobs: jobs,
		// An older binary runs on for a while beside a newer schema: it passes over columns it does not know.
		bun: bun.NewDB(sqldb, pgdialect.New(), bun.WithDiscardUnknownColumns()),
	}, nil
}

func openPool(ctx context.Context, url string, maxConns int, mode pgx.QueryExecMode) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read database URL: %w", err)
	}
	config.MaxConns = int32(maxConns) //nolint:gosec // a number of connections from the configuration
	config.MaxConnIdleTime = 5 * time.Minute
	config.ConnConfig.DefaultQueryExecMode = mode
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "rejoin"
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, session, pgx.QueryExecModeSimpleProtocol)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open pool: %w", err)
	}
	return pool, nil
}

// Jobs is the pool of the job library, in pgx's default mode.
func (p *Pools) Jobs() *pgxpool.Pool { return p.jobs }

// ListenConn opens a connection outside every pool, for LISTEN; the caller closes it.
func (p *Pools) ListenConn(ctx context.Context) (*pgx.Conn, error) {
	config := p.jobs.Config().ConnConfig.Copy()
	config.RuntimeParams["application_name"] = "rejoin listen"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, refusal(ctx, fmt.Errorf("open listening connection: %w", err))
	}
	return conn, nil
}

// Ping tells whether PostgreSQL answers; a Busy error when it does not.
func (p *Pools) Ping(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	if err := p.rows.Ping(limited); err != nil {
		return refusal(ctx, fmt.Errorf("ping: %w", err))
	}
	return nil
}

// Close waits for the connections in use and closes all.
func (p *Pools) Close() {
	_ = p.bun.Close() // holds no connection of its own
	p.rows.Close()
	p.jobs.Close()
}
