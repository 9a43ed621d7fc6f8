package chat

import (
	"context"
	"fmt"
	"slices"
)

// report does what a provider's word asks for; customer, conversation and delivery are locked by this Tx. Words come
// late, twice and in any order, so each moves forward only.
func (d *Desk) report(ctx context.Context, tx Tx, customer *Customer, delivery *Delivery, e *WebhookEvent) error {
	switch e.Report {
	case ReportSent, ReportDelivered, ReportOpened, ReportClicked:
		return d.advance(ctx, tx, delivery.OrganizationID, delivery.ID, DeliveryState(e.Report))
	case ReportDelayed:
		return d.remark(ctx, tx, delivery, Sent, Decision{Code: DecidedDelayed, Detail: e.Words})
	case ReportReturned:
		return d.remark(ctx, tx, delivery, Clicked, Decision{Code: DecidedReturned, Detail: e.Words})
	case ReportBounced:
		return d.bounce(ctx, tx, customer, delivery, Bounced, "bounced", e.Words)
	case ReportSuppressed: // it came back or was called unwanted before: writing there again is as vain
		return d.bounce(ctx, tx, customer, delivery, Failed, "suppressed", e.Words)
	case ReportRefused, ReportQuota:
		if !delivery.reachedBy(Clicked) {
			return nil
		}
		return d.end(ctx, tx, delivery, Failed, string(e.Report), e.Words)
	case ReportComplained:
		return d.complain(ctx, tx, customer, delivery)
	}
	return fmt.Errorf("settle event: report %q is not known", e.Report)
}

// reachedBy tells whether a delivery is on its way and not beyond a state.
func (d *Delivery) reachedBy(last DeliveryState) bool {
	order := progress()
	at := slices.Index(order, d.State)
	return at >= 0 && at <= slices.Index(order, last)
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
func (d *Desk) bounce(ctx context.Context, tx Tx, customer *Customer, delivery *Delivery, to DeliveryState, reason, words string) error {
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
		point.BouncedAt = &now
		if err := tx.Update(ctx, point, "bounced_at"); err != nil {
			return fmt.Errorf("mark address: %w", err)
		}
	}
	if delivery.reachedBy(Clicked) {
		if err := d.end(ctx, tx, delivery, to, reason, words); err != nil {
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
		delivery.State, delivery.Reason, delivery.EndedAt = Complained, "complained", &now
		if err := tx.Update(ctx, delivery, "state", "reason", "ended_at"); err != nil {
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
