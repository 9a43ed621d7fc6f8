package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	patience = 30 * time.Second // for a call without content, attempts included, and for the next byte of one with
	pace     = 128 << 10        // bytes a second that a Put is given besides
	attempts = 3                // of one call
	pause    = 300 * time.Millisecond

	defaultRegion = "us-east-1" // what S3-compatible servers take when nobody chose
)

// bucket keeps blobs as objects in a bucket that speaks S3.
type bucket struct {
	address  Address
	client   minio.Core
	patience time.Duration
	close    func()
}

// newBucket prepares the calls; it makes none.
func newBucket(address Address, patience time.Duration) (*bucket, error) {
	transport, err := minio.DefaultTransport(!address.plain)
	if err != nil {
		return nil, fmt.Errorf("prepare for %s: %w", address, err)
	}
	transport.ResponseHeaderTimeout = patience / attempts // so that one silent connection leaves time for another
	style := minio.BucketLookupAuto
	switch address.style {
	case "on":
		style = minio.BucketLookupPath
	case "off":
		style = minio.BucketLookupDNS
	}
	client, err := minio.NewCore(address.host, &minio.Options{
		Creds:              credentials.NewStaticV4(address.key, *address.secret, ""),
		Secure:             !address.plain,
		Transport:          transport,
		Region:             address.region,
		CustomRegionViaURL: regionOf,
		BucketLookup:       style,
		MaxRetries:         attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare for %s: %w", address, err)
	}
	return &bucket{address: address, client: *client, patience: patience, close: transport.CloseIdleConnections}, nil
}

// Put sends the content in one request with its hash, so that the bucket takes all of it or nothing.
func (b *bucket) Put(ctx context.Context, key string, content io.Reader, size int64, mediaType string) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("put a blob: %w", err)
	}
	ready, err := stage(ctx, content, size)
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	defer ready.close()
	ctx, cancel := b.limit(ctx, b.patience+time.Duration(size/pace)*time.Second)
	defer cancel()
	for n := range attempts {
		err = said(ctx, b.send(ctx, key, ready, size, mediaType))
		if err == nil || !passing(err) || ctx.Err() != nil {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(n) * pause): // beside what the client waits after every attempt
		}
	}
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	return nil
}

// send makes one attempt of a Put. The attempts are not left to the client: its second one would read the content
// while the connection of the first may still do so.
func (b *bucket) send(ctx context.Context, key string, ready *staged, size int64, mediaType string) error {
	reading := &reading{from: io.NewSectionReader(ready.content, 0, size)}
	defer reading.end()
	_, err := b.client.PutObject(ctx, b.address.bucket, b.object(key), reading, size, "", ready.sum,
		minio.PutObjectOptions{ContentType: mediaType, DisableContentSha256: true}) // its own streamed one: we give the whole's
	return err
}

// Open asks for the object; reading it has no end in time as long as bytes come.
func (b *bucket) Open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	if err := checkKey(key); err != nil {
		return nil, 0, fmt.Errorf("open a blob: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(b.patience, func() { cancel(errSilent) })
	content, about, _, err := b.client.GetObject(ctx, b.address.bucket, b.object(key), minio.GetObjectOptions{})
	watch.Stop()
	if err != nil {
		err = said(ctx, err)
		cancel(nil)
		if codeOf(err) == minio.NoSuchKey {
			err = fmt.Errorf("%w: %w", fs.ErrNotExist, err)
		}
		return nil, 0, fmt.Errorf("open %s: %w", key, err)
	}
	return &body{ctx: ctx, from: content, watch: watch, patience: b.patience, cancel: cancel}, about.Size, nil
}

// Delete removes the object.
func (b *bucket) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("delete a blob: %w", err)
	}
	ctx, cancel := b.limit(ctx, b.patience)
	defer cancel()
	err := b.client.RemoveObject(ctx, b.address.bucket, b.object(key), minio.RemoveObjectOptions{})
	if err = said(ctx, err); err != nil && codeOf(err) != minio.NoSuchKey {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

// List asks for the objects below the prefix of the address and passes over what is no blob of ours.
func (b *bucket) List(ctx context.Context, prefix, after string, limit int) ([]string, []time.Time, error) {
	limit, err := bounded(limit)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := b.limit(ctx, b.patience)
	defer cancel()
	root, nobody := b.object(""), false
	options := minio.ListObjectsOptions{Prefix: root + prefix, Recursive: true, MaxKeys: limit, FetchOwner: &nobody}
	if after != "" {
		options.StartAfter = root + after
	}
	var keys []string
	var modified []time.Time
	for object := range b.client.ListObjectsIter(ctx, b.address.bucket, options) {
		if object.Err != nil {
			return nil, nil, fmt.Errorf("list blobs: %w", said(ctx, object.Err))
		}
		key := object.Key[min(len(root), len(object.Key)):]
		if checkKey(key) != nil {
			continue
		}
		if key <= after || len(keys) > 0 && key <= keys[len(keys)-1] { // a sweeper would pass over the rest
			return nil, nil, errors.New("list blobs: the bucket does not list its keys in rising order, as directory buckets do not: use another kind")
		}
		keys, modified = append(keys, key), append(modified, object.LastModified)
		if len(keys) == limit {
			break
		}
	}
	if err := said(ctx, ctx.Err()); err != nil && len(keys) < limit { // which the client takes for the end
		return nil, nil, fmt.Errorf("list blobs: %w", err)
	}
	return keys, modified, nil
}

// Sweep finds nothing: an object is there whole or not at all.
func (b *bucket) Sweep(context.Context, time.Time) (int, error) { return 0, nil }

// Check tries the bucket.
func (b *bucket) Check(ctx context.Context) error { return check(ctx, b, b.advice) }

// Close closes idle connections.
func (b *bucket) Close() error {
	b.close()
	return nil
}

// String is the address with the secret hidden.
func (b *bucket) String() string { return b.address.String() }

// object is the name that a key has in the bucket.
func (b *bucket) object(key string) string {
	if b.address.prefix == "" {
		return key
	}
	return b.address.prefix + "/" + key
}
