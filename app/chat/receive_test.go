package chat_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// event is what the provider tells of a delivery.
func event(id string, report chat.Report, d *chat.Delivery) *chat.WebhookEvent {
	return &chat.WebhookEvent{
		Provider: "resend", ID: id, Kind: "email." + string(report), Report: report, ProviderID: d.ProviderID,
		Addresses: []string{d.Address}, Words: "the provider's words", Body: []byte(`{}`),
	}
}

// told lets the provider tell things of a delivery in this order, each once and settled at once.
func (h *house) told(d *chat.Delivery, reports ...chat.Report) {
	h.Helper()
	for _, report := range reports {
		e := event(fmt.Sprintf("msg_%d", h.number("select count(*) from webhook_events")), report, d)
		fresh, err := h.desk.KeepEvent(h.ctx, e)
		h.must(err)
		if !fresh {
			h.Fatalf("%s is not fresh", e.ID)
		}
		h.must(h.desk.SettleEvent(h.ctx, e))
	}
}

// emailed is a customer who has left and whose unread answer has gone out by email.
func (h *house) emailed() (*guest, *chat.Message, *chat.Delivery) {
	h.Helper()
	g := h.gone()
	m := h.answer(g.key, "Yes, in 41.")
	h.clock.advance(5 * time.Minute)
	h.sweep()
	d := h.last(g)
	if d.State != chat.Sent || d.ProviderID == "" {
		h.Fatalf("it is %s", told(d))
	}
	h.forget()
	return g, m, d
}

// outcome is what became of an event.
func (h *house) outcome(id string) (outcome string) {
	h.Helper()
	h.must(h.pools.Jobs().QueryRow(h.ctx, "select outcome || case when next_at is null then '' else ', waits' end from webhook_events where id = $1", id).Scan(&outcome))
	return outcome
}

func TestWhatTheProviderTellsMovesADeliveryForwardOnly(t *testing.T) {
	const (
		sent, delivered, opened, clicked                  = chat.ReportSent, chat.ReportDelivered, chat.ReportOpened, chat.ReportClicked
		bounced, complained, suppressed                   = chat.ReportBounced, chat.ReportComplained, chat.ReportSuppressed
		refused, quota, delayed, returned                 = chat.ReportRefused, chat.ReportQuota, chat.ReportDelayed, chat.ReportReturned
		works, dead, unwanted             followup.Reason = followup.ReasonPointWorks, followup.ReasonBounced, followup.ReasonComplained
	)
	for _, test := range []struct {
		told  []chat.Report
		state chat.DeliveryState
		code  string
		point followup.Reason
	}{
		{[]chat.Report{sent}, chat.Sent, "", works},
		{[]chat.Report{delivered}, chat.Delivered, "", works},
		{[]chat.Report{sent, delivered, opened, clicked}, chat.Clicked, "", works},
		{[]chat.Report{clicked, opened, delivered, sent}, chat.Clicked, "", works},
		{[]chat.Report{delivered, delivered, sent}, chat.Delivered, "", works},
		{[]chat.Report{delayed}, chat.Sent, chat.ReasonDelayed, works},
		{[]chat.Report{delayed, delivered, delayed}, chat.Delivered, "", works},
		{[]chat.Report{returned}, chat.Queued, "returned", works},
		{[]chat.Report{returned, returned, sent, delayed}, chat.Queued, "returned", works},
		{[]chat.Report{returned, delivered}, chat.Delivered, "", works},
		{[]chat.Report{delivered, returned}, chat.Delivered, "", works},
		{[]chat.Report{returned, opened}, chat.Opened, "", works},
		{[]chat.Report{returned, bounced}, chat.Bounced, "bounced", dead},
		{[]chat.Report{returned, refused}, chat.Failed, "refused", works},
		{[]chat.Report{returned, complained}, chat.Complained, "complained", unwanted},
		{[]chat.Report{bounced}, chat.Bounced, "bounced", dead},
		{[]chat.Report{bounced, delivered, opened, sent}, chat.Bounced, "bounced", dead},
		{[]chat.Report{delivered, bounced}, chat.Bounced, "bounced", dead},
		{[]chat.Report{bounced, suppressed, refused}, chat.Bounced, "bounced", dead},
		{[]chat.Report{suppressed}, chat.Failed, "suppressed", dead},
		{[]chat.Report{suppressed, delivered, bounced}, chat.Failed, "suppressed", dead},
		{[]chat.Report{refused}, chat.Failed, "refused", works},
		{[]chat.Report{quota, delivered}, chat.Failed, "quota", works},
		{[]chat.Report{complained}, chat.Complained, "complained", unwanted},
		{[]chat.Report{complained, delivered, clicked}, chat.Complained, "complained", unwanted},
		{[]chat.Report{delivered, opened, complained}, chat.Complained, "complained", unwanted},
		{[]chat.Report{complained, bounced}, chat.Complained, "complained", dead},
	} {
		t.Run(fmt.Sprint(test.told), func(t *testing.T) {
			h := newHouse(t)
			h.set(chat.EmailTracking, "true")
			g, _, d := h.emailed()
			h.told(d, test.told...)
			now := h.delivery(d.Key)
			if now.State != test.state || now.Reason != test.code {
				t.Errorf("it is %s", told(now))
			}
			if now.Final() && (test.code == "" || test.code == chat.ReasonDelayed) != (now.EndedAt == nil) {
				t.Errorf("ended at %v", now.EndedAt)
			}
			customer, err := h.store.Customer(h.ctx, h.org.ID, g.Customer.ID)
			h.must(err)
			if _, why := chat.Reach(customer, g.points()); why != test.point {
				t.Errorf("the address is %s, want %s", why, test.point)
			}
			reach := followup.Reachable
			if test.point != works {
				reach = followup.Unreachable
			}
			if c := g.row(); c.Reach != reach {
				t.Errorf("the customer is %s, want %s", c.Reach, reach)
			}
			if n := h.number("select count(*) from webhook_events where outcome = 'handled' and next_at is null and delivery_id is not null"); n != len(test.told) {
				t.Errorf("%d events are handled, want %d", n, len(test.told))
			}
		})
	}
}

func TestAnEmailThatComesBackGivesItsMessagesBackUntilAnotherAddressIsGiven(t *testing.T) {
	h := newHouse(t)
	g, m, d := h.emailed()
	h.told(d, chat.ReportBounced)
	if now := h.delivery(d.Key); now.Detail != "the provider's words" || g.row().CoveredSeq != 0 {
		t.Errorf("detail %q, covered %d", now.Detail, g.row().CoveredSeq)
	}
	g.planned("bounced", followup.CodeBounced, -1)
	g.ledger("bounced", m.Seq, "closed_hold", chat.DecidedClaimed, chat.DecidedSent, chat.DecidedGaveUp, "bounced")
	if h.heard(chat.DeliveryChanged, "org:") != 1 || h.heard(chat.CustomerChanged, "org:") != 1 {
		t.Error("the agents are not told")
	}
	h.waits(24*time.Hour, 1)
	g.give("jo@elsewhere.example")
	h.waits(time.Hour, 2)
	if now := h.last(g); now.Address != "jo@elsewhere.example" || now.State != chat.Sent || now.ToSeq != m.Seq {
		t.Errorf("it is %s", told(now))
	}
}

func TestAComplaintStopsEmailAndTakesNothingBack(t *testing.T) {
	h := newHouse(t)
	g, m, d := h.emailed()
	h.told(d, chat.ReportDelivered, chat.ReportComplained)
	if g.row().CoveredSeq != m.Seq {
		t.Error("an email that was read as unwanted is to be sent again")
	}
	g.ledger("complained", m.Seq, "closed_hold", chat.DecidedClaimed, chat.DecidedSent, chat.DecidedReached, chat.DecidedReported)
	h.answer(g.key, "And in 42.")
	g.planned("complained", followup.CodeComplained, -1)
	h.waits(24*time.Hour, 1)
}

func TestWhatMovesNothingStandsInTheLedger(t *testing.T) {
	h := newHouse(t)
	g, m, d := h.emailed()
	h.told(d, chat.ReportDelayed, chat.ReportReturned, chat.ReportDelivered, chat.ReportDelayed)
	g.ledger("late", m.Seq, "closed_hold", chat.DecidedClaimed, chat.DecidedSent, chat.DecidedDelayed, chat.DecidedAgain, chat.DecidedReached)
	lines, err := h.desk.Why(h.ctx, h.agent, g.key, m.Seq)
	h.must(err)
	if lines[4].Detail != "the provider's words" {
		t.Errorf("the line is %+v", lines[4])
	}
}

func TestALateEmailSaysSoUntilItArrives(t *testing.T) {
	h := newHouse(t)
	_, _, d := h.emailed()
	h.told(d, chat.ReportDelayed)
	if now := h.delivery(d.Key); now.State != chat.Sent || now.Reason != chat.ReasonDelayed || now.Detail != "the provider's words" {
		t.Errorf("it is %s: %s, %s", now.State, now.Reason, now.Detail)
	}
	h.told(d, chat.ReportDelivered, chat.ReportDelayed)
	if now := h.delivery(d.Key); now.State != chat.Delivered {
		t.Errorf("it is %s", now.State)
	}
}

func TestWhoHasRejoinedHasGotTheEmail(t *testing.T) {
	h := newHouse(t)
	g, _, d := h.emailed()
	h.rejoin(h.lastToken())
	before := g.points()[0]
	h.told(d, chat.ReportBounced, chat.ReportSuppressed, chat.ReportRefused, chat.ReportDelivered)
	if now := h.delivery(d.Key); now.State != chat.Rejoined || before.BouncedAt != nil || g.points()[0].BouncedAt != nil {
		t.Errorf("it is %s", told(now))
	}
	h.told(d, chat.ReportComplained) // all the same the person wants no more
	if now := h.delivery(d.Key); now.State != chat.Rejoined || g.points()[0].ComplainedAt == nil {
		t.Errorf("it is %s", told(now))
	}
}

func TestAnEventToldTwiceCountsOnce(t *testing.T) {
	h := newHouse(t)
	_, _, d := h.emailed()
	h.told(d, chat.ReportDelayed)
	before := h.dump()
	fresh, err := h.desk.KeepEvent(h.ctx, event("msg_0", chat.ReportDelayed, d))
	h.must(err)
	if fresh {
		t.Error("it is taken for new")
	}
	h.must(h.desk.SettleEvents(h.ctx))
	h.clock.advance(time.Hour)
	h.must(h.desk.SettleEvents(h.ctx))
	h.unchanged(before, "a repetition")
}

func TestManyHandsSettleAnEventOnce(t *testing.T) {
	h := newHouse(t)
	g, m, d := h.emailed()
	var kept [8]chat.WebhookEvent
	fresh := 0
	for i := range kept {
		kept[i] = *event("msg_same", chat.ReportDelayed, d)
		first, err := h.desk.KeepEvent(h.ctx, &kept[i])
		h.must(err)
		if first {
			fresh++
		}
	}
	if done, errs := h.together(8, func(i int) error { return h.desk.SettleEvent(h.ctx, &kept[i]) }); done != 8 {
		t.Errorf("%d of 8 succeeded: %v", done, errs)
	}
	if fresh != 1 {
		t.Errorf("it was fresh %d times", fresh)
	}
	g.ledger("once", m.Seq, "closed_hold", chat.DecidedClaimed, chat.DecidedSent, chat.DecidedDelayed)
}

func TestAnEventThatWasKeptBeforeACrashIsSettledByAnother(t *testing.T) {
	h := newHouse(t)
	_, _, d := h.emailed()
	_, err := h.desk.KeepEvent(h.ctx, event("msg_crash", chat.ReportBounced, d))
	h.must(err)
	other := h.deskOver(h.store, "other", h.channels)
	h.must(other.SettleEvents(h.ctx))
	if now := h.delivery(d.Key); now.State != chat.Sent {
		t.Errorf("who keeps it has had no time: %s", told(now))
	}
	h.clock.advance(31 * time.Second)
	h.must(other.SettleEvents(h.ctx))
	if now := h.delivery(d.Key); now.State != chat.Bounced || h.outcome("msg_crash") != "handled" {
		t.Errorf("it is %s, the event %s", told(now), h.outcome("msg_crash"))
	}
}

func TestAnEventThatComesBeforeOurOwnWordWaitsForIt(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	early := h.deskOver(h.store, "early", []chat.Channel{deaf{Channel: h.channels[0], after: func() {
		e := event("msg_early", chat.ReportDelivered, &chat.Delivery{ProviderID: h.provider.Accepted()[0].ID, Address: d.Address})
		_, err := h.desk.KeepEvent(h.ctx, e)
		h.must(err)
		h.must(h.desk.SettleEvent(h.ctx, e))
	}}})
	_, err := early.Deliver(h.ctx, d.OrganizationID, d.ID)
	h.must(err)
	if now := h.delivery(d.Key); now.State != chat.Sent || h.outcome("msg_early") != "unmatched, waits" {
		t.Fatalf("it is %s, the event %s", told(now), h.outcome("msg_early"))
	}
	h.clock.advance(10 * time.Second)
	h.must(h.desk.SettleEvents(h.ctx))
	if now := h.delivery(d.Key); now.State != chat.Delivered || h.outcome("msg_early") != "handled" {
		t.Errorf("it is %s, the event %s", told(now), h.outcome("msg_early"))
	}
}

func TestAnEventOfNobodyIsKeptAndGivenUpInTime(t *testing.T) {
	h := newHouse(t)
	_, _, d := h.emailed()
	h.told(&chat.Delivery{ProviderID: "somebody else's"}, chat.ReportBounced)
	for range 40 {
		h.clock.advance(10 * time.Minute)
		h.must(h.desk.SettleEvents(h.ctx))
	}
	if h.outcome("msg_0") != "unmatched" || h.delivery(d.Key).State != chat.Sent {
		t.Errorf("the event is %s", h.outcome("msg_0"))
	}
	if n := h.number("select attempts from webhook_events"); n < 5 || n > 20 {
		t.Errorf("it was tried %d times", n)
	}
	e := event("msg_other", "", d)
	_, err := h.desk.KeepEvent(h.ctx, e)
	h.must(err)
	h.must(h.desk.SettleEvent(h.ctx, e))
	if h.outcome("msg_other") != "ignored" {
		t.Errorf("an event about no email is %s", h.outcome("msg_other"))
	}
}

func TestAnEventTouchesOneOrganizationOnly(t *testing.T) {
	h := newHouse(t)
	_, _, d := h.emailed()
	foreign, _ := h.organization("Foreign", "eve@foreign.example")
	g := h.arriveAt(h.desk, foreign, "Hello")
	_, err := h.desk.GiveAddress(h.ctx, g.CustomerCaller, g.key, "eve@example.org")
	h.must(err)
	h.exec(`insert into deliveries (organization_id, key, conversation_id, contact_point_id, channel, address, kind, state, provider_id, created_at)
		select organization_id, 'foreign', $1, id, 'email', address, 'invitation', 'sent', $2, now() from contact_points where organization_id = $3`,
		g.row().ID, d.ProviderID, foreign.ID)
	h.told(d, chat.ReportBounced)
	if now := h.delivery(d.Key); now.State != chat.Bounced {
		t.Errorf("the own one is %s", told(now))
	}
	if n := h.number("select count(*) from deliveries where key = 'foreign' and state = 'sent'"); n != 1 {
		t.Error("the foreign one has changed")
	}
	if n := h.number("select count(*) from contact_points where organization_id = $1 and bounced_at is not null", foreign.ID); n != 0 {
		t.Error("the foreign address is marked")
	}
	e := event("msg_nobody", chat.ReportComplained, d)
	e.Addresses = []string{"nobody@example.org"}
	_, err = h.desk.KeepEvent(h.ctx, e)
	h.must(err)
	h.must(h.desk.SettleEvent(h.ctx, e))
	if h.outcome("msg_nobody") != "unmatched, waits" {
		t.Errorf("two have the name, none the address: %s", h.outcome("msg_nobody"))
	}
}

func TestADeletedCustomersEventsGoWithThem(t *testing.T) {
	h := newHouse(t)
	g, _, d := h.emailed()
	h.told(d, chat.ReportDelivered)
	h.must(h.desk.DeleteMe(h.ctx, g.CustomerCaller))
	if n := h.number("select count(*) from webhook_events"); n != 0 {
		t.Errorf("%d events are left", n)
	}
	h.told(d, chat.ReportBounced)
	if h.outcome("msg_0") != "unmatched, waits" {
		t.Errorf("it is %s", h.outcome("msg_0"))
	}
}

// broken is a store whose transactions fail where an event's delivery is looked for.
type broken struct{ chat.Store }

type brokenTx struct{ chat.Tx }

func (b broken) Tx(ctx context.Context, act func(ctx context.Context, tx chat.Tx) error) error {
	return b.Store.Tx(ctx, func(ctx context.Context, tx chat.Tx) error { return act(ctx, brokenTx{tx}) })
}

func (brokenTx) DeliveriesByProvider(_ context.Context, providerID string) ([]chat.Delivery, error) {
	return nil, errors.New("no luck with " + providerID)
}

func TestAnEventThatCannotBeSettledIsTriedForAWhile(t *testing.T) {
	h := newHouse(t)
	_, _, d := h.emailed()
	_, err := h.desk.KeepEvent(h.ctx, event("msg_poison", chat.ReportDelivered, d))
	h.must(err)
	sick := h.deskOver(broken{h.store}, "sick", h.channels)
	h.clock.advance(time.Minute)
	if sick.SettleEvents(h.ctx) == nil || h.outcome("msg_poison") != "failed, waits" {
		t.Errorf("the event is %s", h.outcome("msg_poison"))
	}
	h.clock.advance(time.Minute)
	h.must(h.desk.SettleEvents(h.ctx))
	if now := h.delivery(d.Key); now.State != chat.Delivered || h.outcome("msg_poison") != "handled" {
		t.Errorf("it is %s", told(now))
	}
	_, err = h.desk.KeepEvent(h.ctx, event("msg_poison_2", chat.ReportOpened, d))
	h.must(err)
	h.clock.advance(3 * time.Hour)
	if sick.SettleEvents(h.ctx) == nil || h.outcome("msg_poison_2") != "failed" {
		t.Errorf("the event is %s", h.outcome("msg_poison_2"))
	}
}
