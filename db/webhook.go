package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
)

// LockWebhookEvent reads an event and keeps others from changing it.
func (t *tx) LockWebhookEvent(ctx context.Context, provider, id string) (*chat.WebhookEvent, error) {
	e := new(chat.WebhookEvent)
	return e, t.lock(ctx, "webhook event", e, "provider = ? and id = ?", provider, id)
}

// WebhookEventsDue lists events that are to be looked at again, the longest due first, without their bodies.
func (t *tx) WebhookEventsDue(ctx context.Context, now time.Time, limit int) ([]chat.WebhookEvent, error) {
	var rows []chat.WebhookEvent
	err := t.read(ctx, "webhook events due", func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&rows).ExcludeColumn("body").Where("next_at <= ?", now).
			OrderExpr("next_at").Limit(int64(limit)).Scan(ctx)
	})
	return rows, err
}

// DeliveriesByProvider finds those that a provider knows by a name: as good as always one, at most 10. It works over all
// organizations, since a provider knows of none.
func (t *tx) DeliveriesByProvider(ctx context.Context, providerID string) ([]chat.Delivery, error) {
	var rows []chat.Delivery
	err := t.read(ctx, "deliveries by provider", func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&rows).ExcludeColumn("frozen").Where("provider_id = ? and provider_id <> ''", providerID).
			OrderExpr("organization_id, id").Limit(10).Scan(ctx)
	})
	return rows, err
}
