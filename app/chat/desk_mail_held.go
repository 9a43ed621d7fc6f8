package chat

import (
	"cmp"
	"context"
	"fmt"
)

// hold shows a stranger's mail to the agents, who decide about it; nothing of the customer's moves by it.
func (d *Desk) hold(ctx context.Context, tx Tx, m *Mail, in *Incoming, who writer, o *Organization, conversation int64, files *broughtFiles) error {
	c, err := tx.LockConversation(ctx, o.ID, conversation)
	if err != nil {
		return err
	}
	switch {
	case d.over(o, c) || c.EndedAt != nil:
		return d.unmatched(ctx, tx, m, match{conversation: c}, "closed")
	case c.HeldMails >= maxHeld:
		return d.unmatched(ctx, tx, m, match{conversation: c}, "full")
	}
	if c.SpamAt == nil { // or nobody would see it
		if err := d.reopenFor(ctx, tx, c); err != nil {
			return err
		}
	}
	text, left := mailText(in.Reply)
	c.LastSeq++
	c.AgentUnread++
	c.HeldMails++
	message := &Message{
		OrganizationID: c.OrganizationID, ConversationID: c.ID, Seq: c.LastSeq, Kind: Held, By: ByCustomer, Text: text, Via: ViaEmail,
		AuthorName: (&Participant{Address: m.FromAddress, Name: m.FromName}).shown(), Meta: mailMeta(m, in, left), CreatedAt: d.now(),
	}
	message.Meta[MetaFrom], message.Meta[MetaName] = cmp.Or(m.FromAddress, nobody), m.FromName
	reason := "other_address"
	if who.forged {
		message.Meta[MetaForged], reason = "1", "forged"
		if in.Doubtful {
			message.Meta[MetaForged] = ForgedSeveral
		}
	}
	if err := d.carry(ctx, tx, c, message, files); err != nil {
		return err
	}
	if err := d.post(ctx, tx, c, message); err != nil {
		return err
	}
	tellHeld(tx, c, message)
	m.ConversationID, m.MessageSeq = &c.ID, message.Seq
	return d.leave(ctx, tx, m, MailHeld, reason)
}

func tellHeld(tx Tx, c *Conversation, held *Message) {
	tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: HeldMailChanged, Key: c.Key, Seq: held.Seq, Note: held.Meta[MetaState]})
}

// AcceptMail makes a held mail a message of the conversation and its writer a participant, whose further mails come
// without asking. The same one again is nothing; one that was refused is a Conflict.
func (d *Desk) AcceptMail(ctx context.Context, caller *AgentCaller, conversationKey string, seq int64) error {
	return d.decideHeld(ctx, caller, conversationKey, seq, HeldAccepted, func(ctx context.Context, tx Tx, c *Conversation, held *Message) error {
		if held.Meta[MetaForged] == "" && held.Meta[MetaFrom] != "" && held.Meta[MetaFrom] != nobody {
			row := &Participant{
				OrganizationID: c.OrganizationID, ConversationID: c.ID, Address: held.Meta[MetaFrom], Name: held.Meta[MetaName],
				AgentID: caller.Agent.ID, CreatedAt: d.now(),
			}
			if _, err := tx.InsertIfNew(ctx, row); err != nil {
				return fmt.Errorf("insert participant: %w", err)
			}
		}
		return d.letIn(ctx, tx, caller, c, held)
	})
}

// letIn posts a held mail's words anew, at the end of the thread.
func (d *Desk) letIn(ctx context.Context, tx Tx, caller *AgentCaller, c *Conversation, held *Message) error {
	if err := d.reopenFor(ctx, tx, c); err != nil {
		return err
	}
	customer, err := tx.Customer(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return err
	}
	message := *held
	message.Kind, message.Seq, message.CreatedAt = Public, c.LastSeq+1, d.now()
	message.Meta = make(map[string]string, len(held.Meta))
	for name, value := range held.Meta {
		if name != MetaState && name != MetaAgent && name != MetaForged {
			message.Meta[name] = value
		}
	}
	if message.Text == "" && len(message.Files) == 0 {
		if err := d.happen(ctx, tx, c, HappenedEmptyMail, map[string]string{"From": held.Meta[MetaFrom], MetaMail: held.Meta[MetaMail]}); err != nil {
			return err
		}
		message.Seq = c.LastSeq
	} else if err := d.hear(ctx, tx, caller.Organization, customer, c, &message, hearing{present: customer.Active, known: true}); err != nil {
		return err
	}
	if err := tx.MoveUploads(ctx, c.OrganizationID, c.ID, held.Seq, message.Seq); err != nil {
		return err
	}
	return d.settleHeld(ctx, tx, c, held, MailPosted, "accepted", message.Seq)
}

// RefuseMail puts a held mail away; it stays in the thread for the agents. The same one again is nothing; one that was
// accepted is a Conflict.
func (d *Desk) RefuseMail(ctx context.Context, caller *AgentCaller, conversationKey string, seq int64) error {
	return d.decideHeld(ctx, caller, conversationKey, seq, HeldRefused, func(ctx context.Context, tx Tx, c *Conversation, held *Message) error {
		return d.settleHeld(ctx, tx, c, held, MailRefused, "refused", held.Seq)
	})
}

// decideHeld is an agent's word about one held mail of a locked conversation.
func (d *Desk) decideHeld(ctx context.Context, caller *AgentCaller, key string, seq int64, state string, act func(context.Context, Tx, *Conversation, *Message) error) error {
	return d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		found, err := tx.Messages(ctx, c.OrganizationID, c.ID, seq-1, seq+1, 1, false)
		if err != nil {
			return fmt.Errorf("read held mail: %w", err)
		}
		if seq < 1 || len(found) == 0 || found[0].Seq != seq || found[0].Kind != Held {
			return missing()
		}
		held := &found[0]
		switch held.Meta[MetaState] {
		case state:
			return nil
		case "":
		default:
			return Refuse(Conflict, "chat.mail.decided")
		}
		c.HeldMails = max(c.HeldMails-1, 0)
		if err := tx.Update(ctx, c, "held_mails"); err != nil {
			return fmt.Errorf("count held mails: %w", err)
		}
		held.Meta[MetaState], held.Meta[MetaAgent] = state, caller.Agent.Name
		if err := tx.Update(ctx, held, "meta"); err != nil {
			return fmt.Errorf("decide about held mail: %w", err)
		}
		if err := act(ctx, tx, c, held); err != nil {
			return err
		}
		tellHeld(tx, c, held)
		return nil
	})
}

// settleHeld writes what has become of the mail behind a held message.
func (d *Desk) settleHeld(ctx context.Context, tx Tx, c *Conversation, held *Message, state MailState, reason string, seq int64) error {
	found, err := orNil(tx.MailByKey(ctx, c.OrganizationID, held.Meta[MetaMail]))
	if err != nil || found == nil {
		return err
	}
	m, err := tx.LockMail(ctx, found.ID)
	if err != nil {
		return err
	}
	m.MessageSeq = seq
	return d.leave(ctx, tx, m, state, reason)
}
