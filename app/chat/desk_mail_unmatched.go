package chat

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"rejoin/app/followup"
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

// mailFor finds a mail that an agent may see: one of a conversation's, and for admins one that waits for them.
func (d *Desk) mailFor(ctx context.Context, read Reader, caller *AgentCaller, key string) (*Mail, error) {
	organizations, err := d.mailboxes(ctx, read, caller)
	if err != nil {
		return nil, err
	}
	for _, organization := range organizations {
		m, err := orNil(read.MailByKey(ctx, organization, key))
		if err != nil {
			return nil, err
		}
		if m == nil {
			continue
		}
		if organization == 0 || !m.shown() {
			return m, caller.mustAdmin()
		}
		return m, nil
	}
	return nil, missing()
}

// shown tells whether a mail stands in its conversation, where every agent sees it.
func (m *Mail) shown() bool {
	return slices.Contains([]MailState{MailPosted, MailHeld, MailRefused, MailMachine}, m.State) && m.ConversationID != nil
}

// OpenMail reads a mail with everything that it says.
func (d *Desk) OpenMail(ctx context.Context, caller *AgentCaller, mailKey string) (*Mail, *Incoming, error) {
	m, err := d.mailFor(ctx, d.store, caller, mailKey)
	if err != nil {
		return nil, nil, err
	}
	in, err := d.readKept(ctx, m)
	if err != nil {
		return m, nil, fmt.Errorf("open mail: %w", err)
	}
	return m, in, nil
}

// RawMail gives a mail's bytes as they came; the caller closes them.
func (d *Desk) RawMail(ctx context.Context, caller *AgentCaller, mailKey string) (io.ReadCloser, *Mail, error) {
	m, err := d.mailFor(ctx, d.store, caller, mailKey)
	if err != nil {
		return nil, nil, err
	}
	raw, err := d.rawOf(ctx, m)
	if err != nil {
		return nil, m, err
	}
	return io.NopCloser(bytes.NewReader(raw)), m, nil
}

// AssignMail puts a mail that waits into a conversation, or into a new one of a new customer when the key is empty. The
// admin's word counts as an agent's accept: who wrote it becomes a participant, unless they are the customer.
func (d *Desk) AssignMail(ctx context.Context, caller *AgentCaller, mailKey, conversationKey string) (*Conversation, error) {
	m, in, c, err := d.assignable(ctx, caller, mailKey, conversationKey)
	if err != nil {
		return nil, err
	}
	place, own := &Conversation{OrganizationID: caller.Organization.ID}, true
	if c != nil {
		who, err := d.whoWrote(ctx, d.store, c, m, in)
		if err != nil {
			return nil, err
		}
		place, own = c, who.point != nil
	}
	files, err := d.keepFiles(ctx, place, own, in)
	if err != nil {
		return nil, err
	}
	var became *Conversation
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		files.used = false
		locked, err := d.lockWaiting(ctx, tx, caller, m)
		if err != nil {
			return err
		}
		locked.describe(in)
		l := &letter{mail: locked, in: in, files: files, reason: "assigned", trusted: true}
		if c == nil {
			err = d.beginMailed(ctx, tx, caller, l)
		} else {
			err = d.assignTo(ctx, tx, caller, l, c)
		}
		if err != nil {
			return err
		}
		if became, err = tx.Conversation(ctx, locked.OrganizationID, *locked.ConversationID); err != nil {
			return err
		}
		tx.Emit(Event{Topic: OrganizationTopic(locked.OrganizationID), Name: UnmatchedChanged, Key: locked.Key})
		return d.audit(ctx, tx, caller, "mail.assigned", locked.auditName(), "", became.Key)
	})
	if err != nil || !files.used {
		d.forgetFiles(ctx, files)
	}
	if err != nil {
		return nil, err
	}
	return became, nil
}

// assignable reads what an admin is about to assign, and where to.
func (d *Desk) assignable(ctx context.Context, caller *AgentCaller, mailKey, conversationKey string) (m *Mail, in *Incoming, c *Conversation, err error) {
	if err := caller.mustAdmin(); err != nil {
		return nil, nil, nil, err
	}
	if conversationKey != "" {
		if c, err = d.store.ConversationByKey(ctx, caller.Organization.ID, conversationKey); err != nil {
			return nil, nil, nil, err
		}
	}
	m, in, err = d.OpenMail(ctx, caller, mailKey)
	if err != nil {
		if m != nil && !m.waits() {
			return nil, nil, nil, Refuse(Conflict, "chat.mail.decided")
		}
		return nil, nil, nil, err
	}
	return m, in, c, nil
}

// waits tells whether a mail waits for an admin.
func (m *Mail) waits() bool { return m.State == MailUnmatched || m.State == MailFailed }

// lockWaiting locks a mail that waits, and makes it the admin's organization's.
func (d *Desk) lockWaiting(ctx context.Context, tx Tx, caller *AgentCaller, m *Mail) (*Mail, error) {
	locked, err := tx.LockMail(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	if locked.OrganizationID != m.OrganizationID || !locked.waits() {
		return nil, Refuse(Conflict, "chat.mail.decided")
	}
	if locked.OrganizationID == caller.Organization.ID {
		return locked, nil
	}
	return locked, tx.MoveMail(ctx, locked, caller.Organization.ID)
}

// auditName is how the log names a mail.
func (m *Mail) auditName() string {
	if m.Subject == "" {
		return m.FromAddress
	}
	return m.FromAddress + ": " + m.Subject
}

func (d *Desk) assignTo(ctx context.Context, tx Tx, caller *AgentCaller, l *letter, c *Conversation) error {
	if c.SpamAt != nil {
		return Refuse(Conflict, "chat.conversation.spam")
	}
	customer, err := tx.LockCustomer(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return err
	}
	if l.who, err = d.whoWrote(ctx, tx, c, l.mail, l.in); err != nil {
		return err
	}
	if !l.who.known() {
		l.who.participant = &Participant{
			OrganizationID: c.OrganizationID, ConversationID: c.ID, Address: d.bareAddress(l.in.FromAddress), Name: l.mail.FromName,
			AgentID: caller.Agent.ID, CreatedAt: d.now(),
		}
		if !l.who.forged && l.who.participant.Address != "" {
			if _, err := tx.InsertIfNew(ctx, l.who.participant); err != nil {
				return fmt.Errorf("insert participant: %w", err)
			}
		}
	}
	return d.takeMail(ctx, tx, l, caller.Organization, customer, c.ID)
}

// beginMailed makes a customer of who wrote a mail, with the mail as the beginning of their first conversation.
func (d *Desk) beginMailed(ctx context.Context, tx Tx, caller *AgentCaller, l *letter) error {
	now, o := d.now(), caller.Organization
	customer := &Customer{
		OrganizationID: o.ID, Key: d.newKey(), Name: l.mail.FromName, AwaySince: &now, AwayCause: followup.Closed, CreatedAt: now,
	}
	customer.Language, customer.LanguageReason = d.chooseLanguage(o, LanguageHints{}, l.in.Reply)
	if err := tx.Insert(ctx, customer); err != nil {
		return fmt.Errorf("insert customer: %w", err)
	}
	point, err := d.addPoint(ctx, tx, customer, l.in.FromAddress, nil)
	if err != nil {
		return err
	}
	l.who = writer{point: point}
	c := d.mailedConversation(customer, []ContactPoint{*point}, l)
	c.AddressGivenAt = &now
	if err := tx.Insert(ctx, c); err != nil {
		return fmt.Errorf("insert conversation: %w", err)
	}
	return d.takeMail(ctx, tx, l, o, customer, c.ID)
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

const (
	unmatchedLife = 90 * 24 * time.Hour
	spentLife     = 24 * time.Hour   // the doctor's own mails, and what came twice
	reviveAfter   = 15 * time.Minute // a mail that is still not settled has perhaps lost its job
	blobsAtOnce   = 500
	orphanAge     = 24 * time.Hour
)

// ForgetMails deletes what nobody has matched in 90 days, and soon what is of no more use.
func (d *Desk) ForgetMails(ctx context.Context) error {
	now := d.now()
	return d.store.ForgetMails(ctx, now.Add(-unmatchedLife), now.Add(-spentLife))
}

// ReviveMails enqueues kept mails again that should have been settled long ago; a job that is there already stays the
// only one.
func (d *Desk) ReviveMails(ctx context.Context) error {
	for after := int64(0); ; {
		kept, err := d.store.KeptMails(ctx, d.now().Add(-reviveAfter), after, atOnce)
		if err != nil || len(kept) == 0 {
			return err
		}
		jobs := make([]Job, len(kept))
		for i, m := range kept {
			jobs[i] = Job{Kind: JobReceive, OrganizationID: m.OrganizationID, ID: m.ID}
		}
		err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return tx.Enqueue(ctx, jobs...) })
		if err != nil {
			return fmt.Errorf("revive mails: %w", err)
		}
		after = kept[len(kept)-1].ID
	}
}

// SweepBlobs deletes bytes older than a day that no row tells of: a crash between the blob and its row leaves such.
func (d *Desk) SweepBlobs(ctx context.Context) error {
	if d.blobs == nil {
		return nil
	}
	for after := ""; ; {
		keys, written, err := d.blobs.List(ctx, "", after, blobsAtOnce)
		if err != nil || len(keys) == 0 {
			return err
		}
		var old []string
		for i, key := range keys {
			if d.now().Sub(written[i]) > orphanAge {
				old = append(old, key)
			}
		}
		known, err := d.store.KnownBlobs(ctx, old)
		if err != nil {
			return err
		}
		for _, key := range old {
			if known[key] {
				continue
			}
			if err := d.blobs.Delete(ctx, key); err != nil {
				return fmt.Errorf("delete orphan: %w", err)
			}
		}
		after = keys[len(keys)-1]
	}
}
