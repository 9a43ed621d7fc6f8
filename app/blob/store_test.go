package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"rejoin/app/blob/s3test"
)

// everyStore runs a test on a folder, on a bucket and on a part of a bucket.
func everyStore(t *testing.T, test func(t *testing.T, store Store)) {
	t.Run("disk", func(t *testing.T) { test(t, newFolder(t)) })
	t.Run("bucket", func(t *testing.T) { test(t, open(t, s3test.New(s3test.Options{}, t).Address())) })
	t.Run("part of a bucket", func(t *testing.T) {
		server := s3test.New(s3test.Options{PageSize: 2}, t)
		server.Add("elsewhere/7/a", s3test.Object{})
		server.Add("in/par", s3test.Object{})
		server.Add("in/part/not ours", s3test.Object{})
		server.Add("in/parts/7/a", s3test.Object{})
		before, after, _ := strings.Cut(server.Address(), "?")
		test(t, open(t, before+"/in/part?"+after))
	})
}

func newFolder(t testing.TB) *disk {
	t.Helper()
	d, err := newDisk(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func open(t *testing.T, address string) Store {
	t.Helper()
	store, err := Open(address, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// put keeps a text, and fails the test if that does not work.
func put(t testing.TB, store Store, key, text string) {
	t.Helper()
	if err := store.Put(t.Context(), key, strings.NewReader(text), int64(len(text)), "text/plain"); err != nil {
		t.Fatal(err)
	}
}

// read returns what is under a key.
func read(store Store, key string) (string, error) {
	content, size, err := store.Open(context.Background(), key)
	if err != nil {
		return "", err
	}
	defer content.Close()
	text, err := io.ReadAll(content)
	if err == nil && int64(len(text)) != size {
		err = fmt.Errorf("%d bytes, not %d", len(text), size)
	}
	return string(text), err
}

func wantText(t *testing.T, store Store, key, want string) {
	t.Helper()
	if got, err := read(store, key); err != nil || got != want {
		t.Errorf("%s holds %.40q, %v, want %.40q", key, got, err, want)
	}
}

func wantGone(t *testing.T, store Store, key string) {
	t.Helper()
	if got, err := read(store, key); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s holds %.40q, %v", key, got, err)
	}
}

func wantKeys(t *testing.T, store Store, want ...string) {
	t.Helper()
	keys, modified, err := store.List(t.Context(), "", "", 1000)
	if err != nil || !slices.Equal(keys, want) || len(modified) != len(keys) {
		t.Errorf("it lists %q with %d times, %v, want %q", keys, len(modified), err, want)
	}
}

func TestWhatIsPutIsReadAgainUntilItIsDeleted(t *testing.T) {
	everyStore(t, func(t *testing.T, store Store) {
		const key = "7/mail/2026/11/20/x"
		wantGone(t, store, key)
		put(t, store, key, "first")
		put(t, store, key, "second and longer")
		put(t, store, "8/mail/2026/11/20/x", "")
		wantText(t, store, key, "second and longer")
		wantText(t, store, "8/mail/2026/11/20/x", "")
		for range 2 {
			if err := store.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
		wantGone(t, store, key)
		wantKeys(t, store, "8/mail/2026/11/20/x")
	})
}

func TestContentOfEveryKindArrivesWhole(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef"), (inMemory+5<<16)/16)
	everyStore(t, func(t *testing.T, store Store) {
		begun := bytes.NewReader(append([]byte("skipped"), large...))
		_, _ = begun.Seek(int64(len("skipped")), io.SeekStart)
		for name, content := range map[string]io.Reader{
			"stream": io.MultiReader(bytes.NewReader(large)), "drops": iotest.HalfReader(bytes.NewReader(large)),
			"again": bytes.NewReader(large), "begun": begun, "eof": iotest.DataErrReader(bytes.NewReader(large)),
		} {
			if err := store.Put(t.Context(), "7/"+name, content, int64(len(large)), ""); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got, err := read(store, "7/"+name); err != nil || got != string(large) {
				t.Errorf("%s: %d bytes came back, %v", name, len(got), err)
			}
		}
	})
}

func TestContentThatIsNotAsAnnouncedChangesNothing(t *testing.T) {
	broken := errors.New("the sender hung up")
	text := func(length int) io.Reader { return strings.NewReader(strings.Repeat("x", length)) }
	streamed := func(length int) io.Reader { return io.MultiReader(text(length)) }
	everyStore(t, func(t *testing.T, store Store) {
		put(t, store, "7/old", "stays")
		for _, test := range []struct {
			name    string
			content io.Reader
			size    int64
			want    error
		}{
			{"too short", text(9), 10, errSize},
			{"too long", text(11), 10, errSize},
			{"empty instead of one", text(0), 1, errSize},
			{"one instead of empty", text(1), 0, errSize},
			{"negative", text(0), -1, errSize},
			{"a stream too short", streamed(inMemory), inMemory + 1, errSize},
			{"a stream too long", streamed(inMemory + 2), inMemory + 1, errSize},
			{"a small stream too long", streamed(11), 10, errSize},
			{"cut short", io.MultiReader(text(5), iotest.ErrReader(broken)), 10, broken},
			{"cut short at the end", io.MultiReader(text(10), iotest.ErrReader(broken)), 10, broken},
			{"cut short and large", io.MultiReader(text(inMemory), iotest.ErrReader(broken)), inMemory + 10, broken},
		} {
			for _, key := range []string{"7/old", "7/new/one"} {
				if start, ok := test.content.(io.Seeker); ok {
					_, _ = start.Seek(0, io.SeekStart)
				}
				if err := store.Put(t.Context(), key, test.content, test.size, ""); !errors.Is(err, test.want) && !errors.Is(err, errSize) {
					t.Errorf("%s: %v", test.name, err)
				}
			}
		}
		wantText(t, store, "7/old", "stays")
		wantKeys(t, store, "7/old")
	})
}

func TestHostileKeysReachNothing(t *testing.T) {
	everyStore(t, func(t *testing.T, store Store) {
		for _, key := range hostile() {
			if err := store.Put(t.Context(), key, strings.NewReader("x"), 1, ""); !errors.Is(err, errKey) {
				t.Errorf("put %q: %v", key, err)
			}
			if _, _, err := store.Open(t.Context(), key); !errors.Is(err, errKey) || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("open %q: %v", key, err)
			}
			if err := store.Delete(t.Context(), key); !errors.Is(err, errKey) {
				t.Errorf("delete %q: %v", key, err)
			}
		}
		wantKeys(t, store)
	})
}

func TestAListRisesByBytesAndGoesOnWhereItStopped(t *testing.T) {
	keys := []string{ // in which a folder's slash sorts between its neighbours
		"7", "70/a", "7-a/b", "7.a", "8/mail/2026/11/20/x", "8/mail/2026/11/20/y", "8/mail/2026/11/21/a", "8/mail-x", "8/mail.eml", "8/mailbox", "8/z", "A", "_", "a",
	}
	everyStore(t, func(t *testing.T, store Store) {
		for _, key := range keys {
			put(t, store, key, key)
		}
		sorted := slices.Sorted(slices.Values(keys))
		for _, prefix := range []string{"", "8", "8/", "8/mail", "8/mail/", "8/mail/2026/11/2", "8/mail/2026/11/20/x", "9", "8/mail/2026/11/20/x/"} {
			for _, limit := range []int{1, 3, 5000} {
				want := slices.DeleteFunc(slices.Clone(sorted), func(key string) bool { return !strings.HasPrefix(key, prefix) })
				got, after := []string{}, ""
				for range len(keys) + 1 {
					page, _, err := store.List(t.Context(), prefix, after, limit)
					if err != nil || len(page) > limit {
						t.Fatalf("%q after %q: %q, %v", prefix, after, page, err)
					}
					if len(page) == 0 {
						break
					}
					got, after = append(got, page...), page[len(page)-1]
				}
				if !slices.Equal(got, want) {
					t.Errorf("prefix %q, limit %d: %q, want %q", prefix, limit, got, want)
				}
			}
		}
		if page, _, err := store.List(t.Context(), "8/", "8/mail/2026/11/20/xx", 2); err != nil || !slices.Equal(page, []string{"8/mail/2026/11/20/y", "8/mail/2026/11/21/a"}) {
			t.Errorf("after a key that is not there: %q, %v", page, err)
		}
		if _, _, err := store.List(t.Context(), "", "", 0); err == nil {
			t.Error("a limit of nothing was taken")
		}
	})
}

func TestAListTellsWhenABlobWasPut(t *testing.T) {
	everyStore(t, func(t *testing.T, store Store) {
		before := time.Now().Add(-2 * time.Second) // S3 counts whole seconds
		put(t, store, "7/a", "x")
		_, modified, err := store.List(t.Context(), "7/", "", 10)
		if err != nil || len(modified) != 1 || modified[0].Before(before) || modified[0].After(time.Now()) {
			t.Errorf("%v, %v, not between %s and now", modified, err, before)
		}
	})
}

func TestManyAtOnceDoNotDisturbEachOther(t *testing.T) {
	everyStore(t, func(t *testing.T, store Store) {
		var all sync.WaitGroup
		for worker := range 8 {
			all.Go(func() {
				for round := range 6 {
					own := fmt.Sprintf("7/mail/%d", worker)
					for _, key := range []string{own, "7/shared/one", fmt.Sprintf("7/gone/%d/x", round)} {
						text := strings.Repeat(string(rune('a'+worker)), 1000+round)
						if err := store.Put(t.Context(), key, strings.NewReader(text), int64(len(text)), ""); err != nil {
							t.Errorf("put %s: %v", key, err)
						}
					}
					if text, err := read(store, "7/shared/one"); err != nil || strings.Trim(text, text[:1]) != "" || len(text) < 1000 {
						t.Errorf("a torn read of %d bytes: %v", len(text), err)
					}
					if err := store.Delete(t.Context(), fmt.Sprintf("7/gone/%d/x", round)); err != nil {
						t.Errorf("delete: %v", err)
					}
					if _, _, err := store.List(t.Context(), "7/", "", 100); err != nil {
						t.Errorf("list: %v", err)
					}
				}
			})
		}
		all.Wait()
		for worker := range 8 {
			wantText(t, store, fmt.Sprintf("7/mail/%d", worker), strings.Repeat(string(rune('a'+worker)), 1005))
		}
	})
}

func TestACallWhoseContextHasEndedDoesNothing(t *testing.T) {
	everyStore(t, func(t *testing.T, store Store) {
		put(t, store, "7/a", "stays")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, opened := store.Open(ctx, "7/a")
		_, _, listed := store.List(ctx, "", "", 10)
		for what, err := range map[string]error{
			"put": store.Put(ctx, "7/b", strings.NewReader("x"), 1, ""), "open": opened, "list": listed, "delete": store.Delete(ctx, "7/a"),
		} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", what, err)
			}
		}
		wantKeys(t, store, "7/a")
	})
}

func TestACheckOfAPlaceThatWorksLeavesNothing(t *testing.T) {
	everyStore(t, func(t *testing.T, store Store) {
		if err := store.Check(t.Context()); err != nil {
			t.Error(err)
		}
		wantKeys(t, store)
	})
}
