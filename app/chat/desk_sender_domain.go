package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// domainHeld is how long a domain stays an organization's that never proved that it is.
	domainHeld = 7 * 24 * time.Hour
	// domainRest is how soon the provider is asked again by hand.
	domainRest = 10 * time.Second
	// domainTime bounds one question to the provider.
	domainTime = 10 * time.Second
)

// OwnSender is an organization's own way out, nil where it has none.
func (d *Desk) OwnSender(ctx context.Context, caller *AgentCaller) (*Sender, error) {
	if err := caller.mustAdmin(); err != nil {
		return nil, err
	}
	return orNil(d.store.Sender(ctx, caller.Organization.ID))
}

// OffersDomains tells whether organizations can send under a domain of their own.
func (d *Desk) OffersDomains() bool { return d.domains != nil }

// OffersServers tells whether organizations can send by a mail server of their own.
func (d *Desk) OffersServers() bool { return d.trial != nil }

// ChooseDomain lets emails come from an address under the organization's own domain, as soon as its DNS records are
// found. Conflict when the domain is another organization's or the provider knows it already.
func (d *Desk) ChooseDomain(ctx context.Context, caller *AgentCaller, address string) error {
	if err := caller.mustAdmin(); err != nil {
		return err
	}
	if d.domains == nil {
		return Refuse(Missing, "chat.sender.no_domains")
	}
	address, err := d.ownAddress(address)
	if err != nil {
		return err
	}
	domain := domainOf(address)
	if slices.Contains(d.reserved, domain) {
		return &Error{Kind: Conflict, Key: "chat.sender.operators", Field: "address", Args: map[string]any{"Domain": domain}}
	}
	current, err := orNil(d.store.Sender(ctx, caller.Organization.ID))
	if err != nil {
		return err
	}
	if current != nil && current.Way == WayDomain && current.Domain == domain && current.Status != DomainDropping {
		return d.readdress(ctx, caller, address)
	}
	if err := d.releaseStale(ctx, caller.Organization.ID, domain); err != nil {
		return err // before what works is given up
	}
	if err := d.giveBack(ctx, current); err != nil {
		return err
	}
	if err := d.claimDomain(ctx, caller, address, domain); err != nil {
		return err
	}
	if err := d.createDomain(ctx, caller.Organization.ID, domain, false); err != nil {
		return errors.Join(err, d.putServerBack(ctx, current))
	}
	return nil
}

// putServerBack takes up an own mail server again where the domain that was to take its place is refused.
func (d *Desk) putServerBack(ctx context.Context, server *Sender) error {
	if server == nil || server.Way != WaySMTP {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		back, err := tx.InsertIfNew(ctx, server)
		if back {
			tx.Emit(Event{Topic: OrganizationTopic(server.OrganizationID), Name: SettingChanged})
		}
		return err
	})
}

// ownAddress is an address in its canonical form.
func (d *Desk) ownAddress(address string) (string, error) {
	channel, ok := d.channels[email]
	if !ok {
		return "", Refuse(Missing, "error.missing")
	}
	return channel.CheckAddress(address)
}

func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// readdress changes what stands before the @.
func (d *Desk) readdress(ctx context.Context, caller *AgentCaller, address string) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		s, err := tx.LockSender(ctx, caller.Organization.ID)
		if err != nil || s.Address == address {
			return err
		}
		if s.Way != WayDomain || s.Domain != domainOf(address) {
			return Refuse(Conflict, "error.conflict")
		}
		before := s.Address
		s.Address = address
		if err := tx.Update(ctx, s, "address"); err != nil {
			return fmt.Errorf("change own address: %w", err)
		}
		return d.auditSender(ctx, tx, caller, "sender.readdressed", s.Domain, before, address)
	})
}

// releaseStale takes a domain from another organization that has claimed it long ago and never proved that it is theirs.
func (d *Desk) releaseStale(ctx context.Context, organization int64, domain string) error {
	var stale *Sender
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		stale = nil
		held, err := orNil(tx.LockSenderOf(ctx, domain))
		if err != nil || held == nil || held.OrganizationID == organization {
			return err
		}
		if held.Status != DomainDropping && (held.VerifiedAt != nil || d.now().Sub(held.CreatedAt) < domainHeld) {
			return taken(domain)
		}
		stale = held
		return d.markDropping(ctx, tx, held)
	})
	if err != nil || stale == nil {
		return err
	}
	return d.finishDrop(ctx, stale)
}

func taken(domain string) error {
	return &Error{Kind: Conflict, Key: "chat.sender.taken", Field: "address", Args: map[string]any{"Domain": domain}}
}

// claimDomain writes the row before the provider is asked, so that what the provider has made is never forgotten.
func (d *Desk) claimDomain(ctx context.Context, caller *AgentCaller, address, domain string) error {
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		if err := d.dropServer(ctx, tx, caller.Organization.ID); err != nil {
			return err
		}
		now := d.now()
		next := now.Add(2 * domainTime)
		s := &Sender{
			OrganizationID: caller.Organization.ID, Way: WayDomain, Address: address, Domain: domain, Status: DomainCreating,
			NextAt: &next, CreatedAt: now,
		}
		if err := tx.Insert(ctx, s); err != nil {
			return err
		}
		return d.auditSender(ctx, tx, caller, "sender.domain_chosen", domain, "", address)
	})
	if isKind(err, Conflict) {
		return taken(domain)
	}
	return err
}

// dropServer makes room where an own mail server was used.
func (d *Desk) dropServer(ctx context.Context, tx Tx, organization int64) error {
	s, err := orNil(tx.LockSender(ctx, organization))
	if err != nil || s == nil || s.Way != WaySMTP {
		return err
	}
	return tx.Delete(ctx, s)
}

// createDomain asks the provider for a claimed domain. again tells that an earlier attempt may have made it: only then
// what is there already, and is nobody's proven domain, is ours.
func (d *Desk) createDomain(ctx context.Context, organization int64, domain string, again bool) error {
	asking, cancel := context.WithTimeout(ctx, domainTime)
	made, err := d.domains.Create(asking, domain)
	if err != nil && again && asFailure(err).Code == "exists" {
		made, err = d.adopt(asking, domain)
	}
	cancel()
	// What the provider has made is written down even when whoever asked has left.
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err == nil {
		return d.keepDomain(ctx, organization, domain, made)
	}
	failure := asFailure(err)
	if failure.Temporary {
		return d.noteDomain(ctx, organization, domain, failure.Detail) // it is tried again
	}
	if err := d.unclaim(ctx, organization, domain); err != nil {
		return err
	}
	if failure.Code == "exists" {
		return &Error{Kind: Conflict, Key: "chat.sender.exists", Field: "address", Args: map[string]any{"Domain": domain}}
	}
	return RefuseField("address", "chat.sender.refused", "Reason", failure.Detail)
}

func (d *Desk) adopt(ctx context.Context, domain string) (ProviderDomain, error) {
	found, err := d.domains.Find(ctx, domain)
	switch {
	case err != nil:
		return ProviderDomain{}, err
	case found == nil:
		return ProviderDomain{}, &SendFailure{Temporary: true, Code: "missing", Detail: "the provider contradicts itself about " + domain}
	case found.Status == DomainVerified:
		return ProviderDomain{}, &SendFailure{Code: "exists", Detail: domain}
	}
	return d.domains.Get(ctx, found.ID)
}

// keepDomain writes what the provider has made, once; where the claim was given up meanwhile, it is taken away again.
func (d *Desk) keepDomain(ctx context.Context, organization int64, domain string, made ProviderDomain) error {
	gone := false
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		s, err := orNil(tx.LockSender(ctx, organization))
		if err != nil {
			return err
		}
		gone = false // it may run again
		if s != nil && s.ProviderID == made.ID {
			return nil // who asked at the same time has kept it
		}
		if gone = s == nil || s.Domain != domain || s.Status != DomainCreating; gone {
			return nil
		}
		s.ProviderID = made.ID
		return d.takeState(ctx, tx, s, made)
	})
	if err != nil || !gone {
		return err
	}
	if err := d.domains.Delete(ctx, made.ID); err != nil {
		return fmt.Errorf("take an unclaimed domain away: %w", err)
	}
	return nil
}

// noteDomain keeps why a domain is not made yet.
func (d *Desk) noteDomain(ctx context.Context, organization int64, domain, why string) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		s, err := orNil(tx.LockSender(ctx, organization))
		if err != nil || s == nil || s.Domain != domain {
			return err
		}
		now := d.now()
		next := now.Add(waitAfter(now.Sub(s.CreatedAt)))
		s.Detail, s.CheckedAt, s.NextAt = cut(why, 500), &now, &next
		tx.Emit(Event{Topic: OrganizationTopic(organization), Name: SettingChanged})
		return tx.Update(ctx, s, "detail", "checked_at", "next_at")
	})
}

// unclaim gives up a domain that the provider does not make.
func (d *Desk) unclaim(ctx context.Context, organization int64, domain string) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		s, err := orNil(tx.LockSender(ctx, organization))
		if err != nil || s == nil || s.Domain != domain || s.ProviderID != "" {
			return err
		}
		tx.Emit(Event{Topic: OrganizationTopic(organization), Name: SettingChanged})
		return tx.Delete(ctx, s)
	})
}

// VerifyDomain asks the provider to look at the DNS again, and shows what it has seen so far. Busy when it does not answer.
func (d *Desk) VerifyDomain(ctx context.Context, caller *AgentCaller) error {
	if err := caller.mustAdmin(); err != nil {
		return err
	}
	s, err := d.store.Sender(ctx, caller.Organization.ID)
	switch {
	case err != nil:
		return err
	case d.domains == nil || s.Way != WayDomain || s.Status == DomainDropping:
		return missing()
	case s.CheckedAt != nil && d.now().Sub(*s.CheckedAt) < domainRest:
		return nil // what is shown is fresh
	case s.Status == DomainCreating:
		err = d.createDomain(ctx, s.OrganizationID, s.Domain, true)
	default:
		err = d.lookAtDomain(ctx, s, true)
	}
	var failure *SendFailure
	if errors.As(err, &failure) {
		return Refuse(Busy, "chat.sender.provider_away", "Reason", failure.Detail)
	}
	return err
}

// auditSender notes a change of the way out, and tells open pages.
func (d *Desk) auditSender(ctx context.Context, tx Tx, caller *AgentCaller, action, subject, before, after string) error {
	tx.Emit(Event{Topic: OrganizationTopic(caller.Organization.ID), Name: SettingChanged})
	return d.audit(ctx, tx, caller, action, subject, before, after)
}
