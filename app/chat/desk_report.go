package chat

import (
	"context"
	"fmt"
	"regexp"
	"slices"
)

// maxStatus is the longest enhanced status that is kept, in characters.
const maxStatus = 20

// report does what a provider's event asks for; see reported.
func (d *Desk) report(ctx context.Context, tx Tx, customer *Customer, delivery *Delivery, e *WebhookEvent) error {
	return d.reported(ctx, tx, customer, delivery, Told{Report: e.Report, Status: statusIn(e.Words), Words: e.Words})
}

// Told is what somebody outside tells of a delivery: a provider's event, or a mail server's report.
type Told struct {
	Report Report
	Status string // enhanced, like 5.1.1; empty when none was told
	Words  string // the other side's own
}

// reported does what somebody outside tells of a delivery; customer, conversation and delivery are locked by this Tx, in
// that order. Words come late, twice and in any order, so each moves forward only.
func (d *Desk) reported(ctx context.Context, tx Tx, customer *Customer, delivery *Delivery, told Told) error {
	told.Words, told.Status = cut(told.Words, maxWords), cut(told.Status, maxStatus)
	switch told.Report {
	case ReportSent:
		if delivery.waitsRound() {
			return nil // it was, and came back
		}
		return d.advance(ctx, tx, delivery.OrganizationID, delivery.ID, Sent)
	case ReportDelivered:
		return d.advance(ctx, tx, delivery.OrganizationID, delivery.ID, Delivered)
	case ReportOpened, ReportClicked:
		return d.tracked(ctx, tx, delivery, DeliveryState(told.Report))
	case ReportDelayed:
		if delivery.waitsRound() {
			return nil
		}
		return d.delayed(ctx, tx, delivery, told)
	case ReportReturned:
		return d.returned(ctx, tx, delivery, told)
	case ReportBounced:
		return d.bounce(ctx, tx, customer, delivery, Bounced, "bounced", told)
	case ReportSuppressed: // it came back or was called unwanted before: writing there again is as vain
		return d.bounce(ctx, tx, customer, delivery, Failed, "suppressed", told)
	case ReportRefused, ReportQuota:
		if !delivery.reachedBy(Clicked) {
			return nil
		}
		return d.end(ctx, tx, delivery, Failed, string(told.Report), told.Words)
	case ReportComplained:
		return d.complain(ctx, tx, customer, delivery)
	}
	return fmt.Errorf("settle report: %q is not known", told.Report)
}

// tracked keeps who opened an email or followed its link only where an organization wants to know.
func (d *Desk) tracked(ctx context.Context, tx Tx, delivery *Delivery, to DeliveryState) error {
	o, err := tx.Organization(ctx, delivery.OrganizationID)
	if err != nil || !o.Settings.On(EmailTracking) {
		return err
	}
	return d.advance(ctx, tx, delivery.OrganizationID, delivery.ID, to)
}

var enhancedStatus = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)

// statusIn finds the enhanced status (RFC 3463) in a server's words, empty when there is none.
func statusIn(words string) string { return enhancedStatus.FindString(words) }

// reachedBy tells whether a delivery is on its way and not beyond a state.
func (d *Delivery) reachedBy(last DeliveryState) bool {
	order := progress()
	at := slices.Index(order, d.State)
	return at >= 0 && at <= slices.Index(order, last)
}

// ReasonDelayed stands beside a delivery that is sent while a server on the way goes on trying.
const ReasonDelayed = "delayed"

// delayed shows that an email is still on its way, until it arrives or comes back.
func (d *Desk) delayed(ctx context.Context, tx Tx, delivery *Delivery, told Told) error {
	if delivery.State == Sent {
		delivery.Reason, delivery.Detail = ReasonDelayed, cut(told.Words, 500)
		if err := tx.Update(ctx, delivery, "reason", "detail"); err != nil {
			return fmt.Errorf("mark delivery delayed: %w", err)
		}
	}
	return d.remark(ctx, tx, delivery, Sent, Decision{Code: DecidedDelayed, Detail: told.Words})
}

// remark writes into the ledger what moves nothing, as long as it is news.
func (d *Desk) remark(ctx context.Context, tx Tx, delivery *Delivery, last DeliveryState, line Decision) error {
	if !delivery.reachedBy(last) {
		return nil
	}
	return d.tellDelivery(ctx, tx, delivery, line)
}

// bounce ends a delivery whose address does not work and gives its messages back. Who has answered or rejoined has got
// the email, whatever a server on the way says.
func (d *Desk) bounce(ctx context.Context, tx Tx, customer *Customer, delivery *Delivery, to DeliveryState, reason string, told Told) error {
	if delivery.State == Rejoined || delivery.State == Replied {
		return nil
	}
	now := d.now()
	point, err := reportedPoint(ctx, tx, delivery)
	if err != nil {
		return err
	}
	lost := point != nil && point.BouncedAt == nil
	if lost {
		point.BouncedAt, point.BounceStatus, point.BounceWords = &now, told.Status, told.Words
		if err := tx.Update(ctx, point, "bounced_at", "bounce_status", "bounce_words"); err != nil {
			return fmt.Errorf("mark address: %w", err)
		}
	}
	if delivery.reachedBy(Clicked) {
		if err := d.end(ctx, tx, delivery, to, reason, told.Words); err != nil {
			return err
		}
	}
	if !lost {
		return nil
	}
	_, err = d.settleReach(ctx, tx, customer, CustomerChanged)
	return err
}

// complain stops all email to an address whose person has called one unwanted. The email was there: it is not given back.
func (d *Desk) complain(ctx context.Context, tx Tx, customer *Customer, delivery *Delivery) error {
	now := d.now()
	point, err := reportedPoint(ctx, tx, delivery)
	if err != nil {
		return err
	}
	if delivery.reachedBy(Clicked) {
		delivery.State, delivery.Reason, delivery.EndedAt, delivery.NextAttemptAt = Complained, "complained", &now, nil
		if err := tx.Update(ctx, delivery, "state", "reason", "ended_at", "next_attempt_at"); err != nil {
			return fmt.Errorf("mark delivery complained: %w", err)
		}
		if err := d.tellDelivery(ctx, tx, delivery, Decision{Code: DecidedReported}); err != nil {
			return err
		}
	}
	if point == nil || point.ComplainedAt != nil {
		return nil
	}
	point.ComplainedAt = &now
	if err := tx.Update(ctx, point, "complained_at"); err != nil {
		return fmt.Errorf("mark address: %w", err)
	}
	_, err = d.settleReach(ctx, tx, customer, CustomerChanged)
	return err
}

// reportedPoint is the contact point that a delivery went to, nil when it has another address by now.
func reportedPoint(ctx context.Context, tx Tx, delivery *Delivery) (*ContactPoint, error) {
	point, err := orNil(tx.ContactPoint(ctx, delivery.OrganizationID, delivery.ContactPointID))
	if err != nil || point == nil || point.Address != delivery.Address {
		return nil, err
	}
	return point, nil
}
