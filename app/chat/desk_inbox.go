package chat

import (
	"context"
	"fmt"
	"slices"

	"rejoin/app/followup"
)

// Thread is one conversation as an agent's screen shows it.
type Thread struct {
	Conversation *Conversation
	Customer     *Customer
	Points       []ContactPoint
	Reach        followup.Reach
	ReachReason  followup.Reason
	Assignee     *Agent // nil = nobody
	Messages     []Message
	More         bool // there are earlier ones
	Deliveries   []Delivery
	Draft        *Draft
	Earlier      []Conversation // the customer's other conversations, newest first, at most 10
	Invite       Invitability
	Forecast     followup.Plan // of an answer that would be written now
}

// List is one page of a view; next is zero on the last page.
func (d *Desk) List(ctx context.Context, caller *AgentCaller, q ListQuery) (rows []ConversationRow, next Cursor, err error) {
	q.AgentID, q.Limit = caller.Agent.ID, min(max(q.Limit, 1), MaxPage)
	if !slices.Contains(Views, q.View) {
		q.View = ViewAll
	}
	if len(q.Search) > 200 {
		return nil, Cursor{}, RefuseField("search", "chat.search.long", "Max", 200)
	}
	page := q.Limit
	q.Limit++
	rows, err = d.store.ConversationRows(ctx, caller.Organization.ID, q)
	if err != nil {
		return nil, Cursor{}, err
	}
	if len(rows) > page {
		rows = rows[:page]
		last := rows[page-1]
		next = Cursor{At: last.LastMessageAt, ID: last.ID}
	}
	return rows, next, nil
}

// Row is one conversation as the list shows it.
func (d *Desk) Row(ctx context.Context, caller *AgentCaller, key string) (*ConversationRow, error) {
	c, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return nil, err
	}
	return d.store.ConversationRow(ctx, c.OrganizationID, c.ID)
}

// Counts are the numbers beside the views.
func (d *Desk) Counts(ctx context.Context, caller *AgentCaller) (Counts, error) {
	return d.store.Counts(ctx, caller.Organization.ID, caller.Agent.ID)
}

// Thread reads a conversation; after, before and limit are those of Reader.Messages.
func (d *Desk) Thread(ctx context.Context, caller *AgentCaller, key string, after, before int64, limit int) (*Thread, error) {
	organization := caller.Organization.ID
	c, err := d.store.ConversationByKey(ctx, organization, key)
	if err != nil {
		return nil, err
	}
	t := &Thread{Conversation: c}
	steps := []func() error{
		func() (err error) { t.Customer, err = d.store.Customer(ctx, organization, c.CustomerID); return },
		func() (err error) { t.Points, err = d.store.ContactPoints(ctx, organization, c.CustomerID); return },
		func() error { return d.readAssignee(ctx, t) },
		func() (err error) { return d.readMessages(ctx, t, after, before, min(max(limit, 1), MaxThread)) },
		func() (err error) { t.Deliveries, err = d.store.Deliveries(ctx, organization, c.ID); return },
		func() (err error) {
			t.Draft, err = orNil(d.store.Draft(ctx, organization, c.ID, caller.Agent.ID))
			return
		},
		func() error { return d.readEarlier(ctx, t) },
		func() (err error) {
			t.Invite, err = d.invitability(ctx, d.store, caller.Organization, c, t.Customer)
			return
		},
		func() (err error) { t.Forecast, err = d.forecast(ctx, caller, c); return },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("read thread: %w", err)
		}
	}
	t.Reach, t.ReachReason = Reach(t.Customer, t.Points)
	return t, nil
}

func (d *Desk) readAssignee(ctx context.Context, t *Thread) (err error) {
	if t.Conversation.AssigneeID != nil {
		t.Assignee, err = orNil(d.store.Agent(ctx, t.Conversation.OrganizationID, *t.Conversation.AssigneeID))
	}
	return err
}

func (d *Desk) readMessages(ctx context.Context, t *Thread, after, before int64, limit int) (err error) {
	c := t.Conversation
	t.Messages, err = d.store.Messages(ctx, c.OrganizationID, c.ID, after, before, limit, false)
	t.More = after == 0 && len(t.Messages) > 0 && t.Messages[0].Seq > 1
	return err
}

func (d *Desk) readEarlier(ctx context.Context, t *Thread) error {
	found, err := d.store.ConversationsOf(ctx, t.Conversation.OrganizationID, t.Conversation.CustomerID, 11)
	if err != nil {
		return err
	}
	t.Earlier = slices.DeleteFunc(found, func(c Conversation) bool { return c.ID == t.Conversation.ID })
	t.Earlier = t.Earlier[:min(len(t.Earlier), 10)]
	return nil
}

// SetAway is the agent's own choice; customers see who is online.
func (d *Desk) SetAway(ctx context.Context, caller *AgentCaller, away bool) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.LockOrganization(ctx, caller.Organization.ID); err != nil { // who is left online is decided one by one
			return err
		}
		agent, err := tx.Agent(ctx, caller.Organization.ID, caller.Agent.ID)
		if err != nil {
			return err
		}
		agent.AwayAt = nil
		if away {
			now := d.now()
			agent.AwayAt = &now
		}
		if err := tx.Update(ctx, agent, "away_at"); err != nil {
			return fmt.Errorf("set away: %w", err)
		}
		caller.Agent = agent
		tx.Emit(Event{Topic: OrganizationTopic(agent.OrganizationID), Name: AgentChanged, Key: agent.Key})
		return d.settleOnline(ctx, tx, agent.OrganizationID)
	})
}

// Online tells which agents customers may count on now, by name.
func (d *Desk) Online(ctx context.Context, o *Organization) ([]Agent, error) {
	agents, err := d.store.Agents(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(agents, func(a Agent) bool { return !a.Online() }), nil
}
