package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// List walks the folders in the order of keys, and only those that can hold one that is asked for.
func (d *disk) List(ctx context.Context, prefix, after string, limit int) ([]string, []time.Time, error) {
	limit, err := bounded(limit)
	if err != nil {
		return nil, nil, err
	}
	w := &walk{ctx: ctx, disk: d, prefix: prefix, after: after, limit: limit}
	if err := d.present(); err != nil {
		return nil, nil, fmt.Errorf("list blobs: %w", err)
	}
	if err := w.folder(""); err != nil {
		return nil, nil, fmt.Errorf("list blobs: %w", err)
	}
	return w.keys, w.modified, nil
}

// walk is one List under way.
type walk struct {
	ctx           context.Context
	disk          *disk
	prefix, after string
	limit         int
	keys          []string
	modified      []time.Time
}

// folder takes in what is below a folder; its path ends with a slash, that of the root is empty.
func (w *walk) folder(at string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	name := strings.TrimSuffix(at, "/")
	if name == "" {
		name = "."
	}
	entries, err := fs.ReadDir(w.disk.root.FS(), name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // emptied meanwhile
	}
	if err != nil {
		return err
	}
	for _, name := range inOrder(entries) {
		if len(w.keys) == w.limit {
			return nil
		}
		if !isSegment(strings.TrimSuffix(name, "/")) {
			continue // nobody's key
		}
		if err := w.entry(at + name); err != nil {
			return err
		}
	}
	return nil
}

// entry takes in one file, or what is below one folder.
func (w *walk) entry(at string) error {
	if strings.HasSuffix(at, "/") {
		wanted := strings.HasPrefix(at, w.prefix) || strings.HasPrefix(w.prefix, at)
		behind := at < w.after && !strings.HasPrefix(w.after, at)
		if !wanted || behind || len(at) >= maxKey {
			return nil
		}
		return w.folder(at)
	}
	if !strings.HasPrefix(at, w.prefix) || at <= w.after || len(at) > maxKey {
		return nil
	}
	found, err := w.disk.root.Lstat(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	w.keys, w.modified = append(w.keys, at), append(w.modified, found.ModTime())
	return nil
}

// inOrder returns the names of files, and those of folders with a slash, so that they sort as the keys below them do.
func inOrder(entries []fs.DirEntry) []string {
	var names []string
	for _, entry := range entries {
		switch {
		case entry.IsDir():
			names = append(names, entry.Name()+"/")
		case entry.Type().IsRegular():
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return names
}
