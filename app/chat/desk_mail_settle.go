package chat

import (
	"context"
	"fmt"
	"time"
)

// What is kept of a mail's own words.
const (
	maxMailName    = 100
	maxMailSubject = 250
	maxMailExcerpt = 200
	maxMailReasons = 20
	maxMessageID   = 300
	// machineGap is the time in which one thin line tells of all automatic mails from an address.
	machineGap = time.Hour
)

// settleMail does what a kept mail asks for, once.
func (d *Desk) settleMail(ctx context.Context, tx Tx, id int64, in *Incoming, files *broughtFiles) error {
	m, err := orNil(tx.LockMail(ctx, id))
	if err != nil || m == nil || m.State != MailKept {
		return err
	}
	d.describe(m, in)
	if organization, token, ok := checkOf(m, in); ok {
		if err := moveMail(ctx, tx, m, match{organization: organization}); err != nil {
			return err
		}
		return d.leave(ctx, tx, m, MailCheck, checkReason(token))
	}
	found, err := matchMail(ctx, tx, m, in)
	if err != nil {
		return err
	}
	if err := moveMail(ctx, tx, m, found); err != nil {
		return err
	}
	switch in.Kind {
	case MailBounce, MailComplaint, MailReceipt:
		return d.settleReport(ctx, tx, m, in, found)
	case MailAutoReply:
		return d.settleMachine(ctx, tx, m, in, found)
	default:
		return d.settleWritten(ctx, tx, m, in, found, files)
	}
}

// describe takes over what lists show of a mail.
func (d *Desk) describe(m *Mail, in *Incoming) {
	m.Kind = in.Kind
	m.FromName, m.Subject = headerText(in.FromName, maxMailName), headerText(in.Subject, maxMailSubject)
	m.FromAddress = d.bareAddress(in.FromAddress)
	m.MessageID = headerText(in.MessageID, maxMessageID)
	m.Excerpt = headerText(in.Reply, maxMailExcerpt)
	m.Reasons = headerTexts(in.Reasons[:min(len(in.Reasons), maxMailReasons)], maxMailExcerpt)
}

// moveMail gives a mail to the organization that it turns out to be for; one that is named and does not exist is nobody.
func moveMail(ctx context.Context, tx Tx, m *Mail, found match) error {
	organization := found.organization
	if organization != 0 && found.conversation == nil {
		o, err := orNil(tx.Organization(ctx, organization))
		if err != nil {
			return err
		}
		if o == nil {
			organization = 0
		}
	}
	if m.OrganizationID == organization {
		return nil
	}
	return tx.MoveMail(ctx, m, organization)
}

// leave writes what has become of a mail. From then on its row holds no token in clear.
func (d *Desk) leave(ctx context.Context, tx Tx, m *Mail, state MailState, reason string) error {
	now := d.now()
	m.State, m.Reason, m.SettledAt, m.EnvelopeTo = state, reason, &now, withoutTokens(m.EnvelopeTo)
	err := tx.Update(ctx, m, "envelope_to", "kind", "state", "reason", "reasons", "from_name", "from_address", "subject", "excerpt", "message_id",
		"conversation_id", "message_seq", "delivery_id", "settled_at")
	if err != nil {
		return fmt.Errorf("settle mail: %w", err)
	}
	if state == MailUnmatched || state == MailFailed { // nobody's are told to all: in a house of one they are its own
		tx.Emit(Event{Topic: OrganizationTopic(m.OrganizationID), Name: UnmatchedChanged, Key: m.Key})
	}
	return nil
}

// unmatched leaves a mail to the admins, with the conversation that it may be for.
func (d *Desk) unmatched(ctx context.Context, tx Tx, m *Mail, found match, reason string) error {
	if found.conversation == nil && m.OrganizationID != 0 {
		c, err := d.guess(ctx, tx, m)
		if err != nil {
			return err
		}
		found.conversation = c
	}
	if found.conversation != nil && found.conversation.OrganizationID == m.OrganizationID {
		m.ConversationID = &found.conversation.ID
	}
	return d.leave(ctx, tx, m, MailUnmatched, reason)
}

// guess is the newest conversation of the customer whose address a mail names as its own, nil when there is none.
func (d *Desk) guess(ctx context.Context, read Reader, m *Mail) (*Conversation, error) {
	points, err := read.PointsAt(ctx, m.OrganizationID, email, m.FromAddress)
	if err != nil || len(points) == 0 {
		return nil, err
	}
	all, err := read.ConversationsOf(ctx, m.OrganizationID, points[len(points)-1].CustomerID, 1)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// settleMachine shows an automatic mail as a thin line; nothing else moves, and nothing answers it.
func (d *Desk) settleMachine(ctx context.Context, tx Tx, m *Mail, in *Incoming, found match) error {
	if found.conversation == nil {
		return d.unmatched(ctx, tx, m, found, "machine")
	}
	c, err := tx.LockConversation(ctx, found.organization, found.conversation.ID)
	if err != nil {
		return err
	}
	m.ConversationID = &c.ID
	same, err := orNil(tx.SameMail(ctx, m, c.ID))
	if err != nil {
		return err
	}
	if same != nil {
		return d.leave(ctx, tx, m, MailDuplicate, "duplicate")
	}
	who, err := d.whoWrote(ctx, tx, c, m, in)
	if err != nil {
		return err
	}
	from := m.FromAddress
	if !who.known() {
		from = "" // strangers share one line, whatever they call themselves
	}
	told, err := orNil(tx.MachineMail(ctx, c.OrganizationID, c.ID, from, d.now().Add(-machineGap)))
	if err != nil {
		return err
	}
	if told != nil {
		return d.leave(ctx, tx, m, MailMachine, "repeated")
	}
	meta := map[string]string{"From": m.FromAddress, "Subject": m.Subject, MetaMail: m.Key}
	if err := d.happen(ctx, tx, c, HappenedAutoReply, meta); err != nil {
		return err
	}
	m.MessageSeq = c.LastSeq
	return d.leave(ctx, tx, m, MailMachine, "auto_reply")
}

// whyUnmatched tells why what a person wrote goes into no conversation, empty when it does.
func whyUnmatched(found match, who writer, in *Incoming) string {
	switch {
	case found.conversation == nil:
		return "nothing"
	case in.Kind == MailList && !(found.proven && who.point != nil):
		return "list"
	case !found.proven && !who.known():
		return "stranger"
	}
	return ""
}
