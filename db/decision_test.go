package db_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// later is an instant some minutes after noon.
func later(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func (h *house) savePlans(conversations []*chat.Conversation, decisions ...chat.Decision) {
	h.t.Helper()
	h.do(func(ctx context.Context, tx chat.Tx) error { return tx.SavePlans(ctx, conversations, decisions) })
}

func TestPlansAndTheirReasonsAreSavedTogether(t *testing.T) {
	h := newHouse(t)
	one, two := h.conversation(h.customer(h.organization(), "Eve")), h.conversation(h.customer(h.organization(), "Bob"))
	due := later(5)
	one.FollowupDueAt, one.PlanCode, one.PlanFrom, one.PlanTo, one.PlanVersion, one.CoveredSeq = &due, followup.CodeMinGap, 2, 4, 3, 1
	two.PlanCode, two.PlanFrom, two.PlanTo = followup.CodeHeld, 7, 7
	two.WithheldSeq = 9 // another use case's
	decision := chat.Decision{OrganizationID: one.OrganizationID, ConversationID: one.ID, At: noon, Code: string(followup.CodeMinGap), DueAt: &due,
		FromSeq: 2, ToSeq: 4, Setting: "continuous.min_gap", Value: `"it's"`, AgentName: "Zoë \xff", DeliveryID: 8, Detail: `a\b "c" ?`, Told: true,
		State: &followup.State{Spoke: true, Agent: 4, From: 2, To: 4, AwaySince: noon, AwayCause: followup.Hidden, Point: followup.ReasonPointWorks}}
	bare := chat.Decision{OrganizationID: two.OrganizationID, ConversationID: two.ID, At: noon, Code: chat.DecidedRejoined, Told: true, FromSeq: 1, ToSeq: 9}
	h.savePlans([]*chat.Conversation{one, two}, decision, bare)

	got, err := h.Conversation(t.Context(), one.OrganizationID, one.ID)
	if err != nil || !got.FollowupDueAt.Equal(due) || got.PlanCode != followup.CodeMinGap || got.PlanFrom != 2 || got.PlanTo != 4 ||
		got.PlanVersion != 3 || got.CoveredSeq != 1 {
		t.Errorf("first is %+v, %v", got, err)
	}
	got, err = h.Conversation(t.Context(), two.OrganizationID, two.ID)
	if err != nil || got.FollowupDueAt != nil || got.PlanCode != followup.CodeHeld || got.PlanFrom != 7 || got.WithheldSeq != 0 {
		t.Errorf("second is %+v, %v", got, err)
	}
	lines, err := h.Decisions(t.Context(), one.OrganizationID, one.ID, 3, 9)
	if err != nil || len(lines) != 1 {
		t.Fatalf("lines are %+v, %v", lines, err)
	}
	line := lines[0]
	line.At, line.State.AwaySince = line.At.UTC(), line.State.AwaySince.UTC()
	if !line.DueAt.Equal(due) || line.ID == 0 {
		t.Errorf("line is %+v", line)
	}
	decision.ID, decision.DueAt, decision.AgentName = line.ID, line.DueAt, "Zoë \uFFFD"
	if !reflect.DeepEqual(line, decision) {
		t.Errorf("line is\n%+v\nwant\n%+v", line, decision)
	}
	if lines, err = h.Decisions(t.Context(), two.OrganizationID, two.ID, 3, 9); err != nil || len(lines) != 1 || lines[0].State != nil || lines[0].DueAt != nil {
		t.Errorf("lines of the second are %+v, %v", lines, err)
	}
	h.savePlans([]*chat.Conversation{{OrganizationID: one.OrganizationID, ID: one.ID}})
	if got, err = h.Conversation(t.Context(), one.OrganizationID, one.ID); err != nil || got.FollowupDueAt != nil || got.PlanCode != "" || got.PlanTo != 0 {
		t.Errorf("a settled one is %+v, %v", got, err)
	}
	h.savePlans(nil)
}

func TestAPlanOfAConversationThatIsGoneIsMissing(t *testing.T) {
	h := newHouse(t)
	c := h.conversation(h.customer(h.organization(), "Eve"))
	foreign := *c
	foreign.OrganizationID = h.organization().ID
	for name, act := range map[string]func(ctx context.Context, tx chat.Tx) error{
		"a plan": func(ctx context.Context, tx chat.Tx) error {
			return tx.SavePlans(ctx, []*chat.Conversation{c, &foreign}, nil)
		},
		"a line": func(ctx context.Context, tx chat.Tx) error {
			return tx.SavePlans(ctx, nil, []chat.Decision{{OrganizationID: foreign.OrganizationID, ConversationID: c.ID, At: noon, Code: "sent"}})
		},
	} {
		t.Run(name, func(t *testing.T) { wantKind(t, h.Tx(t.Context(), act), chat.Missing) })
	}
}

func TestTheLedgerOfAMessageHasItsNewestLinesInOrder(t *testing.T) {
	h := newHouse(t)
	c := h.conversation(h.customer(h.organization(), "Eve"))
	other := h.conversation(h.customer(h.organization(), "Bob"))
	line := func(of *chat.Conversation, code string, from, to int64, told bool) chat.Decision {
		return chat.Decision{OrganizationID: of.OrganizationID, ConversationID: of.ID, At: noon, Code: code, FromSeq: from, ToSeq: to, Told: told}
	}
	h.savePlans(nil, line(c, "a", 1, 3, true), line(c, "untold", 1, 3, false), line(c, "before", 1, 1, true), line(other, "other", 1, 9, true),
		line(c, "b", 2, 2, true), line(c, "after", 3, 4, true), line(c, "c", 2, 5, true))
	for limit, want := range map[int][]string{0: {"a", "b", "c"}, 9: {"a", "b", "c"}, 2: {"b", "c"}} {
		lines, err := h.Decisions(t.Context(), c.OrganizationID, c.ID, 2, limit)
		var codes []string
		for _, l := range lines {
			codes = append(codes, l.Code)
		}
		if err != nil || !slices.Equal(codes, want) {
			t.Errorf("at most %d are %v, %v; want %v", limit, codes, err, want)
		}
	}
}

func TestTheLedgerIsForgottenInTime(t *testing.T) {
	h := newHouse(t)
	c := h.conversation(h.customer(h.organization(), "Eve"))
	h.count(fmt.Sprintf(`with added as (insert into decisions (organization_id, conversation_id, at, code)
		select %d, %d, now() - i * interval '1 day', 'sent' from generate_series(1, 2500) i returning 1) select count(*) from added`, c.OrganizationID, c.ID))
	if err := h.Sweep(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if n := h.count("select count(*) from decisions"); n != 89 {
		t.Errorf("%d lines are left, want those of the last 90 days", n)
	}
}
