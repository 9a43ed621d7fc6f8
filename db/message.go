package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"rejoin/app/chat"
)

// maxMessages is the longest piece of a thread that is read at once.
const maxMessages = 500

// Messages reads a piece of a thread in rising order; see chat.Reader.
func (r reader) Messages(ctx context.Context, organization, conversation int64, after, before int64, limit int, publicOnly bool) ([]chat.Message, error) {
	where, args := "organization_id = ? and conversation_id = ?", []any{organization, conversation}
	if after > 0 {
		where, args = where+" and seq > ?", append(args, after)
	}
	if before > 0 {
		where, args = where+" and seq < ?", append(args, before)
	}
	if publicOnly {
		where, args = where+" and kind = ?", append(args, chat.Public)
	}
	newest := before > 0 || after <= 0
	order := "seq"
	if newest {
		order = "seq desc"
	}
	rows, err := list[chat.Message](ctx, r, "messages", order, between(limit, maxMessages), where, args...)
	if newest {
		slices.Reverse(rows)
	}
	return rows, err
}

// MessageByClientID finds what a client has sent before under the same id.
func (r reader) MessageByClientID(ctx context.Context, organization, conversation int64, clientID string) (*chat.Message, error) {
	m := new(chat.Message)
	return m, r.find(ctx, "message by client id", m,
		"organization_id = ? and conversation_id = ? and client_id = ? and client_id <> ''", organization, conversation, clientID)
}

// Post inserts a message and moves its conversation's cursors in one statement. The message must be the next one:
// anything else is a Conflict error, so that a forgotten lock cannot tear a gap.
func (t *tx) Post(ctx context.Context, c *chat.Conversation, m *chat.Message) error {
	m.OrganizationID, m.ConversationID = c.OrganizationID, c.ID
	var meta any
	if m.Meta != nil {
		encoded, err := json.Marshal(m.Meta)
		if err != nil {
			return fmt.Errorf("post: %w", err)
		}
		meta = string(encoded)
	}
	var files any
	if len(m.Files) > 0 {
		encoded, err := json.Marshal(m.Files)
		if err != nil {
			return fmt.Errorf("post: %w", err)
		}
		files = string(encoded)
	}
	said, err := json.Marshal(append([]string{}, c.AutomationsSaid...)) // nil is an empty list
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	posted, err := t.execPrepared(ctx, `with c as (update conversations set
			last_seq = $1, agent_unread = $2, customer_unread = $3, waiting_for = $4, last_message_at = $5, last_message_text = $6,
			last_message_by = $7, customer_spoke_at = $8, human_answered_at = $9, closed_at = $10, reach = $11, covered_seq = $12,
			agent_seen_seq = $13, customer_seen_seq = $14, customer_seen_at = $29, agent_seen_at = $30,
			agent_seq = $31, waiting_since = $32, automation_at = $33, automation_due_at = $34,
			automations_said = $35::text::jsonb, last_via = $36, held_mails = $37
			where organization_id = $15 and id = $16 and last_seq = $17 returning id)
		insert into messages (organization_id, conversation_id, seq, kind, author_kind, author_id, author_name, text,
			client_id, via, meta, files, created_at, search)
		select $15, id, $18, $19, $20, $21, $22, $23, $24, $25, $26::text::jsonb, $38::text::jsonb, $27, array_to_tsvector($28::text[]) from c`,
		c.LastSeq, c.AgentUnread, c.CustomerUnread, c.WaitingFor, c.LastMessageAt, c.LastMessageText,
		c.LastMessageBy, c.CustomerSpokeAt, c.HumanAnsweredAt, c.ClosedAt, c.Reach, c.CoveredSeq,
		c.AgentSeenSeq, c.CustomerSeenSeq,
		c.OrganizationID, c.ID, m.Seq-1,
		m.Seq, m.Kind, m.By, m.AuthorID, m.AuthorName, m.Text,
		m.ClientID, m.Via, meta, m.CreatedAt, messageLexemes(m),
		c.CustomerSeenAt, c.AgentSeenAt,
		c.AgentSeq, c.WaitingSince, c.AutomationAt, c.AutomationDueAt, string(said),
		c.LastVia, c.HeldMails, files)
	if err != nil {
		return wrap(ctx, "post", err)
	}
	if posted == 0 || m.Seq != c.LastSeq {
		return fmt.Errorf("post seq %d: %w", m.Seq, chat.Refuse(chat.Conflict, "error.conflict"))
	}
	return nil
}

// messageLexemes are the words by which a message is found; happenings are not searched.
func messageLexemes(m *chat.Message) string {
	if m.Kind == chat.Happen {
		return "{}"
	}
	text := m.Text
	for _, file := range m.Files {
		text += "\n" + file.Name
	}
	return lexemes(m.OrganizationID, m.ConversationID, wordsOf(text))
}
