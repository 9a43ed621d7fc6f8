package chat

import "context"

// post writes a message and its conversation's cursors, and nudges everyone who watches.
func (d *Desk) post(ctx context.Context, tx Tx, c *Conversation, m *Message) error {
	if err := tx.Post(ctx, c, m); err != nil {
		return err
	}
	tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: MessagePosted, Key: c.Key, Seq: m.Seq})
	if m.Kind == Public {
		tx.Emit(Event{Topic: ConversationTopic(c.OrganizationID, c.ID), Name: MessagePosted, Key: c.Key, Seq: m.Seq})
	}
	return nil
}

// happen writes a thin line into a conversation that this Tx has locked.
func (d *Desk) happen(ctx context.Context, tx Tx, c *Conversation, what Happening, meta map[string]string) error {
	c.LastSeq++
	return d.post(ctx, tx, c, &Message{
		OrganizationID: c.OrganizationID, ConversationID: c.ID, Seq: c.LastSeq, Kind: Happen, By: ByAutomation,
		Text: string(what), Meta: meta, CreatedAt: d.now(),
	})
}

// happenIn locks a customer's conversation and writes a thin line into it.
func (d *Desk) happenIn(ctx context.Context, tx Tx, customer *Customer, conversation int64, what Happening) error {
	c, err := tx.LockConversation(ctx, customer.OrganizationID, conversation)
	if err != nil {
		return err
	}
	return d.happen(ctx, tx, c, what, map[string]string{"Cause": string(customer.AwayCause)})
}
