package chat

import (
	"context"
	"fmt"
	"time"
)

const email = "email"

// HintAddress returns a likely correction of a mistyped address, empty when there is none.
func (d *Desk) HintAddress(address string) string {
	channel, ok := d.channels[email]
	if !ok {
		return ""
	}
	return channel.HintAddress(address)
}

// NoteAddress returns the locale key of what a customer had better know about an address that is taken all the same,
// empty when there is nothing.
func (d *Desk) NoteAddress(address string) string {
	channel, ok := d.channels[email]
	if !ok {
		return ""
	}
	return channel.NoteAddress(address)
}

// GiveAddress takes the address that the customer typed: unverified, it never merges customers and reveals nothing.
func (d *Desk) GiveAddress(ctx context.Context, caller *CustomerCaller, key, address string) (*ContactPoint, error) {
	if err := caller.mustWrite(); err != nil {
		return nil, err
	}
	var point *ContactPoint
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		customer, err := tx.LockCustomer(ctx, caller.Organization.ID, caller.Customer.ID)
		if err != nil {
			return err
		}
		before, err := tx.ContactPoints(ctx, customer.OrganizationID, customer.ID)
		if err != nil {
			return err
		}
		if point, err = d.addPoint(ctx, tx, customer, address, before); err != nil {
			return err
		}
		c, err := d.lockFor(ctx, tx, caller, key)
		if err != nil {
			return err
		}
		if c.AddressGivenAt != nil && len(before) > 0 && before[0].ID == point.ID {
			return nil // a second click
		}
		if err := d.given(ctx, tx, c, point.Address); err != nil {
			return err
		}
		if err := d.listenAgain(ctx, tx, caller.Organization, customer, c, true); err != nil {
			return err
		}
		_, err = d.settleReach(ctx, tx, customer, CustomerChanged)
		return err
	})
	return point, err
}

// given notes in a conversation that its customer has given an address.
func (d *Desk) given(ctx context.Context, tx Tx, c *Conversation, address string) error {
	now := d.now()
	c.AddressGivenAt = &now
	if err := tx.Update(ctx, c, "address_given_at"); err != nil {
		return fmt.Errorf("note address: %w", err)
	}
	return d.happenAndTell(ctx, tx, c, HappenedAddress, map[string]string{"Address": address})
}

// bring takes the address that comes along with a message, before any conversation is locked. What is left of it in the
// message is its canonical form, and nothing when it is the customer's newest already.
func (d *Desk) bring(ctx context.Context, tx Tx, caller *CustomerCaller, in PostInput) (PostInput, error) {
	if in.Address == "" {
		return in, nil
	}
	customer, err := tx.LockCustomer(ctx, caller.Organization.ID, caller.Customer.ID)
	if err != nil {
		return in, err
	}
	before, err := tx.ContactPoints(ctx, customer.OrganizationID, customer.ID)
	if err != nil {
		return in, fmt.Errorf("read contact points: %w", err)
	}
	var newest int64
	if len(before) > 0 {
		newest = before[0].ID
	}
	point, err := d.addPoint(ctx, tx, customer, in.Address, before)
	if err != nil {
		return in, err
	}
	caller.Customer, in.Address = customer, point.Address
	if point.ID == newest {
		in.Address = ""
		return in, nil
	}
	_, err = d.settleReach(ctx, tx, customer, CustomerChanged)
	return in, err
}

// mayPost refuses a message whose customer must give an address first, and asks in the thread where they may.
func (d *Desk) mayPost(ctx context.Context, tx Tx, caller *CustomerCaller, c *Conversation, in PostInput) error {
	mode := caller.Organization.PromptMode()
	asked := c.AddressAskedAt != nil || c.AddressSkipped != nil
	if mode == PromptOff || in.Address != "" || c.AddressGivenAt != nil || asked && mode == PromptOptional {
		return nil
	}
	points, err := tx.ContactPoints(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return fmt.Errorf("read contact points: %w", err)
	}
	switch {
	case len(points) > 0:
		return nil
	case mode == PromptRequired:
		return addressRequired()
	}
	return d.ask(ctx, tx, c)
}

// ask puts the card into the thread.
func (d *Desk) ask(ctx context.Context, tx Tx, c *Conversation) error {
	now := d.now()
	c.AddressAskedAt, c.AddressGivenAt = &now, nil
	if err := tx.Update(ctx, c, "address_asked_at", "address_given_at"); err != nil {
		return fmt.Errorf("ask for address: %w", err)
	}
	d.tell(tx, c)
	return nil
}

const keyRequired = "chat.address.required"

// addressRequired is the refusal of a message that is to be sent again together with an address.
func addressRequired() *Error { return Refuse(Conflict, keyRequired) }

// AddressRequired tells whether a message was refused because its customer must give an address first.
func AddressRequired(err error) bool {
	refused := asError(err)
	return refused != nil && refused.Key == keyRequired
}

// addPoint checks an address and makes it the newest of the customer's contact points; the same one again is no second.
func (d *Desk) addPoint(ctx context.Context, tx Tx, customer *Customer, address string, points []ContactPoint) (*ContactPoint, error) {
	channel, ok := d.channels[email]
	if !ok {
		return nil, RefuseField("address", "chat.address.no_channel")
	}
	canonical, err := channel.CheckAddress(address)
	if err != nil {
		return nil, err
	}
	for i := range points {
		if points[i].Channel != email || points[i].Address != canonical {
			continue
		}
		points[i].CreatedAt = d.now() // the newest is the one that is written to
		if err := tx.Update(ctx, &points[i], "created_at"); err != nil {
			return nil, fmt.Errorf("renew contact point: %w", err)
		}
		if i == 0 {
			return &points[i], nil // the newest is no other
		}
		return &points[i], forgetFailures(ctx, tx, customer)
	}
	if len(points) >= MaxPoints {
		return nil, Refuse(Busy, "chat.address.too_many")
	}
	stopped, err := stoppedAt(ctx, tx, customer.OrganizationID, canonical)
	if err != nil {
		return nil, err
	}
	point := &ContactPoint{
		OrganizationID: customer.OrganizationID, CustomerID: customer.ID, Channel: email, Address: canonical, CreatedAt: d.now(),
		StoppedAt: stopped,
	}
	if err := tx.Insert(ctx, point); err != nil {
		return nil, fmt.Errorf("insert contact point: %w", err)
	}
	return point, forgetFailures(ctx, tx, customer)
}

// stoppedAt is when the holder of an address stopped all emails to it, nil when they did not: whoever types it in another
// chat, an agent too, cannot allow them again.
func stoppedAt(ctx context.Context, tx Tx, organization int64, address string) (*time.Time, error) {
	points, err := tx.PointsAt(ctx, organization, email, address)
	if err != nil {
		return nil, fmt.Errorf("read contact points: %w", err)
	}
	for _, p := range points {
		if p.StoppedAt != nil {
			return p.StoppedAt, nil
		}
	}
	return nil, nil
}

// forgetFailures lets what could not be delivered be planned again: the address is another one.
func forgetFailures(ctx context.Context, tx Tx, customer *Customer) error {
	planned, err := tx.LockPlanned(ctx, customer.OrganizationID, customer.ID)
	if err != nil {
		return fmt.Errorf("lock planned conversations: %w", err)
	}
	for i := range planned {
		if planned[i].FailedSeq == 0 {
			continue
		}
		planned[i].FailedSeq = 0
		if err := tx.Update(ctx, &planned[i], "failed_seq"); err != nil {
			return fmt.Errorf("forget failure: %w", err)
		}
	}
	return nil
}

// MaxPoints is how many contact points one customer may have.
const MaxPoints = 10

// SkipAddress puts the card away for good; while an address is required it cannot be.
func (d *Desk) SkipAddress(ctx context.Context, caller *CustomerCaller, key string) error {
	if caller.Organization.PromptMode() == PromptRequired {
		return addressRequired()
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := d.lockFor(ctx, tx, caller, key)
		if err != nil || c.AddressSkipped != nil || c.AddressGivenAt != nil {
			return err
		}
		now := d.now()
		c.AddressSkipped = &now
		if err := tx.Update(ctx, c, "address_skipped"); err != nil {
			return fmt.Errorf("skip address: %w", err)
		}
		return d.happenAndTell(ctx, tx, c, HappenedSkipped, nil)
	})
}
