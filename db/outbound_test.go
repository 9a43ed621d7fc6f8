package db_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"rejoin/app/chat"
)

// sent is a delivery to an address, so many minutes after noon.
func (h *house) sent(c *chat.Conversation, p *chat.ContactPoint, minute int, change func(d *chat.Delivery)) {
	h.t.Helper()
	at := later(minute)
	d := &chat.Delivery{OrganizationID: c.OrganizationID, Key: h.key("delivery"), ConversationID: c.ID, ContactPointID: p.ID, Address: p.Address,
		Channel: "email", Kind: chat.KindFollowup, State: chat.Sent, ToSeq: int64(minute), CreatedAt: at, SentAt: &at, MessageID: fmt.Sprintf("<%d@rejoin.example>", minute)}
	if change != nil {
		change(d)
	}
	h.insert(d)
}

func TestPlanFactsTellWhenAnAddressMayHaveMore(t *testing.T) {
	h := newHouse(t)
	one, two := h.organization(), h.organization()
	jo, eve, foreign := h.customer(one, "Jo"), h.customer(one, "Eve"), h.customer(two, "Jo")
	c, other, far := h.conversation(jo), h.conversation(eve), h.conversation(foreign)
	p, same, theirs := h.point(jo, "jo@example.org"), h.point(eve, "jo@example.org"), h.point(foreign, "jo@example.org")
	h.sent(c, p, 1, nil)
	h.sent(other, same, 2, func(d *chat.Delivery) { d.Kind = chat.KindRenewal }) // for whomever it was
	h.sent(c, p, 3, func(d *chat.Delivery) { d.Kind = chat.KindInvitation })
	h.sent(c, p, 4, func(d *chat.Delivery) { d.State = chat.Cancelled })
	h.sent(c, p, 5, func(d *chat.Delivery) { d.State = chat.Failed })
	h.sent(c, p, 6, func(d *chat.Delivery) { d.State = chat.Bounced })
	h.sent(far, theirs, 7, nil)
	h.sent(c, &chat.ContactPoint{ID: p.ID, Address: "old@example.org"}, 8, nil)
	for most, want := range map[int]*time.Time{0: nil, 1: instant(66), 2: instant(62), 3: instant(61), 4: nil} {
		facts, err := h.PlanFacts(t.Context(), []*chat.Conversation{c}, map[int64]int{one.ID: most})
		if err != nil {
			t.Fatal(err)
		}
		if got := facts[0].CapUntil; (got == nil) != (want == nil) || got != nil && !got.Equal(*want) {
			t.Errorf("with %d an hour: capped until %v, want %v", most, got, want)
		}
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		counts, err := tx.LockAutomatic(ctx, []int64{one.ID, two.ID, one.ID}, []string{"jo@example.org", "jo@example.org", "nobody@example.org"}, later(1))
		if !slices.Equal(counts, []int{2, 1, 0}) {
			t.Errorf("counted %v", counts)
		}
		return err
	})
}

func instant(minute int) *time.Time {
	at := later(minute)
	return &at
}

func TestPlanFactsTellWhenTheCustomerWroteByEmail(t *testing.T) {
	h := newHouse(t)
	c := h.answered(h.customer(h.organization(), "Eve"), chat.ByCustomer, chat.ByCustomer, chat.ByAgent)
	if f := h.facts(c)[0]; f.SpokeAt != nil {
		t.Errorf("who wrote in the chat spoke at %v", f.SpokeAt)
	}
	c.LastVia = chat.ViaEmail
	if f := h.facts(c)[0]; f.SpokeAt == nil || !f.SpokeAt.Equal(later(1)) {
		t.Errorf("who wrote by email spoke at %v", f.SpokeAt)
	}
	h.post(c, "a participant's", func(m *chat.Message) { m.CreatedAt = later(7) })
	if f := h.facts(c)[0]; f.SpokeAt == nil || !f.SpokeAt.Equal(later(1)) {
		t.Errorf("after a participant they spoke at %v", f.SpokeAt)
	}
}

func TestWhoCountsAnAddressWaitsForWhoeverCountedItBefore(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	customer := h.customer(o, "Jo")
	c, p := h.conversation(customer), h.point(customer, "jo@example.org")
	count := func(ctx context.Context, tx chat.Tx) (int, error) {
		counts, err := tx.LockAutomatic(ctx, []int64{o.ID}, []string{"jo@example.org"}, noon)
		if err != nil {
			return 0, err
		}
		return counts[0], nil
	}
	second, counted := 0, make(chan struct{})
	h.do(func(ctx context.Context, tx chat.Tx) error {
		if _, err := count(ctx, tx); err != nil {
			return err
		}
		go func() {
			defer close(counted)
			h.do(func(ctx context.Context, tx chat.Tx) (err error) {
				second, err = count(ctx, tx)
				return err
			})
		}()
		for waits := 0; waits == 0; waits = h.count("select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())") {
			select {
			case <-counted:
				t.Error("the second one did not wait")
				return nil
			default:
			}
		}
		return tx.Insert(ctx, &chat.Delivery{OrganizationID: o.ID, Key: h.key("delivery"), ConversationID: c.ID, ContactPointID: p.ID,
			Address: p.Address, Kind: chat.KindFollowup, State: chat.Queued, CreatedAt: later(1)})
	})
	<-counted
	if second != 1 {
		t.Errorf("the second one counted %d", second)
	}
}

func TestTheEmailsOfAThreadAreThoseThatWentAndCame(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	customer := h.customer(o, "Jo")
	c, p := h.conversation(customer), h.point(customer, "jo@example.org")
	thread := func() chat.EmailThread {
		found, err := h.EmailThread(t.Context(), o.ID, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for minute, state := range map[int]chat.DeliveryState{1: chat.Cancelled, 2: chat.Failed, 3: chat.Bounced, 4: chat.Sending, 5: chat.Queued} {
		h.sent(c, p, minute, func(d *chat.Delivery) { d.State = state })
	}
	if found := thread(); found.Begun || len(found.MessageIDs) != 0 {
		t.Errorf("of nothing that went: %+v", found)
	}
	mail := func(minute int, state chat.MailState, id string) {
		h.insert(&chat.Mail{OrganizationID: o.ID, Key: h.key("mail"), Door: "smtp", DoorID: h.key("door"), Blob: "b", State: state,
			MessageID: id, ConversationID: &c.ID, ReceivedAt: later(minute)})
	}
	mail(9, chat.MailHeld, "<stranger@phone.example>")
	mail(11, chat.MailPosted, "")
	if found := thread(); !found.Begun || len(found.MessageIDs) != 0 {
		t.Errorf("of a mail without a name: %+v", found)
	}
	h.sent(c, p, 10, nil)
	h.sent(c, p, 13, func(d *chat.Delivery) { d.State = chat.Complained })
	h.sent(c, p, 15, func(d *chat.Delivery) { d.MessageID = "" })
	mail(12, chat.MailPosted, "<a@phone.example>")
	mail(14, chat.MailHeld, "<held@phone.example>")
	got := slices.Compact(thread().MessageIDs)
	if want := []string{"<10@rejoin.example>", "<a@phone.example>", "<13@rejoin.example>"}; !slices.Equal(got, want) {
		t.Errorf("the thread is %v, want %v", got, want)
	}
}
