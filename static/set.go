package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// asset is one file, ready to be sent.
type asset struct {
	name   string
	hashed string // name with the hash of the content before its extension
	hash   string
	body   []byte
	gzip   func() []byte // made on first use; nil bytes when it would not be smaller
}

// set is every file by its plain and by its hashed name.
type set struct {
	byName   map[string]*asset
	byHashed map[string]*asset
	raw      map[string][]byte
	open     map[string]bool // modules being read, to find circles of imports
}

// imports finds the module specifiers that point to a neighbour.
var imports = regexp.MustCompile(`((?:\bfrom|\bimport)\s*\(?\s*["'])(\.{1,2}/[^"']+\.js)(["'])`)

func read() (*set, error) {
	s := &set{byName: map[string]*asset{}, byHashed: map[string]*asset{}, raw: map[string][]byte{}, open: map[string]bool{}}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		s.raw[name], err = files.ReadFile(name)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.raw[appSheet] = s.concatenate()
	for name := range s.raw {
		if _, err := s.add(name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *set) concatenate() []byte {
	var all bytes.Buffer
	all.WriteString("@layer tokens, base, layout, components, pages;\n")
	for _, name := range append(sheets[:], pageSheets(s.raw)...) {
		all.Write(s.raw[name])
		all.WriteByte('\n')
	}
	return all.Bytes()
}

func pageSheets(raw map[string][]byte) []string {
	var names []string
	for name := range raw {
		if path.Dir(name) == "css/pages" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// add names a file by its content, after the modules that it imports, so that a change anywhere
// below changes its name too.
func (s *set) add(name string) (*asset, error) {
	if done := s.byName[name]; done != nil {
		return done, nil
	}
	body, known := s.raw[name]
	if !known {
		return nil, fmt.Errorf("there is no %s", name)
	}
	if s.open[name] {
		return nil, fmt.Errorf("%s imports itself", name)
	}
	s.open[name] = true
	if ours := !strings.HasPrefix(name, "vendor/"); ours && path.Ext(name) == ".js" {
		var err error
		if body, err = s.link(name, body); err != nil {
			return nil, err
		}
	}
	made := newAsset(name, body)
	s.byName[name], s.byHashed[made.hashed] = made, made
	return made, nil
}

func (s *set) link(name string, body []byte) ([]byte, error) {
	var failed error
	linked := imports.ReplaceAllFunc(body, func(found []byte) []byte {
		part := imports.FindSubmatch(found)
		target, err := s.add(path.Join(path.Dir(name), string(part[2])))
		if err != nil {
			failed = fmt.Errorf("%s: %w", name, err)
			return found
		}
		return []byte(string(part[1]) + Prefix + target.hashed + string(part[3]))
	})
	return linked, failed
}

func newAsset(name string, body []byte) *asset {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	return &asset{
		name: name, hash: hash, body: body,
		hashed: strings.TrimSuffix(name, ext) + "." + hash + ext,
		gzip:   sync.OnceValue(func() []byte { return squeeze(name, body) }),
	}
}

func squeeze(name string, body []byte) []byte {
	switch path.Ext(name) {
	case ".png", ".jpg", ".woff2", ".ico", ".mp3":
		return nil
	}
	var small bytes.Buffer
	w, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(body); err != nil {
		return nil
	}
	if err := w.Close(); err != nil || small.Len() >= len(body) {
		return nil
	}
	return small.Bytes()
}
