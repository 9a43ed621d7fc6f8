package db_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"rejoin/app/chat"
)

// mail is one of a conversation's, changed before it is written.
func (h *house) mail(o *chat.Organization, c *chat.Conversation, change func(m *chat.Mail)) *chat.Mail {
	h.t.Helper()
	m := &chat.Mail{OrganizationID: o.ID, Key: h.key("mail"), Door: "smtp", DoorID: h.key("door"), Blob: h.key("blob"), State: chat.MailPosted, ReceivedAt: noon}
	if c != nil {
		m.ConversationID = &c.ID
	}
	if change != nil {
		change(m)
	}
	h.insert(m)
	return m
}

// mailReaders are the readers of mail for the wall.
func mailReaders(h *house, o *chat.Organization, c *chat.Conversation) map[string]func(context.Context, chat.Tx, int64) (any, error) {
	first := h.mail(o, c, func(m *chat.Mail) { m.MessageID, m.Reason = "<a@b.example>", "own" })
	h.mail(o, c, func(m *chat.Mail) {
		m.State, m.FromAddress, m.MessageSeq, m.MessageID = chat.MailMachine, "jo@example.org", 1, "<a@b.example>"
	})
	h.mail(o, nil, func(m *chat.Mail) { m.State = chat.MailUnmatched })
	hash := []byte("hash")
	next := &chat.Conversation{OrganizationID: o.ID, Key: h.key("conversation"), CustomerID: c.CustomerID, LinkedID: &c.ID, WaitingFor: chat.Us, Reach: "unreachable", LastMessageAt: noon, CreatedAt: noon}
	h.insert(next, &chat.ReplyAddress{OrganizationID: o.ID, TokenHash: hash, ConversationID: c.ID, CreatedAt: noon},
		&chat.Participant{OrganizationID: o.ID, ConversationID: c.ID, Address: "kim@example.org", CreatedAt: noon},
		&chat.MailImage{OrganizationID: o.ID, ConversationID: c.ID, Hash: hash})
	return map[string]func(context.Context, chat.Tx, int64) (any, error){
		"MailByKey": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.MailByKey(ctx, o, first.Key) },
		"MailByReason": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.MailByReason(ctx, o, chat.MailPosted, "own")
		},
		"SameMail": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			asked := *first
			asked.OrganizationID = o
			return r.SameMail(ctx, &asked, c.ID)
		},
		"MachineMail": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.MachineMail(ctx, o, c.ID, "jo@example.org", noon.Add(-time.Hour))
		},
		"UnmatchedMails": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.UnmatchedMails(ctx, []int64{o}, chat.Cursor{}, 9)
		},
		"UnmatchedCount": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			n, err := r.UnmatchedCount(ctx, []int64{o})
			return make([]struct{}, n), err
		},
		"ReplyAddress": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.ReplyAddress(ctx, o, hash) },
		"Participants": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Participants(ctx, o, c.ID) },
		"Continuation": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Continuation(ctx, o, c.ID) },
		"SentTo": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.SentTo(ctx, o, c.ID, "", later(600))
		},
		"EmailBefore": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.EmailBefore(ctx, o, c.ID, "Gone@example.org", later(600))
		},
		"MailImages": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.MailImages(ctx, o, c.ID) },
	}
}

func TestAClaimedMailIsCountedUntilItIsSettled(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	m := h.mail(o, nil, func(m *chat.Mail) { m.State = chat.MailKept })
	for want := 1; want < 4; want++ {
		claimed, err := h.ClaimMail(t.Context(), m.ID)
		if err != nil || claimed.Attempts != want || claimed.Key != m.Key || claimed.EnvelopeTo == nil {
			t.Fatalf("claimed %+v, %v", claimed, err)
		}
	}
	if err := h.ForgiveMail(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	if claimed, err := h.ClaimMail(t.Context(), m.ID); err != nil || claimed.Attempts != 3 {
		t.Errorf("after one was forgiven: %+v, %v", claimed, err)
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		m.State = chat.MailPosted
		return tx.Update(ctx, m, "state")
	})
	if _, err := h.ClaimMail(t.Context(), m.ID); !isMissing(err) {
		t.Errorf("a settled one: %v", err)
	}
	if _, err := h.ClaimMail(t.Context(), 1<<40); !isMissing(err) {
		t.Errorf("none: %v", err)
	}
}

func isMissing(err error) bool {
	kind, _ := chat.KindOf(err)
	return kind == chat.Missing
}

func TestAMovedMailLeavesWhatWasItsOldOrganizations(t *testing.T) {
	h := newHouse(t)
	one, two := h.organization(), h.organization()
	c := h.conversation(h.customer(one, "Jo"))
	m := h.mail(one, c, func(m *chat.Mail) { m.MessageSeq = 3 })
	h.do(func(ctx context.Context, tx chat.Tx) error {
		locked, err := tx.LockMail(ctx, m.ID)
		if err != nil {
			return err
		}
		if err := tx.MoveMail(ctx, locked, two.ID); err != nil {
			return err
		}
		locked.Subject = "moved"
		return tx.Update(ctx, locked, "subject")
	})
	moved, err := h.MailByKey(t.Context(), two.ID, m.Key)
	if err != nil || moved.ConversationID != nil || moved.MessageSeq != 0 || moved.Subject != "moved" {
		t.Errorf("it is %+v, %v", moved, err)
	}
}

func TestKnownBlobsAreThoseOfMailsFilesAndTheDead(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	m := h.mail(o, nil, nil)
	dead := h.mail(o, nil, nil)
	h.insert(&chat.Upload{OrganizationID: o.ID, Key: "u", Blob: "file", Name: "a", Type: "b", CreatedAt: noon})
	h.do(func(ctx context.Context, tx chat.Tx) error { return tx.Delete(ctx, dead) })
	known, err := h.KnownBlobs(t.Context(), []string{m.Blob, dead.Blob, "file", "nobody's"})
	if err != nil || len(known) != 3 || known["nobody's"] {
		t.Errorf("known are %v, %v", known, err)
	}
	if known, err := h.KnownBlobs(t.Context(), nil); err != nil || len(known) != 0 {
		t.Errorf("of none: %v, %v", known, err)
	}
}

func TestADeletedMailStaysKnownToTheDoorThatGoesOnListingIt(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	kept := h.mail(o, nil, func(m *chat.Mail) { m.Door = "resend" })
	gone := h.mail(o, nil, func(m *chat.Mail) { m.Door = "resend" })
	spent := h.mail(o, nil, func(m *chat.Mail) { m.Door, m.State = "resend", chat.MailDuplicate })
	sent := h.mail(o, nil, nil)
	h.do(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.Delete(ctx, gone); err != nil {
			return err
		}
		return tx.Delete(ctx, sent)
	})
	if err := h.ForgetMails(t.Context(), noon, noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	known, err := h.MailsKnown(t.Context(), "resend", []string{kept.DoorID, gone.DoorID, spent.DoorID, sent.DoorID, "another"})
	slices.Sort(known)
	want := []string{kept.DoorID, gone.DoorID, spent.DoorID}
	slices.Sort(want)
	if err != nil || !slices.Equal(known, want) {
		t.Errorf("known are %q, want %q, %v", known, want, err)
	}
}

func TestMailIsFoundByItsIndexes(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c := h.conversation(h.customer(o, "Jo"))
	_, err := h.pools.Jobs().Exec(t.Context(), fmt.Sprintf(`alter table mails set (autovacuum_enabled = off);
		insert into mails (organization_id, key, door, door_id, blob, size, state, message_id, from_address, conversation_id, message_seq, received_at)
			select %[1]d, 'k' || i, 'smtp', 'd' || i, 'b' || i, 1, (array['posted', 'held', 'machine', 'unmatched', 'failed', 'kept'])[1 + i %% 6], '<' || i || '@x>',
				'a@b.example', case when i %% 1000 = 2 then %[2]d end, 1, timestamptz '2026-01-01' + i * interval '1 s' from generate_series(1, 20000) i`, o.ID, c.ID))
	if err != nil {
		t.Fatal(err)
	}
	for what, act := range map[string]func(ctx context.Context, tx chat.Tx) error{
		"the same one": func(ctx context.Context, tx chat.Tx) error {
			_, err := tx.SameMail(ctx, &chat.Mail{OrganizationID: o.ID, ID: 1 << 40, MessageID: "<12000@x>"}, c.ID)
			return orMissing(err)
		},
		"a machine's": func(ctx context.Context, tx chat.Tx) error {
			_, err := tx.MachineMail(ctx, o.ID, c.ID, "a@b.example", noon.Add(-time.Hour))
			return orMissing(err)
		},
		"by its door": func(ctx context.Context, tx chat.Tx) error {
			_, err := tx.MailByDoor(ctx, "smtp", "d77")
			return err
		},
		"a page of the unmatched": func(ctx context.Context, tx chat.Tx) error {
			rows, err := tx.UnmatchedMails(ctx, []int64{o.ID, 0}, chat.Cursor{At: noon.AddDate(1, 0, 0)}, 51)
			if len(rows) != 51 || !slices.IsSortedFunc(rows, func(a, b chat.Mail) int { return b.ReceivedAt.Compare(a.ReceivedAt) }) {
				t.Errorf("%d rows", len(rows))
			}
			return err
		},
	} {
		t.Run(what, func(t *testing.T) { h.reads(t, 400, "", act) })
	}
	asked := new(statements)
	h.pools.Watch(asked)
	if known, err := h.KnownBlobs(t.Context(), []string{"b77", "b12000", "nobody's"}); err != nil || len(known) != 2 || len(asked.queries) == 0 {
		t.Errorf("known are %v, %v", known, err)
	}
	for _, query := range asked.queries {
		readsLittle(t, h, query)
	}
	kept, err := h.KeptMails(t.Context(), noon.AddDate(1, 0, 0), 10_000, 7)
	if err != nil || len(kept) != 7 || kept[0].ID <= 10_000 || kept[6].ID <= kept[0].ID {
		t.Errorf("kept are %+v, %v", kept, err)
	}
}

func orMissing(err error) error {
	if isMissing(err) {
		return nil
	}
	return err
}
