package chat

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	sendersAtOnce = 20
	// senderLease keeps other instances from asking the same thing.
	senderLease = 5 * time.Minute
	// domainHope is how long an unverified domain is asked for by itself.
	domainHope  = 72 * time.Hour
	senderDaily = 24 * time.Hour
	senderLost  = time.Hour // until what has worked is looked at again
)

// CheckSenders asks for the state of the organizations' own domains and mail servers that are due, at most 20 at a time,
// and tells how many. One that fails does not keep the others waiting.
func (d *Desk) CheckSenders(ctx context.Context) (int, error) {
	due, err := d.store.SendersDue(ctx, d.now(), sendersAtOnce)
	if err != nil {
		return 0, err
	}
	var failed []error
	looked := 0
	for i := range due {
		s, err := d.leaseSender(ctx, due[i].OrganizationID)
		if err != nil || s == nil {
			failed = append(failed, err)
			continue
		}
		looked++
		failed = append(failed, d.checkSender(ctx, s))
	}
	return looked, errors.Join(failed...)
}

// leaseSender makes one check this instance's; nil when another one has it.
func (d *Desk) leaseSender(ctx context.Context, organization int64) (leased *Sender, err error) {
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		leased = nil
		s, err := orNil(tx.LockSender(ctx, organization))
		if err != nil || s == nil || s.NextAt == nil || s.NextAt.After(d.now()) {
			return err
		}
		next := d.now().Add(senderLease)
		s.NextAt, leased = &next, s
		return tx.Update(ctx, s, "next_at")
	})
	return leased, err
}

func (d *Desk) checkSender(ctx context.Context, s *Sender) error {
	switch {
	case s.Way == WaySMTP:
		return d.lookAtServer(ctx, s)
	case s.Status == DomainDropping:
		return d.finishDrop(ctx, s)
	case d.domains == nil:
		return nil
	case s.Status == DomainCreating:
		err := d.createDomain(ctx, s.OrganizationID, s.Domain, true)
		if _, told := KindOf(err); told {
			return nil // the row is gone, and the page says so
		}
		return err
	}
	err := d.lookAtDomain(ctx, s, false)
	var failure *SendFailure
	if errors.As(err, &failure) {
		return d.noteDomain(ctx, s.OrganizationID, s.Domain, failure.Detail)
	}
	return err
}

// lookAtDomain asks the provider what it has seen; it looks at the DNS again unless all is well. Who asks by hand gets
// one more look a little later, since the provider takes its time.
func (d *Desk) lookAtDomain(ctx context.Context, s *Sender, byHand bool) error {
	ctx, cancel := context.WithTimeout(ctx, domainTime)
	defer cancel()
	if s.Status != DomainVerified {
		if err := d.domains.Verify(ctx, s.ProviderID); err != nil && asFailure(err).Code != "missing" {
			return err
		}
	}
	got, err := d.domains.Get(ctx, s.ProviderID)
	if err != nil {
		if asFailure(err).Code != "missing" {
			return err
		}
		got = ProviderDomain{ID: s.ProviderID, Status: "missing", Records: s.Records} // somebody has deleted it there
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := orNil(tx.LockSender(ctx, s.OrganizationID))
		if err != nil || locked == nil || locked.ProviderID != s.ProviderID || locked.Status == DomainDropping {
			return err
		}
		if err := d.takeState(ctx, tx, locked, got); err != nil || !byHand || locked.NextAt != nil {
			return err
		}
		next := d.now().Add(time.Minute)
		locked.NextAt = &next
		return tx.Update(ctx, locked, "next_at")
	})
}

// takeState writes what the provider has seen of a domain, and when it is asked again.
func (d *Desk) takeState(ctx context.Context, tx Tx, s *Sender, got ProviderDomain) error {
	now, was := d.now(), s.Status
	s.Status, s.Records, s.CheckedAt, s.Detail = got.Status, got.Records, &now, ""
	if s.Status == DomainVerified && s.VerifiedAt == nil {
		s.VerifiedAt = &now
	}
	s.NextAt = nextLook(s, now)
	if err := tx.Update(ctx, s, "provider_id", "status", "records", "checked_at", "detail", "verified_at", "next_at"); err != nil {
		return fmt.Errorf("keep the state of a domain: %w", err)
	}
	tx.Emit(Event{Topic: OrganizationTopic(s.OrganizationID), Name: SettingChanged})
	if (was == DomainVerified) == (s.Status == DomainVerified) {
		return nil
	}
	return tx.Insert(ctx, &AuditEntry{
		OrganizationID: s.OrganizationID, Action: "sender.domain_state", Subject: s.Domain, Before: was, After: s.Status, At: now,
	})
}

// nextLook is when a domain's state is asked for again: daily once it is verified, less and less often until then, and
// after 72 hours not by itself.
func nextLook(s *Sender, now time.Time) *time.Time {
	age, next := now.Sub(s.CreatedAt), time.Time{}
	switch {
	case s.Status == DomainVerified:
		next = now.Add(senderDaily)
	case s.VerifiedAt != nil:
		next = now.Add(senderLost)
	case age > domainHope:
		return nil
	default:
		next = now.Add(waitAfter(age))
	}
	return &next
}

// waitAfter is a tenth of the time that has passed, between a minute and an hour.
func waitAfter(age time.Duration) time.Duration {
	return min(max(age/10, time.Minute), time.Hour)
}

// lookAtServer signs in at an organization's own mail server and keeps what it said. Emails go on by it either way: a
// silent change of the sender would surprise customers more than an email that is late.
func (d *Desk) lookAtServer(ctx context.Context, s *Sender) error {
	if d.trial == nil {
		return nil
	}
	detail := ""
	server, err := d.serverOf(s)
	if err == nil {
		checking, cancel := context.WithTimeout(ctx, domainTime)
		err = d.trial.Check(checking, *server)
		cancel()
	}
	if err != nil {
		detail = whatFailed(err)
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := orNil(tx.LockSender(ctx, s.OrganizationID))
		if err != nil || locked == nil || locked.Way != WaySMTP || locked.Host != s.Host {
			return err
		}
		now := d.now()
		next := now.Add(senderDaily)
		if detail != "" {
			next = now.Add(senderLost)
		}
		if locked.Detail != detail {
			tx.Emit(Event{Topic: OrganizationTopic(s.OrganizationID), Name: SettingChanged})
		}
		locked.CheckedAt, locked.NextAt, locked.Detail = &now, &next, cut(detail, 500)
		return tx.Update(ctx, locked, "checked_at", "next_at", "detail")
	})
}

func whatFailed(err error) string {
	var failure *SendFailure
	if errors.As(err, &failure) {
		return failure.Detail
	}
	return err.Error()
}
