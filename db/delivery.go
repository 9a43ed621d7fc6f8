package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
)

// Delivery finds one by its id.
func (r reader) Delivery(ctx context.Context, organization, id int64) (*chat.Delivery, error) {
	d := new(chat.Delivery)
	return d, r.find(ctx, "delivery", d, "organization_id = ? and id = ?", organization, id)
}

// DeliveryByKey finds one by its key.
func (r reader) DeliveryByKey(ctx context.Context, organization int64, key string) (*chat.Delivery, error) {
	d := new(chat.Delivery)
	return d, r.find(ctx, "delivery by key", d, "organization_id = ? and key = ?", organization, key)
}

// Deliveries lists a conversation's, newest first: at most 200.
func (r reader) Deliveries(ctx context.Context, organization, conversation int64) ([]chat.Delivery, error) {
	return list[chat.Delivery](ctx, r, "deliveries", "id desc", 200, "organization_id = ? and conversation_id = ?", organization, conversation)
}

// LastDelivery finds the newest one that was not cancelled, did not fail and did not bounce.
func (r reader) LastDelivery(ctx context.Context, organization, conversation int64) (*chat.Delivery, error) {
	d := new(chat.Delivery)
	return d, r.read(ctx, "last delivery", func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(d).Where("organization_id = ? and conversation_id = ?", organization, conversation).
			Where("state not in (?, ?, ?)", chat.Failed, chat.Bounced, chat.Cancelled).OrderExpr("id desc").Limit(1).Scan(ctx)
	})
}

// Covered tells the newest seq that a delivery which did not fail, bounce or get cancelled covers, 0 for none.
func (t *tx) Covered(ctx context.Context, organization, conversation int64) (int64, error) {
	return answer[int64](ctx, t.reader, "covered", `select coalesce(max(to_seq), 0) from deliveries
		where organization_id = ? and conversation_id = ? and state not in (?, ?, ?)`,
		organization, conversation, chat.Failed, chat.Bounced, chat.Cancelled)
}

// LockDelivery reads one and keeps others from changing it.
func (t *tx) LockDelivery(ctx context.Context, organization, id int64) (*chat.Delivery, error) {
	d := new(chat.Delivery)
	return d, t.lock(ctx, "delivery", d, "organization_id = ? and id = ?", organization, id)
}

// LockReturned locks deliveries of all organizations whose next round has come, the longest due first; those that others
// hold are skipped.
func (t *tx) LockReturned(ctx context.Context, now time.Time, limit int) ([]chat.Delivery, error) {
	return lockMany[chat.Delivery](ctx, t, "returned deliveries", "deliveries",
		"state = 'queued' and reason = 'returned' and next_attempt_at <= $1 order by next_attempt_at limit $2 for update skip locked",
		now, between(limit, maxLocked))
}

// RejoinLink finds a way back by its token's hash.
func (r reader) RejoinLink(ctx context.Context, organization int64, tokenHash []byte) (*chat.RejoinLink, error) {
	l := new(chat.RejoinLink)
	return l, r.find(ctx, "rejoin link", l, "organization_id = ? and token_hash = ?", organization, tokenHash)
}

// RevokeLinks marks every unrevoked link of a conversation, shuts out the browsers that links let in, and tells how many
// links there were.
func (t *tx) RevokeLinks(ctx context.Context, organization, conversation int64, at time.Time) (int, error) {
	if _, err := t.exec(ctx, `delete from visitor_tokens where organization_id = ? and conversation_id = ?`, organization, conversation); err != nil {
		return 0, wrap(ctx, "shut out browsers", err)
	}
	revoked, err := t.exec(ctx, `update rejoin_links set revoked_at = ?
		where organization_id = ? and conversation_id = ? and revoked_at is null`, at, organization, conversation)
	return revoked, wrap(ctx, "revoke links", err)
}
