package chat

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// SiteFresh is how long a site counts as carrying the widget after it was last seen there.
const SiteFresh = 7 * 24 * time.Hour

// renewalGap is the shortest time between two fresh links, and renewalAge how old a link may be to be renewed.
const (
	renewalGap = 10 * time.Minute
	renewalAge = 365 * 24 * time.Hour
)

// AllowsSite tells whether a page of this origin may carry the organization's widget.
func (d *Desk) AllowsSite(o *Organization, origin string) bool {
	return slices.Contains(o.Settings.Origins(WidgetSites), origin)
}

// SeeSite remembers that a site carries the widget; it writes at most hourly.
func (d *Desk) SeeSite(ctx context.Context, o *Organization, origin string) error {
	if !d.AllowsSite(o, origin) {
		return Refuse(Forbidden, "chat.site.not_allowed")
	}
	now := d.now()
	seen, err := orNil(d.store.Site(ctx, o.ID, origin))
	if err != nil || seen != nil && now.Sub(seen.SeenAt) < time.Hour {
		return err
	}
	site := &Site{OrganizationID: o.ID, Origin: origin, SeenAt: now}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		if fresh, err := tx.InsertIfNew(ctx, site); err != nil || fresh {
			return err
		}
		return tx.Update(ctx, site, "seen_at")
	})
}

// LinkTarget is where a rejoin link leads: to a page of the brand, or, when URL is empty, to our own.
type LinkTarget struct{ URL string }

// LinkTarget decides where a working link leads; only an allowed site that carried the widget lately is a target.
func (d *Desk) LinkTarget(ctx context.Context, token string) (LinkTarget, error) {
	link, err := d.workingLink(ctx, d.store, token)
	if err != nil {
		return LinkTarget{}, err
	}
	o, err := d.store.Organization(ctx, link.OrganizationID)
	if err != nil {
		return LinkTarget{}, err
	}
	target := o.Settings.Text(ContinuousAddress)
	if o.Settings.Text(ContinuousLink) != "address" || target == "" {
		c, err := d.store.Conversation(ctx, link.OrganizationID, link.ConversationID)
		if err != nil {
			return LinkTarget{}, err
		}
		target = c.PageURL
	}
	page, err := url.Parse(target)
	if err != nil || page.Host == "" {
		return LinkTarget{}, nil
	}
	origin := page.Scheme + "://" + page.Host
	site, err := orNil(d.store.Site(ctx, o.ID, origin))
	if err != nil {
		return LinkTarget{}, err
	}
	if !d.AllowsSite(o, origin) || site == nil || d.now().Sub(site.SeenAt) > SiteFresh {
		return LinkTarget{}, nil
	}
	page.Fragment, page.User = "", nil
	return LinkTarget{URL: page.String()}, nil
}

// PageToken is the visitor token of the page that works without scripts: the same for the same rejoin token.
func (d *Desk) PageToken(rejoinToken string) string {
	organization, _ := SplitToken(rejoinToken)
	return d.derive(organization, "rejoin page", rejoinToken)
}

// Rejoin is the person's first real gesture: it verifies the address, marks the link, and lets the client-made visitor
// token open this one conversation. The same token again changes nothing.
func (d *Desk) Rejoin(ctx context.Context, rejoinToken, visitorToken string) (*CustomerCaller, *Conversation, error) {
	organization, ok := SplitToken(visitorToken)
	if named, _ := SplitToken(rejoinToken); !ok || named != organization {
		return nil, nil, RefuseField("token", "chat.token.invalid")
	}
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		link, err := d.workingLink(ctx, tx, rejoinToken)
		if err != nil {
			return err
		}
		if _, err := tx.LockCustomer(ctx, organization, link.CustomerID); err != nil {
			return err
		}
		c, err := tx.LockConversation(ctx, organization, link.ConversationID)
		if err != nil {
			return err
		}
		if link, err = d.workingLink(ctx, tx, rejoinToken); err != nil {
			return err // whoever was first has marked or revoked it meanwhile
		}
		known, err := d.admit(ctx, tx, link, visitorToken)
		if err != nil {
			return err
		}
		return d.welcome(ctx, tx, c, link, known)
	})
	if err != nil {
		return nil, nil, err
	}
	caller, err := d.CustomerByToken(ctx, visitorToken)
	if err != nil {
		return nil, nil, err
	}
	_, c, err := d.CustomerByLink(ctx, rejoinToken)
	return caller, c, err
}

// admit lets a visitor token open the link's conversation, and tells whether it could before.
func (d *Desk) admit(ctx context.Context, tx Tx, link *RejoinLink, visitorToken string) (bool, error) {
	held, err := orNil(tx.VisitorToken(ctx, link.OrganizationID, HashToken(visitorToken)))
	if err != nil {
		return false, err
	}
	if held != nil {
		if held.CustomerID != link.CustomerID || held.ConversationID != nil && *held.ConversationID != link.ConversationID {
			return false, Refuse(Conflict, "chat.link.other_customer")
		}
		return true, nil
	}
	return false, tx.Insert(ctx, &VisitorToken{
		OrganizationID: link.OrganizationID, TokenHash: HashToken(visitorToken), CustomerID: link.CustomerID,
		ConversationID: &link.ConversationID, CreatedAt: d.now(),
	})
}

// welcome marks what a first gesture proves, and tells the agents when it comes from a new device or by a new link.
func (d *Desk) welcome(ctx context.Context, tx Tx, c *Conversation, link *RejoinLink, known bool) error {
	now := d.now()
	if known && link.RejoinedAt != nil {
		return nil
	}
	if err := d.verifyPoint(ctx, tx, link); err != nil {
		return err
	}
	if link.RejoinedAt == nil {
		link.RejoinedAt = &now
		if err := tx.Update(ctx, link, "rejoined_at"); err != nil {
			return fmt.Errorf("mark link: %w", err)
		}
	}
	if err := d.advance(ctx, tx, link.OrganizationID, link.DeliveryID, Rejoined); err != nil {
		return err
	}
	c.RejoinedAt = &now
	if err := tx.Update(ctx, c, "rejoined_at"); err != nil {
		return fmt.Errorf("note return: %w", err)
	}
	device := "another"
	if known {
		device = "same"
	}
	tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: CustomerRejoined, Key: c.Key, Seq: c.LastSeq + 1, Note: device})
	return d.happenAndTell(ctx, tx, c, HappenedRejoined, map[string]string{"Device": device})
}

func (d *Desk) verifyPoint(ctx context.Context, tx Tx, link *RejoinLink) error {
	point, err := orNil(tx.ContactPoint(ctx, link.OrganizationID, link.ContactPointID))
	if err != nil || point == nil || point.VerifiedAt != nil {
		return err
	}
	now := d.now()
	point.VerifiedAt = &now
	return tx.Update(ctx, point, "verified_at")
}

// RenewLink sends a fresh link to the address that an expired or revoked one went to; whatever the token is, it answers the same.
func (d *Desk) RenewLink(ctx context.Context, token string) error {
	organization, ok := SplitToken(token)
	if !ok {
		return nil
	}
	link, err := orNil(d.store.RejoinLink(ctx, organization, HashToken(token)))
	if err != nil || link == nil || d.now().Sub(link.ExpiresAt) > renewalAge {
		return err
	}
	if link.RevokedAt == nil && d.now().Before(link.ExpiresAt) {
		return nil // it still works
	}
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return d.renew(ctx, tx, link) })
	if _, refused := KindOf(err); refused && !isKind(err, Busy) {
		return nil
	}
	return err
}

func (d *Desk) renew(ctx context.Context, tx Tx, link *RejoinLink) error {
	c, err := tx.LockConversation(ctx, link.OrganizationID, link.ConversationID)
	if err != nil {
		return err
	}
	o, err := tx.Organization(ctx, link.OrganizationID)
	if err != nil {
		return err
	}
	point, err := tx.ContactPoint(ctx, link.OrganizationID, link.ContactPointID)
	if err != nil {
		return err
	}
	if theirs, err := d.stillTheirs(ctx, tx, link); err != nil || !theirs {
		return err
	}
	last, err := orNil(tx.LastDelivery(ctx, c.OrganizationID, c.ID))
	if err != nil {
		return err
	}
	waits := last != nil && d.now().Sub(last.CreatedAt) < max(renewalGap, o.Settings.Seconds(ContinuousMinGap))
	if waits || !point.Point().Usable() || c.SpamAt != nil || c.EmailStoppedAt != nil || !o.Settings.On(ContinuousOn) {
		return nil
	}
	if full, err := d.capped(ctx, tx, o, point.Address); err != nil || full {
		return err
	}
	customer, err := tx.Customer(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return err
	}
	key := d.newKey()
	composition, err := d.thread(ctx, tx, c, Composition{
		Organization: o, Customer: customer, Point: point, Kind: KindRenewal, Key: key,
		Language: customer.Language, At: d.now(),
	})
	if err != nil {
		return err
	}
	content, composed, err := d.compose(composition)
	if err != nil {
		return err
	}
	delivery := &Delivery{
		OrganizationID: c.OrganizationID, Key: key, ConversationID: c.ID, ContactPointID: point.ID, Channel: point.Channel,
		Address: point.Address, Kind: KindRenewal, Language: customer.Language,
	}
	if err := d.dispatch(ctx, tx, c, delivery, content, composed.Token); err != nil {
		return err
	}
	return d.happenAndTell(ctx, tx, c, HappenedFreshLink, map[string]string{"Address": point.Address})
}

// stillTheirs tells whether a revoked link may be renewed: where the address was corrected, revoking was meant to shut
// the old one out for good.
func (d *Desk) stillTheirs(ctx context.Context, read Reader, link *RejoinLink) (bool, error) {
	if link.RevokedAt == nil {
		return true, nil
	}
	points, err := read.ContactPoints(ctx, link.OrganizationID, link.CustomerID)
	if err != nil {
		return false, fmt.Errorf("read contact points: %w", err)
	}
	return len(points) > 0 && points[0].ID == link.ContactPointID, nil
}
