package chat

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// atOnce is how many conversations one transaction of the sweepers takes.
const atOnce = 200

// replanSettles is how long an organization is looked at again for conversations that were being written while its
// plans were made anew.
const replanSettles = 5 * time.Second

// SweepFollowups claims what is due, on every instance at once: each conversation is decided again under its lock, and
// its delivery, its cursor and its job are one transaction. It returns how many deliveries it has made.
func (d *Desk) SweepFollowups(ctx context.Context) (int, error) {
	total := 0
	for {
		seen, claimed, settled, err := d.sweepOnce(ctx, atOnce)
		if err != nil && ctx.Err() == nil {
			return total, errors.Join(err, d.sweepEach(ctx, &total))
		}
		total += claimed
		if err != nil || len(seen) < atOnce && len(seen) == settled {
			return total, err
		}
	}
}

// sweepEach takes what is due one by one after a batch has failed, so that one conversation that cannot be claimed
// stops no other: it is put off and tried again later. While the database is away none is at fault.
func (d *Desk) sweepEach(ctx context.Context, total *int) error {
	var failed error
	for range atOnce {
		seen, claimed, _, err := d.sweepOnce(ctx, 1)
		*total += claimed
		if err == nil && len(seen) == 0 {
			break
		}
		if err == nil {
			continue
		}
		failed = errors.Join(failed, err)
		if len(seen) == 0 || isKind(err, Busy) {
			return failed
		}
		if err := d.putOff(ctx, &seen[0], func(c *Conversation) **time.Time { return &c.FollowupDueAt }, "followup_due_at"); err != nil {
			return errors.Join(failed, err)
		}
	}
	return failed
}

// putOff lets the one conversation that failed wait, if it is still due.
func (d *Desk) putOff(ctx context.Context, c *Conversation, due func(c *Conversation) **time.Time, column string) error {
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := tx.LockConversation(ctx, c.OrganizationID, c.ID)
		if err != nil {
			return err
		}
		at := due(locked)
		if *at == nil || d.now().Before(**at) {
			return nil
		}
		later := d.now().Add(putOffFor)
		*at = &later
		return tx.Update(ctx, locked, column)
	})
	if isKind(err, Missing) { // deleted meanwhile
		return nil
	}
	return err
}

// putOffFor is how long a conversation that could not be claimed waits.
const putOffFor = 5 * time.Minute

// sweepOnce takes some of what is due; those that are not settled by it are to be looked at again at once.
func (d *Desk) sweepOnce(ctx context.Context, limit int) (seen []Conversation, claimed, settled int, err error) {
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		seen, claimed, settled = nil, 0, 0
		rows, err := tx.LockDue(ctx, d.now(), limit)
		if err != nil || len(rows) == 0 {
			return err
		}
		seen = rows
		claimed, settled, err = d.claimDue(ctx, tx, pointers(rows))
		return err
	})
	if err != nil {
		return seen, 0, 0, fmt.Errorf("sweep follow-ups: %w", err)
	}
	return seen, claimed, settled, nil
}

// claimDue makes the deliveries of those whose time has come, and plans the others anew. It leaves those to the next look
// whose address has just been given all that it may have.
func (d *Desk) claimDue(ctx context.Context, tx Tx, conversations []*Conversation) (claimed, settled int, err error) {
	judged, err := d.judge(ctx, tx, conversations)
	if err != nil {
		return 0, 0, err
	}
	now := d.now()
	if judged, err = d.withinCap(ctx, tx, judged, now); err != nil {
		return 0, 0, err
	}
	decisions := make([]Decision, len(judged))
	saved := make([]*Conversation, len(judged))
	var deliveries []Delivery
	var claims []int // the decision of each delivery
	for i := range judged {
		saved[i] = judged[i].conversation
		if !judged[i].plan.Now(now) {
			if decisions[i] = judged[i].decide(now); decisions[i].Told {
				tellPlan(tx, judged[i].conversation)
			}
			continue
		}
		delivery, decision := judged[i].claim(now, d.newKey())
		decisions[i] = decision
		deliveries, claims = append(deliveries, delivery), append(claims, i)
	}
	if err := tx.InsertAll(ctx, &deliveries); err != nil {
		return 0, 0, fmt.Errorf("insert deliveries: %w", err)
	}
	for n, i := range claims {
		decisions[i].DeliveryID = deliveries[n].ID
		c := judged[i].conversation
		tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: DeliveryChanged, Key: c.Key, Seq: c.LastSeq})
	}
	if err := tx.SavePlans(ctx, saved, decisions); err != nil {
		return 0, 0, fmt.Errorf("save plans: %w", err)
	}
	return len(deliveries), len(judged), d.enqueue(ctx, tx, deliveries...)
}

// claim covers the messages by a delivery, whose content is written at its first attempt.
func (j *judgement) claim(now time.Time, key string) (Delivery, Decision) {
	c, point := j.conversation, j.facts.Point
	delivery := Delivery{
		OrganizationID: c.OrganizationID, Key: key, ConversationID: c.ID, ContactPointID: point.ID, Channel: point.Channel,
		Address: point.Address, Kind: KindFollowup, State: Queued, FromSeq: j.plan.From, ToSeq: j.plan.To, MessageSeq: j.plan.To, CreatedAt: now,
	}
	decision := j.line(now, DecidedClaimed)
	decision.Told, decision.Detail = true, point.Address
	c.CoveredSeq, c.PlanVersion = j.plan.To, j.organization.PlanVersion
	c.PlanCode, c.PlanFrom, c.PlanTo, c.FollowupDueAt = "", 0, 0, nil
	return delivery, decision
}

// Replan plans some of the conversations anew of every organization that has changed what all plans are judged from,
// so that none waits for another; more tells that there is more to do at once.
func (d *Desk) Replan(ctx context.Context) (more bool, err error) {
	for after := int64(0); ; {
		organization, left, failed := d.replanNext(ctx, after)
		err = errors.Join(err, failed)
		if organization == 0 {
			return more, err
		}
		more, after = more || left, organization
	}
}

// replanNext takes the first organization behind an id, 0 when there is none.
func (d *Desk) replanNext(ctx context.Context, after int64) (organization int64, more bool, err error) {
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		organization, more = 0, false
		o, err := tx.LockReplanning(ctx, after)
		if err != nil || o == nil {
			return err
		}
		organization = o.ID
		rows, err := tx.LockStale(ctx, o.ID, o.PlanVersion, atOnce)
		if err != nil {
			return fmt.Errorf("lock stale plans: %w", err)
		}
		if len(rows) == 0 {
			return d.settleReplan(ctx, tx, o)
		}
		more = true
		tx.Emit(Event{Topic: OrganizationTopic(o.ID), Name: PlansMoved})
		return d.replanAll(ctx, tx, pointers(rows))
	})
	if err != nil {
		return organization, false, fmt.Errorf("plan anew: %w", err)
	}
	return organization, more, nil
}

// settleReplan ends the new plans of an organization, unless some were being written, or still are.
func (d *Desk) settleReplan(ctx context.Context, tx Tx, o *Organization) error {
	if d.now().Sub(*o.ReplanSince) < replanSettles {
		return nil
	}
	if stale, _, err := tx.Unplanned(ctx, o.ID, o.PlanVersion); err != nil || stale > 0 {
		return err // somebody holds them
	}
	o.ReplanSince = nil
	tx.Emit(Event{Topic: OrganizationTopic(o.ID), Name: PlansMoved})
	return tx.Update(ctx, o, "replan_since")
}

// ReplanAll runs Replan until nothing is left to do at once; an organization that fails stops no other.
func (d *Desk) ReplanAll(ctx context.Context) (failed error) {
	for {
		more, err := d.Replan(ctx)
		if err != nil {
			failed = err
		}
		if !more {
			return failed
		}
	}
}

// outdate asks for new plans of all of an organization's conversations; the organization is locked by this Tx.
func (d *Desk) outdate(ctx context.Context, tx Tx, o *Organization) error {
	now := d.now()
	o.PlanVersion++
	o.ReplanSince = &now
	if err := tx.Update(ctx, o, "plan_version", "replan_since", "agents_offline_at"); err != nil {
		return fmt.Errorf("ask for new plans: %w", err)
	}
	return nil
}

// settleOnline notes when the last agent of an organization goes offline and when one is back: it changes every plan.
func (d *Desk) settleOnline(ctx context.Context, tx Tx, organization int64) error {
	o, err := tx.LockOrganization(ctx, organization)
	if err != nil {
		return err
	}
	agents, err := tx.Agents(ctx, organization)
	if err != nil {
		return fmt.Errorf("read agents: %w", err)
	}
	online := false
	for i := range agents {
		online = online || agents[i].Online()
	}
	if online == (o.AgentsOfflineAt == nil) {
		return nil
	}
	now := d.now()
	o.AgentsOfflineAt = &now
	if online {
		o.AgentsOfflineAt = nil
	}
	return d.outdate(ctx, tx, o)
}

// Replanning is how far new plans have come.
type Replanning struct {
	Running bool
	Done    int
	All     int
}

// Replanning tells an admin how far a change of the settings has come.
func (d *Desk) Replanning(ctx context.Context, caller *AgentCaller) (Replanning, error) {
	o, err := d.store.Organization(ctx, caller.Organization.ID)
	if err != nil {
		return Replanning{}, err
	}
	stale, all, err := d.store.Unplanned(ctx, o.ID, o.PlanVersion)
	if err != nil {
		return Replanning{}, fmt.Errorf("count plans: %w", err)
	}
	return Replanning{Running: o.ReplanSince != nil && stale > 0, Done: all - stale, All: all}, nil
}
