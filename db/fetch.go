package db

import (
	"context"

	"github.com/uptrace/bun"
)

// MailsKnown gives those of a door's names for mails that are known, also when they were deleted since. It works over
// all organizations.
func (r reader) MailsKnown(ctx context.Context, door string, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in := bun.List(ids)
	return answer[[]string](ctx, r, "known mails", `select door_id from mails where door = ? and door_id in (?)
		union select door_id from deleted_mails where door = ? and door_id in (?)`, door, in, door, in)
}

// PassMailOver makes a door's mail known that is not kept, as a deleted one is.
func (t *tx) PassMailOver(ctx context.Context, door, id string) error {
	_, err := t.exec(ctx, "insert into deleted_mails (door, door_id) values (?, ?) on conflict do nothing", door, id)
	return err
}
