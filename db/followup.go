package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
)

// factsSQL looks up the neighbours of any number of conversations by their keys. A row's own agent_seq bounds the search for
// pending messages from above, so that what a customer writes after it is never read. A delivery counts from when it was
// sent, and one that waits for another attempt from that one: a provider that was away lets no two go together. One that
// came back waits for hours, and puts nothing off. When the
// customer spoke is asked for only where they spoke by email. What an address has had by itself counts whoever it was for.
const factsSQL = `select t.organization_id, t.id, t.customer_id,
		coalesce(oldest.seq, 0), coalesce(newest.seq, 0), oldest.created_at, newest.created_at,
		coalesce(cu.active, false), cu.away_since, coalesce(cu.away_cause, ''),
		p.id, p.channel, p.address, p.verified_at, p.bounced_at, p.complained_at, p.stopped_at, p.created_at,
		d.draft_at, e.last_at, coalesce(e.by_hand_seq, 0), e.by_hand_at, s.spoke_at, h.cap_until
	from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bool[], $7::int[]) with ordinality
		t (organization_id, id, customer_id, floor, agent_seq, by_email, most, place)
	left join lateral (select active, away_since, away_cause from customers
		where organization_id = t.organization_id and id = t.customer_id limit 1) cu on true
	left join lateral (select seq, created_at from messages
		where organization_id = t.organization_id and conversation_id = t.id and seq > t.floor and seq <= t.agent_seq
			and kind = 'public' and author_kind = 'agent' order by seq limit 1) oldest on true
	left join lateral (select seq, created_at from messages
		where organization_id = t.organization_id and conversation_id = t.id and seq > t.floor and seq <= t.agent_seq
			and kind = 'public' and author_kind = 'agent' order by seq desc limit 1) newest on true
	left join lateral (select * from contact_points where organization_id = t.organization_id and customer_id = t.customer_id
		order by (address <> '' and bounced_at is null and complained_at is null and stopped_at is null) desc,
			created_at desc, id desc limit 1) p on true
	left join lateral (select max(updated_at) as draft_at from drafts
		where organization_id = t.organization_id and conversation_id = t.id and not note and text <> '') d on true
	left join lateral (select max(greatest(created_at, sent_at, case when reason <> 'returned' then next_attempt_at end)) as last_at,
			max(to_seq) filter (where kind <> 'followup') as by_hand_seq, max(created_at) filter (where kind <> 'followup') as by_hand_at
		from deliveries where organization_id = t.organization_id and conversation_id = t.id
			and state not in ('cancelled', 'failed', 'bounced')) e on true
	left join lateral (select created_at as spoke_at from messages
		where t.by_email and organization_id = t.organization_id and conversation_id = t.id
			and kind = 'public' and author_kind = 'customer' and author_id <> 0 order by seq desc limit 1) s on true
	left join lateral (select created_at + interval '1 hour' as cap_until from deliveries
		where t.most > 0 and organization_id = t.organization_id and address = p.address
			and kind <> 'invitation' and state not in ('cancelled', 'failed')
		order by created_at desc offset greatest(t.most - 1, 0) limit 1) h on true
	order by t.place`

// PlanFacts reads what plans need of conversations, in their order, in one round trip; the cursors are those of the rows
// given, which have to be right: nothing newer than agent_seq is looked for. caps are how many emails an address may have
// in an hour by itself, by organization; without one it may have any number.
func (r reader) PlanFacts(ctx context.Context, conversations []*chat.Conversation, caps map[int64]int) ([]chat.PlanFacts, error) {
	if len(conversations) == 0 {
		return nil, nil
	}
	return collect(ctx, r, "plan facts", factsSQL, []any{
		column(conversations, func(c *chat.Conversation) int64 { return c.OrganizationID }),
		column(conversations, func(c *chat.Conversation) int64 { return c.ID }),
		column(conversations, func(c *chat.Conversation) int64 { return c.CustomerID }),
		column(conversations, func(c *chat.Conversation) int64 { return max(c.CustomerSeenSeq, c.CoveredSeq, c.WithheldSeq) }),
		column(conversations, func(c *chat.Conversation) int64 { return c.AgentSeq }),
		column(conversations, func(c *chat.Conversation) bool { return c.LastVia == chat.ViaEmail }),
		column(conversations, func(c *chat.Conversation) int { return caps[c.OrganizationID] }),
	}, scanFacts)
}

func scanFacts(row pgx.Rows, f *chat.PlanFacts) error {
	var p chat.ContactPoint
	var customer int64
	var id *int64
	var channel, address *string
	var created *time.Time
	err := row.Scan(&f.OrganizationID, &f.ConversationID, &customer,
		&f.OldestSeq, &f.NewestSeq, &f.OldestAt, &f.NewestAt, &f.Active, &f.AwaySince, &f.AwayCause,
		&id, &channel, &address, &p.VerifiedAt, &p.BouncedAt, &p.ComplainedAt, &p.StoppedAt, &created,
		&f.DraftAt, &f.LastAt, &f.ByHandSeq, &f.ByHandAt, &f.SpokeAt, &f.CapUntil)
	if err == nil && id != nil {
		p.OrganizationID, p.CustomerID, p.ID, p.Channel, p.Address, p.CreatedAt = f.OrganizationID, customer, *id, *channel, *address, *created
		f.Point = &p
	}
	return err
}

// Unplanned counts the conversations with a plan, and those of them whose plan is older than version.
func (r reader) Unplanned(ctx context.Context, organization, version int64) (stale, all int, err error) {
	var counted struct{ Stale, Planned int }
	err = r.raw(ctx, "unplanned", &counted, `select count(*) filter (where plan_version < ?) as stale, count(*) as planned
		from conversations where organization_id = ? and plan_code <> ''`, version, organization)
	return counted.Stale, counted.Planned, err
}

// maxLocked is how many conversations one transaction locks at once.
const maxLocked = 1000

// LockPlanned locks a customer's conversations that have a plan, by id: at most 100.
func (t *tx) LockPlanned(ctx context.Context, organization, customer int64) ([]chat.Conversation, error) {
	return lockMany[chat.Conversation](ctx, t, "planned conversations", "conversations",
		"organization_id = $1 and customer_id = $2 and plan_code <> '' order by id limit 100 for no key update", organization, customer)
}

// LockDue locks conversations of all organizations whose follow-up is due, the longest due first; those that others hold
// are skipped.
func (t *tx) LockDue(ctx context.Context, now time.Time, limit int) ([]chat.Conversation, error) {
	return lockMany[chat.Conversation](ctx, t, "due conversations", "conversations",
		"followup_due_at <= $1 order by followup_due_at limit $2 for no key update skip locked", now, between(limit, maxLocked))
}

// LockAutomationDue does the same for automations.
func (t *tx) LockAutomationDue(ctx context.Context, now time.Time, limit int) ([]chat.Conversation, error) {
	return lockMany[chat.Conversation](ctx, t, "conversations due for automations", "conversations",
		"automation_due_at <= $1 order by automation_due_at limit $2 for no key update skip locked", now, between(limit, maxLocked))
}

// LockStale locks conversations whose plan is older than version, the oldest plans first; those that others hold are
// skipped.
func (t *tx) LockStale(ctx context.Context, organization, version int64, limit int) ([]chat.Conversation, error) {
	return lockMany[chat.Conversation](ctx, t, "stale conversations", "conversations",
		"organization_id = $1 and plan_code <> '' and plan_version < $2 order by plan_version, id limit $3 for no key update skip locked",
		organization, version, between(limit, maxLocked))
}

// LockReplanning locks the first organization behind an id that has asked for new plans; nil for none that others do not
// hold.
func (t *tx) LockReplanning(ctx context.Context, after int64) (*chat.Organization, error) {
	rows, err := lockMany[chat.Organization](ctx, t, "replanning organization", "organizations",
		"replan_since is not null and id > $1 order by id limit 1 for no key update skip locked", after)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// lockMany reads row structs and keeps others from changing them until the transaction ends.
func lockMany[T any](ctx context.Context, t *tx, what, table, where string, args ...any) ([]T, error) {
	return collect(ctx, t.reader, "lock "+what, "select "+columnsOf[T](t.reader, "r")+" from "+table+" r where "+where, args,
		func(row pgx.Rows, into *T) error { return row.Scan(targetsOf(t.tx.Dialect(), into)...) })
}

// LockAutomatic tells how many emails have gone by themselves to each address of each organization since an instant, and
// keeps others from adding to them until the transaction ends: they wait, and count again.
func (t *tx) LockAutomatic(ctx context.Context, organizations []int64, addresses []string, since time.Time) ([]int, error) {
	if len(organizations) == 0 {
		return nil, nil
	}
	if _, err := collect(ctx, t.reader, "lock addresses", `select pg_advisory_xact_lock(k) is null from
		(select distinct hashtextextended(address, organization) as k
			from unnest($1::bigint[], $2::text[]) t (organization, address) order by k) keys`,
		[]any{organizations, addresses}, func(row pgx.Rows, nothing *bool) error { return row.Scan(nothing) }); err != nil {
		return nil, err
	}
	return collect(ctx, t.reader, "count automatic emails", `select (select count(*) from deliveries d
			where d.organization_id = t.organization and d.address = t.address and d.kind <> 'invitation'
				and d.state not in ('cancelled', 'failed') and d.created_at > $3)
		from unnest($1::bigint[], $2::text[]) with ordinality t (organization, address, place) order by place`,
		[]any{organizations, addresses, since}, func(row pgx.Rows, n *int) error { return row.Scan(n) })
}
