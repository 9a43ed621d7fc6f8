package bench

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"rejoin/app/chat"
	"rejoin/db"
	"rejoin/db/dbtest"
)

func testPile(open, due int) *pile {
	return &pile{b: &bench{sizes: sizes{open: open, due: due}}, open: open, begin: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
}

func TestEveryDueEmailIsInOneGroup(t *testing.T) {
	for _, p := range []*pile{testPile(10_000, 100), testPile(100, 100)} {
		var all []int64
		for group := range sweepGroups {
			ids := p.group(group)
			if len(ids) != 20 {
				t.Errorf("%d of %d open are in group %d", len(ids), p.open, group)
			}
			all = append(all, ids...)
		}
		slices.Sort(all)
		if len(slices.Compact(all)) != 100 {
			t.Errorf("%d of %d open are due", len(slices.Compact(all)), p.open)
		}
	}
}

func TestTheYardstickWritesBesideWhatIsDue(t *testing.T) {
	p := testPile(10_000, 100)
	f := filling{count: p.open, due: p.due}
	for group := range sweepGroups {
		ids := p.besides(group)
		if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != 20 {
			t.Errorf("group %d has %v", group, ids)
		}
		for _, id := range ids {
			if !p.due(id).IsZero() || f.reach(id) != "reachable" {
				t.Errorf("conversation %d is due or has no address", id)
			}
		}
	}
}

func TestWhatAFillMakesDueIsDueByThePolicy(t *testing.T) {
	d := &database{url: dbtest.URL(t)}
	var err error
	if d.pool, err = pgxpool.New(t.Context(), d.url); err != nil {
		t.Fatal(err)
	}
	defer d.pool.Close()
	b, err := foundBrand(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	p := testPile(1000, 50)
	if err := b.fillDue(t.Context(), d, p.open, p.due); err != nil {
		t.Fatal(err)
	}
	pools, err := db.OpenPools(t.Context(), d.url, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer pools.Close()
	err = db.New(pools, db.Options{}).Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		if early, err := tx.LockDue(ctx, p.begin.Add(-time.Second), 100); err != nil || len(early) != 0 {
			t.Errorf("%d are due before the first, %v", len(early), err)
		}
		rows, err := tx.LockDue(ctx, p.begin.Add(sweepGroups*time.Minute), 100)
		if err != nil {
			return err
		}
		if len(rows) != 50 {
			t.Errorf("%d are due", len(rows))
		}
		for i := range rows {
			facts, err := tx.PlanFacts(ctx, []*chat.Conversation{&rows[i]}, nil)
			if err != nil {
				return err
			}
			f, c := facts[0], rows[i]
			due := f.NewestAt.Add(closedHold())
			switch {
			case !due.Equal(*c.FollowupDueAt) || !due.Equal(p.due(c.ID)) || !due.Equal(f.AwaySince.Add(closedHold())):
				t.Errorf("conversation %d is due at %s, but by its messages at %s", c.ID, c.FollowupDueAt, due)
			case f.Active || f.AwayCause != "closed" || f.Point == nil || f.NewestSeq != c.AgentSeq || c.ClosedAt != nil || c.SpamAt != nil:
				t.Errorf("conversation %d would not be emailed: %+v", c.ID, f)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
