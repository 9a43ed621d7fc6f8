package db

import (
	"context"
	"strings"

	"rejoin/app/chat"
)

// Agent finds one by its id.
func (r reader) Agent(ctx context.Context, organization, id int64) (*chat.Agent, error) {
	a := new(chat.Agent)
	return a, r.find(ctx, "agent", a, "organization_id = ? and id = ?", organization, id)
}

// AgentByKey finds one by its key.
func (r reader) AgentByKey(ctx context.Context, organization int64, key string) (*chat.Agent, error) {
	a := new(chat.Agent)
	return a, r.find(ctx, "agent by key", a, "organization_id = ? and key = ?", organization, key)
}

// AgentsByEmail lists who signs in with an address, over all organizations: at most 10.
func (r reader) AgentsByEmail(ctx context.Context, email string) ([]chat.Agent, error) {
	return list[chat.Agent](ctx, r, "agents by email", "organization_id, id", 10, "email = ?", strings.ToLower(email))
}

// Agents lists an organization's team by name: at most 500.
func (r reader) Agents(ctx context.Context, organization int64) ([]chat.Agent, error) {
	return list[chat.Agent](ctx, r, "agents", "lower(name), id", 500, "organization_id = ?", organization)
}

// Draft finds what an agent has typed in a conversation.
func (r reader) Draft(ctx context.Context, organization, conversation, agent int64) (*chat.Draft, error) {
	d := new(chat.Draft)
	return d, r.find(ctx, "draft", d, "organization_id = ? and conversation_id = ? and agent_id = ?", organization, conversation, agent)
}

// SaveDraft writes or replaces an agent's draft.
func (t *tx) SaveDraft(ctx context.Context, d *chat.Draft) error {
	_, err := t.tx.NewInsert().Model(d).
		On("conflict (organization_id, conversation_id, agent_id) do update").
		Set("text = excluded.text, note = excluded.note, updated_at = excluded.updated_at").
		Exec(ctx)
	return wrap(ctx, "save draft", err)
}
