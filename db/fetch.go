package db

import (
	"context"

	"github.com/uptrace/bun"
)

// MailsKnown gives those of a door's names for mails that are known. It works over all organizations.
func (r reader) MailsKnown(ctx context.Context, door string, ids []string) ([]string, error) {
	var known []string
	if len(ids) == 0 {
		return nil, nil
	}
	err := r.read(ctx, "known mails", func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Table("mails").Column("door_id").Where("door = ? and door_id in (?)", door, bun.In(ids)).Scan(ctx, &known)
	})
	return known, err
}
