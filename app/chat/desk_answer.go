package chat

import (
	"context"
	"fmt"
	"time"

	"rejoin/app/followup"
)

// AgentPost is one message or note of an agent; ClientID makes sending it twice count once.
type AgentPost struct {
	ClientID string
	Text     string
	Files    []string // keys of the agent's loose files, at most MaxFiles; with files the text may be empty
	Note     bool
}

// PostAsAgent writes an answer or a note and forgets the draft. An answer to a closed conversation reopens it, an
// answer to an unassigned one assigns it to its author.
func (d *Desk) PostAsAgent(ctx context.Context, caller *AgentCaller, key string, in AgentPost) (*Message, error) {
	text, files, err := cleanPost(in.Text, in.Files)
	if err != nil {
		return nil, err
	}
	in.Text, in.Files = text, files
	found, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return nil, err
	}
	var message *Message
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.LockConversation(ctx, found.OrganizationID, found.ID)
		if err != nil {
			return err
		}
		message, err = d.answer(ctx, tx, caller, c, in)
		return err
	})
	if isKind(err, Conflict) && in.ClientID != "" {
		_, message, err = d.posted(ctx, found, in.ClientID, ByAgent, err)
	}
	return message, err
}

// answer posts an agent's message into a conversation that this Tx has locked, and plans what becomes of it.
func (d *Desk) answer(ctx context.Context, tx Tx, caller *AgentCaller, c *Conversation, in AgentPost) (*Message, error) {
	message, err := d.write(ctx, tx, caller, c, in)
	if err != nil {
		return nil, err
	}
	return message, d.replan(ctx, tx, c)
}

// write posts an agent's message and leaves the plan to its caller.
func (d *Desk) write(ctx context.Context, tx Tx, caller *AgentCaller, c *Conversation, in AgentPost) (*Message, error) {
	if !in.Note {
		if err := d.takeUp(ctx, tx, caller, c); err != nil {
			return nil, err
		}
	}
	now := d.now()
	c.LastSeq++
	message := &Message{
		OrganizationID: c.OrganizationID, ConversationID: c.ID, Seq: c.LastSeq, Kind: Public, By: ByAgent,
		AuthorID: caller.Agent.ID, AuthorName: caller.Agent.Name, Text: in.Text, ClientID: cut(in.ClientID, maxClientID),
		Via: "chat", CreatedAt: now,
	}
	owner := UploadOwner{OrganizationID: c.OrganizationID, AgentID: caller.Agent.ID}
	if err := d.bind(ctx, tx, owner, in.Files, message); err != nil {
		return nil, err
	}
	seen := c.AgentUnread > 0 // who writes has read
	if seen {
		c.AgentSeenAt = &now
	}
	c.AgentSeenSeq, c.AgentUnread = c.LastSeq, 0
	if in.Note {
		message.Kind = Note
	} else {
		c.CustomerUnread++
		c.WaitingFor = Them
		c.AgentSeq, c.WaitingSince, c.AutomationDueAt = message.Seq, nil, nil
		c.noteLast(message)
		if c.HumanAnsweredAt == nil {
			c.HumanAnsweredAt = &now
		}
	}
	if err := d.post(ctx, tx, c, message); err != nil {
		return nil, err
	}
	if seen && in.Note {
		tellSeen(tx, c, Us, c.AgentSeenSeq) // the customer gets no message to tell it by
	}
	draft := &Draft{OrganizationID: c.OrganizationID, ConversationID: c.ID, AgentID: caller.Agent.ID}
	if err := tx.Delete(ctx, draft); err != nil {
		return nil, fmt.Errorf("forget draft: %w", err)
	}
	return message, nil
}

// takeUp reopens a closed conversation and assigns an unassigned one to the agent who answers.
func (d *Desk) takeUp(ctx context.Context, tx Tx, caller *AgentCaller, c *Conversation) error {
	if c.SpamAt != nil {
		return Refuse(Conflict, "chat.conversation.spam")
	}
	if c.ClosedAt != nil && c.EndedAt == nil {
		c.ClosedAt = nil
		if err := d.happenAndTell(ctx, tx, c, HappenedReopened, map[string]string{"Agent": caller.Agent.Name}); err != nil {
			return err
		}
	}
	if c.AssigneeID != nil {
		return nil
	}
	return d.assign(ctx, tx, caller, c, caller.Agent)
}

func (d *Desk) assign(ctx context.Context, tx Tx, caller *AgentCaller, c *Conversation, to *Agent) error {
	what, meta := HappenedReleased, map[string]string{"Agent": caller.Agent.Name}
	c.AssigneeID = nil
	if to != nil {
		what, c.AssigneeID = HappenedAssigned, &to.ID
		meta["Assignee"] = to.Name
	}
	if err := tx.Update(ctx, c, "assignee_id"); err != nil {
		return fmt.Errorf("assign: %w", err)
	}
	return d.happenAndTell(ctx, tx, c, what, meta)
}

// SaveDraft keeps what an agent has typed; an empty text forgets it.
func (d *Desk) SaveDraft(ctx context.Context, caller *AgentCaller, key, text string, note bool) error {
	if len(text) > MaxText {
		return RefuseField("text", "chat.text.long", "Max", MaxText, "Over", len(text)-MaxText)
	}
	c, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return err
	}
	draft := &Draft{
		OrganizationID: c.OrganizationID, ConversationID: c.ID, AgentID: caller.Agent.ID, Note: note, UpdatedAt: d.now(),
	}
	kept, blank := cleanText("text", text, MaxText)
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		moves := d.draftMoves(caller.Organization, c)
		if moves { // the conversation is locked first, as everywhere
			if c, err = tx.LockConversation(ctx, c.OrganizationID, c.ID); err != nil {
				return err
			}
		}
		if blank != nil {
			err = tx.Delete(ctx, draft) // nothing but blanks
		} else {
			draft.Text = kept
			err = tx.SaveDraft(ctx, draft)
		}
		if err != nil || !moves {
			return err
		}
		return d.replan(ctx, tx, c)
	})
}

// draftMoves tells whether a keystroke may move an email: not while it is farther off than a draft would put it, so
// that typing costs no plan.
func (d *Desk) draftMoves(o *Organization, c *Conversation) bool {
	return c.FollowupDueAt != nil &&
		(c.PlanCode == followup.CodeDraft || c.FollowupDueAt.Sub(d.now()) < o.Settings.Seconds(DraftHold)+draftSlack)
}

// draftSlack is how long before it counts a keystroke is noted.
const draftSlack = 15 * time.Second

// SeenByAgent moves the agents' cursor forward; it never moves back.
func (d *Desk) SeenByAgent(ctx context.Context, caller *AgentCaller, key string, seq int64) error {
	found, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil || min(seq, found.LastSeq) <= found.AgentSeenSeq && found.AgentUnread == 0 {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.LockConversation(ctx, found.OrganizationID, found.ID)
		if err != nil {
			return err
		}
		seq := min(seq, c.LastSeq)
		if seq < c.AgentSeenSeq || seq == c.AgentSeenSeq && c.AgentUnread == 0 {
			return nil
		}
		before := c.AgentUnread
		c.AgentSeenSeq = seq
		if c.AgentUnread, err = unreadAfter(ctx, tx, c, seq, Us); err != nil {
			return err
		}
		if c.AgentUnread < before {
			now := d.now()
			c.AgentSeenAt = &now
		}
		if err := tx.Update(ctx, c, "agent_seen_seq", "agent_seen_at", "agent_unread"); err != nil {
			return fmt.Errorf("move seen: %w", err)
		}
		tellSeen(tx, c, Us, seq)
		return nil
	})
}

// AgentTyping nudges the customer and the other agents; nothing is written.
func (d *Desk) AgentTyping(ctx context.Context, caller *AgentCaller, key string, note bool) error {
	c, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return err
	}
	events := []Event{{Topic: OrganizationTopic(c.OrganizationID), Name: AgentTyped, Key: c.Key, Note: caller.Agent.Key}}
	if !note {
		events = append(events, Event{
			Topic: ConversationTopic(c.OrganizationID, c.ID), Name: AgentTyped, Key: c.Key, Note: caller.Agent.Key,
		})
	}
	d.publish(events)
	return nil
}
