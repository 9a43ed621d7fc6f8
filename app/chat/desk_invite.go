package chat

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"rejoin/app/followup"
)

// previewLife is how long a preview may be sent as it was shown.
const previewLife = 30 * time.Minute

// Invitability tells whether the customer can be invited back now; Reason is "invite.reason.<code>" when not.
type Invitability struct {
	Possible bool
	Reason   string // off, active, no_point, bounced, complained, stopped, closed, spam, not_spoken
	Point    *ContactPoint
	LastAt   *time.Time // an email went out within the minimum gap, at
}

// InvitationDraft is what the dialog sends; At and Digest are those of the last preview, zero for the first.
type InvitationDraft struct {
	Key      string // made by NewInvitationKey when the dialog opens: sending twice is sending once
	Text     string
	Language string // empty = the customer's
	At       time.Time
	Digest   string
	Again    bool // the agent has read that an email went out a moment ago
}

// InvitationPreview is the email as it will go out.
type InvitationPreview struct {
	Content
	At       time.Time
	Address  string
	Language string
}

// NewInvitationKey makes the key of an invitation that may come to be.
func (d *Desk) NewInvitationKey() string { return d.newKey() }

// Invitability judges a conversation for the button and the dialog.
func (d *Desk) Invitability(ctx context.Context, caller *AgentCaller, key string) (Invitability, error) {
	c, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return Invitability{}, err
	}
	customer, err := d.store.Customer(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return Invitability{}, err
	}
	return d.invitability(ctx, d.store, caller.Organization, c, customer)
}

func (d *Desk) invitability(ctx context.Context, read Reader, o *Organization, c *Conversation, customer *Customer) (Invitability, error) {
	points, err := read.ContactPoints(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return Invitability{}, fmt.Errorf("read contact points: %w", err)
	}
	reach, why := Reach(customer, points)
	verdict := Invitability{Point: UsablePoint(points), Reason: whyNot(o, c, reach, why)}
	verdict.Possible = verdict.Reason == ""
	last, err := orNil(read.LastDelivery(ctx, c.OrganizationID, c.ID))
	if err != nil {
		return Invitability{}, fmt.Errorf("read last delivery: %w", err)
	}
	if last != nil && d.now().Sub(last.CreatedAt) < o.Settings.Seconds(ContinuousMinGap) {
		verdict.LastAt = &last.CreatedAt
	}
	return verdict, nil
}

func whyNot(o *Organization, c *Conversation, reach followup.Reach, why followup.Reason) string {
	switch {
	case !o.Settings.On(ContinuousOn):
		return "off"
	case c.SpamAt != nil:
		return "spam"
	case c.ClosedAt != nil:
		return "closed"
	case c.CustomerSpokeAt == nil:
		return "not_spoken"
	case c.EmailStoppedAt != nil:
		return "stopped"
	case reach == followup.Active:
		return "active"
	case reach == followup.Unreachable:
		return string(why)
	}
	return ""
}

// PreviewInvitation renders exactly what Invite would send for the same draft: as of now, or as of the draft's own
// instant while that may still be sent.
func (d *Desk) PreviewInvitation(ctx context.Context, caller *AgentCaller, key string, draft InvitationDraft) (*InvitationPreview, error) {
	text, err := cleanText("text", draft.Text, MaxText)
	if err != nil {
		return nil, err
	}
	draft.Text = text
	if d.outdated(draft.At) {
		draft.At = d.now().UTC().Truncate(time.Second)
	}
	if err := checkInvitationKey(draft.Key); err != nil {
		return nil, err
	}
	c, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return nil, err
	}
	customer, err := d.store.Customer(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return nil, err
	}
	verdict, err := d.invitability(ctx, d.store, caller.Organization, c, customer)
	if err != nil {
		return nil, err
	}
	if !verdict.Possible {
		return nil, Refuse(Conflict, "invite.reason."+verdict.Reason)
	}
	content, composed, err := d.composeInvitation(ctx, d.store, caller, invited{caller.Organization, c, customer, verdict.Point}, draft)
	if err != nil {
		return nil, err
	}
	return &InvitationPreview{Content: content, At: draft.At, Address: verdict.Point.Address, Language: composed.Language}, nil
}

// outdated tells whether a preview of that instant may no longer be sent as it was shown.
func (d *Desk) outdated(at time.Time) bool {
	age := d.now().Sub(at)
	return age > previewLife || age < -time.Minute
}

func checkInvitationKey(key string) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(key)
	if err != nil || len(raw) != 16 || strings.ContainsAny(key, "\r\n") { // which the decoder skips
		return RefuseField("key", "chat.invite.key")
	}
	return nil
}

// invited is who is invited, and where to.
type invited struct {
	organization *Organization
	conversation *Conversation
	customer     *Customer
	point        *ContactPoint
}

func (d *Desk) composeInvitation(ctx context.Context, read Reader, caller *AgentCaller, who invited, draft InvitationDraft) (Content, Composition, error) {
	language := who.customer.Language
	if d.shipped[draft.Language] {
		language = draft.Language
	}
	composition, err := d.thread(ctx, read, who.conversation, Composition{
		Organization: who.organization, Customer: who.customer, Point: who.point, Kind: KindInvitation, Key: draft.Key,
		AgentName: caller.Agent.Name, Text: draft.Text, Language: language, At: draft.At,
	})
	if err != nil {
		return Content{}, composition, err
	}
	return d.compose(composition)
}

// compose adds the rejoin token, which the secret can make again, and renders.
func (d *Desk) compose(c Composition) (Content, Composition, error) {
	channel, ok := d.channels[c.Point.Channel]
	if !ok {
		return Content{}, c, Refuse(Conflict, "invite.reason.no_point")
	}
	c.Token = d.linkToken(c.Organization.ID, c.Key)
	content, err := channel.Compose(c)
	return content, c, err
}

func (d *Desk) linkToken(organization int64, deliveryKey string) string {
	return d.derive(organization, "rejoin link", deliveryKey)
}

// Invite posts the agent's message and sends it: message, link, delivery and job are one transaction. The same draft
// key twice returns the first result; Conflict when the email would no longer be the one that was previewed.
func (d *Desk) Invite(ctx context.Context, caller *AgentCaller, key string, draft InvitationDraft) (*Message, *Delivery, error) {
	text, err := cleanText("text", draft.Text, MaxText)
	if err != nil {
		return nil, nil, err
	}
	draft.Text = text
	if err := checkInvitationKey(draft.Key); err != nil {
		return nil, nil, err
	}
	if d.outdated(draft.At) {
		return nil, nil, Refuse(Conflict, "chat.invite.changed")
	}
	var message *Message
	var delivery *Delivery
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		message, delivery, err = d.invite(ctx, tx, caller, key, draft)
		return err
	})
	return message, delivery, err
}

func (d *Desk) invite(ctx context.Context, tx Tx, caller *AgentCaller, key string, draft InvitationDraft) (*Message, *Delivery, error) {
	organization := caller.Organization.ID
	o, customer, c, err := d.lockForInvitation(ctx, tx, organization, key)
	if err != nil {
		return nil, nil, err
	}
	before, err := orNil(tx.DeliveryByKey(ctx, organization, draft.Key))
	if err != nil {
		return nil, nil, err
	}
	if before != nil {
		return d.invitedBefore(ctx, tx, c, before)
	}
	verdict, err := d.invitability(ctx, tx, o, c, customer)
	if err != nil {
		return nil, nil, err
	}
	if !verdict.Possible {
		return nil, nil, Refuse(Conflict, "invite.reason."+verdict.Reason)
	}
	if verdict.LastAt != nil && !draft.Again {
		return nil, nil, Refuse(Conflict, "chat.invite.too_soon", "At", *verdict.LastAt)
	}
	content, composed, err := d.composeInvitation(ctx, tx, caller, invited{o, c, customer, verdict.Point}, draft)
	if err != nil {
		return nil, nil, err
	}
	if content.Digest != draft.Digest {
		return nil, nil, Refuse(Conflict, "chat.invite.changed")
	}
	from := max(c.CustomerSeenSeq, c.CoveredSeq) + 1
	message, err := d.write(ctx, tx, caller, c, AgentPost{ClientID: draft.Key, Text: draft.Text})
	if err != nil {
		return nil, nil, err
	}
	delivery := &Delivery{
		OrganizationID: organization, Key: draft.Key, ConversationID: c.ID, ContactPointID: verdict.Point.ID,
		Channel: verdict.Point.Channel, Address: verdict.Point.Address, Kind: KindInvitation, FromSeq: from, ToSeq: message.Seq,
		MessageSeq: message.Seq, AgentID: caller.Agent.ID, Language: composed.Language,
	}
	if err := d.dispatch(ctx, tx, c, delivery, content, composed.Token); err != nil {
		return nil, nil, err
	}
	return message, delivery, d.noteInvited(ctx, tx, caller, c, delivery)
}

// noteInvited writes into the ledger that an invitation covers the messages, and plans what is left.
func (d *Desk) noteInvited(ctx context.Context, tx Tx, caller *AgentCaller, c *Conversation, delivery *Delivery) error {
	line := Decision{
		Code: DecidedInvited, FromSeq: delivery.FromSeq, ToSeq: delivery.ToSeq, AgentName: caller.Agent.Name,
		DeliveryID: delivery.ID, Detail: delivery.Address,
	}
	if err := d.note(ctx, tx, c, line); err != nil {
		return err
	}
	return d.replan(ctx, tx, c)
}

func (d *Desk) lockForInvitation(ctx context.Context, tx Tx, organization int64, key string) (*Organization, *Customer, *Conversation, error) {
	found, err := tx.ConversationByKey(ctx, organization, key)
	if err != nil {
		return nil, nil, nil, err
	}
	o, err := tx.Organization(ctx, organization)
	if err != nil {
		return nil, nil, nil, err
	}
	customer, err := tx.LockCustomer(ctx, organization, found.CustomerID)
	if err != nil {
		return nil, nil, nil, err
	}
	c, err := tx.LockConversation(ctx, organization, found.ID)
	return o, customer, c, err
}

func (d *Desk) invitedBefore(ctx context.Context, tx Tx, c *Conversation, before *Delivery) (*Message, *Delivery, error) {
	if before.ConversationID != c.ID {
		return nil, nil, Refuse(Conflict, "error.exists")
	}
	message, err := tx.MessageByClientID(ctx, c.OrganizationID, c.ID, before.Key)
	return message, before, err
}

// dispatch queues a delivery with its content, its link and its job; the conversation is locked by this Tx.
func (d *Desk) dispatch(ctx context.Context, tx Tx, c *Conversation, delivery *Delivery, content Content, token string) error {
	delivery.State, delivery.CreatedAt = Queued, d.now()
	delivery.Frozen, delivery.Digest, delivery.MessageID = content.Frozen, content.Digest, content.MessageID
	if err := tx.Insert(ctx, delivery); err != nil {
		return fmt.Errorf("insert delivery: %w", err)
	}
	if err := d.keepThread(ctx, tx, c, content); err != nil {
		return err
	}
	if err := d.insertLink(ctx, tx, c, delivery, c.CustomerSeenSeq+1, token); err != nil {
		return err
	}
	if delivery.ToSeq > c.CoveredSeq {
		c.CoveredSeq = delivery.ToSeq
		if err := tx.Update(ctx, c, "covered_seq"); err != nil {
			return fmt.Errorf("cover messages: %w", err)
		}
	}
	tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: DeliveryChanged, Key: c.Key, Seq: c.LastSeq})
	return d.enqueue(ctx, tx, *delivery)
}
