package blob

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

func TestFoldersAndFilesAreForUsAlone(t *testing.T) {
	d := newFolder(t)
	put(t, d, "7/mail/x", "x")
	err := filepath.WalkDir(d.folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		found, err := entry.Info()
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if err == nil && found.Mode().Perm() != want {
			t.Errorf("%s has %s", name, found.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoUnfinishedFileStays(t *testing.T) {
	d := newFolder(t)
	put(t, d, "7/a", "x")
	put(t, d, "7/a", "y")
	_ = d.Put(t.Context(), "7/b", strings.NewReader("short"), 10, "")
	_ = d.Put(t.Context(), "7/b", iotest.ErrReader(errors.New("broken")), 10, "")
	_ = d.Put(t.Context(), "7/a/below-a-blob", strings.NewReader("x"), 1, "")
	func() {
		defer func() { _ = recover() }()
		_ = d.Put(t.Context(), "7/b", panicking{}, 10, "")
	}()
	if left := unfinished(t, d); len(left) != 0 {
		t.Errorf("there are %v", left)
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("a reader that breaks") }

func unfinished(t *testing.T, d *disk) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(d.folder, incoming))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestWhatACrashLeftIsSweptButNoPutUnderWay(t *testing.T) {
	d := newFolder(t)
	put(t, d, "7/a", "stays")
	for name, age := range map[string]time.Duration{"old": 2 * time.Hour, "young": 0} {
		file := filepath.Join(d.folder, incoming, name)
		if err := os.WriteFile(file, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	wantKeys(t, d, "7/a")
	removed, err := d.Sweep(t.Context(), time.Now().Add(-time.Hour))
	if left := unfinished(t, d); err != nil || removed != 1 || len(left) != 1 || left[0] != "young" {
		t.Errorf("%d were swept, %v; there are %v", removed, err, left)
	}
	wantText(t, d, "7/a", "stays")
}

func TestAPutWhoseFileWasSweptAwayFailsAndTheNextOneWorks(t *testing.T) {
	d := newFolder(t)
	swept := readerFunc(func(p []byte) (int, error) {
		if err := os.RemoveAll(filepath.Join(d.folder, incoming)); err != nil {
			return 0, err
		}
		p[0] = 'x'
		return 1, nil
	})
	if err := d.Put(t.Context(), "7/a", &once{swept, false}, 1, ""); err == nil {
		t.Error("it said that the blob is there")
	}
	wantGone(t, d, "7/a")
	put(t, d, "7/a", "x")
	wantText(t, d, "7/a", "x")
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// once ends after the first read.
type once struct {
	from readerFunc
	done bool
}

func (o *once) Read(p []byte) (int, error) {
	if o.done {
		return 0, io.EOF
	}
	o.done = true
	return o.from.Read(p)
}

func TestNoSymbolicLinkLeadsOutOfTheRoot(t *testing.T) {
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("not yours"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newFolder(t)
	put(t, d, "8/own", "of another organization")
	link := func(to, at string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(d.folder, at)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(d.folder, at)); err != nil {
			t.Fatal(err)
		}
	}
	link(secret, "7/file")
	link("../../../../../../../../"+secret, "7/climbing")
	link("../8/own", "7/neighbour")
	link(outside, "7/folder")
	link("../8", "7/inside")
	link(outside, "6")
	for _, key := range []string{"7/file", "7/climbing", "7/neighbour", "7/folder/secret", "6/secret", "6", "7/folder", "7/inside/own"} {
		if text, err := read(d, key); err == nil {
			t.Errorf("%s reads %q", key, text)
		}
	}
	for _, key := range []string{"7/folder/new", "6/new", "7/folder/deeper/new", "7/inside/new", "7/inside/deeper/new"} {
		if err := d.Put(t.Context(), key, strings.NewReader("x"), 1, ""); err == nil {
			t.Errorf("%s was written", key)
		}
	}
	put(t, d, "7/file", "ours") // takes the place of the link
	wantText(t, d, "7/file", "ours")
	for _, key := range []string{"7/folder/secret", "6/secret", "7/climbing", "7/inside/own"} {
		_ = d.Delete(t.Context(), key)
	}
	if text, err := os.ReadFile(secret); err != nil || string(text) != "not yours" {
		t.Errorf("the file outside holds %q, %v", text, err)
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) != 1 {
		t.Errorf("outside there are %v, %v", left, err)
	}
	wantKeys(t, d, "7/file", "8/own")
	wantText(t, d, "8/own", "of another organization")
}

func TestWhatIsNoFileIsNoBlob(t *testing.T) {
	d := newFolder(t)
	put(t, d, "7/mail/x", "x")
	if err := syscall.Mkfifo(filepath.Join(d.folder, "7/pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"7/pipe", "7/mail"} {
		if _, _, err := d.Open(t.Context(), key); err == nil {
			t.Errorf("%s was opened", key)
		}
	}
	wantGone(t, d, "7/mail/x/below")
	if err := d.Delete(t.Context(), "7/mail/x/below"); err != nil {
		t.Errorf("delete below a blob: %v", err)
	}
	if err := d.Delete(t.Context(), "7/mail"); err != nil {
		t.Errorf("delete a folder: %v", err)
	}
	for _, key := range []string{"7/mail", "7/mail/x/below"} {
		if err := d.Put(t.Context(), key, strings.NewReader("x"), 1, ""); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("put %s: %v", key, err)
		}
	}
	wantKeys(t, d, "7/mail/x")
}

func TestARootThatWasRemovedIsNotTakenForMissingBlobs(t *testing.T) {
	for name, take := range map[string]func(folder string) error{
		"removed": os.RemoveAll,
		"moved":   func(folder string) error { return os.Rename(folder, folder+"-elsewhere") },
		"replaced": func(folder string) error {
			return errors.Join(os.Rename(folder, folder+"-elsewhere"), os.Mkdir(folder, 0o700))
		},
		"replaced by a file": func(folder string) error {
			return errors.Join(os.Rename(folder, folder+"-elsewhere"), os.WriteFile(folder, nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFolder(t)
			put(t, d, "7/a", "x")
			if err := take(d.folder); err != nil {
				t.Fatal(err)
			}
			_, _, opened := d.Open(t.Context(), "7/b")
			_, _, listed := d.List(t.Context(), "", "", 10)
			for what, err := range map[string]error{
				"put": d.Put(t.Context(), "7/c", strings.NewReader("x"), 1, ""), "open": opened, "list": listed,
				"delete": d.Delete(t.Context(), "7/b"), "check": d.Check(t.Context()),
			} {
				if !errors.Is(err, errVanished) || errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if left, err := os.ReadDir(d.folder); err == nil && len(left) > 0 {
				t.Errorf("something was made in its place: %v", left)
			}
		})
	}
}

func TestEmptyFoldersGoAndComeBack(t *testing.T) {
	d := newFolder(t)
	for range 2 {
		put(t, d, "7/mail/2026/11/20/x", "x")
		put(t, d, "7/mail/2026/11/21/y", "y")
		if err := d.Delete(t.Context(), "7/mail/2026/11/20/x"); err != nil {
			t.Fatal(err)
		}
		left, err := os.ReadDir(filepath.Join(d.folder, "7/mail/2026/11"))
		if err != nil || len(left) != 1 || left[0].Name() != "21" {
			t.Errorf("there are %v, %v", left, err)
		}
		if err := d.Delete(t.Context(), "7/mail/2026/11/21/y"); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(d.folder, "7")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the organization's folder: %v", err)
		}
	}
}

func TestAFolderRemovedByAnotherProgramIsMadeAgain(t *testing.T) {
	d := newFolder(t)
	put(t, d, "7/mail/x", "x")
	if err := os.RemoveAll(filepath.Join(d.folder, "7")); err != nil {
		t.Fatal(err)
	}
	put(t, d, "7/mail/y", "y")
	wantKeys(t, d, "7/mail/y")
}

func TestPutsWinAgainstDeletesThatEmptyTheirFolder(t *testing.T) {
	d := newFolder(t)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for round := range 40 {
				key := fmt.Sprintf("7/one/folder/%d-%d", worker, round)
				if err := d.Put(t.Context(), key, strings.NewReader("x"), 1, ""); err != nil {
					t.Error(err)
				}
				if err := d.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	wantKeys(t, d)
}

func TestTheFoldersRememberedHaveABound(t *testing.T) {
	d := newFolder(t)
	for n := range maxSettled + 10 {
		d.settled[fmt.Sprint("filled/", n)] = true
	}
	put(t, d, "7/a", "x")
	if len(d.settled) > 10 {
		t.Errorf("%d are remembered", len(d.settled))
	}
}

func TestBlobsSurviveARestart(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "blobs")
	for n := range 3 {
		d, err := newDisk(folder)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			wantText(t, d, fmt.Sprint("7/", n-1), "x")
		}
		put(t, d, fmt.Sprint("7/", n), "x")
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if err := d.Put(t.Context(), "7/late", strings.NewReader("x"), 1, ""); err == nil {
			t.Error("a closed store took a blob")
		}
	}
}

func BenchmarkPutOf16KiBOnDisk(b *testing.B) {
	d, text := newFolder(b), strings.Repeat("0123456789abcdef", 1<<10)
	b.SetBytes(int64(len(text)))
	for n := 0; b.Loop(); n++ {
		put(b, d, fmt.Sprintf("7/mail/2026/11/20/%d", n), text)
	}
}

func BenchmarkPutsOf16KiBOnDiskAtOnce(b *testing.B) {
	d, text := newFolder(b), strings.Repeat("0123456789abcdef", 1<<10)
	b.SetBytes(int64(len(text)))
	b.SetParallelism(8)
	b.RunParallel(func(parallel *testing.PB) {
		for parallel.Next() {
			put(b, d, "7/mail/2026/11/20/"+rand.Text(), text)
		}
	})
}
