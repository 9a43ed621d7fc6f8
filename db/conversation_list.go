package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// branch is one ordered range of an index: a view is the merge of a few of them.
type branch struct {
	where string
	args  []any
}

const (
	open   = "closed_at is null and spam_at is null"
	closed = "closed_at is not null and spam_at is null"
	spam   = "spam_at is not null"
	due    = "followup_due_at is not null and spam_at is null" // open or closed
)

// branchesOf cuts a view into ranges with one reach each (and one side each where the index asks for it), so that
// every one is read in the order of the list, from its top, whatever PostgreSQL knows about the table.
func branchesOf(view chat.View, agent int64, reaches []followup.Reach) []branch {
	if len(reaches) == 0 {
		reaches = []followup.Reach{followup.Active, followup.Reachable, followup.Unreachable}
	}
	var branches []branch
	for _, reach := range reaches {
		switch view {
		case chat.ViewMine:
			branches = append(branches, branch{"coalesce(assignee_id, 0) = ? and reach = ? and " + open, []any{agent, reach}})
		case chat.ViewUnassigned:
			branches = append(branches, branch{"coalesce(assignee_id, 0) = 0 and reach = ? and " + open, []any{reach}})
		case chat.ViewWaitingForUs:
			branches = append(branches, waitingBranch(chat.Us, reach))
		case chat.ViewWaitingForThem:
			branches = append(branches, waitingBranch(chat.Them, reach))
		case chat.ViewDue:
			branches = append(branches, branch{"reach = ? and " + due, []any{reach}})
		case chat.ViewClosed:
			branches = append(branches, branch{"reach = ? and " + closed, []any{reach}})
		case chat.ViewSpam:
			branches = append(branches, branch{"reach = ? and " + spam, []any{reach}})
		case chat.ViewAll:
			branches = append(branches, waitingBranch(chat.Us, reach), waitingBranch(chat.Them, reach))
		}
	}
	return branches
}

func waitingBranch(side chat.Side, reach followup.Reach) branch {
	return branch{"waiting_for = ? and reach = ? and " + open, []any{side, reach}}
}

// pageOf is the SQL of the newest rows of a view behind a cursor.
func pageOf(organization int64, branches []branch, after chat.Cursor, limit int) (string, []any) {
	var parts []string
	var args []any
	for _, b := range branches {
		part := "(select * from conversations where organization_id = ? and " + b.where
		args = append(append(args, organization), b.args...)
		if after != (chat.Cursor{}) {
			part += " and (last_message_at, id) < (?, ?)"
			args = append(args, after.At, after.ID)
		}
		parts = append(parts, part+" order by last_message_at desc, id desc limit ?)")
		args = append(args, limit)
	}
	return "select * from (" + strings.Join(parts, " union all ") + ") page order by last_message_at desc, id desc limit ?",
		append(args, limit)
}

// rowsSQL puts what the inbox shows beside each conversation of a page; it looks every neighbour up by its key.
const rowsSQL = `select c.*, cu.key as customer_key, cu.name as customer_name, cu.away_since, cu.away_cause,
		coalesce(p.address, '') as customer_address, coalesce(a.key, '') as assignee_key, coalesce(a.name, '') as assignee_name
	from (?) c
	cross join lateral (select key, name, away_since, away_cause from customers
		where organization_id = c.organization_id and id = c.customer_id offset 0) cu
	left join lateral (select address from contact_points
		where organization_id = c.organization_id and customer_id = c.customer_id order by created_at desc, id desc limit 1) p on true
	left join lateral (select key, name from agents
		where organization_id = c.organization_id and id = c.assignee_id offset 0) a on true
	order by c.last_message_at desc, c.id desc`

// ConversationRow finds one conversation as the inbox shows it.
func (r reader) ConversationRow(ctx context.Context, organization, id int64) (*chat.ConversationRow, error) {
	rows, err := r.rows(ctx, "conversation row", organization, "select * from conversations where organization_id = ? and id = ?", organization, id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("conversation row: %w", chat.Refuse(chat.Missing, "error.missing"))
	}
	return &rows[0], nil
}

// ConversationRows lists one page of a view, newest message first; with words to search, those that have them.
func (r reader) ConversationRows(ctx context.Context, organization int64, q chat.ListQuery) ([]chat.ConversationRow, error) {
	q.Limit = between(q.Limit, chat.MaxPage+1)
	branches := branchesOf(q.View, q.AgentID, q.Reach)
	if len(branches) == 0 {
		return nil, chat.Refuse(chat.Invalid, "error.choice")
	}
	if strings.TrimSpace(q.Search) != "" {
		return r.search(ctx, organization, branches, q)
	}
	query, args := pageOf(organization, branches, q.After, q.Limit)
	return r.rows(ctx, "conversation rows", organization, query, args...)
}

// rows reads the rows of a page given in SQL and judges the reason of each one's reach.
func (r reader) rows(ctx context.Context, what string, organization int64, query string, args ...any) ([]chat.ConversationRow, error) {
	var rows []chat.ConversationRow
	if err := r.raw(ctx, what, &rows, rowsSQL, bun.SafeQuery(query, args...)); err != nil || len(rows) == 0 {
		return nil, err
	}
	points, err := r.pointsOf(ctx, organization, rows)
	for i := range rows {
		customer := &chat.Customer{Active: rows[i].Reach == followup.Active, AwaySince: rows[i].AwaySince, AwayCause: rows[i].AwayCause}
		_, rows[i].ReachReason = chat.Reach(customer, points[rows[i].CustomerID])
	}
	return rows, err
}

// pointsOf reads the newest contact points of each row's customer.
func (r reader) pointsOf(ctx context.Context, organization int64, rows []chat.ConversationRow) (map[int64][]chat.ContactPoint, error) {
	customers := make([]int64, len(rows))
	for i := range rows {
		customers[i] = rows[i].CustomerID
	}
	var found []chat.ContactPoint
	err := r.raw(ctx, "contact points of a page", &found, `select p.* from (select distinct unnest(array[?]::bigint[]) as id) cu
		cross join lateral (select * from contact_points where organization_id = ? and customer_id = cu.id
			order by created_at desc, id desc limit ?) p order by p.created_at desc, p.id desc`, bun.List(customers), organization, maxPoints)
	points := make(map[int64][]chat.ContactPoint, len(rows))
	for _, p := range found {
		points[p.CustomerID] = append(points[p.CustomerID], p)
	}
	return points, err
}
