package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rejoin/app/followup"
)

// LeaseLife is how long the others wait for a sign of an instance before its people count as gone.
const LeaseLife = 20 * time.Second

// orphansAtOnce is how many people a crash in the middle of TakeOrphans could leave as they were.
const orphansAtOnce = 20

// TickPresence judges everyone who is present here and writes the transitions; call it about once a second.
func (d *Desk) TickPresence(ctx context.Context) error {
	known := make(map[int64]followup.Times)
	for _, organization := range d.tracker.organizations() { // read before the tracker is locked
		known[organization] = Values(nil).Times()
		if o, err := d.store.Organization(ctx, organization); err == nil {
			known[organization] = o.Settings.Times()
		}
	}
	times := func(organization int64) followup.Times {
		if t, ok := known[organization]; ok {
			return t
		}
		return Values(nil).Times() // arrived since
	}
	var failed error
	for _, changed := range d.tracker.Judge(d.now(), times) {
		if err := d.applyTransition(ctx, changed); err != nil && !isKind(err, Missing) {
			d.tracker.Again(changed)
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// RenewLease tells the other instances that this one lives. After a lapse they have counted its people as gone, so
// everyone is told again.
func (d *Desk) RenewLease(ctx context.Context) error {
	now := d.now()
	instances, err := d.leases.RenewLease(ctx, d.instance, LeaseLife)
	if err != nil {
		return fmt.Errorf("renew lease: %w", err)
	}
	d.together(instances)
	if before := d.renewed.Swap(now.UnixNano()); before != 0 && now.Sub(time.Unix(0, before)) >= LeaseLife {
		d.tracker.tellAgain()
	}
	return nil
}

// StopListening tells the other instances that this one stops and needs no nudges any more. Its people stay until its
// lease ends: they have that long to come back elsewhere.
func (d *Desk) StopListening(ctx context.Context) error {
	if err := d.leases.StopListening(ctx, d.instance); err != nil {
		return fmt.Errorf("stop listening: %w", err)
	}
	return nil
}

// TakeOrphans counts the people of dead instances as gone, unless they are present elsewhere.
func (d *Desk) TakeOrphans(ctx context.Context) error {
	if err := d.RenewLease(ctx); err != nil {
		return err // after a pause of the database its own people would look like orphans
	}
	for {
		orphans, err := d.leases.Orphans(ctx, orphansAtOnce)
		if err != nil {
			return fmt.Errorf("list orphans: %w", err)
		}
		var failed error
		for _, row := range orphans {
			failed = errors.Join(failed, d.takeOrphan(ctx, &row))
		}
		if failed != nil || len(orphans) < orphansAtOnce {
			return failed
		}
	}
}

// takeOrphan counts a person as gone from a dead instance and removes its view of them, in one transaction.
func (d *Desk) takeOrphan(ctx context.Context, row *PresenceRow) error {
	person := Person{Subject: row.Subject, Organization: row.OrganizationID, ID: row.SubjectID}
	err := d.settle(ctx, person, followup.Presence{AwaySince: d.now(), Cause: followup.Closed}, row)
	if isKind(err, Missing) { // deleted in the meantime
		return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return tx.SavePresence(ctx, row, true) })
	}
	return err
}

// applyTransition writes this instance's view of a person and settles what that makes of them.
func (d *Desk) applyTransition(ctx context.Context, changed Transition) error {
	row := &PresenceRow{
		OrganizationID: changed.Person.Organization, Subject: changed.Person.Subject, SubjectID: changed.Person.ID,
		Instance: d.instance, Active: changed.Presence.Active, Cause: changed.Presence.Cause, ChangedAt: d.now(),
	}
	if !changed.Presence.Active {
		row.ChangedAt = changed.Presence.AwaySince
	}
	return d.settle(ctx, changed.Person, changed.Presence, row)
}

// settle merges one instance's view (row) with the others' and writes the person.
func (d *Desk) settle(ctx context.Context, person Person, own followup.Presence, row *PresenceRow) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		customer, err := lockPerson(ctx, tx, person)
		if err != nil {
			return err
		}
		if row != nil {
			if err := tx.SavePresence(ctx, row, own.Cause == followup.Closed); err != nil {
				return fmt.Errorf("save presence: %w", err)
			}
		}
		rows, err := tx.Presences(ctx, person.Organization, person.Subject, person.ID)
		if err != nil {
			return fmt.Errorf("read presences: %w", err)
		}
		presence := merge(append(rows, PresenceRow{Active: own.Active, Cause: own.Cause, ChangedAt: own.AwaySince}))
		if customer != nil {
			return d.settleCustomer(ctx, tx, customer, presence)
		}
		return d.settleAgent(ctx, tx, person, presence)
	})
}

// lockPerson makes the instances that see one person change settle one after the other; agents have no lock of their
// own, and connect seldom.
func lockPerson(ctx context.Context, tx Tx, person Person) (*Customer, error) {
	if person.Subject == SubjectCustomer {
		return tx.LockCustomer(ctx, person.Organization, person.ID)
	}
	_, err := tx.LockOrganization(ctx, person.Organization)
	return nil, err
}

func (d *Desk) settleAgent(ctx context.Context, tx Tx, person Person, presence followup.Presence) error {
	agent, err := tx.Agent(ctx, person.Organization, person.ID)
	if err != nil {
		return err
	}
	now := d.now()
	switch {
	case presence.Active && agent.ConnectedAt == nil:
		agent.ConnectedAt, agent.DisconnectedAt = &now, nil
	case !presence.Active && agent.ConnectedAt != nil:
		agent.ConnectedAt, agent.DisconnectedAt = nil, &presence.AwaySince
	default:
		return nil
	}
	tx.Emit(Event{Topic: OrganizationTopic(person.Organization), Name: AgentChanged, Key: agent.Key})
	if err := tx.Update(ctx, agent, "connected_at", "disconnected_at"); err != nil {
		return fmt.Errorf("update presence of agent: %w", err)
	}
	return d.settleOnline(ctx, tx, person.Organization)
}

func (d *Desk) settleCustomer(ctx context.Context, tx Tx, customer *Customer, presence followup.Presence) error {
	before := *customer
	customer.Active, customer.AwayCause, customer.AwaySince = presence.Active, presence.Cause, nil
	if !presence.Active {
		customer.AwaySince = &presence.AwaySince
	}
	if before.Active == customer.Active && before.AwayCause == customer.AwayCause {
		return nil
	}
	if err := tx.Update(ctx, customer, "active", "away_since", "away_cause"); err != nil {
		return fmt.Errorf("update presence of customer: %w", err)
	}
	name := CustomerLeft
	if customer.Active {
		name = CustomerArrived
	}
	current, err := d.settleReach(ctx, tx, customer, name)
	if err != nil || current == nil || !current.Open() {
		return err
	}
	left, err := toldLeft(ctx, tx, current)
	switch {
	case err != nil:
		return err
	case !left && customer.AwayCause == followup.Closed:
		return d.happenIn(ctx, tx, customer, current.ID, HappenedLeft)
	case left && customer.Active:
		err = d.happenIn(ctx, tx, customer, current.ID, HappenedReturned)
	}
	if err != nil {
		return err
	}
	return d.listenOnReturn(ctx, tx, customer, current)
}

// toldLeft tells whether the newest line about the customer's presence says that they left: a page that opens in the
// background is no return, and one that closes there no second leaving.
func toldLeft(ctx context.Context, tx Tx, c *Conversation) (bool, error) {
	entries, err := tx.Messages(ctx, c.OrganizationID, c.ID, 0, 0, MaxThread, false)
	if err != nil {
		return false, fmt.Errorf("read presence lines: %w", err)
	}
	for _, m := range slices.Backward(entries) {
		if m.Kind != Happen {
			continue
		}
		switch Happening(m.Text) {
		case HappenedLeft:
			return true, nil
		case HappenedReturned, HappenedRejoined:
			return false, nil
		}
	}
	return false, nil
}

// settleReach writes the reach of all of a customer's conversations, tells everyone, and returns the newest one.
func (d *Desk) settleReach(ctx context.Context, tx Tx, customer *Customer, name EventName) (*Conversation, error) {
	points, err := tx.ContactPoints(ctx, customer.OrganizationID, customer.ID)
	if err != nil {
		return nil, fmt.Errorf("read contact points: %w", err)
	}
	reach, _ := Reach(customer, points)
	conversations, err := tx.SetReach(ctx, customer.OrganizationID, customer.ID, string(reach))
	if err != nil {
		return nil, fmt.Errorf("set reach: %w", err)
	}
	for _, c := range conversations {
		tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: name, Key: c.Key, Seq: c.LastSeq})
	}
	if err := d.replanCustomer(ctx, tx, customer); err != nil {
		return nil, err
	}
	if len(conversations) == 0 {
		return nil, nil
	}
	newest := slices.MaxFunc(conversations, func(a, b Conversation) int { return a.LastMessageAt.Compare(b.LastMessageAt) })
	return &newest, nil
}
