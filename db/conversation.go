package db

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// Conversation finds one by its id.
func (r reader) Conversation(ctx context.Context, organization, id int64) (*chat.Conversation, error) {
	return r.conversation(ctx, "conversation", "c.organization_id = $1 and c.id = $2", organization, id)
}

// ConversationByKey finds one by its key.
func (r reader) ConversationByKey(ctx context.Context, organization int64, key string) (*chat.Conversation, error) {
	return r.conversation(ctx, "conversation by key", "c.organization_id = $1 and c.key = $2", organization, strings.ToValidUTF8(key, "\uFFFD"))
}

// ConversationsOf lists a customer's, newest message first: at most a page.
func (r reader) ConversationsOf(ctx context.Context, organization, customer int64, limit int) ([]chat.Conversation, error) {
	if limit == 1 {
		return r.newestOf(ctx, organization, customer)
	}
	return list[chat.Conversation](ctx, r, "conversations of customer", "last_message_at desc, id desc", between(limit, chat.MaxPage+1),
		"organization_id = ? and customer_id = ?", organization, customer)
}

// LatestSeqs tells the newest seq of each conversation that exists.
func (r reader) LatestSeqs(ctx context.Context, organization int64, conversations []int64) (map[int64]int64, error) {
	latest := make(map[int64]int64, len(conversations))
	if len(conversations) == 0 {
		return latest, nil
	}
	var rows []struct{ ID, LastSeq int64 }
	err := r.raw(ctx, "latest seqs", &rows, "select id, last_seq from conversations where organization_id = ? and id in (?)",
		organization, bun.List(conversations))
	for _, row := range rows {
		latest[row.ID] = row.LastSeq
	}
	return latest, err
}

// LockConversation reads one and keeps others from changing it.
func (t *tx) LockConversation(ctx context.Context, organization, id int64) (*chat.Conversation, error) {
	c := new(chat.Conversation)
	return c, t.lock(ctx, "conversation", c, "organization_id = ? and id = ?", organization, id)
}

// SetReach writes the reach of every conversation of a customer and returns the newest 100 of them.
func (t *tx) SetReach(ctx context.Context, organization, customer int64, reach string) ([]chat.Conversation, error) {
	var rows []chat.Conversation
	// A statement reads as of its own beginning: the list still has the old reach.
	err := t.tx.NewRaw(`with changed as (
			update conversations set reach = ?2 where organization_id = ?0 and customer_id = ?1 and reach <> ?2)
		select * from conversations where organization_id = ?0 and customer_id = ?1
		order by last_message_at desc, id desc limit 100`, organization, customer, reach).Scan(ctx, &rows)
	for i := range rows {
		rows[i].Reach = followup.Reach(reach)
	}
	return rows, wrap(ctx, "set reach", err)
}
