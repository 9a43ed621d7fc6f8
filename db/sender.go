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

// DatabaseNow is the database's clock.
func (s *Store) DatabaseNow(ctx context.Context) (time.Time, error) {
	return answer[time.Time](ctx, s.reader, "ask the time", "select clock_timestamp()")
}

// Listening counts the instances that live and listen.
func (s *Store) Listening(ctx context.Context) (int, error) {
	return answer[int](ctx, s.reader, "count instances", "select count(*) from leases where listens and expires_at > clock_timestamp()")
}

// LastWebhookAt is when a provider told us something the last time, nil when it never did; providers know of no organization.
func (s *Store) LastWebhookAt(ctx context.Context, provider string) (*time.Time, error) {
	return s.lastAt(ctx, "last webhook", "select received_at from webhook_events where provider = ? order by received_at desc limit 1", provider)
}

// LastSentAt is when an email of an organization went out the last time, nil when none did; 0 is all of them.
func (s *Store) LastSentAt(ctx context.Context, organization int64) (*time.Time, error) {
	return s.lastAt(ctx, "last email", `select d.sent_at from organizations o cross join lateral (select sent_at from deliveries
			where organization_id = o.id and sent_at is not null order by id desc limit 1) d
		where ?0 in (0, o.id) order by d.sent_at desc limit 1`, organization)
}

func (s *Store) lastAt(ctx context.Context, what, query string, args ...any) (*time.Time, error) {
	found, err := answer[[]time.Time](ctx, s.reader, what, query, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}
