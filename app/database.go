package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"rejoin/db"
	"rejoin/db/embedded"
)

// stopTime is how long a part may take to stop.
const stopTime = 20 * time.Second

// database is a migrated PostgreSQL; revive and stop do nothing where it is not our own.
type database struct {
	url    string
	revive func(ctx context.Context) error
	stop   func()
}

// openDatabase migrates the database that is named, or one of our own that it starts.
func openDatabase(ctx context.Context, config Config, log *slog.Logger) (*database, error) {
	d, err := startDatabase(ctx, config, log)
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, d.url); err != nil {
		d.stop()
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return d, nil
}

// startDatabase gives the database as it is; one of our own is shared with a server that runs.
func startDatabase(ctx context.Context, config Config, log *slog.Logger) (*database, error) {
	d := &database{url: config.DatabaseURL, revive: func(context.Context) error { return nil }, stop: func() {}}
	if d.url == "" {
		own, err := embedded.Start(ctx, embedded.Options{Dir: filepath.Join(config.DataDir, "postgres")})
		if err != nil {
			return nil, fmt.Errorf("start a PostgreSQL (or set DATABASE_URL): %w", err)
		}
		d.url, d.revive = own.URL(), own.Revive
		d.stop = func() {
			stopping, cancel := context.WithTimeout(context.Background(), stopTime)
			defer cancel()
			if err := own.Stop(stopping); err != nil {
				log.Error("PostgreSQL did not stop", "error", err)
			}
		}
	}
	return d, nil
}

type migrateCommand struct{}

// Run migrates the database and stops.
func (migrateCommand) Run(ctx context.Context) error {
	config, err := readConfig()
	if err != nil {
		return err
	}
	d, err := openDatabase(ctx, config, config.log())
	if err != nil {
		return err
	}
	d.stop()
	fmt.Println("The database has the newest schema.")
	return nil
}
