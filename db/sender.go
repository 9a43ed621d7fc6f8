package db

import (
	"context"
	"time"

	"rejoin/app/chat"
)

// Sender reads an organization's own way out.
func (r reader) Sender(ctx context.Context, organization int64) (*chat.Sender, error) {
	s := new(chat.Sender)
	return s, r.find(ctx, "sender", s, "organization_id = ?", organization)
}

// SendersDue lists those whose state is to be asked for again, the longest due first, over all organizations.
func (r reader) SendersDue(ctx context.Context, now time.Time, limit int) ([]chat.Sender, error) {
	return list[chat.Sender](ctx, r, "senders due", "next_at", between(limit, 100), "next_at <= ?", now)
}

// LockSender keeps others from changing an organization's own way out.
func (t *tx) LockSender(ctx context.Context, organization int64) (*chat.Sender, error) {
	s := new(chat.Sender)
	return s, t.lock(ctx, "sender", s, "organization_id = ?", organization)
}

// LockSenderOf keeps others from changing who has a domain, over all organizations.
func (t *tx) LockSenderOf(ctx context.Context, domain string) (*chat.Sender, error) {
	s := new(chat.Sender)
	return s, t.lock(ctx, "sender of a domain", s, "domain = ? and way = ?", domain, chat.WayDomain)
}
