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
	saved, err := collect(ctx, t.reader, "save plans", `with planned as (
			update conversations c set followup_due_at = p.due, plan_code = p.code, plan_from = p.first, plan_to = p.last,
				plan_version = p.version, covered_seq = p.covered
			from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
				as p (organization, id, due, code, first, last, version, covered)
			where c.organization_id = p.organization and c.id = p.id returning 1),
		decided as (
			insert into decisions (organization_id, conversation_id, at, code, due_at, from_seq, to_seq, setting, value,
				agent_name, delivery_id, detail, told, state)
			select d.organization, d.conversation, d.at, d.code, d.due, d.first, d.last, d.setting, d.value, d.agent, d.delivery,
				d.detail, d.told, d.state::jsonb
			from unnest($9::bigint[], $10::bigint[], $11::timestamptz[], $12::text[], $13::timestamptz[], $14::bigint[],
				$15::bigint[], $16::text[], $17::text[], $18::text[], $19::bigint[], $20::text[], $21::boolean[], $22::text[])
				with ordinality as d (organization, conversation, at, code, due, first, last, setting, value, agent, delivery,
					detail, told, state, place) order by d.place)
		select count(*) from planned`, append(planColumns(conversations), added...),
		func(row pgx.Rows, saved *int) error { return row.Scan(saved) })
	if err == nil && (len(saved) != 1 || saved[0] != len(conversations)) {
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
		column(conversations, func(c *chat.Conversation) int64 { return c.PlanTo }),
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
