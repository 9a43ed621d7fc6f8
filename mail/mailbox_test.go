package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func openMailbox(t *testing.T, dir string) *Mailbox {
	t.Helper()
	box, err := OpenMailbox(dir, func() time.Time { return sentAt })
	if err != nil {
		t.Fatalf("open mailbox: %v", err)
	}
	return box
}

func keyed(n int) Message {
	m := letter()
	m.Key = fmt.Sprintf("delivery-%d", n)
	return m
}

func TestTheMailboxKeepsWhatWasSent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "mailbox")
	box := openMailbox(t, dir)
	first, second := send(t, box, keyed(1)), send(t, box, keyed(2))
	if first == second {
		t.Fatal("two emails share a receipt")
	}
	for _, box := range []*Mailbox{box, openMailbox(t, dir)} { // also after a restart
		list := box.List(10, "")
		if len(list) != 2 || list[0].Message.Key != "delivery-2" || list[1].Message.Key != "delivery-1" || !list[0].At.Equal(sentAt) {
			t.Fatalf("the list is %+v", list)
		}
		if list[0].ID == "" || "mailbox-"+list[0].ID != second.ProviderID {
			t.Errorf("the receipt %q does not name %q", second.ProviderID, list[0].ID)
		}
		stored, err := box.Get(list[1].ID)
		if err != nil || !bytes.Equal(stored.Message.Encode(), keyed(1).Encode()) {
			t.Errorf("got %+v, %v", stored, err)
		}
		written, err := box.Raw(list[1].ID)
		if err != nil || !bytes.Equal(written, raw(t, keyed(1))) {
			t.Errorf("the raw bytes differ: %v", err)
		}
	}
}

func TestTheMailboxTakesAKeyOnce(t *testing.T) {
	dir := t.TempDir()
	box := openMailbox(t, dir)
	first := send(t, box, letter())
	for _, box := range []*Mailbox{box, openMailbox(t, dir)} { // also after a restart
		if again := send(t, box, letter()); again != first {
			t.Errorf("the second receipt is %v, the first %v", again, first)
		}
		other := letter()
		other.Subject = "Another"
		if failure := sendFailure(t, box, other); failure.Temporary || failure.Code != "invalid_idempotent_request" {
			t.Errorf("got %+v", failure)
		}
		if box.Len() != 1 {
			t.Errorf("%d emails are kept", box.Len())
		}
	}
}

func TestManyAtOnceAreEachKeptOnce(t *testing.T) {
	box := openMailbox(t, t.TempDir())
	var wait sync.WaitGroup
	for n := range 40 {
		wait.Go(func() {
			if _, err := box.Send(context.Background(), keyed(n%20)); err != nil {
				t.Error(err)
			}
			box.List(5, "")
		})
	}
	wait.Wait()
	if box.Len() != 20 {
		t.Errorf("%d emails are kept, want 20", box.Len())
	}
}

func TestTheMailboxIsReadPageByPage(t *testing.T) {
	box := openMailbox(t, t.TempDir())
	for n := range 7 {
		send(t, box, keyed(n))
	}
	var keys []string
	for before := ""; ; {
		page := box.List(3, before)
		if len(page) == 0 {
			break
		}
		for _, stored := range page {
			keys = append(keys, stored.Message.Key)
		}
		before = page[len(page)-1].ID
	}
	if got := fmt.Sprint(keys); got != "[delivery-6 delivery-5 delivery-4 delivery-3 delivery-2 delivery-1 delivery-0]" {
		t.Errorf("the pages hold %s", got)
	}
}

func TestTheMailboxDropsTheOldest(t *testing.T) {
	dir := t.TempDir()
	for n := 1; n <= mailboxSize; n++ {
		name := fmt.Sprintf("%012d-%032x.json", n, n)
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	box := openMailbox(t, dir)
	send(t, box, letter())
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != mailboxSize || box.Len() != mailboxSize {
		t.Errorf("%d files, %d listed, %v", len(entries), box.Len(), err)
	}
	if _, err := os.Stat(filepath.Join(dir, fmt.Sprintf("%012d-%032x.json", 1, 1))); !os.IsNotExist(err) {
		t.Error("the oldest is still there")
	}
	if newest := box.List(1, ""); len(newest) != 1 || newest[0].Message.Key != letter().Key {
		t.Errorf("the newest is %+v", newest)
	}
}

func TestWhatACrashLeftBehindIsNoEmail(t *testing.T) {
	dir := t.TempDir()
	half := filepath.Join(dir, "000000000001-"+fmt.Sprintf("%032x", 1)+".json.tmp")
	stranger := filepath.Join(dir, "notes.json")
	for _, path := range []string{half, stranger} {
		if err := os.WriteFile(path, []byte(`{"id`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	box := openMailbox(t, dir)
	if box.Len() != 0 {
		t.Errorf("%d emails are listed", box.Len())
	}
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Error("the half-written file is still there")
	}
	if _, err := os.Stat(stranger); err != nil {
		t.Error("a file of somebody else is gone")
	}
}

func TestAnUnknownIDNeverBecomesAPath(t *testing.T) {
	dir := t.TempDir()
	box := openMailbox(t, filepath.Join(dir, "box"))
	if err := os.WriteFile(filepath.Join(dir, "secret.json"), []byte(`{"id":"secret"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", "../secret", "000000000001-00000000000000000000000000000000", "\x00"} {
		if _, err := box.Get(id); !errors.Is(err, ErrNoMail) {
			t.Errorf("%q: got %v", id, err)
		}
		if _, err := box.Raw(id); !errors.Is(err, ErrNoMail) {
			t.Errorf("%q: got %v", id, err)
		}
	}
}

func TestAFolderThatIsGoneIsATemporaryFailure(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "box")
	box := openMailbox(t, dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if failure := sendFailure(t, box, letter()); !failure.Temporary || failure.Code != "mailbox" {
		t.Errorf("got %+v", failure)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	send(t, box, letter())
}
