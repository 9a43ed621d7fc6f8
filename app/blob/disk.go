package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// incoming is the folder of unfinished Puts; no key can name it.
const incoming = "~incoming"

// errVanished is about a root folder that is not there any more, such as that of a volume no longer mounted. Nothing
// is made anew in its place: that would hide every blob.
var errVanished = errors.New("the folder of the blobs was removed or replaced while in use: bring it back, then restart")

// disk keeps blobs as files below one folder. Every access goes through an os.Root, so that neither a key nor a
// symbolic link leads out of it.
type disk struct {
	folder string
	root   *os.Root

	// folders is held for reading while a file is placed into a folder, and for writing while folders are made or
	// removed, so that no folder goes away under a file that is about to be placed.
	folders sync.RWMutex
	settled map[string]bool // folders known to survive a loss of power
}

// newDisk opens the store in a folder, which is made, for us alone, when missing.
func newDisk(folder string) (*disk, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("find the folder of the blobs: %w", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the blobs: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder of the blobs: %w", err)
	}
	d := &disk{folder: folder, root: root, settled: map[string]bool{}}
	if err := d.prepare(); err != nil {
		_ = root.Close() // the first error counts
		return nil, fmt.Errorf("prepare the folder of the blobs %s: %w", folder, err)
	}
	return d, nil
}

// prepare makes the folder of unfinished Puts and lets the root itself survive a loss of power.
func (d *disk) prepare() error {
	if err := d.root.Mkdir(incoming, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := d.sync("."); err != nil {
		return err
	}
	parent, err := os.Open(filepath.Dir(d.folder))
	if errors.Is(err, fs.ErrPermission) {
		return nil // a folder given to us inside another's: theirs to keep
	}
	if err != nil {
		return err
	}
	defer parent.Close()
	return syncFolder(parent)
}

// Put writes beside the other unfinished ones and moves the file into place when it is whole.
func (d *disk) Put(ctx context.Context, key string, content io.Reader, size int64, _ string) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("put a blob: %w", err)
	}
	if err := d.present(); err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	unfinished, err := d.receive(ctx, content, size)
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	if err := d.place(unfinished, key); err != nil {
		_ = d.root.Remove(unfinished) // what stays is Sweep's
		return fmt.Errorf("put %s: %w", key, err)
	}
	return nil
}

// receive writes content to a new unfinished file and returns its name; on an error nothing of it stays.
func (d *disk) receive(ctx context.Context, content io.Reader, size int64) (string, error) {
	name := incoming + "/" + rand.Text()
	file, err := d.create(name)
	if err != nil {
		return "", err
	}
	whole := false
	defer func() { // also when the content panics
		file.Close()
		if !whole {
			_ = d.root.Remove(name)
		}
	}()
	if err := copyExactly(ctx, file, content, size); err != nil {
		return "", err
	}
	if err := file.Sync(); err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", err
	}
	whole = true
	return name, nil
}

// create makes an unfinished file, and their folder should somebody have tidied it away.
func (d *disk) create(name string) (*os.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	file, err := d.root.OpenFile(name, flags, 0o600)
	if !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	if err := d.root.Mkdir(incoming, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return d.root.OpenFile(name, flags, 0o600)
}

// Open opens the file.
func (d *disk) Open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	if err := checkKey(key); err != nil {
		return nil, 0, fmt.Errorf("open a blob: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, fmt.Errorf("open %s: %w", key, err)
	}
	found, err := d.look(key)
	if err != nil {
		return nil, 0, fmt.Errorf("open %s: %w", key, err)
	}
	if !found.Mode().IsRegular() { // which would also wait for ever on a pipe
		return nil, 0, fmt.Errorf("open %s: it is no file", key)
	}
	file, err := d.root.Open(key)
	if err != nil {
		return nil, 0, fmt.Errorf("open %s: %w", key, err)
	}
	opened, err := file.Stat() // a Put in between may have changed the size
	if err != nil {
		file.Close()
		return nil, 0, fmt.Errorf("open %s: %w", key, err)
	}
	return file, opened.Size(), nil
}

// Delete removes the file, and the folders that it leaves empty.
func (d *disk) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("delete a blob: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	found, err := d.look(key)
	if errors.Is(err, fs.ErrNotExist) || err == nil && found.IsDir() {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	if err := d.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	d.prune(path.Dir(key))
	return nil
}

// Sweep removes unfinished files that nobody has written to since olderThan.
func (d *disk) Sweep(ctx context.Context, olderThan time.Time) (int, error) {
	entries, err := fs.ReadDir(d.root.FS(), incoming)
	if err != nil {
		return 0, fmt.Errorf("sweep unfinished blobs: %w", d.explain(err))
	}
	removed := 0
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return removed, fmt.Errorf("sweep unfinished blobs: %w", err)
		}
		name := incoming + "/" + entry.Name()
		found, err := d.root.Lstat(name)
		if err != nil || !found.ModTime().Before(olderThan) {
			continue // finished meanwhile, or still young
		}
		if err := d.root.Remove(name); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return removed, fmt.Errorf("sweep unfinished blobs: %w", err)
		}
		removed++
	}
	return removed, nil
}

// Check tries the folder.
func (d *disk) Check(ctx context.Context) error { return check(ctx, d, diskAdvice) }

// Close closes the folder.
func (d *disk) Close() error { return d.root.Close() }

// String is the folder's path.
func (d *disk) String() string { return d.folder }

// look describes what is under a key. It follows no link, not even of a folder: it could lead to another organization.
func (d *disk) look(key string) (fs.FileInfo, error) {
	for end := range len(key) {
		if key[end] != '/' {
			continue
		}
		found, err := d.root.Lstat(key[:end])
		if err != nil {
			return nil, d.explain(err)
		}
		if !found.IsDir() {
			return nil, fmt.Errorf("%s is no folder: %w", key[:end], fs.ErrNotExist)
		}
	}
	found, err := d.root.Lstat(key)
	if err != nil {
		return nil, d.explain(err)
	}
	return found, nil
}

// explain tells a blob that is gone from a folder that is gone.
func (d *disk) explain(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if vanished := d.present(); vanished != nil {
		return vanished
	}
	return err
}

// present makes sure that the folder we hold is still the one that its path names.
func (d *disk) present() error {
	held, err := d.root.Stat(".")
	if err != nil {
		return err
	}
	named, err := os.Stat(d.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
		return err
	}
	if err != nil || !os.SameFile(held, named) {
		return fmt.Errorf("%s: %w", d.folder, errVanished)
	}
	return nil
}
