package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// errSize is about content that is not as long as announced.
var errSize = errors.New("the content has another size than announced")

// copyExactly copies size bytes and makes sure that the source ends there. It stops between two reads when the
// context ends.
func copyExactly(ctx context.Context, to io.Writer, from io.Reader, size int64) error {
	if size < 0 {
		return fmt.Errorf("%w: %d bytes", errSize, size)
	}
	copied, err := io.Copy(to, io.LimitReader(attentive{ctx, from}, size+1))
	switch {
	case err != nil:
		return fmt.Errorf("copy the content: %w", err)
	case copied > size:
		return fmt.Errorf("%w: more than %d bytes", errSize, size)
	case copied < size:
		return fmt.Errorf("%w: %d instead of %d bytes", errSize, copied, size)
	}
	return nil
}

// attentive reads until the context ends.
type attentive struct {
	ctx  context.Context
	from io.Reader
}

func (a attentive) Read(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.from.Read(p)
}
