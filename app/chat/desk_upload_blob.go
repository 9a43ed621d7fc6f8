package chat

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"
)

// newBlob names a place for bytes: the organization, what they are, the day, and chance.
func (d *Desk) newBlob(organization int64, what string) string {
	return strconv.FormatInt(organization, 10) + "/" + what + "/" + d.now().UTC().Format("2006/01/02") + "/" + d.newKey()
}

// isBlob tells whether a place has a name as newBlob gives them: whatever else lies there is somebody else's.
func isBlob(key string) bool { return blobName.MatchString(key) }

var blobName = regexp.MustCompile(`^[0-9]+/(file|mail)/[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/]+$`)

// putBlob keeps bytes that a row will tell of; whoever inserts the row calls Tx.KeepBlobs with it. Until then they count
// as lost, and go after a day: so no crash leaves bytes that nobody knows of.
func (d *Desk) putBlob(ctx context.Context, blob string, content io.Reader, size int64, mediaType string) error {
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return tx.AwaitBlob(ctx, blob) })
	if err != nil {
		return fmt.Errorf("await bytes: %w", err)
	}
	return d.blobs.Put(ctx, blob, content, size, mediaType)
}

// forgetBlob deletes bytes that no row will tell of; what it fails to delete is swept later.
func (d *Desk) forgetBlob(ctx context.Context, blob string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetWithin)
	defer cancel()
	_ = d.blobs.Delete(ctx, blob)
}

const forgetWithin = 5 * time.Second

// SweepUploads forgets files whose message never came, and deletes bytes that no row tells of any more. Every instance
// may do it at once.
func (d *Desk) SweepUploads(ctx context.Context) error {
	if d.blobs == nil {
		return nil
	}
	for more := true; more; {
		err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
			gone, err := tx.DeleteLooseUploads(ctx, d.now().Add(-UploadLife), atOnce)
			more = gone == atOnce
			return err
		})
		if err != nil {
			return fmt.Errorf("sweep files: %w", err)
		}
	}
	for more := true; more; {
		dead, err := d.store.DeadBlobs(ctx, atOnce)
		if err != nil {
			return fmt.Errorf("list dead bytes: %w", err)
		}
		more = len(dead) == atOnce
		if err := d.deleteBlobs(ctx, dead); err != nil {
			return err
		}
	}
	return nil
}

// deleteBlobs forgets those that are really gone: what could not be deleted is tried again at the next sweep.
func (d *Desk) deleteBlobs(ctx context.Context, dead []string) error {
	var failed error
	gone := 0
	for gone < len(dead) {
		if failed = d.blobs.Delete(ctx, dead[gone]); failed != nil {
			break
		}
		gone++
	}
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return tx.KeepBlobs(ctx, dead[:gone]) })
	if failed != nil {
		return fmt.Errorf("delete bytes: %w", failed)
	}
	return err
}
