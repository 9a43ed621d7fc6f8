package db_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/db"
)

// answered makes a conversation with messages by the given authors, one a minute, from noon on.
func (h *house) answered(c *chat.Customer, authors ...chat.AuthorKind) *chat.Conversation {
	h.t.Helper()
	conversation := h.conversation(c)
	for i, by := range authors {
		h.post(conversation, "text", func(m *chat.Message) { m.By, m.AuthorID, m.CreatedAt = by, c.ID, later(i) })
		conversation.LastSeq++
		if by == chat.ByAgent {
			conversation.AgentSeq = conversation.LastSeq
		}
	}
	return conversation
}

func (h *house) facts(conversations ...*chat.Conversation) []chat.PlanFacts {
	h.t.Helper()
	facts, err := h.PlanFacts(h.t.Context(), conversations, nil)
	if err != nil || len(facts) != len(conversations) {
		h.t.Fatalf("facts are %+v, %v", facts, err)
	}
	for i, f := range facts {
		if f.ConversationID != conversations[i].ID || f.OrganizationID != conversations[i].OrganizationID {
			h.t.Fatalf("facts %d are those of %d", i, f.ConversationID)
		}
	}
	return facts
}

func TestThePendingMessagesAreThoseOfAgentsBehindEveryCursor(t *testing.T) {
	h := newHouse(t)
	c := h.answered(h.customer(h.organization(), "Eve"),
		chat.ByCustomer, chat.ByAgent, chat.ByAutomation, chat.ByAgent, chat.ByCustomer, chat.ByAgent, chat.ByAutomation, chat.ByCustomer)
	h.post(c, "a note", func(m *chat.Message) { m.By, m.Kind = chat.ByAgent, chat.Note })
	for _, want := range []struct {
		seen, covered, withheld int64
		oldest, newest          int64
	}{
		{0, 0, 0, 2, 6}, {1, 0, 0, 2, 6}, {2, 0, 0, 4, 6}, {0, 3, 0, 4, 6}, {0, 0, 5, 6, 6}, {2, 4, 1, 6, 6}, {6, 0, 0, 0, 0}, {8, 8, 8, 0, 0},
	} {
		c.CustomerSeenSeq, c.CoveredSeq, c.WithheldSeq = want.seen, want.covered, want.withheld
		f := h.facts(c)[0]
		if f.OldestSeq != want.oldest || f.NewestSeq != want.newest {
			t.Errorf("%+v: pending are %d to %d", want, f.OldestSeq, f.NewestSeq)
		}
		if want.oldest == 0 {
			if f.OldestAt != nil || f.NewestAt != nil {
				t.Errorf("nothing was written at %v, %v", f.OldestAt, f.NewestAt)
			}
		} else if !f.OldestAt.Equal(later(int(want.oldest)-1)) || !f.NewestAt.Equal(later(int(want.newest)-1)) {
			t.Errorf("%+v: written at %v, %v", want, f.OldestAt, f.NewestAt)
		}
	}
}

func TestThePointIsTheNewestThatWorks(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	at := noon
	point := func(c *chat.Customer, address string, minute int, change func(p *chat.ContactPoint)) *chat.ContactPoint {
		p := &chat.ContactPoint{OrganizationID: o.ID, CustomerID: c.ID, Channel: "email", Address: address, CreatedAt: later(minute)}
		if change != nil {
			change(p)
		}
		h.insert(p)
		return p
	}
	bounced := func(p *chat.ContactPoint) { p.BouncedAt = &at }
	works, spoilt, none := h.customer(o, "Works"), h.customer(o, "Spoilt"), h.customer(o, "None")
	point(works, "old@example.org", 1, nil)
	want := point(works, "good@example.org", 2, func(p *chat.ContactPoint) { p.VerifiedAt = &at })
	point(works, "bounced@example.org", 3, bounced)
	point(works, "complained@example.org", 3, func(p *chat.ContactPoint) { p.ComplainedAt = &at })
	point(works, "stopped@example.org", 4, func(p *chat.ContactPoint) { p.StoppedAt = &at })
	point(works, "", 5, nil)
	point(spoilt, "older@example.org", 1, bounced)
	newest := point(spoilt, "newest@example.org", 1, func(p *chat.ContactPoint) { p.StoppedAt = &at })

	facts := h.facts(h.conversation(none), h.conversation(works), h.conversation(spoilt))
	if facts[0].Point != nil {
		t.Errorf("without a point: %+v", facts[0].Point)
	}
	got := facts[1].Point
	if got == nil || !got.VerifiedAt.Equal(noon) || !got.CreatedAt.Equal(want.CreatedAt) {
		t.Fatalf("the point is %+v", got)
	}
	got.VerifiedAt, got.CreatedAt = want.VerifiedAt, want.CreatedAt
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the point is %+v, want %+v", got, want)
	}
	if p := facts[2].Point; p == nil || p.ID != newest.ID || p.StoppedAt == nil || p.BouncedAt != nil {
		t.Errorf("of points that do not work: %+v", p)
	}
}

func TestPlanFactsTellPresenceDraftsAndDeliveries(t *testing.T) {
	h := newHouse(t)
	one, two := h.organization(), h.organization()
	away := later(-3)
	here := &chat.Customer{OrganizationID: one.ID, Key: "here", Active: true, CreatedAt: noon}
	gone := &chat.Customer{OrganizationID: two.ID, Key: "gone", AwaySince: &away, AwayCause: followup.Hidden, CreatedAt: noon}
	h.insert(here, gone)
	quiet, busy := h.conversation(here), h.conversation(gone)
	p := h.point(gone, "gone@example.org")
	ada, bob, cleo := h.agent(two), h.agent(two), h.agent(two)
	draft := func(a *chat.Agent, text string, note bool, minute int) {
		h.insert(&chat.Draft{OrganizationID: two.ID, ConversationID: busy.ID, AgentID: a.ID, Text: text, Note: note, UpdatedAt: later(minute)})
	}
	draft(ada, "soon", false, 4)
	draft(bob, "a note", true, 9)
	draft(cleo, "", false, 8)
	for i, d := range []chat.Delivery{
		{Kind: chat.KindInvitation, State: chat.Sent, ToSeq: 3},
		{Kind: chat.KindInvitation, State: chat.Complained, ToSeq: 2},
		{Kind: chat.KindFollowup, State: chat.Queued, ToSeq: 5},
		{Kind: chat.KindInvitation, State: chat.Failed, ToSeq: 6},
		{Kind: chat.KindFollowup, State: chat.Bounced, ToSeq: 7},
		{Kind: chat.KindFollowup, State: chat.Cancelled, ToSeq: 8},
	} {
		d.OrganizationID, d.ConversationID, d.ContactPointID, d.Key, d.CreatedAt = two.ID, busy.ID, p.ID, h.key("delivery"), later(10+i)
		h.insert(&d)
	}
	facts := h.facts(busy, quiet, busy)
	f := facts[0]
	if f.Active || !f.AwaySince.Equal(away) || f.AwayCause != followup.Hidden || !f.DraftAt.Equal(later(4)) || !f.LastAt.Equal(later(12)) ||
		f.ByHandSeq != 3 || !f.ByHandAt.Equal(later(11)) || f.Point == nil || f.Point.ID != p.ID {
		t.Errorf("facts are %+v", f)
	}
	if !reflect.DeepEqual(facts[2], f) {
		t.Errorf("asked twice: %+v and %+v", f, facts[2])
	}
	want := chat.PlanFacts{OrganizationID: one.ID, ConversationID: quiet.ID, Active: true}
	if !reflect.DeepEqual(facts[1], want) {
		t.Errorf("facts are %+v, want %+v", facts[1], want)
	}
	if none, err := h.PlanFacts(t.Context(), nil, nil); err != nil || len(none) != 0 {
		t.Errorf("facts of nothing are %+v, %v", none, err)
	}
}

func (h *house) planned(c *chat.Customer, due, automation *time.Time, code followup.Code, version int64) *chat.Conversation {
	return h.conversation(c, func(row *chat.Conversation) {
		row.FollowupDueAt, row.AutomationDueAt, row.PlanCode, row.PlanVersion = due, automation, code, version
	})
}

func idsOf(rows []chat.Conversation) []int64 {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}

func TestWhatIsDueIsLockedLongestDueFirstOverAllOrganizations(t *testing.T) {
	h := newHouse(t)
	one, two := h.customer(h.organization(), "Eve"), h.customer(h.organization(), "Bob")
	at := func(minute int) *time.Time { due := later(minute); return &due }
	third, first := h.planned(one, at(0), at(-5), "held", 0), h.planned(two, at(-9), nil, "held", 0)
	second := h.planned(one, at(-3), at(-8), "held", 0)
	h.planned(two, at(1), at(1), "held", 0)
	h.planned(two, nil, nil, "held", 0)
	h.do(func(ctx context.Context, tx chat.Tx) error {
		all, err := tx.LockDue(ctx, noon, 9)
		two, err2 := tx.LockDue(ctx, noon, 2)
		automations, err3 := tx.LockAutomationDue(ctx, noon, 9)
		if !slices.Equal(idsOf(all), []int64{first.ID, second.ID, third.ID}) || !slices.Equal(idsOf(two), []int64{first.ID, second.ID}) ||
			!slices.Equal(idsOf(automations), []int64{second.ID, third.ID}) {
			t.Errorf("locked %v, %v, %v", idsOf(all), idsOf(two), idsOf(automations))
		}
		if len(all) == 3 && (all[0].Key != first.Key || !all[0].FollowupDueAt.Equal(later(-9)) || all[0].OrganizationID != first.OrganizationID) {
			t.Errorf("row is %+v", all[0])
		}
		return errors.Join(err, err2, err3)
	})
}

func TestTwoSweepersTakeEachRowOnce(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c := h.customer(o, "Eve")
	due := later(-1)
	for range 4 {
		h.planned(c, &due, &due, "held", 0)
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		o.ReplanSince, o.PlanVersion = &due, 1
		return tx.Update(ctx, o, "replan_since", "plan_version")
	})
	for name, lock := range map[string]func(ctx context.Context, tx chat.Tx, limit int) ([]int64, error){
		"due": func(ctx context.Context, tx chat.Tx, limit int) ([]int64, error) {
			rows, err := tx.LockDue(ctx, noon, limit)
			return idsOf(rows), err
		},
		"automations": func(ctx context.Context, tx chat.Tx, limit int) ([]int64, error) {
			rows, err := tx.LockAutomationDue(ctx, noon, limit)
			return idsOf(rows), err
		},
		"stale": func(ctx context.Context, tx chat.Tx, limit int) ([]int64, error) {
			rows, err := tx.LockStale(ctx, o.ID, 1, limit)
			return idsOf(rows), err
		},
	} {
		h.do(func(ctx context.Context, first chat.Tx) error {
			mine, err := lock(ctx, first, 3)
			if err != nil {
				return err
			}
			h.do(func(ctx context.Context, second chat.Tx) error { // would wait for ever if it did not skip
				theirs, err := lock(ctx, second, 3)
				if len(mine) != 3 || len(theirs) != 1 || slices.Contains(mine, theirs[0]) {
					t.Errorf("%s: %v and %v", name, mine, theirs)
				}
				return err
			})
			return nil
		})
	}
	h.do(func(ctx context.Context, first chat.Tx) error {
		mine, err := first.LockReplanning(ctx, 0)
		if err != nil || mine == nil || mine.ID != o.ID {
			t.Errorf("replanning is %+v, %v", mine, err)
		}
		h.do(func(ctx context.Context, second chat.Tx) error {
			if theirs, err := second.LockReplanning(ctx, 0); theirs != nil || err != nil {
				t.Errorf("two replan at once: %+v, %v", theirs, err)
			}
			return nil
		})
		return nil
	})
}

func TestACustomersPlannedConversationsAreLockedInOrder(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c, other := h.customer(o, "Eve"), h.customer(o, "Bob")
	one := h.planned(c, nil, nil, "held", 0)
	h.planned(c, nil, nil, "", 0)
	h.planned(other, nil, nil, "held", 0)
	two := h.planned(c, nil, nil, "seen", 0)
	h.do(func(ctx context.Context, tx chat.Tx) error {
		rows, err := tx.LockPlanned(ctx, o.ID, c.ID)
		if !slices.Equal(idsOf(rows), []int64{one.ID, two.ID}) {
			t.Errorf("locked %v", idsOf(rows))
		}
		return err
	})
}

func TestWhatIsStaleIsCountedAndLocked(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c := h.customer(o, "Eve")
	second, first := h.planned(c, nil, nil, "held", 1), h.planned(c, nil, nil, "held", 0)
	h.planned(c, nil, nil, "held", 2)
	h.planned(c, nil, nil, "", 0)
	h.planned(h.customer(h.organization(), "Bob"), nil, nil, "held", 0)
	for version, want := range []int{0, 1, 2, 3} {
		if stale, all, err := h.Unplanned(t.Context(), o.ID, int64(version)); stale != want || all != 3 || err != nil {
			t.Errorf("before version %d: %d of %d, %v", version, stale, all, err)
		}
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		rows, err := tx.LockStale(ctx, o.ID, 2, 9)
		if !slices.Equal(idsOf(rows), []int64{first.ID, second.ID}) {
			t.Errorf("locked %v", idsOf(rows))
		}
		return err
	})
}

func TestOrganizationsArePlannedAnewOneBehindTheOther(t *testing.T) {
	h := newHouse(t)
	h.organization()
	for i, minute := range []int{5, 2, 8} {
		o, since := h.organization(), later(minute)
		h.do(func(ctx context.Context, tx chat.Tx) error {
			o.ReplanSince, o.PlanVersion, o.AgentsOfflineAt = &since, int64(i), &since
			return tx.Update(ctx, o, "replan_since", "plan_version", "agents_offline_at")
		})
		h.organization()
	}
	after := int64(0)
	for _, want := range []int64{0, 1, 2, -1} {
		h.do(func(ctx context.Context, tx chat.Tx) error {
			o, err := tx.LockReplanning(ctx, after)
			if err != nil || (o == nil) != (want < 0) {
				t.Fatalf("replanning is %+v, %v; want %d", o, err, want)
			}
			if o == nil {
				return nil
			}
			if o.PlanVersion != want || o.ReplanSince == nil || o.AgentsOfflineAt == nil {
				t.Errorf("replanning is %+v, want %d", o, want)
			}
			after = o.ID
			return nil
		})
	}
}

// reads runs act in a transaction and fails when it reads more rows than bound, any from the beginning of a great table, or
// none by the index, if one is named.
func (h *house) reads(t *testing.T, bound int, index string, act func(ctx context.Context, tx chat.Tx) error) {
	t.Helper()
	h.do(func(ctx context.Context, tx chat.Tx) error {
		before, err := db.ReadingsOf(ctx, tx)
		if err != nil {
			return err
		}
		if err := act(ctx, tx); err != nil {
			return err
		}
		after, err := db.ReadingsOf(ctx, tx)
		total := 0
		for name, rows := range after {
			total += rows - before[name]
			great := []string{"conversations", "messages", "customers", "contact_points", "decisions", "deliveries"}
			if slices.Contains(great, name) && rows > before[name] {
				t.Errorf("%s was read from its beginning: %d rows", name, rows-before[name])
			}
		}
		if total > bound || index != "" && after[index] == 0 {
			t.Errorf("%d rows were read, want at most %d: %v before, %v after", total, bound, before, after)
		}
		return err
	})
}
