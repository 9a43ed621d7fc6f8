package chat

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Variables that messages which came by email carry.
const (
	MetaMail      = "Mail"      // the Mail's key
	MetaFrom      = "From"      // its address, when it is not the customer's own
	MetaName      = "Name"      // and its name
	MetaSignature = "Signature" // what stood below the words
	MetaCut       = "Cut"       // bytes of the words that only the raw mail has
	MetaFilesLeft = "FilesLeft" // files that only the raw mail has
	MetaState     = "State"     // of a held mail: empty, HeldAccepted or HeldRefused
	MetaAgent     = "Agent"     // of a held mail: who has accepted or refused it
	MetaPerhaps   = "Perhaps"   // the MailKind that it may be, though nothing marks it
	MetaForged    = "Forged"    // of a held mail: its From header is not to be believed; ForgedSeveral when it names several
)

// ForgedSeveral is why a held mail's From header is not to be believed: it names several authors.
const ForgedSeveral = "several"

// What has become of a held mail.
const (
	HeldAccepted = "accepted"
	HeldRefused  = "refused"
)

const (
	maxSignature = 2_000 // characters
	maxHeld      = 50    // mails of strangers that wait in one conversation
)

// settleWritten takes what a person wrote: the customer's own is theirs, an accepted participant's is shown as such, and
// anybody else's waits for an agent.
func (d *Desk) settleWritten(ctx context.Context, tx Tx, m *Mail, in *Incoming, found match, files *broughtFiles) error {
	if found.conversation == nil {
		reason := "nothing"
		if m.OrganizationID != 0 {
			reason = "gone" // the address was one's, by its form
		}
		return d.unmatched(ctx, tx, m, found, reason)
	}
	customer, err := orNil(tx.LockCustomer(ctx, found.organization, found.conversation.CustomerID))
	if err != nil {
		return err
	}
	if customer == nil {
		return d.unmatched(ctx, tx, m, match{}, "gone")
	}
	who, err := d.whoWrote(ctx, tx, found.conversation, m, in)
	if err != nil {
		return err
	}
	if why := whyUnmatched(found, who, in); why != "" {
		return d.unmatched(ctx, tx, m, found, why)
	}
	o, err := tx.Organization(ctx, customer.OrganizationID)
	if err != nil {
		return err
	}
	newest, err := d.newestOf(ctx, tx, o, found.conversation)
	if err != nil {
		return err
	}
	if came, err := cameBefore(ctx, tx, m, found.conversation, newest); err != nil || came {
		if err != nil {
			return err
		}
		return d.leave(ctx, tx, m, MailDuplicate, "duplicate")
	}
	if who.known() {
		return d.takeMail(ctx, tx, &letter{mail: m, in: in, who: who, answers: found.answers, files: files}, o, customer, newest.ID)
	}
	return d.hold(ctx, tx, m, in, who, o, newest.ID, files)
}

// cameBefore tells whether the same mail has come into a conversation, or into the one that goes on from it.
func cameBefore(ctx context.Context, read Reader, m *Mail, old, newest *Conversation) (bool, error) {
	for _, c := range []*Conversation{newest, old} {
		same, err := orNil(read.SameMail(ctx, m, c.ID))
		if err != nil {
			return false, err
		}
		if same != nil {
			m.ConversationID = &c.ID
			return true, nil
		}
		if old.ID == newest.ID {
			break
		}
	}
	return false, nil
}

// letter is a mail that becomes a message of the customer's side.
type letter struct {
	mail    *Mail
	in      *Incoming
	who     writer
	answers *Delivery
	files   *broughtFiles
	reason  string // why it stands there; empty by who wrote it
	trusted bool   // an admin has put it there: what it proves is what its domain says
}

// takeMail posts a letter into a conversation, or into one that goes on from it; its customer is locked.
func (d *Desk) takeMail(ctx context.Context, tx Tx, l *letter, o *Organization, customer *Customer, conversation int64) error {
	own, learned := l.who.point != nil, false
	if own {
		caller := &CustomerCaller{Organization: o, Customer: customer}
		var err error
		if learned, err = d.learnLanguage(ctx, tx, caller, PostInput{Text: l.in.Reply}); err != nil {
			return err
		}
		customer = caller.Customer
		if err := d.trust(ctx, tx, l, customer); err != nil {
			return err
		}
	}
	c, err := d.lockGoing(ctx, tx, l, o, customer, conversation)
	if err != nil {
		return err
	}
	if learned {
		d.tellLanguage(tx, c)
	}
	if l.answers == nil && own && !l.trusted {
		if l.answers, err = orNil(tx.EmailBefore(ctx, c.OrganizationID, conversation, l.who.point.Address, l.mail.ReceivedAt)); err != nil {
			return err
		}
	}
	m := l.mail
	m.ConversationID = &c.ID
	text, left := mailText(l.in.Reply)
	if text == "" && len(l.files.uploads) == 0 {
		if err := d.happen(ctx, tx, c, HappenedEmptyMail, map[string]string{"From": m.FromAddress, MetaMail: m.Key}); err != nil {
			return err
		}
		m.MessageSeq = c.LastSeq
		return d.leave(ctx, tx, m, MailPosted, "empty")
	}
	message := l.message(customer, text, left)
	message.CreatedAt = d.now()
	if err := d.hearMail(ctx, tx, l, o, customer, c, message); err != nil {
		return err
	}
	m.MessageSeq = message.Seq
	if l.answers != nil {
		m.DeliveryID = &l.answers.ID
	}
	reason := l.reason
	if reason == "" {
		reason = "participant"
		if own {
			reason = "own"
		}
	}
	return d.leave(ctx, tx, m, MailPosted, reason)
}

// message is what the thread shows of a letter.
func (l *letter) message(customer *Customer, text string, left int) *Message {
	message := &Message{
		Kind: Public, By: ByCustomer, AuthorID: customer.ID, AuthorName: customer.Name, Text: text, Via: ViaEmail,
		Meta: mailMeta(l.mail, l.in, left),
	}
	if l.who.point == nil {
		message.AuthorID, message.AuthorName = 0, l.who.participant.shown()
		message.Meta[MetaFrom], message.Meta[MetaName] = cmp.Or(l.mail.FromAddress, nobody), l.mail.FromName
	}
	return message
}

// nobody stands for the author of a mail that names none, so that it is never taken for the customer's.
const nobody = "?"

// shown is what stands above a participant's messages.
func (p *Participant) shown() string { return cmp.Or(p.Name, p.Address, nobody) }

func mailMeta(m *Mail, in *Incoming, left int) map[string]string {
	meta := map[string]string{MetaMail: m.Key}
	if signature := cut(tidy(in.Signature), maxSignature); signature != "" {
		meta[MetaSignature] = signature
	}
	if in.Perhaps {
		meta[MetaPerhaps] = string(MailAutoReply)
	}
	if left > 0 {
		meta[MetaCut] = strconv.Itoa(left)
	}
	return meta
}

// mailText is the answer as a message takes it, and how many bytes of it are left to the raw mail.
func mailText(reply string) (text string, left int) {
	text = tidy(reply)
	if len(text) <= MaxText {
		return text, 0
	}
	const more = "…"
	end := MaxText - len(more)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.TrimSpace(text[:end]) + more, len(text) - end
}

// trust takes what a mail from the customer's own address proves: the address is theirs, and it works.
func (d *Desk) trust(ctx context.Context, tx Tx, l *letter, customer *Customer) error {
	point, now := l.who.point, d.now()
	if l.trusted && (!l.mail.Verdict.Proven || l.in.Doubtful) {
		return nil
	}
	bounced := point.BouncedAt != nil
	if point.VerifiedAt != nil && !bounced {
		return nil
	}
	if point.VerifiedAt == nil {
		point.VerifiedAt = &now
	}
	point.BouncedAt, point.BounceStatus, point.BounceWords = nil, "", ""
	if err := tx.Update(ctx, point, "verified_at", "bounced_at", "bounce_status", "bounce_words"); err != nil {
		return fmt.Errorf("verify address: %w", err)
	}
	if !bounced {
		return d.tellCustomer(ctx, tx, customer)
	}
	if err := forgetFailures(ctx, tx, customer); err != nil {
		return err
	}
	_, err := d.settleReach(ctx, tx, customer, CustomerChanged)
	return err
}

// hearMail posts a letter into a locked conversation. The customer has seen what the email carried that they answer, and
// nothing beyond: who writes by email is not here. What may be a machine's has seen nothing.
func (d *Desk) hearMail(ctx context.Context, tx Tx, l *letter, o *Organization, customer *Customer, c *Conversation, message *Message) error {
	message.OrganizationID, message.ConversationID, message.Seq = c.OrganizationID, c.ID, c.LastSeq+1
	if err := d.carry(ctx, tx, c, message, l.files); err != nil {
		return err
	}
	how := hearing{present: customer.Active}
	answered := l.who.point != nil && l.answers != nil && !l.in.Perhaps
	if answered && l.answers.ConversationID == c.ID && l.answers.ToSeq > 0 {
		how.stood = &l.answers.ToSeq
	}
	if err := d.hear(ctx, tx, o, customer, c, message, how); err != nil {
		return err
	}
	if !answered {
		return nil
	}
	return d.advance(ctx, tx, l.answers.OrganizationID, l.answers.ID, Replied)
}
