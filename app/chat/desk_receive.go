package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	eventGrace    = 30 * time.Second // who keeps an event settles it at once, unless they die in between
	eventPatience = 2 * time.Hour    // how long an event waits for its delivery: a lost answer of the provider is asked for again
	maxWords      = 500
)

// KeepEvent writes an event down before anything is done about it; fresh is false when it was told before. After an
// error the provider has to tell it again.
func (d *Desk) KeepEvent(ctx context.Context, e *WebhookEvent) (fresh bool, err error) {
	now := d.now()
	next := now.Add(eventGrace)
	e.ReceivedAt, e.NextAt, e.Outcome, e.Attempts = now, &next, EventPending, 0
	e.Words = cut(e.Words, maxWords)
	if e.Report == "" || e.ProviderID == "" {
		e.NextAt, e.Outcome = nil, EventIgnored
	}
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		fresh, err = tx.InsertIfNew(ctx, e)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep event: %w", err)
	}
	return fresh, nil
}

// SettleEvent does what an event asks for, once: what another has settled or tried meanwhile is left to it. An event
// whose delivery is not known waits: it may come before our own word that the email was sent.
func (d *Desk) SettleEvent(ctx context.Context, e *WebhookEvent) error {
	if e.NextAt == nil {
		return nil
	}
	if e.Report == ReportReceived {
		return d.settleReceived(ctx, e)
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := orNil(tx.LockWebhookEvent(ctx, e.Provider, e.ID))
		if err != nil || locked == nil || locked.NextAt == nil || locked.Attempts != e.Attempts {
			return err
		}
		customer, delivery, err := d.lockReported(ctx, tx, locked)
		if err != nil {
			return err
		}
		if delivery == nil {
			return d.putOffEvent(ctx, tx, locked, EventUnmatched)
		}
		if err := d.report(ctx, tx, customer, delivery, locked); err != nil {
			return err
		}
		locked.Outcome, locked.NextAt = EventHandled, nil
		locked.OrganizationID, locked.DeliveryID = &delivery.OrganizationID, &delivery.ID
		if err := tx.Update(ctx, locked, "outcome", "next_at", "organization_id", "delivery_id"); err != nil {
			return fmt.Errorf("settle event: %w", err)
		}
		return nil
	})
}

// SettleEvents takes up what was kept and not settled: after a crash in between, and what waits for its delivery. One
// that fails stops no other.
func (d *Desk) SettleEvents(ctx context.Context) (failed error) {
	for {
		var due []WebhookEvent
		err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) (err error) {
			due, err = tx.WebhookEventsDue(ctx, d.now(), atOnce)
			return err
		})
		if err != nil {
			return errors.Join(failed, err)
		}
		for i := range due {
			err := d.SettleEvent(ctx, &due[i])
			if err == nil {
				continue
			}
			failed = errors.Join(failed, fmt.Errorf("settle event %s: %w", due[i].ID, err))
			if isKind(err, Busy) || ctx.Err() != nil {
				return failed // the database is away: none is at fault
			}
			if err := d.failEvent(ctx, &due[i]); err != nil {
				return errors.Join(failed, err)
			}
		}
		if len(due) < atOnce {
			return failed
		}
	}
}

// failEvent lets an event wait that could not be settled.
func (d *Desk) failEvent(ctx context.Context, e *WebhookEvent) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := orNil(tx.LockWebhookEvent(ctx, e.Provider, e.ID))
		if err != nil || locked == nil || locked.NextAt == nil {
			return err
		}
		return d.putOffEvent(ctx, tx, locked, EventFailed)
	})
}

// putOffEvent lets an event wait, and at the end of its time leaves it with its outcome.
func (d *Desk) putOffEvent(ctx context.Context, tx Tx, e *WebhookEvent, outcome EventOutcome) error {
	e.Attempts++
	e.Outcome, e.NextAt = outcome, nil
	if now := d.now(); now.Sub(e.ReceivedAt) < eventPatience {
		next := now.Add(backoff(e.Attempts))
		e.NextAt = &next
	}
	if err := tx.Update(ctx, e, "outcome", "attempts", "next_at"); err != nil {
		return fmt.Errorf("put event off: %w", err)
	}
	return nil
}

// lockReported finds the delivery that an event is about and locks it, its customer first; nil when there is none.
func (d *Desk) lockReported(ctx context.Context, tx Tx, e *WebhookEvent) (*Customer, *Delivery, error) {
	all, err := tx.DeliveriesByProvider(ctx, e.ProviderID)
	found := meant(all, e)
	if err != nil || found == nil {
		return nil, nil, err
	}
	c, err := orNil(tx.Conversation(ctx, found.OrganizationID, found.ConversationID))
	if err != nil || c == nil {
		return nil, nil, err
	}
	customer, err := orNil(tx.LockCustomer(ctx, c.OrganizationID, c.CustomerID))
	if err != nil || customer == nil {
		return nil, nil, err
	}
	delivery, err := orNil(lockDelivery(ctx, tx, found.OrganizationID, found.ID))
	return customer, delivery, err
}

// meant is the one delivery of that name. A provider's names are unique; should two have the same one all the same, the
// address tells which is meant, so that no organization's email speaks for another's.
func meant(all []Delivery, e *WebhookEvent) *Delivery {
	if len(all) == 1 {
		return &all[0]
	}
	var found *Delivery
	for i := range all {
		if !slices.Contains(e.Addresses, strings.ToLower(all[i].Address)) {
			continue
		}
		if found != nil {
			return nil
		}
		found = &all[i]
	}
	return found
}
