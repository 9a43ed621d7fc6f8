package chat_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"rejoin/app/chat"
)

// brittle is a place for blobs that can be made to fail.
type brittle struct {
	chat.Blobs
	open   func(key string) error
	before func() // a Put is done, and nothing of it is known yet
}

func (b *brittle) Open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	if b.open != nil {
		if err := b.open(key); err != nil {
			return nil, 0, err
		}
	}
	return b.Blobs.Open(ctx, key)
}

func (b *brittle) Put(ctx context.Context, key string, content io.Reader, size int64, mediaType string) error {
	err := b.Blobs.Put(ctx, key, content, size, mediaType)
	if err == nil && b.before != nil {
		b.before()
	}
	return err
}

func TestAMailIsKeptWithItsJobOrNotAtAll(t *testing.T) {
	h, blobs := mailHouse(t)
	h.forget()
	w := writing{from: "kim@example.org", to: "x@" + inbound, text: "Hello", verdict: chat.Verdict{SPF: "pass", Proven: true}, doorID: "one"}
	m := h.keep(w)
	if m.State != chat.MailKept || m.OrganizationID != 0 || m.Size != int64(len(w.raw())) && m.Size == 0 || m.EnvelopeFrom != "kim@example.org" ||
		len(m.EnvelopeTo) != 1 || m.Verdict.SPF != "pass" || h.receives() != 1 {
		t.Errorf("it is %+v with %d jobs", m, h.receives())
	}
	h.desk = h.deskWith(blobs)
	h.exec("alter table mails rename to elsewhere")
	w.doorID = "two"
	if _, err := h.desk.KeepMail(h.ctx, w.arrival()); err == nil {
		t.Error("it was kept nowhere")
	}
	h.exec("alter table elsewhere rename to mails")
	if n := h.receives(); n != 1 {
		t.Errorf("%d jobs", n)
	}
	// Nobody could tell whether the row was there, so its bytes wait for the sweep.
	h.clock.advance(0)
	h.exec("update mails set received_at = received_at") // the table is back
	if n := h.blobCount(blobs); n != 2 {
		t.Errorf("%d blobs", n)
	}
	h.clock.advance(time.Since(monday) + 25*time.Hour)
	h.must(h.desk.SweepBlobs(h.ctx))
	if n := h.blobCount(blobs); n != 1 {
		t.Errorf("%d blobs after the sweep, want the kept mail's", n)
	}
}

func TestTheSameMailByTwoDoorsAtOnceIsOneMessage(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	w := writing{from: "jo@example.org", to: h.replyTo(), text: "Once.", answers: d.MessageID, id: "<once@mail.example>"}
	const many = 6
	var all sync.WaitGroup
	failed := make(chan error, 3*many)
	for i := range many {
		w.doorID = name(i / 2) // each door brings it twice
		a := w.arrival()
		all.Go(func() {
			_, err := h.desk.KeepMail(h.ctx, a)
			failed <- err
			m, err := h.store.MailByDoor(h.ctx, a.Door, a.DoorID)
			failed <- err
			if err == nil {
				_, err = h.desk.Receive(h.ctx, m.ID)
				failed <- err
			}
		})
	}
	all.Wait()
	close(failed)
	for err := range failed {
		h.must(err)
	}
	if n := len(h.byMail(g.row())); n != 1 {
		t.Errorf("%d messages came", n)
	}
	if posted, duplicates := h.number("select count(*) from mails where state = 'posted'"), h.number("select count(*) from mails where state = 'duplicate'"); posted != 1 || duplicates != many/2-1 {
		t.Errorf("%d posted, %d duplicates", posted, duplicates)
	}
}

func TestAnswersByEmailAndByAgentsAtOnceLeaveNoGap(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	address := h.replyTo()
	const many = 8
	kept := make([]*chat.Mail, many)
	for i := range kept {
		from := "jo@example.org"
		if i%4 == 3 {
			from = "kim@example.org"
		}
		kept[i] = h.keep(writing{from: from, to: address, text: name(i), answers: d.MessageID})
	}
	var all sync.WaitGroup
	failed := make(chan error, 3*many)
	for i, m := range kept {
		all.Go(func() { _, err := h.desk.Receive(h.ctx, m.ID); failed <- err })
		all.Go(func() {
			_, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{ClientID: name(i), Text: name(i)})
			failed <- err
		})
	}
	all.Wait()
	close(failed)
	for err := range failed {
		h.must(err)
	}
	for i, m := range h.entries(g.row()) {
		if m.Seq != int64(i+1) {
			t.Fatalf("number %d stands at %d", m.Seq, i+1)
		}
	}
	if c := g.row(); len(h.byMail(c)) != 6 || c.HeldMails != 2 {
		t.Errorf("%d came, %d are held", len(h.byMail(c)), c.HeldMails)
	}
}

func TestAMailWhoseBytesAreAwayForAWhileWaits(t *testing.T) {
	h, blobs := mailHouse(t)
	g, _, _ := h.emailed()
	away := errors.New("no route to host")
	place := &brittle{Blobs: blobs, open: func(string) error { return away }}
	m := h.keep(writing{from: "jo@example.org", to: h.replyTo(), text: "Hello"})
	desk := h.deskWith(place)
	for range 20 {
		if _, err := desk.Receive(h.ctx, m.ID); !errors.Is(err, away) {
			t.Fatalf("got %v", err)
		}
	}
	h.became("it waits", h.mail(m.ID), chat.MailKept, "")
	place.open = nil
	h.settle(desk, m)
	if n := len(h.byMail(g.row())); n != 1 {
		t.Errorf("%d messages came", n)
	}
}

func TestAMailThatCannotBeSettledIsLeftToPeople(t *testing.T) {
	h, blobs := mailHouse(t)
	for _, test := range []struct {
		reason string
		break_ func(*chat.Mail) *chat.Desk
	}{
		{"lost", func(m *chat.Mail) *chat.Desk {
			h.must(blobs.Delete(h.ctx, m.Blob))
			return h.desk
		}},
		{"unreadable", func(*chat.Mail) *chat.Desk {
			options := h.options(h.store, "broken", h.channels)
			options.Blobs, options.ReadMail = blobs, func([]byte) *chat.Incoming { panic("a mail that nobody thought of") }
			return chat.NewDesk(options)
		}},
		{"failed", func(m *chat.Mail) *chat.Desk { // its process was killed each time
			h.exec("update mails set attempts = 5 where id = $1", m.ID)
			return h.desk
		}},
	} {
		m := h.keep(writing{from: "kim@example.org", to: "x@" + inbound, text: "Hello"})
		desk := test.break_(m)
		attempts := 0
		for ; h.mail(m.ID).State == chat.MailKept; attempts++ {
			if attempts == 10 {
				t.Fatalf("%s: it is tried for ever", test.reason)
			}
			_, _ = desk.Receive(h.ctx, m.ID)
		}
		h.became(test.reason, h.mail(m.ID), chat.MailFailed, test.reason)
		if _, err := desk.Receive(h.ctx, m.ID); err != nil {
			t.Errorf("%s: it is worked on again: %v", test.reason, err)
		}
	}
	rows, _, err := h.desk.UnmatchedMails(h.ctx, h.admin, chat.Cursor{})
	h.must(err)
	if len(rows) != 3 {
		t.Errorf("admins see %d of 3", len(rows))
	}
}

func TestAMailWhoseJobWasLostIsRevived(t *testing.T) {
	h, _ := mailHouse(t)
	old := h.keep(writing{from: "kim@example.org", to: "x@" + inbound, text: "Hello"})
	h.clock.advance(20 * time.Minute)
	h.keep(writing{from: "kim@example.org", to: "x@" + inbound, text: "Hello"})
	h.forget()
	h.must(h.desk.ReviveMails(h.ctx))
	if h.receives() != 1 || h.jobs[0].ID != old.ID {
		t.Errorf("the jobs are %v", h.jobs)
	}
}

func TestWhatNobodyMatchedIsForgottenAtLast(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	address, token := h.replyTo(), h.replyToken(h.followed())
	h.receive(writing{from: "kim@example.org", to: "x@" + inbound, text: "Hello", subject: "old"})
	w := writing{from: "jo@example.org", to: address, text: "Hello", answers: d.MessageID, id: "<a@b.example>"}
	h.receive(w)
	h.receive(w)
	h.receive(writing{from: "chat@rejoin.example", to: "check+" + token + "@" + inbound, text: "A check"})
	h.must(h.desk.ForgetMails(h.ctx))
	if n := h.number("select count(*) from mails"); n != 4 {
		t.Fatalf("%d of 4 are left", n)
	}
	h.clock.advance(2 * daysLater)
	h.must(h.desk.ForgetMails(h.ctx))
	if n := h.number("select count(*) from mails where state in ('posted', 'unmatched')"); n != 2 || h.number("select count(*) from mails") != 2 {
		t.Errorf("%d are left", n)
	}
	h.clock.advance(89 * daysLater)
	h.must(h.desk.ForgetMails(h.ctx))
	if n := h.number("select count(*) from mails"); n != 1 || len(h.byMail(g.row())) != 1 {
		t.Errorf("%d are left, want the message's alone", n)
	}
}

func TestAKillBetweenTheBlobAndItsRowLosesNothing(t *testing.T) {
	h, blobs := mailHouse(t)
	w := writing{from: "kim@example.org", to: "x@" + inbound, text: "Hello", doorID: "one"}
	ctx, kill := context.WithCancel(h.ctx)
	desk := h.deskWith(&brittle{Blobs: blobs, before: kill})
	if _, err := desk.KeepMail(ctx, w.arrival()); err == nil {
		t.Error("it says that it was kept")
	}
	if n := h.number("select count(*) from mails"); n != 0 {
		t.Errorf("%d rows", n)
	}
	m := h.keep(w) // the door brings it again
	h.settle(h.desk, m)
	h.clock.advance(time.Since(monday) + 25*time.Hour)
	h.must(h.desk.SweepBlobs(h.ctx))
	if n := h.blobCount(blobs); n != 1 {
		t.Errorf("%d blobs", n)
	}
}

func TestFilesOfAMailComeWithTheMessage(t *testing.T) {
	h, blobs := mailHouse(t)
	g, _, _ := h.emailed()
	address := h.replyTo()
	picture := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte("x"), 3000)...)
	logo := append([]byte("GIF89a"), bytes.Repeat([]byte("y"), 2000)...)
	w := writing{from: "jo@example.org", to: address, text: "Look:", files: []chat.IncomingFile{
		{Name: "../etc/invoice.pdf", Type: "application/pdf", Content: []byte("%PDF-1.4 invoice")},
		{Name: "pixel.gif", Type: "image/gif", Inline: true, Content: []byte("GIF89a")},
		{Name: "photo.png", Type: "image/png", Inline: true, Content: picture},
		{Name: "logo.gif", Type: "image/gif", Inline: true, Content: logo},
		{Name: "empty.txt", Type: "text/plain"},
	}}
	kept := h.receive(w)
	h.became("with files", kept, chat.MailPosted, "own")
	m := h.byMail(g.row())[0]
	if len(m.Files) != 3 || m.Files[0].Name != "invoice.pdf" || m.Meta[chat.MetaFilesLeft] != "1" {
		t.Errorf("it carries %+v, %v", m.Files, m.Meta)
	}
	if n := h.number("select count(*) from uploads where message_seq = $1 and customer_id = $2 and conversation_id = $3", m.Seq, g.Customer.ID, g.row().ID); n != 3 {
		t.Errorf("%d rows", n)
	}
	w.text, w.files = "And again:", []chat.IncomingFile{w.files[3], {Name: "logo.gif", Type: "image/gif", Content: logo}}
	h.receive(w)
	if m := h.byMail(g.row())[1]; len(m.Files) != 1 {
		t.Errorf("the logo comes again: %+v", m.Files)
	}
	w.text = ""
	w.files = w.files[1:]
	h.receive(w)
	if m := h.byMail(g.row())[2]; m.Text != "" || len(m.Files) != 1 || !strings.Contains(g.row().LastMessageText, "logo.gif") {
		t.Errorf("files without words are %+v", m)
	}
	w.id = "<again@mail.example>"
	h.receive(w)
	before := h.blobCount(blobs)
	h.became("twice", h.receive(w), chat.MailDuplicate, "duplicate")
	if n := h.blobCount(blobs); n != before+1 {
		t.Errorf("%d blobs more, want the raw mail alone", n-before)
	}
}

func TestAMailToTwoConversationsComesIntoBoth(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	first := h.replyTo()
	other, admin := h.organization("Other", "eve@other.example")
	theirs := h.arriveAt(h.desk, other, "Hello")
	_, err := h.desk.GiveAddress(h.ctx, theirs.CustomerCaller, theirs.key, "jo@example.org")
	h.must(err)
	theirs.leave()
	_, err = h.desk.PostAsAgent(h.ctx, admin, theirs.key, chat.AgentPost{ClientID: name(1), Text: "Can we help?"})
	h.must(err)
	h.waits(time.Hour, 2)
	second := h.replyTo()
	w := writing{from: "jo@example.org", to: first + ", " + second, text: "To both of you.", envelope: []string{first, "x@" + inbound, second}, doorID: "one", id: "<both@mail.example>"}
	for _, want := range []bool{true, false} {
		if fresh, err := h.desk.KeepMail(h.ctx, w.arrival()); err != nil || fresh != want {
			t.Fatalf("fresh %v, want %v: %v", fresh, want, err)
		}
	}
	kept, err := h.store.KeptMails(h.ctx, h.clock.now().Add(time.Hour), 0, 10)
	h.must(err)
	for i := range kept {
		h.settle(h.desk, &kept[i])
		h.became("each", h.mail(kept[i].ID), chat.MailPosted, "own")
	}
	if len(kept) != 2 || len(h.byMail(g.row())) != 1 || len(h.byMail(theirs.row())) != 1 {
		t.Errorf("%d were kept", len(kept))
	}
}
