package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	mailboxSize = 1000 // older emails are dropped, and their keys forgotten
	mailboxPage = 100
)

// ErrNoMail is the answer for an id that the mailbox does not hold, or no longer.
var ErrNoMail = errors.New("mail: no such email")

// Stored is one email in the mailbox.
type Stored struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Message Message   `json:"message"`
}

// Mailbox is a Sender that keeps every email in a folder, one file each, for development. It keeps the promises of a
// real provider: the same key sends once, other bytes under a known key are refused, and a crash loses nothing.
// One process at a time may use a folder.
type Mailbox struct {
	dir string
	now func() time.Time

	mu    sync.Mutex
	ids   []string          // oldest first; an id is its number and the hash of its key
	byKey map[string]string // id by the hash of the key
	last  uint64
}

// OpenMailbox opens the folder, making it where needed, and takes in what an earlier process left there.
func OpenMailbox(dir string, now func() time.Time) (*Mailbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open mailbox: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open mailbox: %w", err)
	}
	b := &Mailbox{dir: dir, now: now, byKey: map[string]string{}}
	for _, entry := range entries {
		switch name := entry.Name(); {
		case strings.HasSuffix(name, ".tmp"): // cut off in mid-write: its sender was never told that it is stored
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return nil, fmt.Errorf("open mailbox: %w", err)
			}
		case storedName.MatchString(name):
			b.ids = append(b.ids, strings.TrimSuffix(name, ".json"))
		}
	}
	slices.Sort(b.ids)
	for _, id := range b.ids {
		number, hash := splitID(id)
		b.byKey[hash], b.last = id, number
	}
	return b, b.prune()
}

var storedName = regexp.MustCompile(`^\d{12}-[0-9a-f]{32}\.json$`)

func splitID(id string) (number uint64, hash string) {
	digits, hash, _ := strings.Cut(id, "-")
	number, _ = strconv.ParseUint(digits, 10, 64) // storedName allows digits only
	return number, hash
}

// Send stores the message; a known key with the same bytes gives the first receipt again.
func (b *Mailbox) Send(ctx context.Context, m Message) (Receipt, error) {
	if err := ctx.Err(); err != nil {
		return Receipt{}, &Failure{Temporary: true, Code: "cancelled", Detail: "the attempt was cancelled", cause: err}
	}
	if err := m.Check(); err != nil {
		return Receipt{}, invalidMessage(err)
	}
	sum := sha256.Sum256([]byte(m.RoundKey()))
	hash := hex.EncodeToString(sum[:16])

	b.mu.Lock()
	defer b.mu.Unlock()
	if id, known := b.byKey[hash]; known {
		return b.again(id, m)
	}
	id := fmt.Sprintf("%012d-%s", b.last+1, hash)
	if err := b.write(Stored{ID: id, At: b.now().UTC(), Message: m}); err != nil {
		return Receipt{}, diskFailure(err)
	}
	b.last++
	b.ids, b.byKey[hash] = append(b.ids, id), id
	if err := b.prune(); err != nil {
		return Receipt{}, diskFailure(err)
	}
	return Receipt{ProviderID: "mailbox-" + id}, nil
}

func (b *Mailbox) again(id string, m Message) (Receipt, error) {
	stored, err := b.read(id)
	if err != nil {
		return Receipt{}, diskFailure(err)
	}
	if !bytes.Equal(stored.Message.Encode(), m.Encode()) {
		return Receipt{}, &Failure{
			Status: 409, Code: "invalid_idempotent_request",
			Detail: "the same key was used for a message with other bytes",
		}
	}
	return Receipt{ProviderID: "mailbox-" + id}, nil
}

func diskFailure(err error) *Failure {
	return &Failure{Temporary: true, Code: "mailbox", Detail: err.Error(), cause: err}
}

// List gives up to limit emails (at most 100), newest first, older than the one with the id before ("" = from the
// newest). A file that cannot be read any more is left out.
func (b *Mailbox) List(limit int, before string) []Stored {
	b.mu.Lock()
	ids := slices.Clone(b.ids)
	b.mu.Unlock()
	if before != "" {
		end, _ := slices.BinarySearch(ids, before)
		ids = ids[:end]
	}
	limit = min(max(limit, 1), mailboxPage)
	var list []Stored
	for i := len(ids) - 1; i >= 0 && len(list) < limit; i-- {
		if stored, err := b.read(ids[i]); err == nil {
			list = append(list, stored)
		}
	}
	return list
}

// Len counts the emails that are kept.
func (b *Mailbox) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ids)
}

// Get gives one email, or ErrNoMail.
func (b *Mailbox) Get(id string) (Stored, error) {
	b.mu.Lock()
	_, held := slices.BinarySearch(b.ids, id) // only a listed id becomes part of a path
	b.mu.Unlock()
	if !held {
		return Stored{}, ErrNoMail
	}
	stored, err := b.read(id)
	if errors.Is(err, os.ErrNotExist) {
		return Stored{}, ErrNoMail
	}
	return stored, err
}

// Raw gives the bytes of one email as they would go over the wire, or ErrNoMail.
func (b *Mailbox) Raw(id string) ([]byte, error) {
	stored, err := b.Get(id)
	if err != nil {
		return nil, err
	}
	return stored.Message.Raw(stored.At)
}

func (b *Mailbox) path(id string) string { return filepath.Join(b.dir, id+".json") }

func (b *Mailbox) read(id string) (Stored, error) {
	encoded, err := os.ReadFile(b.path(id))
	if err != nil {
		return Stored{}, fmt.Errorf("read mailbox: %w", err)
	}
	var stored Stored
	if err := json.Unmarshal(encoded, &stored); err != nil {
		return Stored{}, fmt.Errorf("read mailbox: %s: %w", id, err)
	}
	return stored, nil
}

// write makes the file appear whole or not at all, and stay after a crash: synced, renamed, the folder synced.
func (b *Mailbox) write(stored Stored) error {
	encoded, err := json.Marshal(stored)
	if err != nil {
		return fmt.Errorf("encode mail: %w", err)
	}
	temporary := b.path(stored.ID) + ".tmp"
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("store mail: %w", err)
	}
	_, err = file.Write(encoded)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(temporary, b.path(stored.ID))
	}
	if err != nil {
		_ = os.Remove(temporary)
		return fmt.Errorf("store mail: %w", err)
	}
	return b.syncFolder()
}

func (b *Mailbox) syncFolder() error {
	folder, err := os.Open(b.dir)
	if err != nil {
		return fmt.Errorf("sync mailbox: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync mailbox: %w", err)
	}
	return nil
}

// prune drops the oldest emails over the bound.
func (b *Mailbox) prune() error {
	for len(b.ids) > mailboxSize {
		oldest := b.ids[0]
		if err := os.Remove(b.path(oldest)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("prune mailbox: %w", err)
		}
		_, hash := splitID(oldest)
		delete(b.byKey, hash)
		b.ids = b.ids[1:]
	}
	return nil
}
