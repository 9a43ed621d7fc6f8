package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// What is read of one conversation at most, the newest, and of how many at once.
const (
	mostMoments = 2000
	mostWritten = 1000
	mostEmails  = 200
	mostPasts   = 1000
)

// History reads what the replay needs of conversations with plans since an instant, in the order of their ids: at most
// 1000 of them behind one.
func (r reader) History(ctx context.Context, organization int64, since time.Time, after int64, limit int) ([]chat.Past, error) {
	// The ledger's key gives the conversations in order: a page reads its own lines and none behind it.
	ids, err := collect(ctx, r, "history", `select conversation_id from decisions
		where organization_id = $1 and conversation_id > $2 and at >= $3 and state is not null
		group by conversation_id order by conversation_id limit $4`,
		[]any{organization, after, since, between(limit, mostPasts)},
		func(row pgx.Rows, id *int64) error { return row.Scan(id) })
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	moments, err := r.moments(ctx, organization, ids, since)
	if err != nil {
		return nil, err
	}
	written, err := r.written(ctx, organization, ids)
	if err != nil {
		return nil, err
	}
	emails, err := r.emails(ctx, organization, ids, since)
	if err != nil {
		return nil, err
	}
	pasts := make([]chat.Past, len(ids))
	for i, id := range ids {
		pasts[i] = chat.Past{ConversationID: id, Moments: moments[id], Written: written[id], Emails: emails[id]}
	}
	return pasts, nil
}

func (r reader) moments(ctx context.Context, organization int64, ids []int64, since time.Time) (map[int64][]followup.Moment, error) {
	return collectOf(ctx, r, "history's moments", `select c.id, d.at, d.state from unnest($2::bigint[]) c (id) cross join lateral (
			select at, id, state from decisions where organization_id = $1 and conversation_id = c.id and at >= $3
				and state is not null order by id desc limit $4) d
		order by c.id, d.at, d.id`, []any{organization, ids, since, mostMoments},
		func(m *followup.Moment) []any { return []any{&m.At, &m.State} })
}

func (r reader) written(ctx context.Context, organization int64, ids []int64) (map[int64][]followup.Written, error) {
	return collectOf(ctx, r, "history's messages", `select c.id, m.seq, m.created_at from unnest($2::bigint[]) c (id) cross join lateral (
			select seq, created_at from messages where organization_id = $1 and conversation_id = c.id
				and kind = 'public' and author_kind = 'agent' order by seq desc limit $3) m
		order by c.id, m.seq`, []any{organization, ids, mostWritten},
		func(w *followup.Written) []any { return []any{&w.Seq, &w.At} })
}

func (r reader) emails(ctx context.Context, organization int64, ids []int64, since time.Time) (map[int64][]followup.Email, error) {
	return collectOf(ctx, r, "history's emails", `select c.id, e.created_at, e.from_seq, e.to_seq from unnest($2::bigint[]) c (id) cross join lateral (
			select id, created_at, from_seq, to_seq from deliveries where organization_id = $1 and conversation_id = c.id
				and kind = 'followup' and state not in ('cancelled', 'failed', 'bounced') and created_at >= $3
				order by id desc limit $4) e
		order by c.id, e.created_at, e.id`, []any{organization, ids, since, mostEmails},
		func(e *followup.Email) []any { return []any{&e.At, &e.From, &e.To} })
}

// collectOf reads rows that begin with the id of the conversation that they belong to.
func collectOf[T any](ctx context.Context, r reader, what, query string, args []any, targets func(*T) []any) (map[int64][]T, error) {
	type belonging struct {
		id  int64
		row T
	}
	found, err := collect(ctx, r, what, query, args, func(row pgx.Rows, b *belonging) error {
		return row.Scan(append([]any{&b.id}, targets(&b.row)...)...)
	})
	byID := make(map[int64][]T)
	for _, b := range found {
		byID[b.id] = append(byID[b.id], b.row)
	}
	return byID, err
}
