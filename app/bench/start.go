package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// coldStart measures the time from the start of the program to its first answer.
func coldStart(ctx context.Context, b *bench) (rows []Row, err error) {
	d, err := b.postgres.create(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.postgres.discard(d)) }()
	var ready, bare, made, stopped []float64
	started := func(to *[]float64, start func() (*child, error)) error {
		c, err := start()
		if err != nil {
			return err
		}
		*to = append(*to, ms(c.started))
		return c.stop()
	}
	for i := range b.sizes.starts {
		err := errors.Join(
			started(&ready, func() (*child, error) { return b.startServer(ctx, d.url, b.Dir) }),
			started(&bare, func() (*child, error) { return b.startBare(ctx) }))
		if err == nil && i < 3 {
			err = b.ownStarts(ctx, started, &made, &stopped)
		}
		if err != nil {
			return nil, err
		}
	}
	row := func(figure string, times []float64) Row {
		return Row{Figure: figure, Value: median(times), Unit: "ms", Beside: median(bare), Yardstick: "the same program with net/http alone"}
	}
	return []Row{
		row("cold start to first answer, database running", ready),
		row("cold start, own PostgreSQL stopped", stopped),
		row("cold start, own PostgreSQL not made yet", made),
	}, nil
}

// ownStarts starts the server with a PostgreSQL of its own, once in an empty folder and once more.
func (b *bench) ownStarts(ctx context.Context, started func(*[]float64, func() (*child, error)) error, made, stopped *[]float64) error {
	dir, err := os.MkdirTemp(filepath.Dir(b.Dir), "bench-start-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, times := range []*[]float64{made, stopped} {
		if err := started(times, func() (*child, error) { return b.startServer(ctx, "", dir) }); err != nil {
			return err
		}
	}
	return nil
}
