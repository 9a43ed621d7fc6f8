package db_test

import (
	"context"
	"testing"
	"time"

	"rejoin/app/chat"
)

// senderReaders gives an organization a mail server of its own, and reads it.
func senderReaders(h *house, o *chat.Organization) map[string]func(context.Context, chat.Tx, int64) (any, error) {
	h.t.Helper()
	h.insert(&chat.Sender{OrganizationID: o.ID, Way: chat.WaySMTP, Address: "hello@full.example", Host: "mail.full.example", CreatedAt: noon})
	return map[string]func(context.Context, chat.Tx, int64) (any, error){
		"Sender":     func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Sender(ctx, o) },
		"LockSender": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.LockSender(ctx, o) },
	}
}

func TestSendersAreDueInTheirOrder(t *testing.T) {
	h := newHouse(t)
	at := func(d time.Duration) *time.Time { then := noon.Add(d); return &then }
	var want []int64
	for name, next := range map[string]*time.Time{"later": at(time.Minute), "now": at(0), "long": at(-time.Hour), "never": nil} {
		o := h.organization()
		s := &chat.Sender{
			OrganizationID: o.ID, Way: chat.WayDomain, Address: "a@" + name + ".example", Domain: name + ".example", NextAt: next, CreatedAt: noon,
			Records: []chat.DNSRecord{{Name: name, Type: "MX", Priority: 10}},
		}
		h.insert(s)
		switch name {
		case "long":
			want = append([]int64{o.ID}, want...)
		case "now":
			want = append(want, o.ID)
		}
	}
	due, err := h.SendersDue(t.Context(), noon, 9)
	if err != nil {
		t.Fatal(err)
	}
	if len(due) != 2 || due[0].OrganizationID != want[0] || due[1].OrganizationID != want[1] || due[0].Records[0].Priority != 10 {
		t.Errorf("due are %+v, want %v", due, want)
	}
	if due, err = h.SendersDue(t.Context(), noon, 1); err != nil || len(due) != 1 {
		t.Errorf("with a limit: %+v, %v", due, err)
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		held, err := tx.LockSenderOf(ctx, "now.example")
		if err != nil || held.OrganizationID != want[1] {
			t.Errorf("the domain's: %+v, %v", held, err)
		}
		_, err = tx.LockSenderOf(ctx, "nobody.example")
		if kind, _ := chat.KindOf(err); kind != chat.Missing {
			t.Errorf("nobody's domain: %v", err)
		}
		return nil
	})
	thief := h.organization()
	err = h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		return tx.Insert(ctx, &chat.Sender{OrganizationID: thief.ID, Way: chat.WayDomain, Address: "b@now.example", Domain: "now.example", CreatedAt: noon})
	})
	if kind, _ := chat.KindOf(err); kind != chat.Conflict {
		t.Errorf("a domain of two: %v", err)
	}
}

func TestWhatTheDoctorAsksTheDatabase(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	if at, err := h.LastSentAt(t.Context(), o.ID); err != nil || at != nil {
		t.Errorf("nothing was sent, and it was at %v, %v", at, err)
	}
	if at, err := h.LastWebhookAt(t.Context(), "resend"); err != nil || at != nil {
		t.Errorf("nothing was told, and it was at %v, %v", at, err)
	}
	h.insert(&chat.WebhookEvent{Provider: "resend", ID: "one", Kind: "email.sent", Body: []byte("{}"), ReceivedAt: noon})
	if at, err := h.LastWebhookAt(t.Context(), "resend"); err != nil || at == nil || !at.Equal(noon) {
		t.Errorf("it was told at %v, %v", at, err)
	}
	if n, err := h.Listening(t.Context()); err != nil || n != 0 {
		t.Errorf("%d listen, %v", n, err)
	}
	if _, err := h.RenewLease(t.Context(), "one", time.Minute); err != nil {
		t.Fatal(err)
	}
	if n, err := h.Listening(t.Context()); err != nil || n != 1 {
		t.Errorf("%d listen, %v", n, err)
	}
	if now, err := h.DatabaseNow(t.Context()); err != nil || time.Since(now).Abs() > time.Minute {
		t.Errorf("the database's clock says %v, %v", now, err)
	}
}
