package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
)

// blobLife is how long bytes may lie before the row that tells of them is committed.
const blobLife = 24 * time.Hour

// Upload finds a file by its key.
func (r reader) Upload(ctx context.Context, organization int64, key string) (*chat.Upload, error) {
	u := new(chat.Upload)
	return u, r.find(ctx, "upload", u, "organization_id = ? and key = ?", organization, key)
}

// UploadedSince adds up the bytes that an owner has sent since an instant.
func (r reader) UploadedSince(ctx context.Context, owner chat.UploadOwner, since time.Time) (int64, error) {
	where, args := ownedBy(owner)
	return answer[int64](ctx, r, "add up uploads",
		"select coalesce(sum(size), 0) from uploads where "+where+" and created_at > ?", append(args, since)...)
}

// WaitingOfStrangers adds up the bytes of loose files whose senders are nobody yet.
func (r reader) WaitingOfStrangers(ctx context.Context, organization int64) (int64, error) {
	return answer[int64](ctx, r, "add up waiting uploads", `select coalesce(sum(size), 0) from uploads
		where organization_id = ? and conversation_id is null and holder is not null`, organization)
}

// DeadBlobs lists bytes that no row tells of, the longest dead first.
func (r reader) DeadBlobs(ctx context.Context, limit int) ([]string, error) {
	return answer[[]string](ctx, r, "dead blobs", "select blob from dead_blobs where at <= now() order by at limit ?", limit)
}

// ownedBy is the condition for an owner's files; what a customer sent before their first message is found by their tokens.
func ownedBy(owner chat.UploadOwner) (where string, args []any) {
	switch {
	case owner.AgentID != 0:
		return "organization_id = ? and agent_id = ?", []any{owner.OrganizationID, owner.AgentID}
	case owner.CustomerID != 0:
		return `organization_id = ? and (customer_id = ? or holder = any (array(
				select token_hash from visitor_tokens where organization_id = ? and customer_id = ?)))`,
			[]any{owner.OrganizationID, owner.CustomerID, owner.OrganizationID, owner.CustomerID}
	default:
		return "organization_id = ? and holder = ?", []any{owner.OrganizationID, owner.Holder}
	}
}

// BindUploads makes an owner's loose files those of a message.
func (t *tx) BindUploads(ctx context.Context, owner chat.UploadOwner, keys []string, since time.Time, conversation, seq int64) ([]chat.Upload, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	where, owned := ownedBy(owner)
	args := []any{conversation, seq, owner.CustomerID}
	args = append(args, owned...)
	args = append(args, bun.List(keys), since)
	return answer[[]chat.Upload](ctx, t.reader, "bind uploads", `update uploads set conversation_id = ?, message_seq = ?,
			customer_id = coalesce(customer_id, nullif(?::bigint, 0)), holder = null
		where `+where+` and key in (?) and conversation_id is null and created_at > ? returning *`, args...)
}

// DropUpload deletes an owner's loose file.
func (t *tx) DropUpload(ctx context.Context, owner chat.UploadOwner, key string) error {
	where, args := ownedBy(owner)
	return t.one(ctx, "drop upload", "delete from uploads where "+where+" and key = ? and conversation_id is null", append(args, key)...)
}

// DeleteLooseUploads deletes old files that no message carries; those that others hold are skipped.
func (t *tx) DeleteLooseUploads(ctx context.Context, before time.Time, limit int) (int, error) {
	return t.exec(ctx, `delete from uploads where ctid = any (array(select ctid from uploads
		where conversation_id is null and created_at < ? order by created_at limit ? for update skip locked))`, before, limit)
}

// AwaitBlob notes bytes that are about to be written.
func (t *tx) AwaitBlob(ctx context.Context, blob string) error {
	_, err := t.exec(ctx, "insert into dead_blobs (blob, at) values (?, now() + make_interval(secs => ?)) on conflict do nothing",
		blob, blobLife.Seconds())
	return err
}

// KeepBlobs takes bytes off the list of the dead.
func (t *tx) KeepBlobs(ctx context.Context, blobs []string) error {
	if len(blobs) == 0 {
		return nil
	}
	_, err := t.exec(ctx, "delete from dead_blobs where blob in (?)", bun.List(blobs))
	return err
}
