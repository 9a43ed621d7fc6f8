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

// TickPresence judges everyone who is present here and writes the transitions; call it about once a second.
func (d *Desk) TickPresence(ctx context.Context) error {
	now := d.now()
	known := make(map[int64]followup.Times)
	times := func(organization int64) followup.Times {
		t, ok := known[organization]
		if !ok {
			t = Values(nil).Times()
			if o, err := d.store.Organization(ctx, organization); err == nil {
				t = o.Settings.Times()
			}
			known[organization] = t
		}
		return t
	}
	var failed error
	for _, changed := range d.tracker.Judge(now, times) {
		if err := d.applyTransition(ctx, changed); err != nil && !isKind(err, Missing) {
			d.tracker.Again(changed)
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// RenewLease tells the other instances that this one lives.
func (d *Desk) RenewLease(ctx context.Context) error {
	return d.leases.RenewLease(ctx, d.instance, LeaseLife)
}

// TakeOrphans counts the people of dead instances as gone, unless they are present elsewhere.
func (d *Desk) TakeOrphans(ctx context.Context) error {
	orphans, err := d.leases.TakeOrphans(ctx, 500)
	if err != nil {
		return fmt.Errorf("take orphans: %w", err)
	}
	for _, row := range orphans {
		person := Person{Subject: row.Subject, Organization: row.OrganizationID, ID: row.SubjectID}
		gone := followup.Presence{AwaySince: d.now(), Cause: followup.Closed}
		if err := d.settle(ctx, person, gone, nil); err != nil && !isKind(err, Missing) {
			return err
		}
	}
	return nil
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

// settle merges one instance's view (row, nil when that instance is dead) with the others' and writes the person.
func (d *Desk) settle(ctx context.Context, person Person, own followup.Presence, row *PresenceRow) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		var customer *Customer
		if person.Subject == SubjectCustomer {
			var err error
			if customer, err = tx.LockCustomer(ctx, person.Organization, person.ID); err != nil {
				return err
			}
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
	return tx.Update(ctx, agent, "connected_at", "disconnected_at")
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
	switch {
	case presence.Cause == followup.Closed && before.AwayCause != followup.Closed:
		return d.happenIn(ctx, tx, customer, current.ID, HappenedLeft)
	case customer.Active && before.AwayCause == followup.Closed:
		return d.happenIn(ctx, tx, customer, current.ID, HappenedReturned)
	}
	return nil
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
	if len(conversations) == 0 {
		return nil, nil
	}
	newest := slices.MaxFunc(conversations, func(a, b Conversation) int { return a.LastMessageAt.Compare(b.LastMessageAt) })
	return &newest, nil
}
