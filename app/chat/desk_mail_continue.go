package chat

import (
	"context"
	"fmt"
	"time"
)

// maxLinks is how many conversations are followed that go on from one another.
const maxLinks = 20

// reopenWithin is how long an answer by email opens a closed conversation again.
func (o *Organization) reopenWithin() time.Duration {
	return time.Duration(o.Settings.Number(EmailReopenDays)) * 24 * time.Hour
}

// over tells whether a conversation was closed or ended too long ago to be opened again by a mail. Spam stays where it is.
func (d *Desk) over(o *Organization, c *Conversation) bool {
	done := c.ClosedAt
	if done == nil {
		done = c.EndedAt
	}
	return done != nil && c.SpamAt == nil && d.now().Sub(*done) > o.reopenWithin()
}

// newestOf follows conversations that are over to the one that goes on from them. Only a mail begins such a one, with the
// customer locked.
func (d *Desk) newestOf(ctx context.Context, read Reader, o *Organization, c *Conversation) (*Conversation, error) {
	for range maxLinks {
		if !d.over(o, c) {
			return c, nil
		}
		next, err := orNil(read.Continuation(ctx, c.OrganizationID, c.ID))
		if err != nil || next == nil || next.CustomerID != c.CustomerID {
			return c, err
		}
		c = next
	}
	return c, nil
}

// lockGoing locks the conversation that a letter is for and opens it again, or begins one that goes on from it.
func (d *Desk) lockGoing(ctx context.Context, tx Tx, l *letter, o *Organization, customer *Customer, conversation int64) (*Conversation, error) {
	c, err := tx.LockConversation(ctx, o.ID, conversation)
	if err != nil {
		return nil, err
	}
	if !l.trusted && d.over(o, c) {
		return d.goOn(ctx, tx, l, customer, c)
	}
	if subject := headerText(l.in.BaseSubject, maxMailSubject); c.EmailSubject == "" && subject != "" {
		c.EmailSubject = subject
		if err := tx.Update(ctx, c, "email_subject"); err != nil {
			return nil, fmt.Errorf("keep subject: %w", err)
		}
	}
	return c, d.reopenFor(ctx, tx, c)
}

// goOn begins a conversation that goes on from one that is over, with its participants; each tells of the other.
func (d *Desk) goOn(ctx context.Context, tx Tx, l *letter, customer *Customer, before *Conversation) (*Conversation, error) {
	points, err := tx.ContactPoints(ctx, customer.OrganizationID, customer.ID)
	if err != nil {
		return nil, fmt.Errorf("read contact points: %w", err)
	}
	c := d.mailedConversation(customer, points, l)
	c.LinkedID, c.PageURL, c.PageTitle = &before.ID, before.PageURL, before.PageTitle
	c.AddressAskedAt, c.AddressGivenAt, c.AddressSkipped = before.AddressAskedAt, before.AddressGivenAt, before.AddressSkipped
	c.EmailStoppedAt = before.EmailStoppedAt
	if err := tx.Insert(ctx, c); err != nil {
		return nil, fmt.Errorf("insert conversation: %w", err)
	}
	participants, err := tx.Participants(ctx, before.OrganizationID, before.ID)
	if err != nil {
		return nil, err
	}
	for i := range participants {
		participants[i].ConversationID = c.ID
	}
	if err := tx.InsertAll(ctx, &participants); err != nil {
		return nil, fmt.Errorf("take participants along: %w", err)
	}
	if err := d.happen(ctx, tx, before, HappenedContinuedIn, map[string]string{"Key": c.Key}); err != nil {
		return nil, err
	}
	return c, d.happen(ctx, tx, c, HappenedContinued, map[string]string{"Key": before.Key})
}

// mailedConversation is one that begins with a mail.
func (d *Desk) mailedConversation(customer *Customer, points []ContactPoint, l *letter) *Conversation {
	now := d.now()
	reach, _ := Reach(customer, points)
	return &Conversation{
		OrganizationID: customer.OrganizationID, Key: d.newKey(), CustomerID: customer.ID, WaitingFor: Us, Reach: reach,
		LastMessageAt: now, LastMessageBy: ByCustomer, LastVia: ViaEmail, EmailSubject: headerText(l.in.BaseSubject, maxMailSubject),
		CreatedAt: now,
	}
}
