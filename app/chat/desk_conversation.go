package chat

import (
	"context"
	"fmt"
)

// change is one agent's act on one locked conversation.
func (d *Desk) change(ctx context.Context, caller *AgentCaller, key string, act func(ctx context.Context, tx Tx, c *Conversation) error) error {
	found, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.LockConversation(ctx, found.OrganizationID, found.ID)
		if err != nil {
			return err
		}
		return act(ctx, tx, c)
	})
}

// Assign gives a conversation to an agent, or to nobody when agentKey is empty.
func (d *Desk) Assign(ctx context.Context, caller *AgentCaller, key, agentKey string) error {
	var to *Agent
	if agentKey != "" {
		agent, err := d.store.AgentByKey(ctx, caller.Organization.ID, agentKey)
		if err != nil {
			return err
		}
		if agent.DeactivatedAt != nil {
			return RefuseField("assignee", "chat.agent.deactivated")
		}
		to = agent
	}
	return d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		if to == nil && c.AssigneeID == nil || to != nil && c.AssigneeID != nil && *c.AssigneeID == to.ID {
			return nil
		}
		return d.assign(ctx, tx, caller, c, to)
	})
}

// Close marks a conversation as done; what is on its way to the customer still arrives.
func (d *Desk) Close(ctx context.Context, caller *AgentCaller, key string) error {
	return d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		if c.ClosedAt != nil {
			return nil
		}
		now := d.now()
		c.ClosedAt = &now
		return d.mark(ctx, tx, caller, c, HappenedClosed, "closed_at")
	})
}

// Reopen takes a closed conversation up again.
func (d *Desk) Reopen(ctx context.Context, caller *AgentCaller, key string) error {
	return d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		if c.ClosedAt == nil {
			return nil
		}
		c.ClosedAt = nil
		return d.mark(ctx, tx, caller, c, HappenedReopened, "closed_at")
	})
}

// MarkSpam hides a conversation from every other view; nothing is sent from it.
func (d *Desk) MarkSpam(ctx context.Context, caller *AgentCaller, key string) error {
	return d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		if c.SpamAt != nil {
			return nil
		}
		now := d.now()
		c.SpamAt = &now
		return d.mark(ctx, tx, caller, c, HappenedSpam, "spam_at")
	})
}

// NotSpam takes the mark back.
func (d *Desk) NotSpam(ctx context.Context, caller *AgentCaller, key string) error {
	return d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		if c.SpamAt == nil {
			return nil
		}
		c.SpamAt = nil
		return d.mark(ctx, tx, caller, c, HappenedNotSpam, "spam_at")
	})
}

func (d *Desk) mark(ctx context.Context, tx Tx, caller *AgentCaller, c *Conversation, what Happening, column string) error {
	if err := tx.Update(ctx, c, column); err != nil {
		return fmt.Errorf("mark conversation %s: %w", what, err)
	}
	if err := d.happenAndTell(ctx, tx, c, what, map[string]string{"Agent": caller.Agent.Name}); err != nil {
		return err
	}
	return d.replan(ctx, tx, c)
}

// RevokeLinks makes every rejoin link of a conversation stop working, for browsers that came by one too, and tells how
// many there were.
func (d *Desk) RevokeLinks(ctx context.Context, caller *AgentCaller, key string) (int, error) {
	revoked := 0
	err := d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		var err error
		if revoked, err = tx.RevokeLinks(ctx, c.OrganizationID, c.ID, d.now()); err != nil || revoked == 0 {
			return err
		}
		return d.happenAndTell(ctx, tx, c, HappenedRevoked, map[string]string{"Agent": caller.Agent.Name})
	})
	return revoked, err
}

// SetCustomerLanguage overrides what was chosen by itself.
func (d *Desk) SetCustomerLanguage(ctx context.Context, caller *AgentCaller, key, tag string) error {
	clean := cleanTag(tag)
	if clean == "" {
		return RefuseField("language", "chat.language.unknown")
	}
	c, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		return d.setLanguage(ctx, tx, c.OrganizationID, c.CustomerID, clean, LanguageByAgent, caller.Agent)
	})
}
