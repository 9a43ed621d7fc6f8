package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// Decisions lists the lines of the ledger about a message that people read: the newest ones, in the order in which they
// were made.
func (r reader) Decisions(ctx context.Context, organization, conversation, seq int64, limit int) ([]chat.Decision, error) {
	rows, err := list[chat.Decision](ctx, r, "decisions", "id desc", between(limit, chat.MaxLedger),
		"organization_id = ? and conversation_id = ? and from_seq <= ? and to_seq >= ? and told", organization, conversation, seq, seq)
	slices.Reverse(rows)
	return rows, err
}

// SavePlans writes the plan columns of locked conversations and adds the decisions to the ledger, in one statement. A
// conversation that is not there is a Missing error.
func (t *tx) SavePlans(ctx context.Context, conversations []*chat.Conversation, decisions []chat.Decision) error {
	if len(conversations)+len(decisions) == 0 {
		return nil
	}
	added, err := decisionColumns(decisions)
	if err != nil {
		return fmt.Errorf("save plans: %w", err)
	}
	var saved int
	err = t.listPrepared(ctx, "save plans", `with planned as (
			update conversations c set followup_due_at = p.due, plan_code = p.code, plan_from = p.first, plan_version = p.version,
				covered_seq = p.covered
			from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
				as p (organization, id, due, code, first, version, covered)
			where c.organization_id = p.organization and c.id = p.id returning 1),
		decided as (
			insert into decisions (organization_id, conversation_id, at, code, due_at, from_seq, to_seq, setting, value,
				agent_name, delivery_id, detail, told, state)
			select d.organization, d.conversation, d.at, d.code, d.due, d.first, d.last, d.setting, d.value, d.agent, d.delivery,
				d.detail, d.told, d.state::jsonb
			from unnest($8::bigint[], $9::bigint[], $10::timestamptz[], $11::text[], $12::timestamptz[], $13::bigint[],
				$14::bigint[], $15::text[], $16::text[], $17::text[], $18::bigint[], $19::text[], $20::boolean[], $21::text[])
				with ordinality as d (organization, conversation, at, code, due, first, last, setting, value, agent, delivery,
					detail, told, state, place) order by d.place)
		select count(*) from planned`, append(planColumns(conversations), added...),
		func(row pgx.Rows) error { return row.Scan(&saved) })
	if err == nil && saved != len(conversations) {
		err = fmt.Errorf("save plans: %w", chat.Refuse(chat.Missing, "error.missing"))
	}
	return err
}

func planColumns(conversations []*chat.Conversation) []any {
	return []any{
		column(conversations, func(c *chat.Conversation) int64 { return c.OrganizationID }),
		column(conversations, func(c *chat.Conversation) int64 { return c.ID }),
		column(conversations, func(c *chat.Conversation) *time.Time { return c.FollowupDueAt }),
		column(conversations, func(c *chat.Conversation) string { return string(c.PlanCode) }),
		column(conversations, func(c *chat.Conversation) int64 { return c.PlanFrom }),
		column(conversations, func(c *chat.Conversation) int64 { return c.PlanVersion }),
		column(conversations, func(c *chat.Conversation) int64 { return c.CoveredSeq }),
	}
}

func decisionColumns(decisions []chat.Decision) ([]any, error) {
	states := make([]*string, len(decisions))
	for i, d := range decisions {
		if d.State == nil {
			continue
		}
		encoded, err := json.Marshal(d.State)
		if err != nil {
			return nil, err
		}
		state := string(encoded)
		states[i] = &state
	}
	text := func(of func(d chat.Decision) string) []string {
		return column(decisions, func(d chat.Decision) string { return strings.ToValidUTF8(of(d), "\uFFFD") })
	}
	return []any{
		column(decisions, func(d chat.Decision) int64 { return d.OrganizationID }),
		column(decisions, func(d chat.Decision) int64 { return d.ConversationID }),
		column(decisions, func(d chat.Decision) time.Time { return d.At }),
		text(func(d chat.Decision) string { return d.Code }),
		column(decisions, func(d chat.Decision) *time.Time { return d.DueAt }),
		column(decisions, func(d chat.Decision) int64 { return d.FromSeq }),
		column(decisions, func(d chat.Decision) int64 { return d.ToSeq }),
		text(func(d chat.Decision) string { return d.Setting }),
		text(func(d chat.Decision) string { return d.Value }),
		text(func(d chat.Decision) string { return d.AgentName }),
		column(decisions, func(d chat.Decision) int64 { return d.DeliveryID }),
		text(func(d chat.Decision) string { return d.Detail }),
		column(decisions, func(d chat.Decision) bool { return d.Told }),
		states,
	}, nil
}

// column takes one value of every row, as PostgreSQL's unnest wants them.
func column[Row, Value any](rows []Row, of func(Row) Value) []Value {
	values := make([]Value, len(rows))
	for i, row := range rows {
		values[i] = of(row)
	}
	return values
}

const (
	// mostMoments and mostWritten bound what is read of one conversation: the newest.
	mostMoments = 2000
	mostWritten = 1000
	mostEmails  = 200
	mostPasts   = 1000
)

// History reads what the replay needs of conversations with plans since an instant, in the order of their ids: at most
// a page of them behind one.
func (r reader) History(ctx context.Context, organization int64, since time.Time, after int64, limit int) ([]chat.Past, error) {
	var pasts []chat.Past
	// The key of the ledger gives the conversations in order: a page reads its own lines and none behind it.
	err := r.listPrepared(ctx, "history", `select conversation_id from decisions
		where organization_id = $1 and conversation_id > $2 and at >= $3 and state is not null
		group by conversation_id order by conversation_id limit $4`,
		[]any{organization, after, since, between(limit, mostPasts)},
		func(row pgx.Rows) error {
			pasts = append(pasts, chat.Past{})
			return row.Scan(&pasts[len(pasts)-1].ConversationID)
		})
	if err != nil || len(pasts) == 0 {
		return nil, err
	}
	ids := column(pasts, func(p chat.Past) int64 { return p.ConversationID })
	return pasts, r.fillHistory(ctx, pasts, organization, ids, since)
}

func (r reader) fillHistory(ctx context.Context, pasts []chat.Past, organization int64, ids []int64, since time.Time) error {
	var place int64
	err := r.listPrepared(ctx, "history's moments", `select t.place, d.at, d.state
		from unnest($2::bigint[]) with ordinality t (id, place) cross join lateral (
			select at, id, state from decisions where organization_id = $1 and conversation_id = t.id and at >= $3
				and state is not null order by id desc limit $4) d
		order by t.place, d.at, d.id`, []any{organization, ids, since, mostMoments},
		func(row pgx.Rows) error {
			var m followup.Moment
			err := row.Scan(&place, &m.At, &m.State)
			pasts[max(place, 1)-1].Moments = append(pasts[max(place, 1)-1].Moments, m)
			return err
		})
	if err != nil {
		return err
	}
	err = r.listPrepared(ctx, "history's messages", `select t.place, m.seq, m.created_at
		from unnest($2::bigint[]) with ordinality t (id, place) cross join lateral (
			select seq, created_at from messages where organization_id = $1 and conversation_id = t.id
				and kind = 'public' and author_kind = 'agent' order by seq desc limit $3) m
		order by t.place, m.seq`, []any{organization, ids, mostWritten},
		func(row pgx.Rows) error {
			var w followup.Written
			err := row.Scan(&place, &w.Seq, &w.At)
			pasts[max(place, 1)-1].Written = append(pasts[max(place, 1)-1].Written, w)
			return err
		})
	if err != nil {
		return err
	}
	return r.listPrepared(ctx, "history's emails", `select t.place, e.created_at, e.from_seq, e.to_seq
		from unnest($2::bigint[]) with ordinality t (id, place) cross join lateral (
			select id, created_at, from_seq, to_seq from deliveries where organization_id = $1 and conversation_id = t.id
				and kind = 'followup' and state not in ('cancelled', 'failed', 'bounced') and created_at >= $3
				order by id desc limit $4) e
		order by t.place, e.created_at, e.id`, []any{organization, ids, since, mostEmails},
		func(row pgx.Rows) error {
			var e followup.Email
			err := row.Scan(&place, &e.At, &e.From, &e.To)
			pasts[max(place, 1)-1].Emails = append(pasts[max(place, 1)-1].Emails, e)
			return err
		})
}
