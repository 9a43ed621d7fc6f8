package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	beatEvery = time.Minute // of every page, as the widget has it
	// flushed is how long PostgreSQL may keep to itself what an idle session has written.
	flushed = 11 * time.Second
)

// quiet measures what is written while many customers are present and do nothing: their streams stand, and their pages
// give a sign once a minute.
func quiet(ctx context.Context, b *bench) (rows []Row, err error) {
	s, err := b.newScene(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.brand.fill(ctx, s.database, b.sizes.present); err != nil {
		return nil, err
	}
	alone, err := s.writes(ctx, b.sizes.watched)
	if err != nil {
		return nil, err
	}
	c := &crowd{scene: s}
	defer c.leave()
	if err := c.come(ctx, b.sizes.present); err != nil {
		return nil, err
	}
	before := c.signs()
	with, err := s.writes(ctx, b.sizes.watched)
	if err != nil {
		return nil, err
	}
	if err := c.stayed(ctx, c.signs()-before, b.sizes.watched+flushed); err != nil {
		return nil, err
	}
	return []Row{{
		Figure: fmt.Sprintf("rows written with %d present, quiet customers", b.sizes.present), Value: with.rows, Unit: "/s",
		Beside: alone.rows, Yardstick: "with nobody present", Goal: atMost(1),
		More: map[string]float64{
			"commits that wrote, per second": with.commits, "commits that wrote, with nobody": alone.commits,
			"bytes of log per second": with.log, "bytes of log with nobody": alone.log, "signs taken": float64(c.signs() - before),
		},
		Note: fmt.Sprintf("in all tables, over %.0f s with %d signs taken; what is written with nobody present is the server's lease and the job queue's",
			b.sizes.watched.Seconds(), c.signs()-before),
	}}, nil
}

// writing is what a database writes: in a second, or until now.
type writing struct{ rows, commits, log float64 }

// writes waits until what came before is counted, and tells what is written in each second of a while.
func (s *scene) writes(ctx context.Context, while time.Duration) (writing, error) {
	if err := pause(ctx, flushed); err != nil {
		return writing{}, err
	}
	begun := time.Now()
	before, err := s.database.written(ctx)
	if err != nil {
		return writing{}, err
	}
	if err := pause(ctx, while); err != nil {
		return writing{}, err
	}
	after, err := s.database.written(ctx)
	if err != nil {
		return writing{}, err
	}
	seconds := time.Since(begun).Seconds()
	return writing{
		rows: (after.rows - before.rows) / seconds, commits: (after.commits - before.commits) / seconds, log: (after.log - before.log) / seconds,
	}, nil
}

// written counts rows in the tables of the database, which its own housekeeping does not write to, and commits and log in
// all of PostgreSQL.
func (d *database) written(ctx context.Context) (writing, error) {
	var w writing
	err := d.pool.QueryRow(ctx, `select (select sum(n_tup_ins + n_tup_upd + n_tup_del)::float8 from pg_stat_user_tables),
		pg_snapshot_xmax(pg_current_snapshot())::text::float8, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8`).Scan(&w.rows, &w.commits, &w.log)
	if err != nil {
		return writing{}, fmt.Errorf("count what is written: %w", err)
	}
	return w, nil
}

// crowd is the customers of a filled brand who are present.
type crowd struct {
	*scene
	customers []*customer
	streams   []*wire
	wires     *wires
	came      time.Time
	stop      context.CancelFunc
	beating   sync.WaitGroup

	mu    sync.Mutex
	taken int
	fault error
}

// come opens their streams, lets each page say that it is shown, and waits until all of them are written as present.
func (c *crowd) come(ctx context.Context, count int) error {
	var err error
	c.wires, c.came = newWires(c.server.base), time.Now()
	if c.customers, err = c.brand.giveTokens(ctx, c.database, 1, count); err != nil {
		return err
	}
	c.streams, err = openStreams(ctx, count, func(i int, stands func()) (*wire, error) {
		return c.customers[i].watch(ctx, c.server.base, stands)
	})
	if err != nil {
		return err
	}
	c.came = time.Now()
	if err := inParallel(count, 16, func(i int) error { return c.sign(ctx, i, "visible") }); err != nil {
		return err
	}
	beats, stop := context.WithCancel(ctx)
	c.stop = stop
	c.beating.Go(func() { c.beat(beats) })
	return c.settled(ctx, count)
}

// beat gives the sign of one page after the other, so that each gives one in its time.
func (c *crowd) beat(ctx context.Context) {
	rate := float64(len(c.customers)) / beatEvery.Seconds()
	openLoop(ctx, rate, int(rate*c.b.sizes.whole.Seconds())+1, func(i int, _ time.Time) {
		err := c.sign(ctx, i%len(c.customers), "alive")
		c.mu.Lock()
		defer c.mu.Unlock()
		if err != nil && ctx.Err() == nil {
			c.fault = err
		}
		c.taken++
	})
}

// sign is what the widget's beacon says of one page.
func (c *crowd) sign(ctx context.Context, i int, signal string) error {
	says := map[string]any{"token": c.customers[i].token, "page": fmt.Sprintf("page-of-customer-%d", i), "signal": signal}
	if signal == "alive" {
		says["visible"], says["idle"] = true, int(time.Since(c.came).Seconds())
	}
	body, err := json.Marshal(says)
	if err != nil {
		return fmt.Errorf("write a sign: %w", err)
	}
	_, err = c.wires.send(ctx, "POST", c.customers[i].path("presence"), "Content-Type: text/plain\r\n", body)
	return err
}

func (c *crowd) signs() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.taken
}

// settled waits until so many are written as present.
func (c *crowd) settled(ctx context.Context, count int) error {
	for {
		present, err := c.present(ctx)
		if err != nil || present == count {
			return err
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return fmt.Errorf("%d of %d customers count as present: %w", present, count, err)
		}
	}
}

func (c *crowd) present(ctx context.Context) (present int, err error) {
	err = c.database.pool.QueryRow(ctx, "select count(*) from presence_rows where subject = 'customer' and active").Scan(&present)
	if err != nil {
		return 0, fmt.Errorf("count who is present: %w", err)
	}
	return present, nil
}

// stayed tells an error when they were not as quiet and present as the figure says.
func (c *crowd) stayed(ctx context.Context, taken int, while time.Duration) error {
	present, err := c.present(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	due := float64(len(c.customers)) * while.Seconds() / beatEvery.Seconds()
	switch {
	case c.fault != nil:
		return fmt.Errorf("give a sign: %w", c.fault)
	case present != len(c.customers):
		return fmt.Errorf("only %d of %d customers stayed", present, len(c.customers))
	case float64(taken) < 0.9*due:
		return fmt.Errorf("only %d of %.0f signs were taken", taken, due)
	}
	return nil
}

func (c *crowd) leave() {
	if c.stop != nil {
		c.stop()
		c.beating.Wait()
	}
	closeAll(c.streams)
	if c.wires != nil {
		c.wires.close()
	}
}
