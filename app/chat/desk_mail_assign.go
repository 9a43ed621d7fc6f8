package chat

import (
	"context"
	"fmt"

	"rejoin/app/followup"
)

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
		d.describe(locked, in)
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
	if !files.used { // or a commit may have kept them, whatever we have heard of it
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
