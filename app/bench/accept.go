package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// serverConns is the size of the server's pool for requests (DATABASE_CONNS), and of the yardstick's.
const serverConns = 16

// accept measures how many messages a second are taken, and what one costs in CPU time.
func accept(ctx context.Context, b *bench) (rows []Row, err error) {
	s, err := b.newScene(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	pool, err := yardstickPool(ctx, s.database.url)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	for _, connections := range []int{8, 32} {
		r := &race{scene: s, pool: pool, connections: connections}
		if err := r.run(ctx); err != nil {
			return rows, err
		}
		rows = append(rows, r.rows()...)
	}
	return rows, nil
}

// yardstickPool is configured as the server's pool for requests is.
func yardstickPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open the yardstick's pool: %w", err)
	}
	config.MaxConns = serverConns
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the yardstick's pool: %w", err)
	}
	return pool, nil
}

// race is posts over HTTP and bare transactions in turn, with as many open connections as goroutines.
type race struct {
	*scene
	pool        *pgxpool.Pool
	connections int

	ours, bare    []float64
	taken         int
	cpu, postgres time.Duration
	noUsage       error
}

func (r *race) run(ctx context.Context) error {
	customers, err := r.brand.arrive(ctx, r.server.base, r.connections)
	if err != nil {
		return err
	}
	wires := make([]*wire, r.connections)
	defer func() { closeAll(wires) }()
	for i := range wires {
		if wires[i], err = dial(ctx, r.server.base); err != nil {
			return err
		}
	}
	threads, err := r.bareThreads(ctx, r.connections)
	if err != nil {
		return err
	}
	post := func(_ context.Context, worker int) error {
		c := customers[worker]
		return c.post(wires[worker], marked(c.sent))
	}
	write := func(ctx context.Context, worker int) error { return threads[worker].write(ctx, r.pool) }
	for _, act := range []func(context.Context, int) error{post, write} { // pools and caches are filled before it counts
		if _, _, err := throughput(ctx, r.connections, r.b.sizes.burst/4, act); err != nil {
			return err
		}
	}
	for range r.b.sizes.rounds {
		if err := r.round(ctx, post, write); err != nil {
			return err
		}
	}
	return nil
}

func (r *race) round(ctx context.Context, post, write func(context.Context, int) error) error {
	profiled := r.profile(ctx, fmt.Sprintf("accept-%d", r.connections), r.b.sizes.burst)
	before, err := r.used(ctx)
	r.noUsage = errors.Join(r.noUsage, err)
	perSecond, taken, err := throughput(ctx, r.connections, r.b.sizes.burst, post)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	after, err := r.used(ctx)
	r.noUsage = errors.Join(r.noUsage, err)
	r.ours, r.taken = append(r.ours, perSecond), r.taken+taken
	r.cpu, r.postgres = r.cpu+after.cpu-before.cpu, r.postgres+after.postgres-before.postgres
	if err := profiled(); err != nil {
		return err
	}
	perSecond, _, err = throughput(ctx, r.connections, r.b.sizes.burst, write)
	if err != nil {
		return fmt.Errorf("bare transactions: %w", err)
	}
	r.bare = append(r.bare, perSecond)
	return nil
}

type bothUsed struct{ cpu, postgres time.Duration }

func (r *race) used(ctx context.Context) (bothUsed, error) {
	server, err := r.server.usage()
	if err != nil {
		return bothUsed{}, err
	}
	postgres, err := r.b.postgres.cpu(ctx)
	return bothUsed{cpu: server.cpu, postgres: postgres}, err
}

func (r *race) rows() []Row {
	rows := []Row{{
		Figure: fmt.Sprintf("messages accepted over %d connections", r.connections), Value: median(r.ours), Unit: "/s",
		Beside: median(r.bare), Yardstick: "bare INSERT + UPDATE transactions", Goal: ratioLeast(0.5),
	}}
	cost := Row{
		Figure: fmt.Sprintf("server's CPU per message, %d connections", r.connections), Unit: "ms",
		Yardstick: "PostgreSQL's CPU per message", Goal: atMost(0.5),
	}
	if r.noUsage != nil {
		cost.Skipped = firstLine(r.noUsage.Error())
	} else {
		cost.Value, cost.Beside = ms(r.cpu)/float64(max(r.taken, 1)), ms(r.postgres)/float64(max(r.taken, 1))
	}
	return append(rows, cost)
}

// thread is a conversation that the yardstick writes to.
type thread struct {
	organization, id, seq int64
}

// bareThreads makes conversations with a customer each.
func (s *scene) bareThreads(ctx context.Context, count int) ([]*thread, error) {
	rows, err := s.database.pool.Query(ctx, `with c as (
			insert into customers (organization_id, key, created_at)
			select $1, gen_random_uuid()::text, now() from generate_series(1, $2) returning id)
		insert into conversations (organization_id, key, customer_id, waiting_for, reach, last_message_at, created_at)
		select $1, gen_random_uuid()::text, id, 'us', 'unreachable', now(), now() from c returning id`, s.brand.id, count)
	if err != nil {
		return nil, fmt.Errorf("make conversations: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("make conversations: %w", err)
	}
	threads := make([]*thread, len(ids))
	for i, id := range ids {
		threads[i] = &thread{organization: s.brand.id, id: id}
	}
	return threads, nil
}

// write is the least that accepting a message can be: one row, and its conversation's cursors.
func (t *thread) write(ctx context.Context, pool *pgxpool.Pool) error {
	t.seq++
	now, text := time.Now(), marked(int(t.seq))
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into messages (organization_id, conversation_id, seq, kind, author_kind, author_id, text,
			client_id, via, created_at) values ($1, $2, $3, 'public', 'customer', $4, $5, $6, 'chat', $7)`,
			t.organization, t.id, t.seq, t.id, text, fmt.Sprintf("message-%d", t.seq), now)
		if err != nil {
			return fmt.Errorf("insert message: %w", err)
		}
		_, err = tx.Exec(ctx, `update conversations set last_seq = $3, customer_seen_seq = $3, agent_unread = agent_unread + 1,
			waiting_for = 'us', last_message_at = $4, last_message_text = $5, last_message_by = 'customer'
			where organization_id = $1 and id = $2`, t.organization, t.id, t.seq, now, text)
		if err != nil {
			return fmt.Errorf("update conversation: %w", err)
		}
		return nil
	})
}
