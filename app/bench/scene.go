package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// scene is a server on a database of its own, with a brand.
type scene struct {
	b        *bench
	database *database
	server   *child
	brand    *brand
}

func (b *bench) newScene(ctx context.Context) (*scene, error) {
	s := &scene{b: b}
	var err error
	if s.database, err = b.postgres.create(ctx, 4); err != nil {
		return nil, err
	}
	if s.brand, err = foundBrand(ctx, s.database); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if s.server, err = b.startServer(ctx, s.database.url, b.Dir); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *scene) close() error {
	var failed error
	if s.server != nil {
		failed = s.server.stop()
	}
	return errors.Join(failed, s.b.postgres.discard(s.database))
}

// profile writes a CPU profile of the server for a while, when one is wanted; done waits for it.
func (s *scene) profile(ctx context.Context, name string, d time.Duration) (done func() error) {
	if s.b.Profile == "" {
		return func() error { return nil }
	}
	failed := make(chan error, 1)
	go func() {
		file, err := os.Create(filepath.Join(s.b.Profile, name+".pprof"))
		if err != nil {
			failed <- fmt.Errorf("profile: %w", err)
			return
		}
		failed <- errors.Join(s.server.ask(ctx, fmt.Sprintf("/cpu?seconds=%.2f", d.Seconds()), file), file.Close())
	}()
	return func() error { return <-failed }
}

// heap writes a profile of what the server holds, when one is wanted.
func (s *scene) heap(ctx context.Context) error {
	if s.b.Profile == "" {
		return nil
	}
	file, err := os.Create(filepath.Join(s.b.Profile, "memory.pprof"))
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	return errors.Join(s.server.ask(ctx, "/heap", file), file.Close())
}
