package chat

import "context"

// hearing is how a message of the customer's side has come.
type hearing struct {
	stood   *int64 // newest seq that stood before the customer when they wrote; nil = not known
	all     bool   // everything did
	present bool   // the customer is here
	known   bool   // an agent has read it already
	address string // came along with it
}

// hear writes a message of the customer's side into a locked conversation, with everything that it moves.
func (d *Desk) hear(ctx context.Context, tx Tx, o *Organization, customer *Customer, c *Conversation, message *Message, how hearing) error {
	now := message.CreatedAt
	c.LastSeq = message.Seq
	seen := false
	if how.all || how.stood != nil {
		var err error
		if seen, err = readByWriting(ctx, tx, c, how.stood, message.Seq); err != nil {
			return err
		}
	}
	if seen {
		c.CustomerSeenAt = &now
	}
	if !how.known {
		c.AgentUnread++
	}
	if message.AuthorID != 0 { // the customer in person
		c.LastVia = message.Via
		if c.CustomerSpokeAt == nil {
			c.CustomerSpokeAt = &now
		}
	}
	c.WaitingFor = Us
	c.noteLast(message)
	var said *speech
	if message.Meta[MetaPerhaps] == "" { // no automation answers a machine, nor does a machine wait
		if c.WaitingSince == nil {
			c.WaitingSince, c.AutomationsSaid = &now, nil
		}
		var err error
		if said, err = d.listen(ctx, tx, o, customer, c, how.present); err != nil {
			return err
		}
	}
	if err := d.post(ctx, tx, c, message); err != nil {
		return err
	}
	if seen {
		tellSeen(tx, c, Them, c.CustomerSeenSeq)
	}
	if how.address != "" {
		if err := d.given(ctx, tx, c, how.address); err != nil {
			return err
		}
	}
	if err := d.speak(ctx, tx, c, said); err != nil {
		return err
	}
	return d.replan(ctx, tx, c)
}

// readByWriting moves the customer's cursor: who writes has read what stood before them. An answer that came after the
// message was written, and before it was sent, is still unread.
func readByWriting(ctx context.Context, tx Tx, c *Conversation, stood *int64, written int64) (seen bool, err error) {
	before := c.CustomerUnread
	if stood == nil || *stood >= c.AgentSeq {
		c.CustomerSeenSeq, c.CustomerUnread = max(c.CustomerSeenSeq, written), 0
		return before > 0, nil
	}
	c.CustomerSeenSeq = max(c.CustomerSeenSeq, *stood)
	last := *c
	last.LastSeq = written - 1
	c.CustomerUnread, err = unreadAfter(ctx, tx, &last, c.CustomerSeenSeq, Them)
	return c.CustomerUnread < before, err
}

func (c *Conversation) noteLast(m *Message) {
	c.LastMessageAt, c.LastMessageText, c.LastMessageBy = m.CreatedAt, firstLine(m.Text), m.By
	if c.LastMessageText == "" {
		c.LastMessageText = cut(fileNames(m.Files), 200)
	}
}
