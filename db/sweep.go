package db

import (
	"context"
	"time"

	"rejoin/app/chat"
)

const (
	failuresKept  = 24 * time.Hour
	joinLinksKept = 30 * 24 * time.Hour // a second click on a used link is told that it was used
	pacesKept     = time.Hour
	sweepBatch    = 1000
	sweepBatches  = 50
)

// SignInFailures counts failed attempts of a key since an instant: a key is an address or an IP, and no organization
// is known yet.
func (s *Store) SignInFailures(ctx context.Context, key string, since time.Time) (int, error) {
	return answer[int](ctx, s.reader, "count sign-in failures",
		`select count(*) from (select 1 from sign_in_failures where key = ? and at >= ? limit 1000) f`, key, since)
}

// AddSignInFailure remembers a failed attempt and forgets some of those that are older than a day.
func (s *Store) AddSignInFailure(ctx context.Context, key string, at time.Time) error {
	return s.write(ctx, "add sign-in failure", `with old as (
			delete from sign_in_failures where ctid = any (array(
				select ctid from sign_in_failures where at < ? order by at limit 100 for update skip locked)))
		insert into sign_in_failures (key, at) values (?, ?)`, at.Add(-failuresKept), key, at)
}

// ForgetSignInFailures forgets the attempts of a key, after one that succeeded.
func (s *Store) ForgetSignInFailures(ctx context.Context, key string) error {
	return s.write(ctx, "forget sign-in failures", "delete from sign_in_failures where key = ?", key)
}

// Sweep deletes what no longer serves: expired sessions, join links used or expired long ago, old sign-in failures, the end of the ledger,
// providers' old events.
// It works over all organizations in small batches, and leaves the rest of a great heap to the next call.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	for table, old := range map[string]struct {
		column string
		before time.Time
	}{
		"sessions":         {"expires_at", now},
		"join_links":       {"least(expires_at, coalesce(used_at, expires_at))", now.Add(-joinLinksKept)},
		"sign_in_failures": {"at", now.Add(-failuresKept)},
		"decisions":        {"at", now.Add(-chat.DecisionLife)},
		"webhook_events":   {"received_at", now.Add(-chat.WebhookLife)},
		"paces":            {"next_at", now.Add(-pacesKept)},
	} {
		if err := s.sweep(ctx, table, old.column, old.before); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) sweep(ctx context.Context, table, column string, before time.Time) error {
	for range sweepBatches {
		deleted, err := s.change(ctx, "sweep "+table, "delete from "+table+" where ctid = any (array(select ctid from "+table+
			" where "+column+" < ? limit ? for update skip locked))", before, sweepBatch)
		if err != nil || deleted < sweepBatch {
			return err
		}
	}
	return nil
}
