package chat

import (
	"context"
	"fmt"
)

// Returned is the customer's newest address when emails to it come back and the customer is to be asked for another one:
// nil when there is nothing to ask, or when they have put the question away since.
func Returned(c *Conversation, points []ContactPoint) *ContactPoint {
	if len(points) == 0 || c.EndedAt != nil || c.EmailStoppedAt != nil {
		return nil
	}
	newest := &points[0]
	if newest.BouncedAt == nil || newest.StoppedAt != nil || newest.ComplainedAt != nil {
		return nil
	}
	if c.AddressSkipped != nil && c.AddressSkipped.After(*newest.BouncedAt) {
		return nil
	}
	return newest
}

// CorrectAddress takes another address from a customer whose emails come back; what waits goes there by the plan. One that
// is known to come back is refused.
func (d *Desk) CorrectAddress(ctx context.Context, caller *CustomerCaller, key, address string) (*ContactPoint, error) {
	points, err := d.store.ContactPoints(ctx, caller.Organization.ID, caller.Customer.ID)
	if err != nil {
		return nil, fmt.Errorf("read contact points: %w", err)
	}
	given := d.bareAddress(address)
	for i := range points {
		if points[i].Channel == email && points[i].BouncedAt != nil && d.bareAddress(points[i].Address) == given {
			return nil, RefuseField("address", "chat.address.bounced")
		}
	}
	return d.GiveAddress(ctx, caller, key, address)
}

// LeaveAddress puts the question for another address away, until emails come back again.
func (d *Desk) LeaveAddress(ctx context.Context, caller *CustomerCaller, key string) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := d.lockFor(ctx, tx, caller, key)
		if err != nil {
			return err
		}
		now := d.now()
		c.AddressSkipped = &now
		if err := tx.Update(ctx, c, "address_skipped"); err != nil {
			return fmt.Errorf("leave address: %w", err)
		}
		d.tell(tx, c)
		return nil
	})
}
