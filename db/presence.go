package db

import (
	"context"
	"time"

	"rejoin/app/chat"
)

// SavePresence writes one instance's view of a subject, or removes it when the subject is gone there.
func (t *tx) SavePresence(ctx context.Context, p *chat.PresenceRow, gone bool) error {
	if gone {
		return t.Delete(ctx, p)
	}
	_, err := t.tx.NewInsert().Model(p).
		On("conflict (organization_id, subject, subject_id, instance) do update").
		Set("active = excluded.active, cause = excluded.cause, changed_at = excluded.changed_at").
		Exec(ctx)
	return wrap(ctx, "save presence", err)
}

// Presences lists every live instance's view of a subject.
func (t *tx) Presences(ctx context.Context, organization int64, subject chat.Subject, id int64) ([]chat.PresenceRow, error) {
	return answer[[]chat.PresenceRow](ctx, t.reader, "presences", `select p.* from presence_rows p
		join leases l on l.instance = p.instance and l.expires_at > clock_timestamp()
		where p.organization_id = ? and p.subject = ? and p.subject_id = ?
		order by p.changed_at desc, p.instance limit 100`, organization, subject, id)
}

// RenewLease extends an instance's lease by the database's clock, and tells how many instances live and listen, itself
// included; it serves every organization.
func (s *Store) RenewLease(ctx context.Context, instance string, life time.Duration) (instances int, err error) {
	// The statement reads as of its beginning, when its own lease may not have been there.
	return answer[int](ctx, s.reader, "renew lease", `with renewed as (
			insert into leases (instance, expires_at) values (?0, clock_timestamp() + make_interval(secs => ?1))
			on conflict (instance) do update set expires_at = excluded.expires_at, listens = true)
		select 1 + count(*) from leases where instance <> ?0 and listens and expires_at > clock_timestamp()`,
		instance, life.Seconds())
}

// StopListening marks an instance that needs no nudges any more; its lease runs on.
func (s *Store) StopListening(ctx context.Context, instance string) error {
	return s.write(ctx, "stop listening", "update leases set listens = false where instance = ?", instance)
}

// Orphans lists presence rows of instances without a live lease, over all organizations, with the end of the lease in
// ChangedAt (the row's own instant where no lease is left), and forgets dead leases without rows.
func (s *Store) Orphans(ctx context.Context, limit int) ([]chat.PresenceRow, error) {
	var rows []chat.PresenceRow
	// The instances are few and found by skipping through the index, so that a full table costs nothing.
	err := s.raw(ctx, "list orphans", &rows, `with recursive seen (instance) as (
			(select instance from presence_rows order by instance limit 1)
			union all
			select (select p.instance from presence_rows p where p.instance > s.instance order by p.instance limit 1)
			from seen s where s.instance is not null),
		dead as (
			select s.instance, l.expires_at from seen s left join leases l on l.instance = s.instance
			where s.instance is not null and (l.instance is null or l.expires_at <= clock_timestamp()))
		select p.organization_id, p.subject, p.subject_id, p.instance, p.active, p.cause,
			coalesce(d.expires_at, p.changed_at) as changed_at
		from dead d cross join lateral (select * from presence_rows p where p.instance = d.instance limit ?0) p
		limit ?0`, between(limit, 1000))
	if err != nil {
		return nil, err
	}
	return rows, s.write(ctx, "forget dead leases", `delete from leases l where expires_at <= clock_timestamp()
		and not exists (select 1 from presence_rows p where p.instance = l.instance)`)
}
