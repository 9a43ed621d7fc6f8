package chat

import (
	"context"
	"fmt"

	"rejoin/app/followup"
)

// SendNow lets what is unread in a conversation go out without waiting for its time; the gap between two emails stays.
// Conflict when nothing is planned, with the plan's reason as "plan.code.<code>".
func (d *Desk) SendNow(ctx context.Context, caller *AgentCaller, key string) error {
	return d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		judged, err := d.judge(ctx, tx, []*Conversation{c})
		if err != nil {
			return err
		}
		if plan := judged[0].plan; plan.Due.IsZero() {
			return Refuse(Conflict, "plan.code."+string(plan.Code))
		}
		return d.hurry(ctx, tx, caller, c)
	})
}

// hurry marks everything that is unread as wanted now.
func (d *Desk) hurry(ctx context.Context, tx Tx, caller *AgentCaller, c *Conversation) error {
	if c.HurriedSeq >= c.AgentSeq && c.FollowupDueAt != nil {
		return nil // a second click
	}
	now := d.now()
	c.HurriedSeq, c.HurriedAt = c.AgentSeq, &now
	if err := tx.Update(ctx, c, "hurried_seq", "hurried_at", "failed_seq"); err != nil {
		return fmt.Errorf("hurry: %w", err)
	}
	line := Decision{Code: DecidedHurry, FromSeq: c.floor() + 1, ToSeq: c.AgentSeq, AgentName: caller.Agent.Name}
	if err := d.note(ctx, tx, c, line); err != nil {
		return err
	}
	return d.replan(ctx, tx, c)
}

// Withhold keeps what is unread in a conversation from going out by itself; a later answer is planned anew.
func (d *Desk) Withhold(ctx context.Context, caller *AgentCaller, key string) error {
	return d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		if c.AgentSeq <= c.floor() {
			return nil
		}
		line := Decision{Code: DecidedWithhold, FromSeq: c.floor() + 1, ToSeq: c.AgentSeq, AgentName: caller.Agent.Name}
		c.WithheldSeq = c.AgentSeq
		return d.decided(ctx, tx, c, line)
	})
}

// Release takes Withhold back for a message and those after it.
func (d *Desk) Release(ctx context.Context, caller *AgentCaller, key string, seq int64) error {
	return d.change(ctx, caller, key, func(ctx context.Context, tx Tx, c *Conversation) error {
		if seq < 1 || seq > c.WithheldSeq {
			return nil
		}
		line := Decision{Code: DecidedRelease, FromSeq: seq, ToSeq: c.WithheldSeq, AgentName: caller.Agent.Name}
		c.WithheldSeq = seq - 1
		return d.decided(ctx, tx, c, line)
	})
}

func (d *Desk) decided(ctx context.Context, tx Tx, c *Conversation, line Decision) error {
	if err := tx.Update(ctx, c, "withheld_seq"); err != nil {
		return fmt.Errorf("withhold: %w", err)
	}
	if err := d.note(ctx, tx, c, line); err != nil {
		return err
	}
	return d.replan(ctx, tx, c)
}

// Why is the ledger of one message, oldest line first.
func (d *Desk) Why(ctx context.Context, caller *AgentCaller, key string, seq int64) ([]Decision, error) {
	c, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return nil, err
	}
	if seq < 1 || seq > c.LastSeq {
		return nil, missing()
	}
	return d.store.Decisions(ctx, c.OrganizationID, c.ID, seq, MaxLedger)
}

// forecast is the plan of an answer that would be written now.
func (d *Desk) forecast(ctx context.Context, caller *AgentCaller, c *Conversation) (followup.Plan, error) {
	judged, err := d.judge(ctx, d.store, []*Conversation{c})
	if err != nil {
		return followup.Plan{}, err
	}
	state, now := judged[0].state, d.now()
	state.Agent, state.To, state.NewestAt = c.LastSeq+1, c.LastSeq+1, now
	if state.From == 0 {
		state.From, state.OldestAt = state.To, now
	}
	state.DraftAt = at(nil) // the answer itself
	rules := caller.Organization.Settings.Rules()
	return followup.PlanOf(&rules, &state), nil
}
