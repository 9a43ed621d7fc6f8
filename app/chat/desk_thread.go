package chat

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// replyToken is the secret in the address that a conversation's answers come back to. The secret can make it again, so
// only its hash is kept; it is in lower case, since mail programs on the way change the case of an address.
func (d *Desk) replyToken(c *Conversation) string {
	_, encoded, _ := strings.Cut(d.derive(c.OrganizationID, "reply address", c.Key), "-")
	secret, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		panic(fmt.Sprintf("read a token of our own: %v", err))
	}
	return strconv.FormatInt(c.OrganizationID, 36) + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(secret[:replyBytes]))
}

// thread completes a composition with what makes an email part of its conversation: who it comes from, where answers
// go, and what it follows.
func (d *Desk) thread(ctx context.Context, read Reader, c *Conversation, into Composition) (Composition, error) {
	if d.inbound != "" {
		into.ReplyToken = d.replyToken(c)
	}
	before, err := read.EmailThread(ctx, c.OrganizationID, c.ID)
	if err != nil {
		return into, fmt.Errorf("read email thread: %w", err)
	}
	into.Thread = before.MessageIDs
	if before.Begun {
		into.Subject = c.EmailSubject
	}
	sender, err := orNil(read.Sender(ctx, c.OrganizationID))
	if err != nil {
		return into, fmt.Errorf("read sender: %w", err)
	}
	if d.sendsBy(sender) {
		into.From = sender.Address
	}
	return into, nil
}

// keepThread lets answers to an email find their conversation, from before it goes out, and keeps the first email's
// subject for all that follow. One that never went names none.
func (d *Desk) keepThread(ctx context.Context, tx Tx, c *Conversation, content Content) error {
	if c.EmailSubject != content.Base {
		c.EmailSubject = content.Base
		if err := tx.Update(ctx, c, "email_subject"); err != nil {
			return fmt.Errorf("keep subject: %w", err)
		}
	}
	if d.inbound == "" {
		return nil
	}
	row := &ReplyAddress{OrganizationID: c.OrganizationID, TokenHash: HashToken(d.replyToken(c)), ConversationID: c.ID, CreatedAt: d.now()}
	if _, err := tx.InsertIfNew(ctx, row); err != nil {
		return fmt.Errorf("keep reply address: %w", err)
	}
	return nil
}

// outgoing is a delivery with everything that its frozen bytes must not hold; a *SendFailure where its way is blocked.
func (d *Desk) outgoing(ctx context.Context, read Reader, delivery *Delivery) (Outgoing, error) {
	out := Outgoing{Frozen: delivery.Frozen, Token: d.linkToken(delivery.OrganizationID, delivery.Key), Round: delivery.Round}
	if d.inbound != "" {
		c, err := read.Conversation(ctx, delivery.OrganizationID, delivery.ConversationID)
		if err != nil {
			return Outgoing{}, err
		}
		out.ReplyToken = d.replyToken(c)
	}
	sender, server, err := d.senderOf(ctx, read, delivery.OrganizationID)
	if err != nil {
		return Outgoing{}, err
	}
	if sender != nil {
		out.From, out.Server = sender.Address, server
	}
	return out, nil
}
