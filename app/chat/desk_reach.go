package chat

import (
	"context"
	"fmt"
)

// ReachMe is what the holder of an email's link decides about: how the brand may reach the address that it went to.
type ReachMe struct {
	Organization *Organization
	Customer     *Customer
	Conversation *Conversation
	Point        *ContactPoint
	Theirs       bool // else the link was revoked and the address corrected: only emails to this address are theirs to stop
}

// ReachByLink reads by the token of any email of ours, also when its link has expired or was revoked, since stopping
// emails is always possible; nothing is marked. Missing when the token is unknown.
func (d *Desk) ReachByLink(ctx context.Context, token string) (*ReachMe, error) {
	link, err := d.anyLink(ctx, d.store, token)
	if err != nil {
		return nil, err
	}
	caller, err := d.customerCaller(ctx, link.OrganizationID, link.CustomerID)
	if err != nil {
		return nil, err
	}
	me := &ReachMe{Organization: caller.Organization, Customer: caller.Customer}
	if me.Conversation, err = d.store.Conversation(ctx, link.OrganizationID, link.ConversationID); err != nil {
		return nil, err
	}
	if me.Point, err = d.store.ContactPoint(ctx, link.OrganizationID, link.ContactPointID); err != nil {
		return nil, err
	}
	me.Theirs, err = d.stillTheirs(ctx, d.store, link)
	return me, err
}

// anyLink finds a link by its token whatever has become of it.
func (d *Desk) anyLink(ctx context.Context, read Reader, token string) (*RejoinLink, error) {
	organization, ok := SplitToken(token)
	if !ok {
		return nil, Refuse(Missing, "chat.link.unknown")
	}
	link, err := read.RejoinLink(ctx, organization, HashToken(token))
	if isKind(err, Missing) {
		return nil, Refuse(Missing, "chat.link.unknown")
	}
	return link, err
}

// theirLink is a link whose holder may decide for the customer.
func (d *Desk) theirLink(ctx context.Context, read Reader, token string) (*RejoinLink, error) {
	link, err := d.anyLink(ctx, read, token)
	if err != nil {
		return nil, err
	}
	theirs, err := d.stillTheirs(ctx, read, link)
	if err != nil {
		return nil, err
	}
	if !theirs {
		return nil, Refuse(Gone, "chat.link.revoked")
	}
	return link, nil
}

// StopConversationByLink switches email off or on for the conversation that an email belongs to.
func (d *Desk) StopConversationByLink(ctx context.Context, token string, stop bool) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		link, err := d.theirLink(ctx, tx, token)
		if err != nil {
			return err
		}
		c, err := tx.LockConversation(ctx, link.OrganizationID, link.ConversationID)
		if err != nil {
			return err
		}
		return d.switchEmail(ctx, tx, c, stop)
	})
}

// switchEmail switches email off or on for a locked conversation; the same wish again changes nothing.
func (d *Desk) switchEmail(ctx context.Context, tx Tx, c *Conversation, stop bool) error {
	if stop == (c.EmailStoppedAt != nil) {
		return nil
	}
	what, now := HappenedResumed, d.now()
	c.EmailStoppedAt = nil
	if stop {
		what, c.EmailStoppedAt = HappenedStopped, &now
	}
	if err := tx.Update(ctx, c, "email_stopped_at"); err != nil {
		return fmt.Errorf("stop email: %w", err)
	}
	if err := d.happenAndTell(ctx, tx, c, what, nil); err != nil {
		return err
	}
	return d.replan(ctx, tx, c)
}

// StopAddressByLink stops or allows all email of the organization to the address that an email went to, also where the
// same address was left in other chats. Agents see it and cannot override it.
func (d *Desk) StopAddressByLink(ctx context.Context, token string, stop bool) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		link, err := d.anyLink(ctx, tx, token)
		if err != nil {
			return err
		}
		point, err := tx.ContactPoint(ctx, link.OrganizationID, link.ContactPointID)
		if err != nil {
			return err
		}
		points, err := tx.PointsAt(ctx, point.OrganizationID, point.Channel, point.Address)
		if err != nil {
			return fmt.Errorf("read contact points: %w", err)
		}
		for i := range points {
			if err := d.switchPoint(ctx, tx, link, &points[i], stop); err != nil {
				return err
			}
		}
		return nil
	})
}

// switchPoint stops or allows one customer's contact point; the same wish again changes nothing.
func (d *Desk) switchPoint(ctx context.Context, tx Tx, link *RejoinLink, point *ContactPoint, stop bool) error {
	customer, err := tx.LockCustomer(ctx, point.OrganizationID, point.CustomerID)
	if err != nil {
		return err
	}
	point, err = tx.ContactPoint(ctx, point.OrganizationID, point.ID)
	if err != nil || stop == (point.StoppedAt != nil) {
		return err
	}
	what, now := HappenedResumedAll, d.now()
	point.StoppedAt = nil
	if stop {
		what, point.StoppedAt = HappenedStoppedAll, &now
	}
	if err := tx.Update(ctx, point, "stopped_at"); err != nil {
		return fmt.Errorf("stop address: %w", err)
	}
	c, err := d.lockToTell(ctx, tx, link, customer)
	if err != nil {
		return err
	}
	if c != nil {
		if err := d.happenAndTell(ctx, tx, c, what, map[string]string{"Address": point.Address}); err != nil {
			return err
		}
	}
	if _, err := d.settleReach(ctx, tx, customer, CustomerChanged); err != nil {
		return err
	}
	return d.tellCustomer(ctx, tx, customer)
}

// lockToTell locks the conversation in which agents are told: the email's own, else the customer's newest, nil without any.
func (d *Desk) lockToTell(ctx context.Context, tx Tx, link *RejoinLink, customer *Customer) (*Conversation, error) {
	if customer.ID == link.CustomerID {
		return tx.LockConversation(ctx, link.OrganizationID, link.ConversationID)
	}
	return orNil(tx.LockNewest(ctx, customer.OrganizationID, customer.ID))
}

// ChooseLanguageByLink sets the language that the customer asks for on the page behind an email.
func (d *Desk) ChooseLanguageByLink(ctx context.Context, token, tag string) error {
	if !d.shipped[tag] {
		return RefuseField("language", "chat.language.unknown")
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		link, err := d.theirLink(ctx, tx, token)
		if err != nil {
			return err
		}
		return d.setLanguage(ctx, tx, link.OrganizationID, link.CustomerID, tag, LanguageByCustomer, nil)
	})
}
