package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"rejoin/app/chat"
)

// maxParticipants is how many of a conversation's are read.
const maxParticipants = 100

// MailByKey finds one by its key.
func (r reader) MailByKey(ctx context.Context, organization int64, key string) (*chat.Mail, error) {
	m := new(chat.Mail)
	return m, r.find(ctx, "mail by key", m, "organization_id = ? and key = ?", organization, key)
}

// MailByDoor finds one by its door's own name for it, over all organizations.
func (r reader) MailByDoor(ctx context.Context, door, doorID string) (*chat.Mail, error) {
	m := new(chat.Mail)
	return m, r.find(ctx, "mail by door", m, "door = ? and door_id = ?", door, doorID)
}

// MailByReason finds the newest mail in a state with a reason.
func (r reader) MailByReason(ctx context.Context, organization int64, state chat.MailState, reason string) (*chat.Mail, error) {
	m := new(chat.Mail)
	return m, r.read(ctx, "mail by reason", func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(m).Where("organization_id = ? and state = ? and reason = ?", organization, state, reason).
			OrderExpr("received_at desc, id desc").Limit(1).Scan(ctx)
	})
}

// SameMail finds another mail with the same Message-ID that has done its work in a conversation.
func (r reader) SameMail(ctx context.Context, m *chat.Mail, conversation int64) (*chat.Mail, error) {
	same := new(chat.Mail)
	return same, r.find(ctx, "same mail", same, `organization_id = ? and message_id = ? and message_id <> '' and id <> ?
		and conversation_id = ? and state in ('posted', 'held', 'refused', 'machine')`,
		m.OrganizationID, m.MessageID, m.ID, conversation)
}

// MachineMail finds a machine's mail from an address, an empty one being any, that a conversation has shown since an instant.
func (r reader) MachineMail(ctx context.Context, organization, conversation int64, from string, since time.Time) (*chat.Mail, error) {
	m := new(chat.Mail)
	return m, r.find(ctx, "machine mail", m, `organization_id = ? and conversation_id = ? and state = 'machine' and (from_address = ? or ? = '')
		and message_seq > 0 and received_at > ?`, organization, conversation, from, from, since)
}

// UnmatchedMails lists those of some organizations that nobody has assigned, newest first.
func (r reader) UnmatchedMails(ctx context.Context, organizations []int64, after chat.Cursor, limit int) ([]chat.Mail, error) {
	if after.At.IsZero() {
		after.At = time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	var rows []chat.Mail
	err := r.read(ctx, "unmatched mails", func(ctx context.Context, db bun.IDB) error {
		pages := db.NewSelect().TableExpr("(values ('unmatched'), ('failed')) s (state)").
			Join("cross join unnest(?::bigint[]) o (organization)", pgdialect.Array(organizations)).
			Join("cross join lateral (?) m", db.NewSelect().TableExpr("mails").
				Where("organization_id = o.organization and mails.state = s.state").Where("(received_at, id) < (?, ?)", after.At, after.ID).
				OrderExpr("received_at desc, id desc").Limit(int64(limit))).
			ColumnExpr("m.*")
		return db.NewSelect().Model(&rows).ModelTableExpr("(?) as mail", pages).
			OrderExpr("received_at desc, id desc").Limit(int64(limit)).Scan(ctx)
	})
	return rows, err
}

// UnmatchedCount counts them, at most chat.CountCap.
func (r reader) UnmatchedCount(ctx context.Context, organizations []int64) (int, error) {
	return answer[int](ctx, r, "count unmatched mails", `select count(*) from (select 1 from mails
		where organization_id in (?) and state in ('unmatched', 'failed') limit ?) u`, bun.List(organizations), chat.CountCap)
}

// ReplyAddress finds the conversation whose answers come to an address.
func (r reader) ReplyAddress(ctx context.Context, organization int64, tokenHash []byte) (*chat.ReplyAddress, error) {
	a := new(chat.ReplyAddress)
	return a, r.find(ctx, "reply address", a, "organization_id = ? and token_hash = ?", organization, tokenHash)
}

// Participants lists a conversation's, by address.
func (r reader) Participants(ctx context.Context, organization, conversation int64) ([]chat.Participant, error) {
	return list[chat.Participant](ctx, r, "participants", "address", maxParticipants,
		"organization_id = ? and conversation_id = ?", organization, conversation)
}

// Continuation finds the newest conversation that goes on from one.
func (r reader) Continuation(ctx context.Context, organization, conversation int64) (*chat.Conversation, error) {
	c := new(chat.Conversation)
	return c, r.read(ctx, "continuation", func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(c).Where("organization_id = ? and linked_id = ?", organization, conversation).
			OrderExpr("id desc").Limit(1).Scan(ctx)
	})
}

// SentTo finds the newest delivery of a conversation to an address that went out before an instant.
func (r reader) SentTo(ctx context.Context, organization, conversation int64, address string, before time.Time) (*chat.Delivery, error) {
	d := new(chat.Delivery)
	return d, r.read(ctx, "sent to", func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(d).ExcludeColumn("frozen").
			Where("organization_id = ? and conversation_id = ? and (? = '' or lower(address) = lower(?))", organization, conversation, address, address).
			Where("(state not in (?, ?) or round > 0 and state = ?)", chat.Queued, chat.Cancelled, chat.Queued).Where("created_at <= ?", before).
			OrderExpr("id desc").Limit(1).Scan(ctx)
	})
}

// EmailBefore finds the newest delivery of a conversation to an address that had gone out by an instant and may be there.
func (r reader) EmailBefore(ctx context.Context, organization, conversation int64, address string, at time.Time) (*chat.Delivery, error) {
	d := new(chat.Delivery)
	return d, r.read(ctx, "email before", func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(d).ExcludeColumn("frozen").
			Where("organization_id = ? and conversation_id = ? and lower(address) = lower(?)", organization, conversation, address).
			Where("sent_at <= ? and state not in (?)", at, bun.List([]chat.DeliveryState{chat.Queued, chat.Sending, chat.Cancelled, chat.Failed, chat.Bounced})).
			OrderExpr("id desc").Limit(1).Scan(ctx)
	})
}

// MailImages lists the hashes of the images that mails have brought into a conversation.
func (r reader) MailImages(ctx context.Context, organization, conversation int64) ([][]byte, error) {
	rows, err := list[chat.MailImage](ctx, r, "mail images", "hash", 1000, "organization_id = ? and conversation_id = ?", organization, conversation)
	hashes := make([][]byte, len(rows))
	for i, row := range rows {
		hashes[i] = row.Hash
	}
	return hashes, err
}

// LockMail reads a mail and keeps others from changing it, over all organizations.
func (t *tx) LockMail(ctx context.Context, id int64) (*chat.Mail, error) {
	m := new(chat.Mail)
	return m, t.lock(ctx, "mail", m, "id = ?", id)
}

// MoveMail makes a locked mail another organization's.
func (t *tx) MoveMail(ctx context.Context, m *chat.Mail, organization int64) error {
	err := t.one(ctx, "move mail", `update mails set organization_id = ?, conversation_id = null, message_seq = 0, delivery_id = null
		where organization_id = ? and id = ?`, organization, m.OrganizationID, m.ID)
	if err == nil {
		m.OrganizationID, m.ConversationID, m.MessageSeq, m.DeliveryID = organization, nil, 0, nil
	}
	return err
}

// MoveUploads makes the files of one message those of another of the same conversation.
func (t *tx) MoveUploads(ctx context.Context, organization, conversation, from, to int64) error {
	_, err := t.exec(ctx, "update uploads set message_seq = ? where organization_id = ? and conversation_id = ? and message_seq = ?",
		to, organization, conversation, from)
	return wrap(ctx, "move uploads", err)
}

// ClaimMail counts an attempt at a kept mail and reads it.
func (s *Store) ClaimMail(ctx context.Context, id int64) (*chat.Mail, error) {
	m := new(chat.Mail)
	return m, s.raw(ctx, "claim mail", m, "update mails set attempts = attempts + 1 where id = ? and state = 'kept' returning *", id)
}

// ForgiveMail takes an attempt back that was not the mail's fault.
func (s *Store) ForgiveMail(ctx context.Context, id int64) error {
	return s.write(ctx, "forgive mail", "update mails set attempts = greatest(attempts - 1, 0) where id = ? and state = 'kept'", id)
}

// KeptMails lists mails that came before an instant and are not settled, by id behind one.
func (s *Store) KeptMails(ctx context.Context, before time.Time, after int64, limit int) ([]chat.Mail, error) {
	return answer[[]chat.Mail](ctx, s.reader, "kept mails", `select organization_id, id, key, received_at, attempts from mails
		where state = 'kept' and received_at < ? and id > ? order by id limit ?`, before, after, limit)
}

// ForgetMails deletes what nobody has matched before an instant, and what was the doctor's or came twice before another.
func (s *Store) ForgetMails(ctx context.Context, unmatched, spent time.Time) error {
	for range sweepBatches {
		deleted, err := s.change(ctx, "forget mails", `delete from mails where ctid = any (array(select ctid from mails
			where state in ('unmatched', 'failed', 'check', 'duplicate')
			and received_at < case when state in ('unmatched', 'failed') then ?::timestamptz else ?::timestamptz end
			and received_at < greatest(?::timestamptz, ?::timestamptz) limit ? for update skip locked))`,
			unmatched, spent, unmatched, spent, sweepBatch)
		if err != nil || deleted < sweepBatch {
			return err
		}
	}
	return nil
}

// KnownBlobs tells which of some blobs a row tells of.
func (s *Store) KnownBlobs(ctx context.Context, blobs []string) (map[string]bool, error) {
	known := make(map[string]bool, len(blobs))
	if len(blobs) == 0 {
		return known, nil
	}
	in := bun.List(blobs)
	found, err := answer[[]string](ctx, s.reader, "known blobs", `select blob from mails where blob in (?) union all
		select blob from uploads where blob in (?) union all select blob from dead_blobs where blob in (?)`, in, in, in)
	for _, blob := range found {
		known[blob] = true
	}
	return known, err
}
