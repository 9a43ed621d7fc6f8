package chat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rejoin/app/followup"
)

// lastLanguage is the language of everyone whose own is not shipped.
const lastLanguage = "en"

// speech is what the brand is about to say by itself.
type speech struct {
	which        followup.Automation
	organization *Organization
	customer     *Customer
	point        *ContactPoint // where answers can go, nil when nowhere
}

// listen decides what the brand says by itself in a conversation that this Tx has locked, nil for nothing, and sets
// when to decide again; whoever calls it writes the conversation.
func (d *Desk) listen(ctx context.Context, read Reader, o *Organization, customer *Customer, c *Conversation, present bool) (*speech, error) {
	c.AutomationDueAt = nil
	if d.say == nil || c.WaitingSince == nil || !c.Open() || c.EndedAt != nil {
		return nil, nil
	}
	now, offline := d.now(), o.AgentsOfflineAt != nil
	w := followup.Wait{Since: *c.WaitingSince, Present: present, AgentsOnline: !offline, SpokeAt: at(c.AutomationAt), Said: c.said()}
	var point *ContactPoint
	if offline || c.AddressSkipped != nil { // while someone is online, nothing else depends on the address
		points, err := read.ContactPoints(ctx, o.ID, c.CustomerID)
		if err != nil {
			return nil, fmt.Errorf("read contact points: %w", err)
		}
		point = UsablePoint(points)
	}
	if offline {
		w.Open = o.Settings.Hours().At(now).Open
	}
	w.AddressKnown, w.Refused = point != nil, c.refuses(point != nil)
	rules := o.Settings.SpeakRules()
	which, due := followup.Speak(&rules, &w, now)
	if !due.IsZero() {
		c.AutomationDueAt = &due
	}
	if which == "" {
		return nil, nil
	}
	return &speech{which: which, organization: o, customer: customer, point: point}, nil
}

// speak writes what listen has decided; nil says nothing. It is a message to the customer and no answer: the customer
// waits on, the inbox's list goes on showing what they wrote, and no email comes of it.
func (d *Desk) speak(ctx context.Context, tx Tx, c *Conversation, s *speech) error {
	if s == nil {
		return nil
	}
	now := d.now()
	c.LastSeq++
	c.CustomerUnread++
	c.AutomationAt, c.AutomationDueAt = &now, nil
	c.AutomationsSaid = append(c.AutomationsSaid, string(s.which))
	message := &Message{
		OrganizationID: c.OrganizationID, ConversationID: c.ID, Seq: c.LastSeq, Kind: Public, By: ByAutomation,
		AuthorName: s.organization.Brand(), Text: d.wording(s, now), Via: "chat", CreatedAt: now,
		Meta: map[string]string{MetaAutomation: string(s.which)},
	}
	if err := d.post(ctx, tx, c, message); err != nil {
		return fmt.Errorf("say %s: %w", s.which, err)
	}
	return d.standCard(ctx, tx, c, s)
}

// standCard puts the card that asks for an address below a text that counts on one.
func (d *Desk) standCard(ctx context.Context, tx Tx, c *Conversation, s *speech) error {
	if s.which != followup.RequestEmail && s.which != followup.LongWait || c.AddressSkipped != nil {
		return nil
	}
	if c.AddressAskedAt != nil && c.AddressGivenAt == nil {
		return nil // it stands there
	}
	if s.which == followup.LongWait && s.point == nil {
		points, err := tx.ContactPoints(ctx, c.OrganizationID, c.CustomerID)
		if err != nil {
			return fmt.Errorf("read contact points: %w", err)
		}
		s.point = UsablePoint(points)
	}
	if s.point != nil {
		return nil
	}
	return d.ask(ctx, tx, c)
}

// wording is the text in the customer's language: the organization's own, else the locale's.
func (d *Desk) wording(s *speech, now time.Time) string {
	o, language := s.organization, s.customer.Language
	values := map[string]string{"brand": o.Brand(), "next": "", "address": ""}
	if s.which == followup.OutOfOffice {
		values["next"] = d.hours(language, o, s.customer, now)
	}
	if s.point != nil {
		values["address"] = maskAddress(s.point.Address)
	}
	key := AutomationText(s.which)
	own := o.Settings.Localized(key, language)
	if own == "" && !d.shipped[baseLanguage(language)] {
		own = o.Settings.Localized(key, lastLanguage)
	}
	if own != "" {
		return Fill(own, values)
	}
	return d.say(language, key, "Brand", values["brand"], "Next", values["next"], "Address", values["address"])
}

// listenAgain decides anew in a conversation that this Tx has locked, and writes what comes of it.
func (d *Desk) listenAgain(ctx context.Context, tx Tx, o *Organization, customer *Customer, c *Conversation, present bool) error {
	before := c.AutomationDueAt
	s, err := d.listen(ctx, tx, o, customer, c, present)
	if err != nil {
		return err
	}
	if s != nil {
		return d.speak(ctx, tx, c, s)
	}
	if before == nil && c.AutomationDueAt == nil {
		return nil
	}
	if err := tx.Update(ctx, c, "automation_due_at"); err != nil {
		return fmt.Errorf("note when to speak: %w", err)
	}
	return nil
}

// listenOnReturn decides anew when a customer is back who has been told nothing while they waited.
func (d *Desk) listenOnReturn(ctx context.Context, tx Tx, customer *Customer, newest *Conversation) error {
	if !customer.Active || newest.WaitingSince == nil || newest.AutomationDueAt != nil || len(newest.AutomationsSaid) > 0 || !newest.Open() {
		return nil
	}
	o, err := tx.Organization(ctx, newest.OrganizationID)
	if err != nil {
		return err
	}
	c, err := tx.LockConversation(ctx, newest.OrganizationID, newest.ID)
	if err != nil {
		return err
	}
	return d.listenAgain(ctx, tx, o, customer, c, true)
}

// SweepAutomations lets the brand say what a customer's long wait has made due, on every instance at once: each
// conversation is decided again under its lock. It returns how many it has looked at.
func (d *Desk) SweepAutomations(ctx context.Context) (int, error) {
	for total := 0; ; {
		looked, err := d.sweepAutomations(ctx, atOnce)
		if err != nil && ctx.Err() == nil {
			return total, errors.Join(err, d.sweepEachAutomation(ctx))
		}
		total += len(looked)
		if err != nil || len(looked) < atOnce {
			return total, err
		}
	}
}

// sweepEachAutomation looks at what is due one by one after a batch has failed, so that one conversation that cannot be
// written to silences no other: it is put off. While the database is away none is at fault.
func (d *Desk) sweepEachAutomation(ctx context.Context) error {
	var failed error
	for range atOnce {
		looked, err := d.sweepAutomations(ctx, 1)
		if err == nil && len(looked) == 0 {
			break
		}
		if err == nil {
			continue
		}
		failed = errors.Join(failed, err)
		if len(looked) == 0 || isKind(err, Busy) {
			return failed
		}
		if err := d.putOff(ctx, &looked[0], func(c *Conversation) **time.Time { return &c.AutomationDueAt }, "automation_due_at"); err != nil {
			return errors.Join(failed, err)
		}
	}
	return failed
}

func (d *Desk) sweepAutomations(ctx context.Context, limit int) (looked []Conversation, err error) {
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		looked = nil
		rows, err := tx.LockAutomationDue(ctx, d.now(), limit)
		if err != nil {
			return err
		}
		looked = rows
		organizations := make(map[int64]*Organization)
		for i := range rows {
			if err := d.listenTo(ctx, tx, &rows[i], organizations); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return looked, fmt.Errorf("sweep automations: %w", err)
	}
	return looked, nil
}

// listenTo decides anew in one of many conversations; known keeps the organizations that were read.
func (d *Desk) listenTo(ctx context.Context, tx Tx, c *Conversation, known map[int64]*Organization) error {
	o := known[c.OrganizationID]
	if o == nil {
		read, err := tx.Organization(ctx, c.OrganizationID)
		if err != nil {
			return err
		}
		known[read.ID], o = read, read
	}
	customer, err := tx.Customer(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return err
	}
	watching := customer.Active || customer.AwayCause == followup.Idle // who waits without moving waits all the same
	return d.listenAgain(ctx, tx, o, customer, c, watching)
}
