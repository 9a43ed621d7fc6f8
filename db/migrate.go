package db

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	migrationLock  = 7_214_100
	migrationPause = 50 * time.Millisecond
)

// Migrate brings the database to the newest schema, ours first and then the job library's; any number of instances
// may do so at once, and the first one does the work.
func Migrate(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	// Closing the connection gives the lock back.
	defer conn.Close(context.WithoutCancel(ctx))
	if err := lockMigrations(ctx, conn); err != nil {
		return fmt.Errorf("lock migrations: %w", err)
	}
	if err := migrateSchema(ctx, config); err != nil {
		return fmt.Errorf("migrate schema: %w", err)
	}
	if err := migrateJobs(ctx, url); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return nil
}

// SchemaHash names the schema that Migrate makes: it changes with every migration, ours and the job library's.
func SchemaHash() string {
	hash := sha256.New()
	jobs := riverpgxv5.New(nil).GetMigrationFS(riverdriver.MigrationLineMain)
	for _, files := range []fs.FS{ownMigrations(), jobs} {
		// Both are compiled in: to read them cannot fail.
		_ = fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(files, path)
			fmt.Fprintf(hash, "%s %d\n%s", path, len(content), content)
			return err
		})
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

func ownMigrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return migrations
	}
	return files
}

// lockMigrations asks again and again instead of waiting inside one statement, whose snapshot would hold up a
// concurrent index build of the instance that has the lock.
func lockMigrations(ctx context.Context, conn *pgx.Conn) error {
	for {
		var locked bool
		if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", migrationLock).Scan(&locked); err != nil {
			return err
		}
		if locked {
			return nil
		}
		timer := time.NewTimer(migrationPause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

func migrateSchema(ctx context.Context, config *pgx.ConnConfig) (err error) {
	pool := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, pool.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, ownMigrations(),
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

func migrateJobs(ctx context.Context, url string) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err
	}
	config.MaxConns = 2
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
