package bench

import (
	"context"
	"errors"
	"time"
)

// commits counts the database's transactions for one message. A session tells of its transactions when it ends, so the
// server is stopped before each look; what it commits by itself is counted by a run of the same length without messages.
func commits(ctx context.Context, b *bench) (rows []Row, err error) {
	s, err := b.newScene(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	customers, err := s.brand.arrive(ctx, s.server.base, 8)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	all, wrote, err := s.counted(ctx, func() error {
		begun = time.Now()
		return inParallel(len(customers), len(customers), func(i int) error {
			w, err := dial(ctx, s.server.base)
			if err != nil {
				return err
			}
			defer w.close()
			for range b.sizes.counted / len(customers) {
				if err := customers[i].post(w, marked(customers[i].sent)); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	took := time.Since(begun)
	allIdle, wroteIdle, err := s.counted(ctx, func() error { return pause(ctx, took) })
	if err != nil {
		return nil, err
	}
	messages := float64(b.sizes.counted / len(customers) * len(customers))
	return []Row{{
		Figure: "commits per message", Value: float64(all-allIdle) / messages, Unit: "", Beside: 1,
		Yardstick: "of a bare transaction", Goal: atMost(1.05),
		More: map[string]float64{"wrote": float64(wrote-wroteIdle) / messages, "idle": float64(allIdle) / messages},
		Note: "reads outside a transaction count as commits too; " + short(float64(wrote-wroteIdle)/messages) + " of them wrote something",
	}}, nil
}

// counted starts the server anew, lets something happen, stops it, and tells how many transactions that made.
func (s *scene) counted(ctx context.Context, happen func() error) (all, wrote int64, err error) {
	if err := s.server.stop(); err != nil {
		return 0, 0, err
	}
	allBefore, wroteBefore, err := s.b.postgres.transactions(ctx, s.database)
	if err != nil {
		return 0, 0, err
	}
	if s.server, err = s.b.startServer(ctx, s.database.url, s.b.Dir); err != nil {
		return 0, 0, err
	}
	if err := happen(); err != nil {
		return 0, 0, err
	}
	if err := s.server.stop(); err != nil {
		return 0, 0, err
	}
	if all, wrote, err = s.b.postgres.transactions(ctx, s.database); err != nil {
		return 0, 0, err
	}
	return all - allBefore, wrote - wroteBefore, nil
}
