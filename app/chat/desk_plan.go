package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"rejoin/app/followup"
)

// judgement is one plan on its way into the database.
type judgement struct {
	conversation *Conversation
	organization *Organization
	facts        *PlanFacts
	state        followup.State
	plan         followup.Plan
}

// replan decides anew what becomes of a conversation's unread messages. Every use case that changes what the plan is
// judged from calls it last, with the conversation locked and its cursors written.
func (d *Desk) replan(ctx context.Context, tx Tx, c *Conversation) error {
	if c.PlanCode == "" && c.AgentSeq <= c.floor() {
		return nil // nothing was unread, and nothing is
	}
	return d.replanAll(ctx, tx, []*Conversation{c})
}

// floor is the seq behind which an agent's messages are pending.
func (c *Conversation) floor() int64 { return max(c.CustomerSeenSeq, c.CoveredSeq, c.WithheldSeq) }

// replanCustomer plans what a customer's presence and contact points have changed.
func (d *Desk) replanCustomer(ctx context.Context, tx Tx, customer *Customer) error {
	rows, err := tx.LockPlanned(ctx, customer.OrganizationID, customer.ID)
	if err != nil {
		return fmt.Errorf("lock planned conversations: %w", err)
	}
	return d.replanAll(ctx, tx, pointers(rows))
}

func pointers(rows []Conversation) []*Conversation {
	all := make([]*Conversation, len(rows))
	for i := range rows {
		all[i] = &rows[i]
	}
	return all
}

func (d *Desk) replanAll(ctx context.Context, tx Tx, conversations []*Conversation) error {
	if len(conversations) == 0 {
		return nil
	}
	judged, err := d.judge(ctx, tx, conversations)
	if err != nil {
		return err
	}
	now := d.now()
	decisions := make([]Decision, len(judged))
	for i := range judged {
		decisions[i] = judged[i].decide(now)
		if decisions[i].Told {
			tellPlan(tx, judged[i].conversation)
		}
	}
	if err := tx.SavePlans(ctx, conversations, decisions); err != nil {
		return fmt.Errorf("save plans: %w", err)
	}
	return nil
}

func tellPlan(tx Tx, c *Conversation) {
	tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: PlanMade, Key: c.Key, Seq: c.LastSeq})
}

// judge plans locked conversations without writing anything.
func (d *Desk) judge(ctx context.Context, read Reader, conversations []*Conversation) ([]judgement, error) {
	organizations := make(map[int64]*Organization)
	rules, caps := make(map[int64]followup.Rules), make(map[int64]int)
	for _, c := range conversations {
		if organizations[c.OrganizationID] != nil {
			continue
		}
		o, err := read.Organization(ctx, c.OrganizationID)
		if err != nil {
			return nil, err
		}
		organizations[o.ID], rules[o.ID], caps[o.ID] = o, o.Settings.Rules(), o.Settings.Number(HourlyCap)
	}
	facts, err := read.PlanFacts(ctx, conversations, caps)
	if err != nil {
		return nil, fmt.Errorf("read what plans need: %w", err)
	}
	judged := make([]judgement, len(conversations))
	for i, c := range conversations {
		o := organizations[c.OrganizationID]
		r := rules[o.ID]
		state := stateOf(c, o, &facts[i])
		judged[i] = judgement{c, o, &facts[i], state, followup.PlanOf(&r, &state)}
	}
	return judged, nil
}

// stateOf puts together what the plan is judged from.
func stateOf(c *Conversation, o *Organization, f *PlanFacts) followup.State {
	s := followup.State{
		Spam: c.SpamAt != nil, Spoke: c.CustomerSpokeAt != nil,
		Agent: c.AgentSeq, Seen: c.CustomerSeenSeq, Covered: c.CoveredSeq, Withheld: c.WithheldSeq, Failed: c.FailedSeq,
		Hurried: c.HurriedSeq, HurriedAt: at(c.HurriedAt), RejoinedAt: at(c.RejoinedAt),
		From: f.OldestSeq, To: f.NewestSeq, OldestAt: at(f.OldestAt), NewestAt: at(f.NewestAt),
		Active: f.Active, AwaySince: at(f.AwaySince), AwayCause: f.AwayCause,
		AgentsOfflineAt: at(o.AgentsOfflineAt), DraftAt: at(f.DraftAt), LastAt: at(f.LastAt), ByHand: f.ByHandSeq, ByHandAt: at(f.ByHandAt),
		ByEmail: c.LastVia == ViaEmail, SpokeAt: at(f.SpokeAt), CapUntil: at(f.CapUntil),
		Point: followup.ReasonNoPoint,
	}
	if f.Point != nil {
		var why followup.Reason
		_, why = followup.ReachOf(followup.Presence{}, []followup.Point{f.Point.Point()})
		s.Point, s.Channel = why, f.Point.Channel
		if c.EmailStoppedAt != nil && why == followup.ReasonPointWorks {
			s.Point = followup.ReasonStopped
		}
	}
	return s
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// decide moves the conversation's plan and returns the ledger's line; people are told when the answer is another one,
// or about other messages.
func (j *judgement) decide(now time.Time) Decision {
	c, before := j.conversation, *j.conversation
	c.PlanVersion = j.organization.PlanVersion
	c.PlanCode, c.PlanFrom, c.PlanTo, c.FollowupDueAt = j.plan.Code, j.plan.From, j.plan.To, nil
	if !j.plan.Due.IsZero() {
		due := j.plan.Due
		c.FollowupDueAt = &due
	}
	decision := j.line(now, string(j.plan.Code))
	decision.DueAt = c.FollowupDueAt
	if j.state.To == 0 { // it tells what became of the messages that were unread before
		decision.Code, decision.Setting, decision.Value = string(j.state.Settled()), "", ""
		decision.FromSeq, decision.ToSeq = before.PlanFrom, before.PlanTo
		c.PlanCode, c.PlanFrom, c.PlanTo = "", 0, 0
	}
	decision.Told = decision.ToSeq > 0 && (before.PlanCode != j.plan.Code || before.PlanTo != j.plan.To || !at(before.FollowupDueAt).Equal(j.plan.Due))
	return decision
}

// line is a line of the ledger about the messages that the plan is about.
func (j *judgement) line(now time.Time, code string) Decision {
	decision := Decision{
		OrganizationID: j.conversation.OrganizationID, ConversationID: j.conversation.ID, At: now, Code: code,
		FromSeq: j.plan.From, ToSeq: j.plan.To, State: &j.state,
	}
	decision.Setting = SettingBehind(j.plan.Code)
	if s, ok := SettingOf(decision.Setting); ok {
		decision.Value = j.organization.Settings.raw(s)
	}
	return decision
}

// SettingBehind is the key of the setting that decided, empty when none did.
func SettingBehind(code followup.Code) string {
	switch code {
	case followup.CodeOff:
		return ContinuousOn
	case followup.CodeContentOff:
		return ContinuousContent
	case followup.CodeClosedHold:
		return ClosedHold
	case followup.CodeOpenHold:
		return OpenHold
	case followup.CodeEmailHold:
		return EmailHold
	case followup.CodeMaxHold:
		return MaxHold
	case followup.CodeOffline:
		return OfflineAtOnce
	case followup.CodeDraft:
		return DraftHold
	case followup.CodeMinGap:
		return ContinuousMinGap
	case followup.CodeCapped:
		return HourlyCap
	}
	return ""
}

// raw is a setting's value as JSON, the default when it is not set.
func (v Values) raw(s Setting) string {
	if stored, ok := v[s.Key]; ok {
		return string(stored)
	}
	standard, err := json.Marshal(s.Default)
	if err != nil {
		return ""
	}
	return string(standard)
}

// note adds lines about a conversation to the ledger that no plan has made.
func (d *Desk) note(ctx context.Context, tx Tx, c *Conversation, lines ...Decision) error {
	for i := range lines {
		lines[i].OrganizationID, lines[i].ConversationID, lines[i].At, lines[i].Told = c.OrganizationID, c.ID, d.now(), true
	}
	if err := tx.SavePlans(ctx, nil, lines); err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	return nil
}
