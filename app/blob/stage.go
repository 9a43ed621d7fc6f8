package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"sync"
)

// inMemory is the longest content that is held in memory while it is sent; longer content that cannot be read twice
// goes through a temporary file.
const inMemory = 1 << 20

// staged is content that has the announced size and can be read again, for another attempt.
type staged struct {
	content *io.SectionReader
	sum     string // SHA-256 in hex
	close   func()
}

// rereadable is content that can be read twice without a copy, such as an uploaded file.
type rereadable interface {
	io.ReadSeeker
	io.ReaderAt
}

// stage makes content ready to be sent.
func stage(ctx context.Context, content io.Reader, size int64) (*staged, error) {
	hash := sha256.New()
	s := &staged{close: func() {}}
	if again, ok := content.(rereadable); ok {
		start, err := again.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, fmt.Errorf("find where the content begins: %w", err)
		}
		if err := copyExactly(ctx, hash, again, size); err != nil {
			return nil, err
		}
		s.content = io.NewSectionReader(again, start, size)
	} else if size <= inMemory {
		var buffer bytes.Buffer
		if err := copyExactly(ctx, io.MultiWriter(hash, &buffer), content, size); err != nil {
			return nil, err
		}
		s.content = io.NewSectionReader(bytes.NewReader(buffer.Bytes()), 0, size)
	} else if err := s.spool(ctx, hash, content, size); err != nil {
		return nil, err
	}
	s.sum = hex.EncodeToString(hash.Sum(nil))
	return s, nil
}

// spool copies content to a temporary file, which goes with close.
func (s *staged) spool(ctx context.Context, hash io.Writer, content io.Reader, size int64) error {
	file, err := os.CreateTemp("", "rejoin-blob-")
	if err != nil {
		return fmt.Errorf("make a temporary file: %w", err)
	}
	kept := false
	s.close = func() {
		file.Close()
		_ = os.Remove(file.Name()) // the system tidies its temporary files
	}
	defer func() {
		if !kept {
			s.close()
		}
	}()
	if err := copyExactly(ctx, io.MultiWriter(hash, file), content, size); err != nil {
		return err
	}
	kept = true
	s.content = io.NewSectionReader(file, 0, size)
	return nil
}

// reading is the content of one attempt. A connection may read on after the attempt is over; not past its end.
type reading struct {
	mu    sync.Mutex
	from  io.Reader
	ended bool
}

func (r *reading) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return 0, io.ErrClosedPipe
	}
	return r.from.Read(p)
}

func (r *reading) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}
