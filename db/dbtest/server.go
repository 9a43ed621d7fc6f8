package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5"

	"rejoin/db"
	"rejoin/db/embedded"
)

const (
	templatePrefix = "rejoin_template_"
	testPrefix     = "rejoin_test_"
	sessionPrefix  = "dbtest"
	templateLock   = 7_214_200
	room           = 1 << 30
)

// shared is the one exception to "no package-level state": a test program has no other place for what its tests share.
var shared = sync.OnceValues(func() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	server, err := open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open test databases: %w", err)
	}
	return server, nil
})

// server makes and drops databases over one session, whose name tells other programs that this one lives.
type server struct {
	root     url.URL
	token    string
	template string
	// cluster is never stopped, and must not be collected: it ends itself after the last program that holds it.
	cluster *embedded.Server

	mu    sync.Mutex
	admin *pgx.Conn
	made  int
}

func open(ctx context.Context) (*server, error) {
	opened := &server{template: templatePrefix + db.SchemaHash()}
	address, err := opened.address(ctx)
	if err != nil {
		return nil, err
	}
	root, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(root.Scheme, "postgres") {
		return nil, errors.New("DATABASE_URL is not a postgres:// address")
	}
	token := make([]byte, 8)
	if _, err := rand.Read(token); err != nil {
		return nil, err
	}
	opened.root, opened.token = *root, hex.EncodeToString(token)
	return opened, opened.prepare(ctx)
}

func (s *server) address(ctx context.Context) (string, error) {
	if given := os.Getenv("DATABASE_URL"); given != "" {
		return given, nil
	}
	cluster, err := embedded.Start(ctx, embedded.Options{Dir: sharedFolder(), Throwaway: true})
	if err != nil {
		return "", err
	}
	s.cluster = cluster
	return cluster.URL(), nil
}

// prepare clears what dead programs left and makes the template, one program at a time.
func (s *server) prepare(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.connect(ctx); err != nil {
		return err
	}
	if _, err := s.admin.Exec(ctx, "select pg_advisory_lock($1)", templateLock); err != nil {
		return err
	}
	if err := s.sweep(ctx); err != nil {
		return fmt.Errorf("drop old databases: %w", err)
	}
	if err := s.makeTemplate(ctx); err != nil {
		return fmt.Errorf("make template: %w", err)
	}
	_, err := s.admin.Exec(ctx, "select pg_advisory_unlock($1)", templateLock)
	return err
}

// makeTemplate migrates a draft and renames it, so that whatever has the template's name is whole.
func (s *server) makeTemplate(ctx context.Context) error {
	var found bool
	const question = "select exists (select from pg_database where datname = $1)"
	if err := s.admin.QueryRow(ctx, question, s.template).Scan(&found); err != nil || found {
		return err
	}
	draft := s.template + "_draft"
	if err := s.execute(ctx, "drop database if exists %s with (force)", draft); err != nil {
		return err
	}
	if err := s.execute(ctx, "create database %s template template0", draft); err != nil {
		return err
	}
	if err := db.Migrate(ctx, s.url(draft)); err != nil {
		return err
	}
	if err := s.execute(ctx, "alter database %s allow_connections false", draft); err != nil {
		return err
	}
	return s.execute(ctx, "alter database %s rename to %s", draft, s.template)
}

// sweep drops the databases and templates that no living program uses.
func (s *server) sweep(ctx context.Context) error {
	rows, err := s.admin.Query(ctx, `
		select d.datname from pg_database d
		where (starts_with(d.datname, $1) or starts_with(d.datname, $2))
		and not exists (
			select from pg_stat_activity
			where starts_with(application_name, $3) and split_part(d.datname, '_', 3)
				in (split_part(application_name, ' ', 2), split_part(application_name, ' ', 3)))`,
		testPrefix, templatePrefix, sessionPrefix)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == s.template {
			continue
		}
		if err := s.execute(ctx, "drop database if exists %s with (force)", name); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) create(ctx context.Context, template string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.connect(ctx); err != nil {
		return "", err
	}
	s.made++
	name := testPrefix + s.token + "_" + strconv.Itoa(s.made)
	return name, s.execute(ctx, "create database %s template %s strategy file_copy", name, template)
}

func (s *server) drop(ctx context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.connect(ctx); err != nil {
		return err
	}
	return s.execute(ctx, "drop database if exists %s with (force)", name)
}

// connect opens the session, again when a test has broken it.
func (s *server) connect(ctx context.Context) error {
	if s.admin != nil && !s.admin.IsClosed() {
		return nil
	}
	config, err := pgx.ParseConfig(s.root.String())
	if err != nil {
		return err
	}
	config.RuntimeParams["application_name"] = strings.Join(
		[]string{sessionPrefix, s.token, strings.TrimPrefix(s.template, templatePrefix)}, " ")
	s.admin, err = pgx.ConnectConfig(ctx, config)
	return err
}

func (s *server) execute(ctx context.Context, statement string, names ...string) error {
	quoted := make([]any, len(names))
	for i, name := range names {
		quoted[i] = pgx.Identifier{name}.Sanitize()
	}
	if _, err := s.admin.Exec(ctx, fmt.Sprintf(statement, quoted...)); err != nil {
		return fmt.Errorf(statement+": %w", append(quoted, err)...)
	}
	return nil
}

func (s *server) url(name string) string {
	address := s.root
	address.Path = "/" + name
	if address.RawQuery == "" {
		// So that & appends a parameter to any of our addresses.
		address.RawQuery = "application_name=rejoin"
	}
	return address.String()
}

// sharedFolder is the same for all test programs of this account.
func sharedFolder() string {
	return filepath.Join(place(), "rejoin-test-"+strconv.Itoa(os.Geteuid()))
}

// place is memory when there is room, else the temp folder.
func place() string {
	const memory = "/dev/shm"
	var found syscall.Statfs_t
	if err := syscall.Statfs(memory, &found); err == nil && uint64(found.Bavail)*uint64(found.Bsize) >= room { //nolint:unconvert // macOS counts blocks in another type
		return memory
	}
	return os.TempDir()
}
