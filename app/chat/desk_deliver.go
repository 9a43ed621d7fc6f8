package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// One attempt is bounded, and so is writing what became of it; both fit into the queue's time for a job.
const (
	sendTimeout   = 15 * time.Second
	settleTimeout = 10 * time.Second
)

// progress is the order in which a delivery may move forward.
func progress() []DeliveryState {
	return []DeliveryState{Queued, Sending, Sent, Delivered, Opened, Clicked, Rejoined, Replied}
}

// Deliver makes one attempt at a delivery; again > 0 asks for another one after that time. Attempts of the same
// delivery carry the same bytes and the same idempotency key, so a crash at any point cannot double it.
func (d *Desk) Deliver(ctx context.Context, organization, id int64) (again time.Duration, err error) {
	claimed, err := d.claim(ctx, organization, id)
	if err != nil || claimed == nil {
		if isKind(err, Missing) {
			return 0, nil // deleted with its customer
		}
		return 0, err
	}
	delivery := claimed.delivery
	channel, ok := d.channels[delivery.Channel]
	if !ok {
		return 0, d.settleDelivery(ctx, delivery, Receipt{}, &SendFailure{Code: "no_channel"})
	}
	sending, cancel := context.WithTimeout(ctx, sendTimeout)
	receipt, failed := channel.Send(sending, claimed.out)
	cancel()
	// What became of the attempt is written even when the house is shutting down.
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if failed == nil {
		return 0, d.settleDelivery(writing, delivery, receipt, nil)
	}
	failure := asFailure(failed)
	if failure.Dead {
		return 0, d.settleDead(writing, delivery, failure)
	}
	if failure.Temporary {
		again = max(backoff(delivery.Attempts), failure.RetryAfter)
		return again, d.postpone(writing, delivery, failure, again, claimed.fresh)
	}
	return 0, d.settleDelivery(writing, delivery, Receipt{}, failure)
}

// attempt is one at a delivery.
type attempt struct {
	delivery *Delivery
	out      Outgoing
	fresh    bool // nobody can have the message yet
}

// claim marks an attempt; nil when there is nothing more to do.
func (d *Desk) claim(ctx context.Context, organization, id int64) (claimed *attempt, err error) {
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		claimed = nil
		delivery, err := lockDelivery(ctx, tx, organization, id)
		if err != nil || delivery.Final() || delivery.waitsRound() && delivery.NextAttemptAt != nil {
			return err
		}
		why, err := d.mustNotSend(ctx, tx, delivery)
		if err != nil {
			return err
		}
		if why != "" {
			return d.end(ctx, tx, delivery, Cancelled, why, "")
		}
		if d.now().Sub(delivery.since()) > DeliveryLife {
			return d.end(ctx, tx, delivery, Failed, "gave_up", delivery.Detail)
		}
		if delivery.Frozen == nil {
			if err := d.freeze(ctx, tx, delivery); err != nil {
				return d.endUnwritten(ctx, tx, delivery, err)
			}
		}
		one := &attempt{delivery: delivery, fresh: delivery.State == Queued}
		if one.out, err = d.outgoing(ctx, tx, delivery); err != nil {
			return d.endBlocked(ctx, tx, delivery, err)
		}
		delivery.State, delivery.NextAttemptAt = Sending, nil
		delivery.Attempts++
		claimed = one
		return tx.Update(ctx, delivery, "state", "next_attempt_at", "attempts", "frozen", "digest", "language", "message_id")
	})
	return claimed, err
}

// endBlocked ends a delivery that has no way out before it is handed over.
func (d *Desk) endBlocked(ctx context.Context, tx Tx, delivery *Delivery, err error) error {
	var failure *SendFailure
	if !errors.As(err, &failure) {
		return err
	}
	return d.end(ctx, tx, delivery, Failed, failure.Code, failure.Detail)
}

// lockDelivery locks the conversation first, as every use case does, so that no two can wait for each other.
func lockDelivery(ctx context.Context, tx Tx, organization, id int64) (*Delivery, error) {
	found, err := tx.Delivery(ctx, organization, id)
	if err != nil {
		return nil, err
	}
	if _, err := tx.LockConversation(ctx, organization, found.ConversationID); err != nil {
		return nil, err
	}
	return tx.LockDelivery(ctx, organization, id)
}

// mustNotSend decides once more at the moment of each attempt: the customer's wish may have changed.
func (d *Desk) mustNotSend(ctx context.Context, tx Tx, delivery *Delivery) (string, error) {
	c, err := tx.Conversation(ctx, delivery.OrganizationID, delivery.ConversationID)
	if err != nil {
		return "", err
	}
	point, err := tx.ContactPoint(ctx, delivery.OrganizationID, delivery.ContactPointID)
	if err != nil {
		return "", err
	}
	switch {
	case c.EmailStoppedAt != nil || point.StoppedAt != nil:
		return "stopped", nil
	case c.SpamAt != nil:
		return "spam", nil
	case point.BouncedAt != nil:
		return "bounced", nil
	case point.ComplainedAt != nil:
		return "complained", nil
	case delivery.State == Queued && delivery.ToSeq > 0 && c.CustomerSeenSeq >= delivery.ToSeq:
		return "seen", nil // once tried, it may be there already: better told as sent than as cancelled
	case delivery.State == Queued && delivery.Kind == KindFollowup:
		return d.mustNotFollow(ctx, tx, c, delivery)
	}
	return "", nil
}

// mustNotFollow decides what holds for automatic emails only.
func (d *Desk) mustNotFollow(ctx context.Context, tx Tx, c *Conversation, delivery *Delivery) (string, error) {
	o, err := tx.Organization(ctx, c.OrganizationID)
	if err != nil {
		return "", err
	}
	customer, err := tx.Customer(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return "", err
	}
	points, err := tx.ContactPoints(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return "", err
	}
	switch now := UsablePoint(points); {
	case !o.Settings.WritesByItself():
		return "off", nil
	case customer.Active:
		return "active", nil
	case now != nil && now.ID != delivery.ContactPointID:
		return "readdressed", nil // it is planned anew, for the address that holds
	}
	return "", nil
}

func asFailure(err error) *SendFailure {
	var failure *SendFailure
	if errors.As(err, &failure) {
		return failure
	}
	return &SendFailure{Temporary: true, Code: "unreachable", Detail: err.Error()}
}

// backoff is 5 s, 10 s, 20 s … up to 30 min.
func backoff(attempts int) time.Duration {
	return min(5*time.Second<<min(max(attempts-1, 0), 12), 30*time.Minute)
}

func (d *Desk) postpone(ctx context.Context, delivery *Delivery, failure *SendFailure, again time.Duration, fresh bool) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := lockDelivery(ctx, tx, delivery.OrganizationID, delivery.ID)
		if err != nil || locked.Final() || locked.Round != delivery.Round { // it has come back before we were answered
			return err
		}
		next := d.now().Add(again)
		locked.NextAttemptAt, locked.Reason, locked.Detail = &next, failure.Code, cut(failure.Detail, 500)
		if failure.Refused && fresh {
			locked.State = Queued // nobody has it still: should the customer come and read, it need not go out
		}
		if err := tx.Update(ctx, locked, "state", "next_attempt_at", "reason", "detail"); err != nil {
			return fmt.Errorf("postpone delivery: %w", err)
		}
		return d.tellDelivery(ctx, tx, locked, Decision{Code: DecidedPostponed, DueAt: &next, Detail: failure.Code})
	})
}

func (d *Desk) settleDelivery(ctx context.Context, delivery *Delivery, receipt Receipt, failure *SendFailure) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := lockDelivery(ctx, tx, delivery.OrganizationID, delivery.ID)
		if err != nil || locked.Final() || locked.Round != delivery.Round { // it has come back before we were answered
			return err
		}
		if failure != nil {
			return d.end(ctx, tx, locked, Failed, failure.Code, failure.Detail)
		}
		now := d.now()
		locked.State, locked.ProviderID, locked.SentAt = Sent, receipt.ProviderID, &now
		locked.Reason, locked.Detail, locked.NextAttemptAt = "", "", nil
		if err := tx.Update(ctx, locked, "state", "provider_id", "sent_at", "reason", "detail", "next_attempt_at"); err != nil {
			return fmt.Errorf("mark delivery sent: %w", err)
		}
		return d.tellDelivery(ctx, tx, locked, Decision{Code: DecidedSent, Detail: locked.Address})
	})
}

// end finishes a delivery without success and gives its messages back, so that they can go out another way.
func (d *Desk) end(ctx context.Context, tx Tx, delivery *Delivery, state DeliveryState, reason, detail string) error {
	now, tried := d.now(), delivery.State == Sending
	delivery.State, delivery.Reason, delivery.Detail = state, reason, cut(detail, 500)
	delivery.EndedAt, delivery.NextAttemptAt = &now, nil
	if err := tx.Update(ctx, delivery, "state", "reason", "detail", "ended_at", "next_attempt_at"); err != nil {
		return fmt.Errorf("end delivery: %w", err)
	}
	c, err := tx.LockConversation(ctx, delivery.OrganizationID, delivery.ConversationID)
	if err != nil {
		return err
	}
	if c.CoveredSeq, err = tx.Covered(ctx, c.OrganizationID, c.ID); err != nil {
		return fmt.Errorf("read what is covered: %w", err)
	}
	code := DecidedCancelled
	if state != Cancelled {
		code, c.HurriedSeq = DecidedGaveUp, 0 // what is written next waits its time
	}
	if state != Cancelled || tried { // what was tried may have arrived: the plan does not try the same again by itself
		c.FailedSeq = max(c.FailedSeq, delivery.ToSeq)
	}
	if err := tx.Update(ctx, c, "covered_seq", "failed_seq", "hurried_seq"); err != nil {
		return fmt.Errorf("give messages back: %w", err)
	}
	if err := d.tellDelivery(ctx, tx, delivery, Decision{Code: code, Detail: reason}); err != nil {
		return err
	}
	return d.replan(ctx, tx, c)
}

// tellDelivery nudges the inboxes and writes into the ledger what became of a delivery.
func (d *Desk) tellDelivery(ctx context.Context, tx Tx, delivery *Delivery, line Decision) error {
	c, err := tx.Conversation(ctx, delivery.OrganizationID, delivery.ConversationID)
	if err != nil {
		return err
	}
	tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: DeliveryChanged, Key: c.Key, Seq: c.LastSeq, Note: string(delivery.State)})
	if delivery.ToSeq == 0 {
		return nil
	}
	line.DeliveryID, line.FromSeq, line.ToSeq = delivery.ID, delivery.FromSeq, delivery.ToSeq
	return d.note(ctx, tx, c, line)
}

// advance moves a delivery forward, never backward and never out of a final failure.
func (d *Desk) advance(ctx context.Context, tx Tx, organization, id int64, to DeliveryState) error {
	delivery, err := orNil(tx.LockDelivery(ctx, organization, id))
	if err != nil || delivery == nil {
		return err
	}
	order := progress()
	at := slices.Index(order, delivery.State)
	if at < 0 || at >= slices.Index(order, to) {
		return nil
	}
	delivery.State = to
	if err := d.arrive(ctx, tx, delivery); err != nil {
		return fmt.Errorf("advance delivery: %w", err)
	}
	code := DecidedReached
	if to == Rejoined {
		code = DecidedRejoined
	}
	return d.tellDelivery(ctx, tx, delivery, Decision{Code: code, Detail: string(to)})
}

// arrive writes a new state of a delivery that has gone out. Whatever was to be tried again is not.
func (d *Desk) arrive(ctx context.Context, tx Tx, delivery *Delivery) error {
	if delivery.SentAt != nil && delivery.NextAttemptAt == nil && delivery.Reason == "" {
		return tx.Update(ctx, delivery, "state")
	}
	now := d.now()
	if delivery.SentAt == nil {
		delivery.SentAt = &now
	}
	delivery.Reason, delivery.Detail, delivery.NextAttemptAt = "", "", nil
	return tx.Update(ctx, delivery, "state", "sent_at", "reason", "detail", "next_attempt_at")
}
