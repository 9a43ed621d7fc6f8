package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rejoin/app/blob/s3test"
)

// hasty opens a bucket that does not wait long.
func hasty(t *testing.T, address string, patience time.Duration) *bucket {
	t.Helper()
	parsed, err := Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBucket(parsed, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// first lets a fault strike the first n requests.
func first(n int, fault s3test.Fault) func(int, s3test.Request) s3test.Fault {
	return func(at int, _ s3test.Request) s3test.Fault {
		if at <= n {
			return fault
		}
		return s3test.None()
	}
}

func always(fault s3test.Fault) func(int, s3test.Request) s3test.Fault { return first(1<<30, fault) }

func TestAnObjectLiesUnderThePrefixWithItsMediaType(t *testing.T) {
	server := s3test.New(s3test.Options{}, t)
	before, after, _ := strings.Cut(server.Address(), "?")
	store := open(t, before+"/in/part?"+after)
	if err := store.Put(t.Context(), "7/mail/x", strings.NewReader("x"), 1, "message/rfc822"); err != nil {
		t.Fatal(err)
	}
	object, found := server.Object("in/part/7/mail/x")
	if !found || object.MediaType != "message/rfc822" || string(object.Content) != "x" {
		t.Errorf("the bucket holds %q and %+v", server.Keys(), object)
	}
}

func TestATroubledBucketIsAskedAgain(t *testing.T) {
	for name, fault := range map[string]s3test.Fault{
		"500": s3test.Broken(), "503 SlowDown": s3test.SlowDown(), "reset": s3test.Reset(false), "reset after it was stored": s3test.Reset(true),
		"500 after it was stored": {Status: 500, Code: "InternalError", Stored: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := s3test.New(s3test.Options{}, t)
			store := open(t, server.Address())
			large := strings.Repeat("x", inMemory+1)
			for key, content := range map[string]io.Reader{"7/seekable": strings.NewReader(large), "7/stream": io.MultiReader(strings.NewReader(large))} {
				server.Script(first(2, fault))
				if err := store.Put(t.Context(), key, content, int64(len(large)), ""); err != nil {
					t.Fatalf("put: %v", err)
				}
				server.Script(first(1, fault))
				wantText(t, store, key, large)
				server.Script(first(1, fault))
				if keys, _, err := store.List(t.Context(), key, "", 10); err != nil || len(keys) != 1 {
					t.Errorf("list: %q, %v", keys, err)
				}
				server.Script(first(1, fault))
				if err := store.Delete(t.Context(), key); err != nil {
					t.Errorf("delete: %v", err)
				}
			}
			if keys := server.Keys(); len(keys) != 0 {
				t.Errorf("the bucket holds %q", keys)
			}
		})
	}
}

func TestABucketInTroubleForLongIsAnErrorAndNoMissingBlob(t *testing.T) {
	for name, fault := range map[string]s3test.Fault{
		"500": s3test.Broken(), "503": s3test.SlowDown(), "403": s3test.Denied(), "reset": s3test.Reset(false), "hang": s3test.Hang(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := s3test.New(s3test.Options{}, t)
			store := hasty(t, server.Address(), 600*time.Millisecond)
			patient := open(t, server.Address())
			put(t, patient, "7/a", "x")
			server.Script(always(fault))
			_, _, opened := store.Open(t.Context(), "7/a")
			_, _, listed := store.List(t.Context(), "", "", 10)
			for what, err := range map[string]error{
				"put": store.Put(t.Context(), "7/b", strings.NewReader("x"), 1, ""), "open": opened, "list": listed, "delete": store.Delete(t.Context(), "7/a"),
			} {
				if err == nil || errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), server.Secret()) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if n := server.Requests(); n > 4*2*attempts { // each may be sent once more by HTTP itself
				t.Errorf("%d requests for 4 calls", n)
			}
			server.Script(nil)
			wantKeys(t, patient, "7/a")
		})
	}
}

func TestASilentBucketIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	server := s3test.New(s3test.Options{}, t)
	store := hasty(t, server.Address(), 200*time.Millisecond)
	server.Script(always(s3test.Hang()))
	done := make(chan error, 1)
	go func() { done <- store.Put(context.Background(), "7/a", strings.NewReader("x"), 1, "") }()
	select {
	case err := <-done:
		if err == nil {
			t.Error("it said that the blob is there")
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits on")
	}
}

func TestOneSilentConnectionLeavesTimeForAnother(t *testing.T) {
	t.Parallel()
	server := s3test.New(s3test.Options{}, t)
	store := hasty(t, server.Address(), 3*time.Second)
	server.Script(first(1, s3test.Hang()))
	put(t, store, "7/a", "x")
	wantText(t, store, "7/a", "x")
}

func TestContentThatBreaksOffIsAnErrorAndNotShort(t *testing.T) {
	large := string(bytes.Repeat([]byte("x"), 1<<20))
	for name, fault := range map[string]s3test.Fault{"cut": {Cut: 1000}, "stalled": {Stall: 1000}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := s3test.New(s3test.Options{}, t)
			store := hasty(t, server.Address(), 1500*time.Millisecond)
			put(t, open(t, server.Address()), "7/a", large)
			server.Script(always(fault))
			if text, err := read(store, "7/a"); err == nil || len(text) != 1000 || (name == "stalled") != errors.Is(err, errSilent) {
				t.Errorf("%d bytes, %v", len(text), err)
			}
		})
	}
}

func TestAReaderMayTakeItsTimeButTheBucketMayNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		slow := readerFunc(func([]byte) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		from := io.NopCloser(io.MultiReader(strings.NewReader("x"), strings.NewReader("y"), slow))
		content := &body{ctx: ctx, from: from, watch: time.AfterFunc(patience, func() { cancel(errSilent) }), patience: patience, cancel: cancel}
		defer content.Close()
		content.watch.Stop()
		for range 2 {
			if n, err := content.Read(make([]byte, 9)); n != 1 || err != nil {
				t.Fatalf("%d bytes, %v", n, err)
			}
			<-time.After(time.Hour) // of the bubble's clock
		}
		begun := time.Now()
		if _, err := content.Read(make([]byte, 9)); !errors.Is(err, errSilent) || time.Since(begun) != patience {
			t.Errorf("after %s: %v", time.Since(begun), err)
		}
	})
}

func TestAListOutOfOrderIsRefused(t *testing.T) {
	server := s3test.New(s3test.Options{Unsorted: true}, t)
	store := open(t, server.Address())
	for _, key := range []string{"7/a", "7/b", "7/c"} {
		put(t, store, key, "x")
	}
	if keys, _, err := store.List(t.Context(), "", "", 10); err == nil || !strings.Contains(err.Error(), "rising order") {
		t.Errorf("%q, %v", keys, err)
	}
}

func TestNothingReadsTheContentOnceAnAttemptIsOver(t *testing.T) {
	content := &reading{from: strings.NewReader("content")}
	if n, err := content.Read(make([]byte, 3)); n != 3 || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	content.end()
	if n, err := content.Read(make([]byte, 3)); n != 0 || err == nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestALargeStreamLeavesNoTemporaryFile(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	server := s3test.New(s3test.Options{}, t)
	store := open(t, server.Address())
	for _, size := range []int64{inMemory + 1, inMemory + 5, inMemory + 9} { // too long, right, too short
		content := io.MultiReader(strings.NewReader(strings.Repeat("x", inMemory+5)))
		if err := store.Put(t.Context(), "7/a", content, size, ""); (err == nil) != (size == inMemory+5) {
			t.Errorf("%d: %v", size, err)
		}
	}
	server.Script(always(s3test.Denied()))
	_ = store.Put(t.Context(), "7/b", io.MultiReader(strings.NewReader(strings.Repeat("x", inMemory+5))), inMemory+5, "")
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("there are %v, %v", left, err)
	}
}

func TestABucketIsReachedByTLSWithATrustedCertificate(t *testing.T) {
	server := s3test.New(s3test.Options{TLS: true}, t)
	trusted := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(trusted, server.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", trusted)
	store := open(t, server.Address())
	put(t, store, "7/a", "x")
	wantText(t, store, "7/a", "x")
	wantKeys(t, store, "7/a")
}
