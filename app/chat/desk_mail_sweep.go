package chat

import (
	"context"
	"fmt"
	"time"
)

const (
	unmatchedLife = 90 * 24 * time.Hour
	spentLife     = 24 * time.Hour   // the doctor's own mails, and what came twice
	reviveAfter   = 15 * time.Minute // a mail that is still not settled has perhaps lost its job
	blobsAtOnce   = 500
	orphanAge     = 24 * time.Hour
)

// ForgetMails deletes what nobody has matched in 90 days, and soon what is of no more use.
func (d *Desk) ForgetMails(ctx context.Context) error {
	now := d.now()
	return d.store.ForgetMails(ctx, now.Add(-unmatchedLife), now.Add(-spentLife))
}

// ReviveMails enqueues kept mails again that should have been settled long ago; a job that is there already stays the
// only one.
func (d *Desk) ReviveMails(ctx context.Context) error {
	for after := int64(0); ; {
		kept, err := d.store.KeptMails(ctx, d.now().Add(-reviveAfter), after, atOnce)
		if err != nil || len(kept) == 0 {
			return err
		}
		jobs := make([]Job, len(kept))
		for i, m := range kept {
			jobs[i] = Job{Kind: JobReceive, OrganizationID: m.OrganizationID, ID: m.ID}
		}
		err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return tx.Enqueue(ctx, jobs...) })
		if err != nil {
			return fmt.Errorf("revive mails: %w", err)
		}
		after = kept[len(kept)-1].ID
	}
}

// SweepBlobs deletes bytes of ours older than a day that no row tells of: a crash between the blob and its row leaves such.
func (d *Desk) SweepBlobs(ctx context.Context) error {
	if d.blobs == nil {
		return nil
	}
	for after := ""; ; {
		keys, written, err := d.blobs.List(ctx, "", after, blobsAtOnce)
		if err != nil || len(keys) == 0 {
			return err
		}
		var old []string
		for i, key := range keys {
			if d.now().Sub(written[i]) > orphanAge && isBlob(key) {
				old = append(old, key)
			}
		}
		known, err := d.store.KnownBlobs(ctx, old)
		if err != nil {
			return err
		}
		for _, key := range old {
			if known[key] {
				continue
			}
			if err := d.blobs.Delete(ctx, key); err != nil {
				return fmt.Errorf("delete orphan: %w", err)
			}
		}
		after = keys[len(keys)-1]
	}
}
