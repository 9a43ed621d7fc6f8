package db

import (
	"context"
	"time"

	"rejoin/app/chat"
)

// Session finds a signed-in browser by its token's hash.
func (r reader) Session(ctx context.Context, organization int64, tokenHash []byte) (*chat.Session, error) {
	s := new(chat.Session)
	return s, r.find(ctx, "session", s, "organization_id = ? and token_hash = ?", organization, tokenHash)
}

// Sessions lists an agent's browsers, newest first: at most 100.
func (r reader) Sessions(ctx context.Context, organization, agent int64) ([]chat.Session, error) {
	return list[chat.Session](ctx, r, "sessions", "created_at desc", 100, "organization_id = ? and agent_id = ?", organization, agent)
}

// DeleteSessions ends all sessions of an agent but the one whose hash is given, nil = all.
func (t *tx) DeleteSessions(ctx context.Context, organization, agent int64, except []byte) error {
	if except == nil {
		except = []byte{}
	}
	_, err := t.exec(ctx, "delete from sessions where organization_id = ? and agent_id = ? and token_hash <> ?",
		organization, agent, except)
	return wrap(ctx, "delete sessions", err)
}

// JoinLink finds a one-time link by its token's hash; organization 0 holds those of the install itself.
func (r reader) JoinLink(ctx context.Context, organization int64, tokenHash []byte) (*chat.JoinLink, error) {
	l := new(chat.JoinLink)
	return l, r.find(ctx, "join link", l, "organization_id = ? and token_hash = ?", organization, tokenHash)
}

// SpendJoinLinks marks every join link of an agent that was not used.
func (t *tx) SpendJoinLinks(ctx context.Context, organization, agent int64, at time.Time) error {
	_, err := t.exec(ctx, "update join_links set used_at = ? where organization_id = ? and owner_id = ? and agent_id = ? and used_at is null",
		at, organization, organization, agent)
	return wrap(ctx, "spend join links", err)
}
