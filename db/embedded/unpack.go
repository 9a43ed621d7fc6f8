package embedded

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	packageFolder = "package/"
	// unpackLimit is many times the size of the package, and far from filling a disk.
	unpackLimit = 1 << 30
)

// unpack writes the files below package/ into a new folder; anything that leaves it or is not a file is refused.
func unpack(archive, home string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	zipped, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	entries := tar.NewReader(io.LimitReader(zipped, unpackLimit))
	for {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := place(entry, entries, home); err != nil {
			return err
		}
	}
}

func place(entry *tar.Header, content io.Reader, home string) error {
	name, ok := strings.CutPrefix(entry.Name, packageFolder)
	if !ok || !filepath.IsLocal(name) || entry.Typeflag != tar.TypeReg {
		return fmt.Errorf("unexpected entry %q", entry.Name)
	}
	path := filepath.Join(home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if entry.Mode&0o100 != 0 || filepath.Base(filepath.Dir(path)) == "bin" {
		mode = 0o755
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
