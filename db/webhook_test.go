package db_test

import (
	"context"
	"testing"
	"time"

	"rejoin/app/chat"
)

// event is one that waits since noon.
func event(id string, next time.Time) *chat.WebhookEvent {
	return &chat.WebhookEvent{
		Provider: "resend", ID: id, Kind: "email.bounced", Report: chat.ReportBounced, ProviderID: "email", Addresses: []string{"eve@example.org"},
		Words: "no such mailbox", Body: []byte("raw\x00"), ReceivedAt: noon, NextAt: &next,
	}
}

func TestAnEventIsKeptOnceAndWhole(t *testing.T) {
	h := newHouse(t)
	for _, want := range []bool{true, false} {
		h.do(func(ctx context.Context, tx chat.Tx) error {
			fresh, err := tx.InsertIfNew(ctx, event("a", noon))
			if fresh != want {
				t.Errorf("fresh is %v", fresh)
			}
			return err
		})
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		e, err := tx.LockWebhookEvent(ctx, "resend", "a")
		if err == nil && (string(e.Body) != "raw\x00" || len(e.Addresses) != 1 || e.Words != "no such mailbox" || !e.NextAt.Equal(noon) || e.DeliveryID != nil) {
			t.Errorf("it is %+v", e)
		}
		return err
	})
	err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		_, err := tx.LockWebhookEvent(ctx, "postmark", "a")
		return err
	})
	if kind, _ := chat.KindOf(err); kind != chat.Missing {
		t.Errorf("another provider's is %v", err)
	}
}

func TestEventsAreDueInTheirOrder(t *testing.T) {
	h := newHouse(t)
	done := event("done", noon)
	done.NextAt = nil
	h.insert(event("late", noon.Add(time.Minute)), event("second", noon), event("first", noon.Add(-time.Minute)), done)
	h.do(func(ctx context.Context, tx chat.Tx) error {
		due, err := tx.WebhookEventsDue(ctx, noon, 9)
		if err == nil && (len(due) != 2 || due[0].ID != "first" || due[1].ID != "second") {
			t.Errorf("due is %+v", due)
		}
		due, err = tx.WebhookEventsDue(ctx, noon, 1)
		if len(due) != 1 {
			t.Errorf("%d are due, want at most 1", len(due))
		}
		return err
	})
}

func TestADeliveryIsFoundByItsProvidersNameOverAllOrganizations(t *testing.T) {
	h := newHouse(t)
	var organizations []int64
	for range 2 {
		o := h.organization()
		_, d := fillCustomer(h, h.agent(o), h.customer(o, "Eve"))
		d.ProviderID = "email"
		h.do(func(ctx context.Context, tx chat.Tx) error { return tx.Update(ctx, d, "provider_id") })
		organizations = append(organizations, o.ID)
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		found, err := tx.DeliveriesByProvider(ctx, "email")
		if err == nil && (len(found) != 2 || found[0].OrganizationID != organizations[0] || found[1].OrganizationID != organizations[1]) {
			t.Errorf("found %+v", found)
		}
		return err
	})
	h.count(`with many as (insert into deliveries (organization_id, key, conversation_id, contact_point_id, channel, address, kind, state, provider_id, created_at)
		select organization_id, 'n' || i, conversation_id, contact_point_id, channel, address, kind, state,
			case when i % 2 = 0 then '' else 'n' || i end, created_at -- an email that is not sent has no name
		from (select * from deliveries limit 1) d, generate_series(1, 5000) i returning 1) select count(*) from many`)
	h.analyze("deliveries")
	h.do(func(ctx context.Context, tx chat.Tx) error {
		none, err := tx.DeliveriesByProvider(ctx, "")
		if len(none) != 0 {
			t.Errorf("an empty name finds %d", len(none))
		}
		return err
	})
	h.reads(t, 5, "deliveries_provider", func(ctx context.Context, tx chat.Tx) error {
		_, err := tx.DeliveriesByProvider(ctx, "n4711")
		return err
	})
}

func (h *house) analyze(table string) {
	h.t.Helper()
	if _, err := h.pools.Jobs().Exec(h.t.Context(), "analyze "+table); err != nil {
		h.t.Fatal(err)
	}
}

func TestEventsAreForgottenAfterAMonth(t *testing.T) {
	h := newHouse(t)
	old, young := event("old", noon), event("young", noon)
	young.ReceivedAt = noon.Add(2 * 24 * time.Hour)
	h.insert(old, young)
	if err := h.Sweep(t.Context(), noon.Add(31*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := h.count("select count(*) from webhook_events where id = 'young'"); n != 1 || h.count("select count(*) from webhook_events") != 1 {
		t.Error("not the old one alone is forgotten")
	}
}
