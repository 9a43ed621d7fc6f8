package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ReportReceived is no report about a delivery: the provider holds a mail that has come in.
const ReportReceived Report = "received"

const (
	doorResend  = "resend"
	toldTooSoon = 3   // times that a mail is asked for in vain
	reconciled  = 100 // mails of a provider's list that are compared at once
	furthest    = 200 // pages of it, for as long as there is news on them
)

// Inbox is where a provider keeps the mail that has come in.
type Inbox interface {
	// Fetch gives one mail by the provider's name for it; a Missing error when the provider does not have it (any more, or
	// yet), a Forbidden one when it is not for us.
	Fetch(ctx context.Context, id string) (Arrival, error)
	// Newest lists the names of the mails behind one, newest first ("" = from the newest).
	Newest(ctx context.Context, behind string, limit int) (ids []string, more bool, err error)
}

// FetchTx remembers mail that is passed over.
type FetchTx interface {
	// PassMailOver makes a door's mail known that is not kept.
	PassMailOver(ctx context.Context, door, id string) error
}

// FetchReader finds which mails a door has brought already; it works over all organizations, since doors know of none.
type FetchReader interface {
	// MailsKnown gives those of a door's names for mails that are known.
	MailsKnown(ctx context.Context, door string, ids []string) ([]string, error)
}

// fetch brings in one mail that the provider holds; it is kept when fetch returns.
func (d *Desk) fetch(ctx context.Context, id string) error {
	if d.inbox == nil {
		return Refuse(Missing, "error.missing")
	}
	known, err := d.store.MailsKnown(ctx, doorResend, []string{id})
	if err != nil || len(known) > 0 {
		return err
	}
	arrival, err := d.inbox.Fetch(ctx, id)
	if isKind(err, Forbidden) {
		return d.passOver(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("fetch mail %s: %w", id, err)
	}
	arrival.Door, arrival.DoorID = doorResend, id
	if _, err := d.KeepMail(ctx, arrival); err != nil {
		return fmt.Errorf("keep mail %s: %w", id, err)
	}
	return nil
}

// passOver remembers a mail that is not for us, so that it is not fetched again.
func (d *Desk) passOver(ctx context.Context, id string) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return tx.PassMailOver(ctx, doorResend, id) })
}

// settleReceived brings in the mail that an event tells of. The mail is kept first: an event that is settled twice brings
// it once.
func (d *Desk) settleReceived(ctx context.Context, e *WebhookEvent) error {
	outcome := EventHandled
	err := d.fetch(ctx, e.ProviderID)
	switch {
	case err == nil:
	case isKind(err, Missing) && e.Attempts >= toldTooSoon: // the provider has it no more, or it was never ours
		outcome = EventUnmatched
	default:
		return err // also when it tells of a mail before it gives it
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := orNil(tx.LockWebhookEvent(ctx, e.Provider, e.ID))
		if err != nil || locked == nil || locked.NextAt == nil {
			return err
		}
		locked.Outcome, locked.NextAt = outcome, nil
		if err := tx.Update(ctx, locked, "outcome", "next_at"); err != nil {
			return fmt.Errorf("settle event: %w", err)
		}
		return nil
	})
}

// Reconcile brings in what the provider holds and no webhook has told of: it compares that many pages of the provider's
// list, the newest first, and more of them for as long as they hold news. One mail that cannot be fetched stops no other.
func (d *Desk) Reconcile(ctx context.Context, pages int) (failed error) {
	if d.inbox == nil {
		return nil
	}
	behind := ""
	for page, news := 0, false; page < pages || news; page++ {
		if page == furthest {
			return errors.Join(failed, errors.New("the provider holds more mail that is new than one look brings in"))
		}
		ids, more, err := d.inbox.Newest(ctx, behind, reconciled)
		if err != nil || len(ids) == 0 {
			return errors.Join(failed, err)
		}
		fetched, err := d.fetchNew(ctx, ids)
		failed, news = errors.Join(failed, err), fetched > 0
		if !more || ctx.Err() != nil {
			break
		}
		behind = ids[len(ids)-1]
	}
	return failed
}

// fetchNew brings in those of the mails that are not known, and tells how many.
func (d *Desk) fetchNew(ctx context.Context, ids []string) (fetched int, failed error) {
	known, err := d.store.MailsKnown(ctx, doorResend, ids)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if slices.Contains(known, id) {
			continue
		}
		switch err := d.fetch(ctx, id); {
		case err == nil:
			fetched++
		case !isKind(err, Missing):
			failed = errors.Join(failed, err)
		}
	}
	return fetched, failed
}
