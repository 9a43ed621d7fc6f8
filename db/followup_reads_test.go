package db_test

import (
	"context"
	"testing"

	"rejoin/app/chat"
)

func TestTheSweepersReadNoMoreThanTheyTake(t *testing.T) {
	url := filled(t, 40_000)
	for _, known := range []string{"not analysed", "analysed"} {
		if known == "analysed" {
			run(t, url, "analyze")
		}
		h := houseAt(t, url)
		for name, ask := range map[string]struct {
			index string
			bound int
			read  func(ctx context.Context, tx chat.Tx) (int, error)
			want  int
		}{
			"due": {"conversations_followup_due", 200, func(ctx context.Context, tx chat.Tx) (int, error) {
				rows, err := tx.LockDue(ctx, noon, 200)
				return len(rows), err
			}, 200},
			"nothing due": {"", 1, func(ctx context.Context, tx chat.Tx) (int, error) {
				rows, err := tx.LockDue(ctx, noon.AddDate(-1, 0, 0), 200)
				return len(rows), err
			}, 0},
			"automations": {"conversations_automation_due", 200, func(ctx context.Context, tx chat.Tx) (int, error) {
				rows, err := tx.LockAutomationDue(ctx, noon, 200)
				return len(rows), err
			}, 200},
			"stale": {"conversations_plan_version", 200, func(ctx context.Context, tx chat.Tx) (int, error) {
				rows, err := tx.LockStale(ctx, 1, 2, 200)
				return len(rows), err
			}, 200},
			"unplanned": {"", 8000, func(ctx context.Context, tx chat.Tx) (int, error) {
				stale, all, err := tx.Unplanned(ctx, 1, 2)
				return stale + all, err
			}, 8400},
			"planned of a customer": {"conversations_planned", 1, func(ctx context.Context, tx chat.Tx) (int, error) {
				rows, err := tx.LockPlanned(ctx, 1, 4003)
				return len(rows), err
			}, 1},
			"facts": {"messages_pkey", 1200, func(ctx context.Context, tx chat.Tx) (int, error) {
				due, err := tx.LockDue(ctx, noon, 200)
				if err != nil {
					return 0, err
				}
				asked := make([]*chat.Conversation, len(due))
				for i := range due {
					asked[i] = &due[i]
				}
				facts, err := tx.PlanFacts(ctx, asked, map[int64]int{1: 10})
				return len(facts), err
			}, 200},
		} {
			t.Run(known+": "+name, func(t *testing.T) {
				// From the sixth time on PostgreSQL may plan without looking at what is asked for.
				for range 8 {
					h.reads(t, ask.bound, ask.index, func(ctx context.Context, tx chat.Tx) error {
						n, err := ask.read(ctx, tx)
						if n != ask.want {
							t.Errorf("read %d, want %d", n, ask.want)
						}
						return err
					})
				}
			})
		}
	}
}
