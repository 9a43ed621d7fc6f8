package db

import (
	"context"
	"fmt"
	"strings"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// Counts counts each view and each reach, none beyond chat.CountCap; the order keeps PostgreSQL on the index, from
// which it reads no more than it counts.
func (r reader) Counts(ctx context.Context, organization, agent int64) (chat.Counts, error) {
	reaches := []followup.Reach{followup.Active, followup.Reachable, followup.Unreachable}
	var parts []string
	var args []any
	count := func(where, order string, more ...any) {
		parts = append(parts, fmt.Sprintf("(select count(*) from (select 1 from conversations where organization_id = ? and %s order by %s desc limit ?) n)", where, order))
		args = append(append(append(args, organization), more...), chat.CountCap)
	}
	for _, side := range []chat.Side{chat.Us, chat.Them} {
		for _, reach := range reaches {
			b := waitingBranch(side, reach)
			count(b.where, "last_message_at desc, id", b.args...)
		}
	}
	count("coalesce(assignee_id, 0) = ? and "+open, "reach desc, last_message_at desc, id", agent)
	count("coalesce(assignee_id, 0) = 0 and "+open, "reach desc, last_message_at desc, id")
	count(closed, "reach desc, last_message_at desc, id")
	count(spam, "reach desc, last_message_at desc, id")
	count(due, "reach desc, last_message_at desc, id")

	var n []int
	if err := r.raw(ctx, "counts", &n, "select unnest(array["+strings.Join(parts, ",")+"])", args...); err != nil {
		return chat.Counts{}, err
	}
	if len(n) != len(parts) {
		return chat.Counts{}, fmt.Errorf("counts: %d numbers instead of %d", len(n), len(parts))
	}
	us, them := n[0]+n[1]+n[2], n[3]+n[4]+n[5]
	counts := chat.Counts{Reach: make(map[followup.Reach]int, len(reaches)), Views: map[chat.View]int{
		chat.ViewWaitingForUs: us, chat.ViewWaitingForThem: them, chat.ViewAll: us + them,
		chat.ViewMine: n[6], chat.ViewUnassigned: n[7], chat.ViewClosed: n[8], chat.ViewSpam: n[9], chat.ViewDue: n[10],
	}}
	for i, reach := range reaches {
		counts.Reach[reach] = min(n[i]+n[i+3], chat.CountCap)
	}
	for view, number := range counts.Views {
		counts.Views[view] = min(number, chat.CountCap)
	}
	return counts, nil
}
