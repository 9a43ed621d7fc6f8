package blob

import (
	"context"
	"errors"
	"io"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/s3utils"
)

// errSilent is about a bucket that did not answer in time.
var errSilent = errors.New("no answer in time")

// limit ends a call after a while.
func (b *bucket) limit(ctx context.Context, wait time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, wait, errSilent)
}

// said is an error of a call, with the reason when it was us who ended it.
func said(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

// codeOf is S3's name for an error, empty when the bucket said nothing.
func codeOf(err error) string {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

// passing reports whether an error may be gone at the next attempt.
func passing(err error) bool {
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		return !errors.Is(err, errSilent)
	}
	switch answer.Code {
	case "RequestTimeout", "TooManyRequests", "Throttling", "ThrottlingException", "RequestThrottled", "RequestLimitExceeded":
		return true
	}
	return answer.StatusCode/100 == 5
}

// regionOf is the region that the host's name tells; without one the client would ask the bucket, for which many a
// key has no permission.
func regionOf(host url.URL) string {
	if region := s3utils.GetRegionFromURL(host); region != "" {
		return region
	}
	return defaultRegion
}

// body is the content of an object under way.
type body struct {
	ctx      context.Context
	from     io.ReadCloser
	watch    *time.Timer
	patience time.Duration
	cancel   context.CancelCauseFunc
}

// Read waits for the next bytes, but not for ever. How long the reader itself takes between two reads does not count.
func (b *body) Read(p []byte) (int, error) {
	b.watch.Reset(b.patience)
	n, err := b.from.Read(p)
	b.watch.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = said(b.ctx, err)
	}
	return n, err
}

// Close gives the connection back, or ends it when bytes are left.
func (b *body) Close() error {
	b.watch.Stop()
	err := b.from.Close()
	b.cancel(nil)
	return err
}
