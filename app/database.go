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

// openDatabase gives the URL of a migrated database, starting a PostgreSQL of our own when none is named; the
// function that it returns stops what was started.
func openDatabase(ctx context.Context, config Config, log *slog.Logger) (url string, stop func(), err error) {
	url, stop = config.DatabaseURL, func() {}
	if url == "" {
		own, err := embedded.Start(ctx, embedded.Options{Dir: filepath.Join(config.DataDir, "postgres")})
		if err != nil {
			return "", nil, fmt.Errorf("start a PostgreSQL (or set DATABASE_URL): %w", err)
		}
		url, stop = own.URL(), func() {
			stopping, cancel := context.WithTimeout(context.Background(), stopTime)
			defer cancel()
			if err := own.Stop(stopping); err != nil {
				log.Error("PostgreSQL did not stop", "error", err)
			}
		}
	}
	if err := db.Migrate(ctx, url); err != nil {
		stop()
		return "", nil, fmt.Errorf("migrate: %w", err)
	}
	return url, stop, nil
}

type migrateCommand struct{}

// Run migrates the database and stops.
func (migrateCommand) Run(ctx context.Context) error {
	config, err := readConfig()
	if err != nil {
		return err
	}
	_, stop, err := openDatabase(ctx, config, config.log())
	if err != nil {
		return err
	}
	stop()
	fmt.Println("The database has the newest schema.")
	return nil
}
