package files

import (
	"errors"
	"fmt"
	"io"
)

var errBackward = errors.New("what was read from afar is not read again")

// seekable lets content that only runs forward be answered in parts: it skips to where the part begins.
func seekable(content io.Reader, size int64) io.ReadSeeker {
	if s, can := content.(io.ReadSeeker); can {
		return s
	}
	return &forward{from: content, size: size}
}

type forward struct {
	from     io.Reader
	size     int64
	at, want int64
}

// Seek only notes the place.
func (f *forward) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.want
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, errBackward
	}
	f.want = offset
	return offset, nil
}

// Read skips to the place and reads on.
func (f *forward) Read(into []byte) (int, error) {
	if f.want < f.at {
		return 0, errBackward
	}
	if f.want > f.at {
		skipped, err := io.CopyN(io.Discard, f.from, f.want-f.at)
		f.at += skipped
		if err != nil {
			return 0, fmt.Errorf("skip to a part: %w", err)
		}
	}
	n, err := f.from.Read(into)
	f.at += int64(n)
	f.want = f.at
	return n, err
}
