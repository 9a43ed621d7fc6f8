package chat

import (
	"context"
	"fmt"
	"time"
)

// reasonReturned is why a delivery waits for its next round, or why there is none any more.
const reasonReturned = "returned"

// roundWaits is how long each further round waits after an email has come back from an address that may work: a full
// mailbox or a server that is away needs hours.
func roundWaits() []time.Duration { return []time.Duration{time.Hour, 4 * time.Hour, 12 * time.Hour} }

// waitsRound tells whether a delivery has come back and is to be sent anew.
func (d *Delivery) waitsRound() bool { return d.State == Queued && d.Reason == reasonReturned }

// since is when the newest round of a delivery began.
func (d *Delivery) since() time.Time {
	if d.RoundAt != nil {
		return *d.RoundAt
	}
	return d.CreatedAt
}

// returned lets an email that came back wait for another round, and gives up after the last one. Nobody has it, so
// whatever speaks against sending it counts again. What is told of one that is in a mailbox moves nothing.
func (d *Desk) returned(ctx context.Context, tx Tx, delivery *Delivery, told Told) error {
	waits := roundWaits()
	switch {
	case delivery.State != Sending && delivery.State != Sent:
		if delivery.waitsRound() {
			return nil // it has been told
		}
		return d.remark(ctx, tx, delivery, Clicked, Decision{Code: DecidedReturned, Detail: told.Words})
	case delivery.Round >= len(waits):
		return d.end(ctx, tx, delivery, Failed, reasonReturned, told.Words)
	}
	now := d.now()
	next := now.Add(waits[delivery.Round])
	delivery.State, delivery.Reason, delivery.Detail = Queued, reasonReturned, told.Words
	delivery.Round, delivery.RoundAt, delivery.NextAttemptAt, delivery.SentAt = delivery.Round+1, &now, &next, nil
	if err := tx.Update(ctx, delivery, "state", "reason", "detail", "round", "round_at", "next_attempt_at", "sent_at"); err != nil {
		return fmt.Errorf("begin another round: %w", err)
	}
	return d.tellDelivery(ctx, tx, delivery, Decision{Code: DecidedAgain, DueAt: &next, Detail: delivery.Detail})
}

// SweepReturned lets those go out anew whose round has come, on every instance at once, and tells how many they are.
func (d *Desk) SweepReturned(ctx context.Context) (int, error) {
	total := 0
	for {
		var due []Delivery
		err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) (err error) {
			if due, err = tx.LockReturned(ctx, d.now(), atOnce); err != nil || len(due) == 0 {
				return err
			}
			jobs := make([]Job, len(due))
			for i := range due {
				jobs[i] = Job{Kind: JobDeliver, OrganizationID: due[i].OrganizationID, ID: due[i].ID}
				due[i].NextAttemptAt = nil
				if err := tx.Update(ctx, &due[i], "next_attempt_at"); err != nil {
					return err
				}
			}
			return tx.Enqueue(ctx, jobs...)
		})
		if err != nil {
			return total, fmt.Errorf("sweep what came back: %w", err)
		}
		if total += len(due); len(due) < atOnce {
			return total, nil
		}
	}
}

// settleDead ends a delivery whose address the mail server has called dead while it was handed over, as if it had come back.
func (d *Desk) settleDead(ctx context.Context, delivery *Delivery, failure *SendFailure) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.Conversation(ctx, delivery.OrganizationID, delivery.ConversationID)
		if err != nil {
			return err
		}
		customer, err := tx.LockCustomer(ctx, c.OrganizationID, c.CustomerID)
		if err != nil {
			return err
		}
		locked, err := lockDelivery(ctx, tx, delivery.OrganizationID, delivery.ID)
		if err != nil || locked.Final() {
			return err
		}
		return d.bounce(ctx, tx, customer, locked, Bounced, "bounced", Told{Status: failure.Status, Words: cut(failure.Detail, maxWords)})
	})
}
