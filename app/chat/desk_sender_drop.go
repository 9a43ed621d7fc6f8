package chat

import (
	"context"
	"errors"
	"fmt"
)

// DropSender lets emails come from the operator's address again, at once.
func (d *Desk) DropSender(ctx context.Context, caller *AgentCaller) error {
	if err := caller.mustAdmin(); err != nil {
		return err
	}
	var dropped *Sender
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		dropped = nil
		s, err := orNil(tx.LockSender(ctx, caller.Organization.ID))
		if err != nil || s == nil || s.Status == DomainDropping {
			return err
		}
		if err := d.auditSender(ctx, tx, caller, "sender.dropped", nameOf(s), s.Address, ""); err != nil {
			return err
		}
		if s.Way == WaySMTP {
			return tx.Delete(ctx, s)
		}
		dropped = s
		return d.markDropping(ctx, tx, s)
	})
	if err != nil || dropped == nil {
		return err
	}
	var failure *SendFailure
	if err := d.finishDrop(ctx, dropped); err != nil && !errors.As(err, &failure) {
		return err
	}
	return nil // a provider that is away is asked again later
}

// nameOf is what an audit line calls a way.
func nameOf(s *Sender) string {
	if s.Way == WayDomain {
		return s.Domain
	}
	return s.Host
}

// markDropping ends the use of a domain; the row stays until the provider has let go of it, so that it is not forgotten
// there.
func (d *Desk) markDropping(ctx context.Context, tx Tx, s *Sender) error {
	now := d.now()
	s.Status, s.VerifiedAt, s.NextAt = DomainDropping, nil, &now
	tx.Emit(Event{Topic: OrganizationTopic(s.OrganizationID), Name: SettingChanged})
	if err := tx.Update(ctx, s, "status", "verified_at", "next_at"); err != nil {
		return fmt.Errorf("give a domain back: %w", err)
	}
	return nil
}

// finishDrop takes a domain away from the provider and forgets it.
func (d *Desk) finishDrop(ctx context.Context, s *Sender) error {
	if err := d.deleteDomain(ctx, s); err != nil {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := orNil(tx.LockSender(ctx, s.OrganizationID))
		if err != nil || locked == nil || locked.Status != DomainDropping || locked.Domain != s.Domain {
			return err
		}
		return tx.Delete(ctx, locked)
	})
}

func (d *Desk) deleteDomain(ctx context.Context, s *Sender) error {
	if d.domains == nil {
		return nil // the operator has changed the provider
	}
	ctx, cancel := context.WithTimeout(ctx, domainTime)
	defer cancel()
	id := s.ProviderID
	if id == "" { // it may have been made without our hearing of it
		found, err := d.domains.Find(ctx, s.Domain)
		if err != nil {
			return err
		}
		if found == nil || found.Status == DomainVerified {
			return nil
		}
		id = found.ID
	}
	return d.domains.Delete(ctx, id)
}

// giveBack drops an organization's domain before another way takes its place. Busy when the provider does not answer.
func (d *Desk) giveBack(ctx context.Context, s *Sender) error {
	if s == nil || s.Way != WayDomain {
		return nil
	}
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := orNil(tx.LockSender(ctx, s.OrganizationID))
		if err != nil || locked == nil || locked.Domain != s.Domain {
			return err
		}
		return d.markDropping(ctx, tx, locked)
	})
	if err != nil {
		return err
	}
	err = d.finishDrop(ctx, s)
	var failure *SendFailure
	if errors.As(err, &failure) {
		return Refuse(Busy, "chat.sender.provider_away", "Reason", failure.Detail)
	}
	return err
}
