package chat

import (
	"context"
	"io"
	"time"
)

// Blobs is where raw mails and files lie; keys begin with the organization.
type Blobs interface {
	// Put is durable when it returns; the same key again overwrites.
	Put(ctx context.Context, key string, content io.Reader, size int64, mediaType string) error
	// Open gives the content and its size in bytes; fs.ErrNotExist when it is gone.
	Open(ctx context.Context, key string) (io.ReadCloser, int64, error)
	// Delete removes it; nothing there is no error.
	Delete(ctx context.Context, key string) error
	// List gives keys in rising order behind one, with the instants when they were written.
	List(ctx context.Context, prefix, after string, limit int) (keys []string, written []time.Time, err error)
}

// Pace is how fast emails go out, in emails per second; 0 is without a bound.
type Pace struct {
	All float64 // of all organizations together
	One float64 // of each
}
