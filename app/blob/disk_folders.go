package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

const (
	maxSettled = 4096 // folders remembered; an organization writes into a few a day
	maxPlacing = 10   // attempts against deletes that empty the folder again and again
)

// place moves a whole unfinished file to its key and lets that survive a loss of power.
func (d *disk) place(unfinished, key string) error {
	folder := path.Dir(key)
	for range maxPlacing {
		if err := d.settle(folder); err != nil {
			return d.explain(err)
		}
		err := d.placeInto(folder, unfinished, key)
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if _, err := d.look(unfinished); err != nil {
			return err
		}
		d.forget(folder) // it was emptied, and removed, just before
	}
	return fmt.Errorf("the folder %s does not stay", folder)
}

// placeInto does it in a folder that was there a moment ago.
func (d *disk) placeInto(folder, unfinished, key string) error {
	d.folders.RLock()
	defer d.folders.RUnlock()
	if err := d.root.Rename(unfinished, key); err != nil {
		return err
	}
	return d.sync(folder)
}

// settle makes a folder and those above it, and lets them survive a loss of power.
func (d *disk) settle(folder string) error {
	if folder == "." || d.isSettled(folder) {
		return nil
	}
	d.folders.Lock()
	defer d.folders.Unlock()
	if len(d.settled) >= maxSettled {
		clear(d.settled)
	}
	at, above := "", "."
	for segment := range strings.SplitSeq(folder, "/") {
		at = path.Join(at, segment)
		if !d.settled[at] {
			if err := d.make(at, above); err != nil {
				return err
			}
			d.settled[at] = true
		}
		above = at
	}
	return nil
}

func (d *disk) isSettled(folder string) bool {
	d.folders.RLock()
	defer d.folders.RUnlock()
	return d.settled[folder]
}

// forget lets the next settle look again whether a folder and those above it are there.
func (d *disk) forget(folder string) {
	d.folders.Lock()
	defer d.folders.Unlock()
	for ; folder != "."; folder = path.Dir(folder) {
		delete(d.settled, folder)
	}
}

// make makes one folder. One that is there may stem from a Put that a crash cut short: it is synced all the same.
func (d *disk) make(folder, above string) error {
	err := d.root.Mkdir(folder, 0o700)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	found, err := d.root.Lstat(folder)
	if err != nil {
		return err
	}
	if !found.IsDir() {
		return fmt.Errorf("%s is no folder", folder)
	}
	return d.sync(above)
}

// prune removes a folder and those above it as far as they are empty.
func (d *disk) prune(folder string) {
	d.folders.Lock()
	defer d.folders.Unlock()
	for ; folder != "."; folder = path.Dir(folder) {
		if d.root.Remove(folder) != nil { // not empty, as a rule
			return
		}
		delete(d.settled, folder)
	}
}

// sync lets the names in a folder survive a loss of power.
func (d *disk) sync(folder string) error {
	opened, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	defer opened.Close()
	return syncFolder(opened)
}

// syncFolder takes it that a file system that cannot sync folders, as some network ones, keeps names by itself.
func syncFolder(folder *os.File) error {
	err := folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
