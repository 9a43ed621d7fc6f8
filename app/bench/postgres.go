package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"rejoin/db"
	"rejoin/db/embedded"
)

const (
	databasePrefix = "rejoin_bench_"
	ownName        = "rejoin bench"
	benchLock      = 7_214_200 // one run at a time on one PostgreSQL
	stopWithin     = 30 * time.Second
)

// postgres is where the databases of a run are made.
type postgres struct {
	admin   *pgx.Conn
	own     *embedded.Server // nil when a URL was given
	dir     string
	given   string
	version string
	made    int
}

// openPostgres starts a durable PostgreSQL in a folder, or connects to the one that was named, and clears what a run
// that was killed has left.
func openPostgres(ctx context.Context, given, dir string) (*postgres, error) {
	p := &postgres{given: given, dir: dir}
	if given == "" {
		own, err := embedded.Start(ctx, embedded.Options{Dir: dir})
		if err != nil {
			return nil, fmt.Errorf("start a PostgreSQL (or set DATABASE_URL): %w", err)
		}
		p.own, p.given = own, own.URL()
	}
	if err := p.prepare(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *postgres) prepare(ctx context.Context) error {
	var err error
	if p.admin, err = pgx.Connect(ctx, p.given); err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	var alone bool
	err = p.admin.QueryRow(ctx, "select pg_try_advisory_lock($1), current_setting('server_version')", benchLock).Scan(&alone, &p.version)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	p.version, _, _ = strings.Cut(p.version, " ")
	if !alone {
		return errors.New("another run measures on this PostgreSQL")
	}
	rows, err := p.admin.Query(ctx, "select datname from pg_database where starts_with(datname, $1)", databasePrefix)
	if err != nil {
		return fmt.Errorf("find databases of earlier runs: %w", err)
	}
	left, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("find databases of earlier runs: %w", err)
	}
	for _, name := range left {
		if err := p.drop(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// database is one of a run's own.
type database struct {
	name string
	url  string
	pool *pgxpool.Pool
}

// create makes a migrated database with a pool of its own, for the yardsticks and for filling it.
func (p *postgres) create(ctx context.Context, conns int) (*database, error) {
	p.made++
	d := &database{name: fmt.Sprintf("%s%d", databasePrefix, p.made)}
	if _, err := p.admin.Exec(ctx, "create database "+pgx.Identifier{d.name}.Sanitize()+" template template0"); err != nil {
		return nil, fmt.Errorf("create a database: %w", err)
	}
	var err error
	if d.url, err = p.address(d.name); err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, d.url); err != nil {
		return nil, fmt.Errorf("prepare a database: %w", err)
	}
	config, err := pgxpool.ParseConfig(d.url)
	if err != nil {
		return nil, fmt.Errorf("prepare a database: %w", err)
	}
	config.MaxConns = int32(conns) //nolint:gosec // a handful
	config.ConnConfig.RuntimeParams["application_name"] = ownName
	if d.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("prepare a database: %w", err)
	}
	return d, nil
}

func (p *postgres) address(name string) (string, error) {
	if p.own != nil {
		return p.own.DatabaseURL(name), nil
	}
	address, err := url.Parse(p.given)
	if err != nil || !strings.HasPrefix(address.Scheme, "postgres") {
		return "", errors.New("DATABASE_URL is not a postgres:// address")
	}
	address.Path = "/" + name
	return address.String(), nil
}

func (p *postgres) drop(ctx context.Context, name string) error {
	if _, err := p.admin.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
		return fmt.Errorf("drop a database: %w", err)
	}
	return nil
}

// discard drops a database of this run; the end of the run does so too.
func (p *postgres) discard(d *database) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	d.pool.Close()
	return p.drop(ctx, d.name)
}

// transactions is how many have ended in a database, and how many of them wrote something. A session tells of its own
// when it ends: it waits for the end of all but the bench's.
func (p *postgres) transactions(ctx context.Context, d *database) (all, wrote int64, err error) {
	for open := 1; open > 0; {
		err := p.admin.QueryRow(ctx, "select count(*) from pg_stat_activity where datname = $1 and application_name <> $2",
			d.name, ownName).Scan(&open)
		if err != nil {
			return 0, 0, fmt.Errorf("wait for sessions to end: %w", err)
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return 0, 0, err
		}
	}
	err = p.admin.QueryRow(ctx, `select xact_commit, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
		from pg_stat_database where datname = $1`, d.name).Scan(&all, &wrote)
	if err != nil {
		return 0, 0, fmt.Errorf("count transactions: %w", err)
	}
	return all, wrote, nil
}

// cpu is the CPU time of everything that PostgreSQL runs now; only of one on this machine.
func (p *postgres) cpu(ctx context.Context) (time.Duration, error) {
	rows, err := p.admin.Query(ctx, "select pid from pg_stat_activity")
	if err != nil {
		return 0, fmt.Errorf("find PostgreSQL's programs: %w", err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return 0, fmt.Errorf("find PostgreSQL's programs: %w", err)
	}
	var sum time.Duration
	for _, pid := range pids {
		name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if err != nil || !strings.HasPrefix(string(name), "postgres") {
			return 0, errNoUsage
		}
		used, err := cpuOf(pid)
		if err != nil {
			return 0, err
		}
		sum += used
	}
	return sum, nil
}

// close drops what was made, and ends and removes a PostgreSQL of its own.
func (p *postgres) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var failed error
	if p.admin != nil {
		for i := range p.made {
			failed = errors.Join(failed, p.drop(ctx, fmt.Sprintf("%s%d", databasePrefix, i+1)))
		}
		failed = errors.Join(failed, p.admin.Close(ctx))
	}
	if p.own != nil {
		failed = errors.Join(failed, p.own.Stop(ctx), os.RemoveAll(p.dir))
	}
	return failed
}
