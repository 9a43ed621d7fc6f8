package db

import (
	"context"
	"encoding/json"
	"fmt"

	"rejoin/app/chat"
)

// Organization finds one by its id.
func (r reader) Organization(ctx context.Context, organization int64) (*chat.Organization, error) {
	o := new(chat.Organization)
	return o, r.find(ctx, "organization", o, "id = ?", organization)
}

// OrganizationByKey finds one by the public key of the snippet, over all organizations.
func (r reader) OrganizationByKey(ctx context.Context, key string) (*chat.Organization, error) {
	o := new(chat.Organization)
	return o, r.find(ctx, "organization by key", o, "key = ?", key)
}

// OrganizationCount tells none, one or several: it counts all organizations, at most 2.
func (r reader) OrganizationCount(ctx context.Context) (int, error) {
	return answer[int](ctx, r, "count organizations", "select count(*) from (select 1 from organizations limit 2) o")
}

// Organizations lists all organizations behind an id, by id.
func (r reader) Organizations(ctx context.Context, after int64, limit int) ([]chat.Organization, error) {
	return list[chat.Organization](ctx, r, "organizations", "id", between(limit, 500), "id > ?", after)
}

// LockOrganization reads one and keeps others from changing it.
func (t *tx) LockOrganization(ctx context.Context, organization int64) (*chat.Organization, error) {
	o := new(chat.Organization)
	return o, t.lock(ctx, "organization", o, "id = ?", organization)
}

// SaveSettings merges changed keys into the organization's settings.
func (t *tx) SaveSettings(ctx context.Context, organization int64, changed chat.Values) error {
	merged, err := json.Marshal(changed)
	if err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	return t.one(ctx, "save settings",
		"update organizations set settings = coalesce(settings, '{}') || ?::jsonb where id = ?", string(merged), organization)
}

// Site finds an origin that carried the widget.
func (r reader) Site(ctx context.Context, organization int64, origin string) (*chat.Site, error) {
	s := new(chat.Site)
	return s, r.find(ctx, "site", s, "organization_id = ? and origin = ?", organization, origin)
}

// AuditEntries lists changes, newest first.
func (r reader) AuditEntries(ctx context.Context, organization int64, after chat.Cursor, limit int) ([]chat.AuditEntry, error) {
	where, args := "organization_id = ?", []any{organization}
	if after != (chat.Cursor{}) {
		where, args = where+" and (at, id) < (?, ?)", append(args, after.At, after.ID)
	}
	return list[chat.AuditEntry](ctx, r, "audit entries", "at desc, id desc", between(limit, chat.MaxPage+1), where, args...)
}
