package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"rejoin/app/chat"
	"rejoin/db"
)

const (
	sweepBatch  = 200 // what the sweeper takes in one transaction
	sweepGroups = 5   // of emails that are due one minute after the other, so that they can be swept in turn with the yardstick
)

// MakeDesk makes a desk on a database as a server has it, with a clock of its own and nothing in the background.
type MakeDesk func(ctx context.Context, databaseURL string, now func() time.Time) (desk *chat.Desk, stop func(), err error)

// sweep measures how what is due is found among very many open conversations and among those that are due alone, how
// fast it is claimed, and what it costs to find that nothing is due.
func sweep(ctx context.Context, b *bench) (rows []Row, err error) {
	var piles []*pile
	for _, open := range []int{b.sizes.due, b.sizes.open} {
		begun := time.Now()
		p, err := b.newPile(ctx, open)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, p.close()) }()
		b.say("  %d open conversations in %.0f s", open, time.Since(begun).Seconds())
		piles = append(piles, p)
	}
	few, many := piles[0], piles[1]
	found, err := findDue(ctx, few, many)
	if err != nil {
		return nil, err
	}
	rows = append(rows, found...)
	claimed, err := claims(ctx, few, many)
	if err != nil {
		return rows, err
	}
	rows = append(rows, claimed)
	idle, err := many.idle(ctx)
	return append(rows, idle...), err
}

// pile is a brand with open conversations, some of them due, and a desk that sweeps when it is told to.
type pile struct {
	b        *bench
	open     int
	begin    time.Time // when the first emails are due
	database *database
	brand    *brand
	desk     *chat.Desk
	stop     func()
	pools    *db.Pools
	store    *db.Store
	bare     *pgxpool.Pool

	mu  sync.Mutex
	now time.Time // of the desk's clock
}

func (b *bench) newPile(ctx context.Context, open int) (*pile, error) {
	p := &pile{b: b, open: open, begin: time.Now().Truncate(time.Microsecond)}
	p.turn(p.begin.Add(-time.Minute))
	if err := p.prepare(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *pile) prepare(ctx context.Context) error {
	var err error
	if p.database, err = p.b.postgres.create(ctx, 4); err != nil {
		return err
	}
	if p.brand, err = foundBrand(ctx, p.database); err != nil {
		return err
	}
	if err := p.brand.fillDue(ctx, p.database, p.open, p.due); err != nil {
		return err
	}
	if p.desk, p.stop, err = p.b.Desk(ctx, p.database.url, p.clock); err != nil {
		return fmt.Errorf("make a desk: %w", err)
	}
	if p.pools, err = db.OpenPools(ctx, p.database.url, 2); err != nil {
		return err
	}
	p.store = db.New(p.pools, db.Options{})
	p.bare, err = yardstickPool(ctx, p.database.url)
	return err
}

func (p *pile) close() error {
	if p.stop != nil {
		p.stop()
	}
	if p.pools != nil {
		p.pools.Close()
	}
	if p.bare != nil {
		p.bare.Close()
	}
	if p.database == nil {
		return nil
	}
	return p.b.postgres.discard(p.database)
}

func (p *pile) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *pile) turn(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = now
}

// due spreads what is due evenly over the conversations and in turn over the groups.
func (p *pile) due(i int64) time.Time {
	every := int64(p.open / p.b.sizes.due)
	if i%every != every/2 {
		return time.Time{}
	}
	n := i / every
	return p.begin.Add(time.Duration(n%sweepGroups)*time.Minute + time.Duration(n)*time.Microsecond)
}

// group is the conversations that are due in a group.
func (p *pile) group(group int) []int64 {
	var ids []int64
	for i := int64(1); i <= int64(p.open); i++ {
		if at := p.due(i); !at.IsZero() && int(at.Sub(p.begin)/time.Minute) == group {
			ids = append(ids, i)
		}
	}
	return ids
}

var errBack = errors.New("it was only looked for")

// find takes the time of finding and locking a batch of what is due, and leaves it as it was.
func (p *pile) find(ctx context.Context) (took time.Duration, err error) {
	err = p.store.Tx(ctx, func(ctx context.Context, tx chat.Tx) error {
		begun := time.Now()
		rows, err := tx.LockDue(ctx, p.begin.Add(sweepGroups*time.Minute), sweepBatch)
		took = time.Since(begun)
		if err == nil && len(rows) != sweepBatch {
			err = fmt.Errorf("%d conversations are due instead of %d", len(rows), sweepBatch)
		}
		return errors.Join(err, errBack)
	})
	if !errors.Is(err, errBack) || errors.Is(err, context.Canceled) {
		return 0, fmt.Errorf("find what is due: %w", err)
	}
	return took, nil
}

// findDue compares a small pile and a large one, before their tables were analysed and after.
func findDue(ctx context.Context, few, many *pile) ([]Row, error) {
	var rows []Row
	for _, state := range []string{"not analysed", "analysed"} {
		if state == "analysed" {
			for _, p := range []*pile{few, many} {
				if _, err := p.database.pool.Exec(ctx, "analyze"); err != nil {
					return nil, fmt.Errorf("analyse: %w", err)
				}
			}
		}
		var amongFew, amongMany samples
		for n := range many.b.sizes.found + 5 {
			small, err := few.find(ctx)
			if err != nil {
				return nil, err
			}
			large, err := many.find(ctx)
			if err != nil {
				return nil, err
			}
			if n >= 5 { // pools and caches are filled before it counts
				amongFew, amongMany = append(amongFew, small), append(amongMany, large)
			}
		}
		rows = append(rows, Row{
			Figure: fmt.Sprintf("finding %d of %d due among %d open, %s, p50", sweepBatch, many.b.sizes.due, many.open, state),
			Value:  ms(amongMany.at(50)), Unit: "ms", Beside: ms(amongFew.at(50)), Yardstick: fmt.Sprintf("among %d open", few.open),
			Goal: ratioMost(1.5), More: map[string]float64{"p99": ms(amongMany.at(99)), "yardstick's p99": ms(amongFew.at(99)), "samples": float64(len(amongMany))},
		})
	}
	return rows, nil
}

// claims lets the desk sweep one group after the other, in turn with the yardstick.
func claims(ctx context.Context, few, many *pile) (Row, error) {
	var ours, beside, among []float64
	for group := range sweepGroups {
		rate, err := many.claim(ctx, group)
		if err != nil {
			return Row{}, err
		}
		ours = append(ours, rate)
		if rate, err = many.insertBare(ctx, group); err != nil {
			return Row{}, err
		}
		beside = append(beside, rate)
		if rate, err = few.claim(ctx, group); err != nil {
			return Row{}, err
		}
		among = append(among, rate)
	}
	return Row{
		Figure: fmt.Sprintf("claims of due emails, %d open", many.open), Value: median(ours), Unit: "/s", Beside: median(beside),
		Yardstick: fmt.Sprintf("bare INSERTs of a delivery and a job, %d in a transaction", sweepBatch), Floor: true, Goal: atLeast(2000),
		More: map[string]float64{fmt.Sprintf("with %d open", few.open): median(among), "claimed": float64(many.b.sizes.due)},
		Note: fmt.Sprintf("one sweeper from what is due to its deliveries, jobs and ledger, %d of them in %d rounds; no delivery is worked on meanwhile",
			many.b.sizes.due, sweepGroups),
	}, nil
}

// claim moves the clock to a group and tells how many of it are claimed in a second.
func (p *pile) claim(ctx context.Context, group int) (float64, error) {
	want := len(p.group(group))
	p.turn(p.begin.Add(time.Duration(group)*time.Minute + 30*time.Second))
	begun := time.Now()
	claimed, err := p.desk.SweepFollowups(ctx)
	took := time.Since(begun)
	if err == nil && claimed != want {
		err = fmt.Errorf("%d of %d due emails were claimed", claimed, want)
	}
	return float64(claimed) / took.Seconds(), err
}

// besides are as many conversations with an address that are not due, each halfway between two that are: no row and
// hardly a page that a claim has touched before.
func (p *pile) besides(group int) []int64 {
	f := filling{count: p.open, due: p.due}
	ids := p.group(group)
	for n, id := range ids {
		id += int64(p.open / p.b.sizes.due / 2)
		for !p.due(id).IsZero() || f.reach(id) != "reachable" {
			id++
		}
		ids[n] = id
	}
	return ids
}

// insertBare is the least that a claim can be: a delivery and a job.
func (p *pile) insertBare(ctx context.Context, group int) (float64, error) {
	ids := p.besides(group)
	begun := time.Now()
	for from := 0; from < len(ids); from += sweepBatch {
		batch := ids[from:min(from+sweepBatch, len(ids))]
		err := pgx.BeginFunc(ctx, p.bare, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `insert into deliveries (organization_id, key, conversation_id, contact_point_id, channel, address, kind, state,
				from_seq, to_seq, message_seq, created_at)
				select $1, gen_random_uuid()::text, id, id, 'email', 'bare@mail.example', 'invitation', 'queued', 2, 2, 2, now() from unnest($2::bigint[]) id`,
				p.brand.id, batch)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `insert into river_job (kind, args, max_attempts)
				select 'bare', jsonb_build_object('organization', $1::bigint, 'delivery', id), 200 from unnest($2::bigint[]) id`, p.brand.id, batch)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("insert deliveries and jobs: %w", err)
		}
	}
	return float64(len(ids)) / time.Since(begun).Seconds(), nil
}

// idle measures sweeps that find nothing, right after everything that was due has been claimed.
func (p *pile) idle(ctx context.Context) ([]Row, error) {
	p.turn(p.begin.Add(sweepGroups * time.Minute))
	var ours, beside samples
	for n := range p.b.sizes.idle + 5 {
		begun := time.Now()
		claimed, err := p.desk.SweepFollowups(ctx)
		took := time.Since(begun)
		if err == nil && claimed != 0 {
			err = fmt.Errorf("%d emails are still due", claimed)
		}
		if err != nil {
			return nil, err
		}
		begun = time.Now()
		err = pgx.BeginFunc(ctx, p.bare, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "select 1")
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("ask for nothing: %w", err)
		}
		if n >= 5 { // the desk's pool is filled before it counts
			ours, beside = append(ours, took), append(beside, time.Since(begun))
		}
	}
	row := func(percent float64) Row {
		return Row{
			Figure: fmt.Sprintf("a sweep that finds nothing due, %d open, p%.0f", p.open, percent), Value: ms(ours.at(percent)), Unit: "ms",
			Beside: ms(beside.at(percent)), Yardstick: "select 1 in a transaction", Floor: true, Goal: atMost(1),
			More: map[string]float64{"max": ms(ours.at(100)), "samples": float64(len(ours))},
		}
	}
	return []Row{row(50), row(99)}, nil
}
