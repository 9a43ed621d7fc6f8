package db_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rejoin/app/chat"
)

// upload inserts a file that waits for its message.
func (h *house) upload(u chat.Upload) *chat.Upload {
	h.t.Helper()
	u.Key, u.Name, u.Type = h.key("upload"), "a.txt", "text/plain"
	u.Blob = u.Key
	if u.Size == 0 {
		u.Size = 10
	}
	if u.CreatedAt.IsZero() {
		u.CreatedAt = noon
	}
	h.do(func(ctx context.Context, tx chat.Tx) error { return tx.Insert(ctx, &u) })
	return &u
}

// uploadReaders are those of files, for the wall.
func uploadReaders(h *house, c *chat.Customer, conversation *chat.Conversation) map[string]func(context.Context, chat.Tx, int64) (any, error) {
	mine := h.upload(chat.Upload{OrganizationID: c.OrganizationID, CustomerID: &c.ID})
	h.upload(chat.Upload{OrganizationID: c.OrganizationID, Holder: []byte("stranger")})
	bytes := func(n int64, err error) (any, error) { return make([]struct{}, n), err }
	return map[string]func(context.Context, chat.Tx, int64) (any, error){
		"Upload": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Upload(ctx, o, mine.Key) },
		"UploadedSince": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return bytes(r.UploadedSince(ctx, chat.UploadOwner{OrganizationID: o, CustomerID: c.ID}, noon.Add(-time.Hour)))
		},
		"WaitingOfStrangers": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return bytes(r.WaitingOfStrangers(ctx, o)) },
		"BindUploads": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.BindUploads(ctx, chat.UploadOwner{OrganizationID: o, CustomerID: c.ID}, []string{mine.Key}, noon.Add(-time.Hour), conversation.ID, 1)
		},
	}
}

func TestOfTwoMessagesAtOnceOneGetsTheFile(t *testing.T) {
	h := newHouse(t)
	eve := h.customer(h.organization(), "Eve")
	c := h.conversation(eve)
	u := h.upload(chat.Upload{OrganizationID: c.OrganizationID, CustomerID: &eve.ID})
	owner := chat.UploadOwner{OrganizationID: c.OrganizationID, CustomerID: eve.ID}
	var all sync.WaitGroup
	var got atomic.Int64
	for seq := range int64(6) {
		all.Go(func() {
			err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
				bound, err := tx.BindUploads(ctx, owner, []string{u.Key}, noon.Add(-time.Hour), c.ID, seq+1)
				got.Add(int64(len(bound)))
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 {
		t.Errorf("%d messages got the file", got.Load())
	}
}

func TestAFileThatGoesIsBuriedWhateverTakesItAway(t *testing.T) {
	h := newHouse(t)
	eve := h.customer(h.organization(), "Eve")
	c := h.conversation(eve)
	dropped := h.upload(chat.Upload{OrganizationID: c.OrganizationID, CustomerID: &eve.ID})
	old := h.upload(chat.Upload{OrganizationID: c.OrganizationID, CustomerID: &eve.ID, CreatedAt: noon.Add(-48 * time.Hour)})
	sent := h.upload(chat.Upload{OrganizationID: c.OrganizationID, CustomerID: &eve.ID, ConversationID: &c.ID, MessageSeq: 1, CreatedAt: noon.Add(-48 * time.Hour)})
	owner := chat.UploadOwner{OrganizationID: c.OrganizationID, CustomerID: eve.ID}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.AwaitBlob(ctx, "not yet"); err != nil {
			return err
		}
		if err := tx.DropUpload(ctx, owner, dropped.Key); err != nil {
			return err
		}
		if kind, _ := chat.KindOf(tx.DropUpload(ctx, owner, sent.Key)); kind != chat.Missing {
			t.Error("a message's own file is dropped")
		}
		gone, err := tx.DeleteLooseUploads(ctx, noon.Add(-time.Hour), 10)
		if err == nil && gone != 1 {
			t.Errorf("%d loose files were deleted, want the old one", gone)
		}
		return err
	})
	h.dead(dropped.Blob, old.Blob)
	h.do(func(ctx context.Context, tx chat.Tx) error {
		return tx.KeepBlobs(ctx, []string{dropped.Blob, old.Blob})
	})
	h.dead()
	h.do(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteCustomer(ctx, c.OrganizationID, eve.ID) })
	h.dead(sent.Blob)
}

// dead checks which bytes are listed as such, in any order.
func (h *house) dead(want ...string) {
	h.t.Helper()
	got, err := h.DeadBlobs(h.t.Context(), 100)
	if err != nil || len(got) != len(want) {
		h.t.Fatalf("dead are %v, want %v: %v", got, want, err)
	}
	listed := map[string]bool{}
	for _, blob := range got {
		listed[blob] = true
	}
	for _, blob := range want {
		if !listed[blob] {
			h.t.Errorf("%s is not among the dead", blob)
		}
	}
}

func TestAMessageIsFoundByTheNamesOfItsFiles(t *testing.T) {
	h := newHouse(t)
	c := h.conversation(h.customer(h.organization(), "Eve"))
	h.post(c, "", func(m *chat.Message) { m.Files = []chat.Attachment{{Key: "k", Name: "November invoice.pdf"}} })
	for word, want := range map[string]int{"invoice": 1, "novem": 1, "december": 0} {
		rows, err := h.ConversationRows(t.Context(), c.OrganizationID, chat.ListQuery{View: chat.ViewAll, Search: word})
		if err != nil || len(rows) != want {
			t.Errorf("%q finds %d conversations, want %d: %v", word, len(rows), want, err)
		}
	}
}
