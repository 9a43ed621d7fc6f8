package db_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// shelf fills an organization with conversations of every view and reach, many with the same instant, and tells which
// keys each view must show, newest first.
func shelf(h *house, o *chat.Organization, mine, theirs *chat.Agent) map[chat.View][]string {
	h.t.Helper()
	reaches := []followup.Reach{followup.Active, followup.Reachable, followup.Unreachable}
	closed := noon.AddDate(1, 0, 0)
	var all []*chat.Conversation
	for i := range 120 {
		c := h.customer(o, fmt.Sprintf("Customer %d", i))
		all = append(all, h.conversation(c, func(row *chat.Conversation) {
			row.LastMessageAt = noon.Add(time.Duration(i%7) * time.Minute)
			row.Reach = reaches[i%3]
			row.WaitingFor = []chat.Side{chat.Us, chat.Them}[i%2]
			row.AssigneeID = [](*int64){nil, &mine.ID, &theirs.ID, nil, nil}[i%5]
			if i%4 == 3 {
				row.ClosedAt = &closed
			}
			if i%11 == 10 {
				row.SpamAt = &closed
			}
			if i%2 == 1 || i%5 == 0 {
				row.FollowupDueAt = &closed
			}
		}))
	}
	slices.SortFunc(all, func(a, b *chat.Conversation) int {
		if c := b.LastMessageAt.Compare(a.LastMessageAt); c != 0 {
			return c
		}
		return int(b.ID - a.ID)
	})
	want := make(map[chat.View][]string)
	for _, c := range all {
		for view, in := range map[chat.View]bool{
			chat.ViewMine: c.Open() && c.AssigneeID == &mine.ID, chat.ViewUnassigned: c.Open() && c.AssigneeID == nil,
			chat.ViewAll: c.Open(), chat.ViewWaitingForUs: c.Open() && c.WaitingFor == chat.Us,
			chat.ViewWaitingForThem: c.Open() && c.WaitingFor == chat.Them,
			chat.ViewClosed:         c.ClosedAt != nil && c.SpamAt == nil, chat.ViewSpam: c.SpamAt != nil,
			chat.ViewDue: c.FollowupDueAt != nil && c.SpamAt == nil,
		} {
			if in {
				want[view] = append(want[view], c.Key+" "+string(c.Reach))
			}
		}
	}
	return want
}

func TestPagesOfEveryViewHaveNeitherGapNorRepetition(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	mine, theirs := h.agent(o), h.agent(o)
	views := shelf(h, o, mine, theirs)
	for _, view := range chat.Views {
		for _, reaches := range [][]followup.Reach{nil, {followup.Reachable}, {followup.Active, followup.Unreachable}} {
			for _, search := range []string{"", "customer"} {
				q := chat.ListQuery{View: view, AgentID: mine.ID, Reach: reaches, Search: search, Limit: 7}
				var want []string
				for _, key := range views[view] {
					if fits(key, reaches) {
						want = append(want, key)
					}
				}
				if got := pages(t, h, o, q); !slices.Equal(got, want) || len(want) == 0 {
					t.Errorf("%s %v %q:\n got %v\nwant %v", view, reaches, search, got, want)
				}
			}
		}
	}
}

func fits(key string, reaches []followup.Reach) bool {
	var name, reach string
	fmt.Sscan(key, &name, &reach)
	return len(reaches) == 0 || slices.Contains(reaches, followup.Reach(reach))
}

// pages turns over every page of a list.
func pages(t *testing.T, h *house, o *chat.Organization, q chat.ListQuery) []string {
	t.Helper()
	var keys []string
	for {
		rows, err := h.ConversationRows(t.Context(), o.ID, q)
		if err != nil || len(rows) > q.Limit {
			t.Fatal(len(rows), err)
		}
		for _, row := range rows {
			keys = append(keys, row.Key+" "+string(row.Reach))
		}
		if len(rows) < q.Limit {
			return keys
		}
		q.After = chat.Cursor{At: rows[len(rows)-1].LastMessageAt, ID: rows[len(rows)-1].ID}
	}
}

func TestCountsAgreeWithTheLists(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	mine, theirs := h.agent(o), h.agent(o)
	views := shelf(h, o, mine, theirs)
	counts, err := h.Counts(t.Context(), o.ID, mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	reach := make(map[followup.Reach]int)
	for _, key := range views[chat.ViewAll] {
		for r := range counts.Reach {
			if fits(key, []followup.Reach{r}) {
				reach[r]++
			}
		}
	}
	for _, view := range chat.Views {
		if counts.Views[view] != len(views[view]) {
			t.Errorf("%s counts %d, want %d", view, counts.Views[view], len(views[view]))
		}
	}
	if len(reach) != 3 || fmt.Sprint(counts.Reach) != fmt.Sprint(reach) {
		t.Errorf("reach counts %v, want %v", counts.Reach, reach)
	}
	c := h.customer(o, "Many")
	for range chat.CountCap {
		h.conversation(c)
	}
	if counts, err = h.Counts(t.Context(), o.ID, mine.ID); err != nil || counts.Views[chat.ViewAll] != chat.CountCap ||
		counts.Reach[followup.Unreachable] != chat.CountCap || counts.Views[chat.ViewWaitingForThem] != len(views[chat.ViewWaitingForThem]) {
		t.Errorf("capped counts are %+v, %v", counts, err)
	}
}

func TestARowTellsCustomerAddressAssigneeAndReason(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	a := h.agent(o)
	c := h.customer(o, "Eve")
	bounced := noon
	h.point(c, "old@example.org")
	h.insert(&chat.ContactPoint{OrganizationID: o.ID, CustomerID: c.ID, Channel: "email", Address: "new@example.org", BouncedAt: &bounced, CreatedAt: noon})
	conversation := h.conversation(c, func(row *chat.Conversation) { row.AssigneeID, row.Reach = &a.ID, followup.Reachable })
	row, err := h.ConversationRow(t.Context(), o.ID, conversation.ID)
	if err != nil {
		t.Fatal(err)
	}
	if row.Key != conversation.Key || row.CustomerKey != c.Key || row.CustomerName != "Eve" || row.CustomerAddress != "new@example.org" ||
		row.AssigneeKey != a.Key || row.AssigneeName != "Ada" || row.ReachReason != followup.ReasonPointWorks {
		t.Errorf("row is %+v", row)
	}
	bare := h.conversation(h.customer(o, ""))
	if row, err = h.ConversationRow(t.Context(), o.ID, bare.ID); err != nil || row.CustomerAddress != "" || row.AssigneeKey != "" ||
		row.ReachReason != followup.ReasonNoPoint {
		t.Errorf("bare row is %+v, %v", row, err)
	}
	if _, err := h.ConversationRows(t.Context(), o.ID, chat.ListQuery{View: "nonsense"}); err == nil {
		t.Error("a view that does not exist was listed")
	}
}

func TestReachIsWrittenToEveryConversationOfACustomer(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c, other := h.customer(o, "Eve"), h.customer(o, "Bob")
	first := h.conversation(c)
	second := h.conversation(c, func(row *chat.Conversation) { row.LastMessageAt = noon.Add(time.Minute) })
	untouched := h.conversation(other)
	h.do(func(ctx context.Context, tx chat.Tx) error {
		rows, err := tx.SetReach(ctx, o.ID, c.ID, "active")
		if len(rows) != 2 || rows[0].Key != second.Key || rows[1].ID != first.ID || rows[0].Reach != followup.Active {
			t.Errorf("rows are %+v", rows)
		}
		return err
	})
	got, _ := h.Conversation(t.Context(), o.ID, first.ID)
	same, _ := h.Conversation(t.Context(), o.ID, untouched.ID)
	if got.Reach != followup.Active || same.Reach != followup.Unreachable {
		t.Errorf("reach is %s, of another customer %s", got.Reach, same.Reach)
	}
}
