package work_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rejoin/app/chat"
)

func (b *bench) keep(mail int64) {
	b.Helper()
	b.must(b.store.Tx(b.Context(), func(ctx context.Context, tx chat.Tx) error {
		return tx.Enqueue(ctx, chat.Job{Kind: chat.JobReceive, ID: mail})
	}))
}

// nextMail waits for an attempt at a mail.
func (b *bench) nextMail(mail int64) call {
	b.Helper()
	select {
	case c := <-b.calls:
		if c.organization != 0 || c.delivery != mail {
			b.Fatalf("attempt at %d of %d, want mail %d", c.delivery, c.organization, mail)
		}
		return c
	case <-time.After(patience):
		b.Fatalf("no attempt at mail %d", mail)
		return call{}
	}
}

func TestAMailIsWorkedOnUntilItIsSettled(t *testing.T) {
	b := newBench(t)
	b.keep(4)
	b.start()
	b.nextMail(4).answer <- answer{err: errors.New("the database is away")}
	b.nextMail(4).answer <- answer{again: 10 * time.Millisecond}
	b.nextMail(4).answer <- answer{}
}

func TestAMailHasOneJobAtATime(t *testing.T) {
	b := newBench(t)
	b.keep(4)
	b.keep(4)
	b.keep(5)
	if n := b.jobs("available"); n != 2 {
		t.Errorf("%d jobs for two mails", n)
	}
	b.start()
	first, second := <-b.calls, <-b.calls
	b.keep(first.delivery) // under way
	if n := b.jobs("available"); n != 0 {
		t.Errorf("%d jobs wait beside those under way", n)
	}
	first.answer <- answer{}
	second.answer <- answer{}
}

func TestReadingMailNeverDelaysSending(t *testing.T) {
	b := newBench(t)
	b.start()
	const many = 20
	for i := range int64(many) {
		b.keep(i + 1)
	}
	var reading []call
	for range 4 {
		c := <-b.calls
		if c.organization != 0 {
			t.Fatal("an attempt at nothing")
		}
		reading = append(reading, c)
	}
	b.must(b.enqueue(3, nil)) // while all who read are busy
	b.next(3).answer <- answer{}
	for _, c := range reading {
		c.answer <- answer{}
	}
	for range many - 4 {
		c := <-b.calls
		c.answer <- answer{}
	}
}
