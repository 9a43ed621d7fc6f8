// Package blob keeps what is too large for rows: raw mails and attachments, each under a key that begins with its
// organization, on disk or in a bucket that speaks S3.
//
// It refuses every key that could mean another place, content of another size than announced, and to know what a blob
// means: who may read it is decided before its key comes here.
package blob

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"
)

// Store is a place for blobs. Its methods may be called from many goroutines at once.
type Store interface {
	// Put keeps size bytes of content under key and returns when they would survive a loss of power. Shorter or longer
	// content is an error that leaves what was there before. The same key again overwrites.
	Put(ctx context.Context, key string, content io.Reader, size int64, mediaType string) error

	// Open returns the content under key, for the caller to close, and its size; an error that is fs.ErrNotExist when
	// nothing is there, and another one when the place itself cannot be reached.
	Open(ctx context.Context, key string) (io.ReadCloser, int64, error)

	// Delete removes what is under key; that nothing is there is no error.
	Delete(ctx context.Context, key string) error

	// List returns up to limit keys, at most 1,000, that begin with prefix and come after the given one, in rising
	// order of bytes, and beside each the time of its last Put.
	List(ctx context.Context, prefix, after string, limit int) (keys []string, modified []time.Time, err error)

	// Sweep removes what was left of Puts that a crash cut short before olderThan, and returns how many those were.
	Sweep(ctx context.Context, olderThan time.Time) (int, error)

	// Check writes, lists, reads and deletes a small blob; its error says what to do.
	Check(ctx context.Context) error

	// Close ends the use of the store; later calls fail.
	Close() error

	// String names the place without its secret.
	String() string
}

// Open returns the store at an address as Parse reads it; the empty address is the folder blobs in dataDir. A folder
// is made when missing, a bucket is asked nothing before its first use.
func Open(address, dataDir string) (Store, error) {
	if address == "" {
		return newDisk(filepath.Join(dataDir, "blobs"))
	}
	parsed, err := Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read the address for blobs: %w", err)
	}
	if parsed.folder != "" {
		return newDisk(parsed.folder)
	}
	return newBucket(parsed, patience)
}

const maxList = 1000

// bounded is a limit of List within what is allowed.
func bounded(limit int) (int, error) {
	if limit < 1 {
		return 0, fmt.Errorf("list blobs: a limit of %d", limit)
	}
	return min(limit, maxList), nil
}
