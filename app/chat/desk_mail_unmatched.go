package chat

import (
	"context"
	"fmt"
)

// UnmatchedMails is one page of the mails that are for no conversation, newest first; next is zero on the last page.
// Those that are nobody's are shown where there is one organization only.
func (d *Desk) UnmatchedMails(ctx context.Context, caller *AgentCaller, after Cursor) (rows []Mail, next Cursor, err error) {
	if err := caller.mustAdmin(); err != nil {
		return nil, Cursor{}, err
	}
	organizations, err := d.mailboxes(ctx, d.store, caller)
	if err != nil {
		return nil, Cursor{}, err
	}
	return d.unmatchedPage(ctx, organizations, after, MaxPage)
}

// UnmatchedCount is how many mails wait for an admin, at most CountCap.
func (d *Desk) UnmatchedCount(ctx context.Context, caller *AgentCaller) (int, error) {
	if err := caller.mustAdmin(); err != nil {
		return 0, err
	}
	organizations, err := d.mailboxes(ctx, d.store, caller)
	if err != nil {
		return 0, err
	}
	return d.store.UnmatchedCount(ctx, organizations)
}

// UnmatchedOfNobody is one page of those that tell no organization, for the operator.
func (d *Desk) UnmatchedOfNobody(ctx context.Context, after Cursor, limit int) (rows []Mail, next Cursor, err error) {
	return d.unmatchedPage(ctx, []int64{0}, after, min(max(limit, 1), MaxPage))
}

func (d *Desk) unmatchedPage(ctx context.Context, organizations []int64, after Cursor, page int) ([]Mail, Cursor, error) {
	rows, err := d.store.UnmatchedMails(ctx, organizations, after, page+1)
	if err != nil || len(rows) <= page {
		return rows, Cursor{}, err
	}
	last := rows[page-1]
	return rows[:page], Cursor{At: last.ReceivedAt, ID: last.ID}, nil
}

// mailboxes are the organizations whose unmatched mails an admin sees: their own, and nobody's in a house of one.
func (d *Desk) mailboxes(ctx context.Context, read Reader, caller *AgentCaller) ([]int64, error) {
	count, err := read.OrganizationCount(ctx)
	if err != nil {
		return nil, err
	}
	if count == 1 {
		return []int64{caller.Organization.ID, 0}, nil
	}
	return []int64{caller.Organization.ID}, nil
}

// DeleteMail deletes a mail that waits, with its bytes.
func (d *Desk) DeleteMail(ctx context.Context, caller *AgentCaller, mailKey string) error {
	if err := caller.mustAdmin(); err != nil {
		return err
	}
	m, err := d.mailFor(ctx, d.store, caller, mailKey)
	if err != nil {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := d.lockWaiting(ctx, tx, caller, m)
		if err != nil {
			return err
		}
		if err := tx.Delete(ctx, locked); err != nil {
			return fmt.Errorf("delete mail: %w", err)
		}
		tx.Emit(Event{Topic: OrganizationTopic(locked.OrganizationID), Name: UnmatchedChanged, Key: locked.Key})
		return d.audit(ctx, tx, caller, "mail.deleted", locked.auditName(), "", "")
	})
}

// GiveMail gives a mail that is nobody's to the organization with a key, whose admins then see it.
func (d *Desk) GiveMail(ctx context.Context, mailKey, organizationKey string) error {
	o, err := d.store.OrganizationByKey(ctx, organizationKey)
	if err != nil {
		return err
	}
	m, err := d.store.MailByKey(ctx, 0, mailKey)
	if err != nil {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := tx.LockMail(ctx, m.ID)
		if err != nil {
			return err
		}
		if locked.OrganizationID != 0 || !locked.waits() {
			return Refuse(Conflict, "chat.mail.decided")
		}
		if err := tx.MoveMail(ctx, locked, o.ID); err != nil {
			return err
		}
		tx.Emit(Event{Topic: OrganizationTopic(o.ID), Name: UnmatchedChanged, Key: locked.Key})
		return nil
	})
}
