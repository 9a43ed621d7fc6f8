package chat_test

import (
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/mail/resendtest"
)

// online opens an inbox of the agent and keeps it open; what it returns closes it for good.
func (h *house) online() (leave func()) {
	h.Helper()
	person := chat.AgentPerson(h.org.ID, h.agent.Agent.ID)
	release := h.desk.Tracker().Stream(person, h.clock.now())
	h.must(h.desk.TickPresence(h.ctx))
	h.must(h.desk.ReplanAll(h.ctx))
	return func() {
		release(h.clock.now())
		h.pass(25 * time.Second)
		h.must(h.desk.ReplanAll(h.ctx))
	}
}

// gone is a customer with an address who has closed the page, while an agent is online.
func (h *house) gone() *guest {
	h.Helper()
	h.online()
	g := h.arrive("Hello, do you have it in blue?")
	g.give("jo@example.org")
	g.leave()
	return g
}

// planned checks the plan of the conversation: its reason, and how far off it is; a negative time is never.
func (g *guest) planned(why string, code followup.Code, in time.Duration) {
	g.h.Helper()
	c := g.row()
	switch {
	case c.PlanCode != code:
		g.h.Errorf("%s: the plan is %q, want %q", why, c.PlanCode, code)
	case in < 0 && c.FollowupDueAt != nil:
		g.h.Errorf("%s: due at %s, want never", why, c.FollowupDueAt)
	case in >= 0 && (c.FollowupDueAt == nil || c.FollowupDueAt.Sub(g.h.clock.now()).Round(time.Second) != in):
		g.h.Errorf("%s: due at %v, it is %s, want in %s", why, c.FollowupDueAt, g.h.clock.now(), in)
	}
}

// sweep claims what is due and carries it out, and tells how many deliveries were made.
func (h *house) sweep() int {
	h.Helper()
	h.forget()
	n, err := h.desk.SweepFollowups(h.ctx)
	h.must(err)
	for _, job := range h.jobs {
		_, err := h.desk.Deliver(h.ctx, job.OrganizationID, job.ID)
		h.must(err)
	}
	if n != len(h.jobs) {
		h.Errorf("%d deliveries, %d jobs", n, len(h.jobs))
	}
	return n
}

// waits lets time pass and sweeps, and checks how many emails have gone out in all.
func (h *house) waits(d time.Duration, emails int) {
	h.Helper()
	h.clock.advance(d)
	h.sweep()
	if got := len(h.provider.Accepted()); got != emails {
		h.Errorf("after %s %d emails have gone out, want %d", d, got, emails)
	}
}

func (g *guest) seen(seq int64) {
	g.h.Helper()
	g.h.must(g.h.desk.SeenByCustomer(g.h.ctx, g.CustomerCaller, g.key, seq))
}

// codes is what people read in the ledger of a message.
func (g *guest) codes(seq int64) []string {
	g.h.Helper()
	lines, err := g.h.desk.Why(g.h.ctx, g.h.agent, g.key, seq)
	g.h.must(err)
	var codes []string
	for _, line := range lines {
		codes = append(codes, line.Code)
	}
	return codes
}

func (g *guest) ledger(why string, seq int64, want ...string) {
	g.h.Helper()
	got := g.codes(seq)
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = got[i] == want[i]
	}
	if !same {
		g.h.Errorf("%s: the ledger says %v, want %v", why, got, want)
	}
}

func TestAnUnreadAnswerFollowsWhoHasLeft(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	m := h.answer(g.key, "Yes, in 41 and 42.")
	g.planned("just answered", followup.CodeClosedHold, 5*time.Minute)
	h.waits(5*time.Minute-time.Second, 0)
	h.waits(time.Second, 1)
	h.waits(24*time.Hour, 1)
	if c := g.row(); c.CoveredSeq != m.Seq || c.PlanCode != "" || c.FollowupDueAt != nil {
		t.Errorf("afterwards covered %d, plan %q due %v", c.CoveredSeq, c.PlanCode, c.FollowupDueAt)
	}
	g.ledger("after the email", m.Seq, "closed_hold", chat.DecidedClaimed, chat.DecidedSent)
	lines, err := h.desk.Why(h.ctx, h.agent, g.key, m.Seq)
	h.must(err)
	if lines[0].Setting != chat.ClosedHold || lines[0].Value != "300" || lines[0].DueAt == nil || lines[1].Detail != "jo@example.org" {
		t.Errorf("the ledger's lines are %+v", lines)
	}
}

func TestNobodyWhoIsHereGetsAnEmail(t *testing.T) {
	h := newHouse(t)
	h.online()
	g := h.arrive("Hello")
	g.give("jo@example.org")
	m := h.answer(g.key, "Hello Jo")
	g.planned("while they read", followup.CodeHeld, -1)
	h.waits(4*time.Minute, 0)
	g.seen(m.Seq)
	g.planned("once seen", "", -1)
	g.ledger("once seen", m.Seq, "held", "seen")
	g.leave()
	h.waits(time.Hour, 0)
}

func TestWhoLeavesWithoutReadingIsFollowedFromThen(t *testing.T) {
	h := newHouse(t)
	h.online()
	g := h.arrive("Hello")
	g.give("jo@example.org")
	h.answer(g.key, "Hello Jo")
	h.clock.advance(time.Minute)
	g.leave()
	g.planned("away for 21 seconds", followup.CodeClosedHold, 5*time.Minute-21*time.Second)
	g.sign(h.desk, "page", chat.SignHidden)
	g.sign(h.desk, "page", chat.SignVisible)
	h.pass(time.Second)
	g.planned("back", followup.CodeHeld, -1)
	h.waits(time.Minute, 0)
}

func TestRepliesInARowAreOneEmailNotLaterThanTheLimit(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	first := h.answer(g.key, "One")
	for range 4 {
		h.waits(4*time.Minute, 0)
		h.answer(g.key, "And one more")
	}
	g.planned("after 16 minutes of replies", followup.CodeMaxHold, 4*time.Minute)
	h.waits(4*time.Minute, 1)
	if d := h.last(g); d.FromSeq != first.Seq || d.ToSeq != g.row().AgentSeq {
		t.Errorf("it carries %d to %d, want %d to %d", d.FromSeq, d.ToSeq, first.Seq, g.row().AgentSeq)
	}
	h.answer(g.key, "Another")
	g.planned("soon after an email", followup.CodeMinGap, 15*time.Minute)
	h.waits(15*time.Minute, 2)
}

// last is the newest delivery of a guest's conversation.
func (h *house) last(g *guest) *chat.Delivery {
	h.Helper()
	all, err := h.store.Deliveries(h.ctx, g.Organization.ID, g.row().ID)
	h.must(err)
	if len(all) == 0 {
		h.Fatal("no delivery")
	}
	return &all[0]
}

func TestWhenTheLastAgentLeavesWhatIsUnreadGoesAtOnce(t *testing.T) {
	h := newHouse(t)
	leave := h.online()
	g := h.arrive("Hello")
	g.give("jo@example.org")
	g.leave()
	h.answer(g.key, "Yes")
	h.waits(time.Minute, 0)
	leave()
	g.planned("nobody is left", followup.CodeOffline, 0)
	h.waits(0, 1)
}

func TestAnAgentWhoIsAwayCountsAsOfflineAndComesBack(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	h.must(h.desk.SetAway(h.ctx, h.agent, true))
	h.must(h.desk.ReplanAll(h.ctx))
	g.planned("away", followup.CodeOffline, 0)
	h.must(h.desk.SetAway(h.ctx, h.agent, false))
	h.must(h.desk.ReplanAll(h.ctx))
	g.planned("back", followup.CodeClosedHold, 5*time.Minute)
}

func TestTheEmailWaitsForADraft(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Let me look.")
	h.waits(4*time.Minute+30*time.Second, 0)
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, "We have", false))
	g.planned("while Bo writes", followup.CodeDraft, time.Minute)
	h.waits(50*time.Second, 0)
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, "We have it", false))
	g.planned("still", followup.CodeDraft, time.Minute)
	h.answer(g.key, "We have it in blue.")
	g.planned("sent", followup.CodeClosedHold, 5*time.Minute)
	h.waits(5*time.Minute, 1)
}

func TestADraftThatIsGivenUpLetsTheEmailGo(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Let me look.")
	h.waits(4*time.Minute+50*time.Second, 0)
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, "We have", false))
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, "", false))
	g.planned("given up", followup.CodeClosedHold, 10*time.Second)
	h.must(h.desk.SaveDraft(h.ctx, h.agent, g.key, "only for us", true))
	g.planned("a note is no answer", followup.CodeClosedHold, 10*time.Second)
}

func TestAnAddressGivenAfterwardsIsWrittenTo(t *testing.T) {
	h := newHouse(t)
	h.online()
	g := h.arrive("Hello")
	g.leave()
	m := h.answer(g.key, "Yes")
	g.planned("no address", followup.CodeNoPoint, -1)
	h.clock.advance(time.Hour)
	g.give("jo@example.org")
	g.overdue("with one", followup.CodeClosedHold)
	h.waits(0, 1)
	g.ledger("in order", m.Seq, "no_point", "closed_hold", chat.DecidedClaimed, chat.DecidedSent)
}

func TestClosingDoesNotCancelAndSpamDoes(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Done. Good night")
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	g.planned("closed", followup.CodeClosedHold, 5*time.Minute)
	h.must(h.desk.MarkSpam(h.ctx, h.agent, g.key))
	g.planned("spam", followup.CodeSpam, -1)
	h.must(h.desk.NotSpam(h.ctx, h.agent, g.key))
	h.waits(5*time.Minute, 1)
}

func TestWhoHasStoppedEmailsGetsNone(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	h.must(h.desk.StopEmail(h.ctx, g.CustomerCaller, g.key, true))
	g.planned("stopped", followup.CodeStopped, -1)
	h.waits(time.Hour, 0)
	h.must(h.desk.StopEmail(h.ctx, g.CustomerCaller, g.key, false))
	h.waits(0, 1)
}

func TestAnAgentCanHurryItOrKeepItBack(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	m := h.answer(g.key, "Yes")
	h.must(h.desk.Withhold(h.ctx, h.agent, g.key))
	h.waits(time.Hour, 0)
	h.refused(h.desk.SendNow(h.ctx, h.agent, g.key), chat.Conflict, "plan.code.withheld")
	h.must(h.desk.Release(h.ctx, h.agent, g.key, m.Seq))
	h.waits(0, 1)
	g.ledger("kept back and let go", m.Seq, "closed_hold", chat.DecidedWithhold, "withheld", chat.DecidedRelease, "closed_hold", chat.DecidedClaimed, chat.DecidedSent)
	h.answer(g.key, "And in red")
	h.must(h.desk.SendNow(h.ctx, h.agent, g.key))
	g.planned("hurried, but not two emails at once", followup.CodeMinGap, 15*time.Minute)
	h.waits(15*time.Minute, 2)
	h.clock.advance(time.Hour)
	h.answer(g.key, "And in green")
	h.must(h.desk.SendNow(h.ctx, h.agent, g.key))
	h.must(h.desk.SendNow(h.ctx, h.agent, g.key))
	h.waits(0, 3)
}

func TestAChangedSettingPlansEverythingAnew(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	h.set(chat.ClosedHold, "60")
	g.planned("not yet", followup.CodeClosedHold, 5*time.Minute)
	if r, err := h.desk.Replanning(h.ctx, h.admin); err != nil || !r.Running || r.Done != 0 || r.All != 1 {
		t.Errorf("before: %+v, %v", r, err)
	}
	h.must(h.desk.ReplanAll(h.ctx))
	g.planned("then", followup.CodeClosedHold, time.Minute)
	if r, err := h.desk.Replanning(h.ctx, h.admin); err != nil || r.Running || r.Done != 1 {
		t.Errorf("after: %+v, %v", r, err)
	}
	h.set(chat.ContinuousOn, "false")
	h.must(h.desk.ReplanAll(h.ctx))
	g.planned("off", followup.CodeOff, -1)
	h.waits(time.Hour, 0)
	h.set(chat.ContinuousOn, "true")
	h.must(h.desk.ReplanAll(h.ctx))
	h.waits(0, 1)
}

func TestAFailureIsNotTriedAgainByItself(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	m := h.answer(g.key, "Yes")
	h.clock.advance(5 * time.Minute)
	h.provider.Script(refusing)
	h.sweep()
	if d := h.last(g); d.State != chat.Failed {
		t.Fatalf("it is %s", d.State)
	}
	g.planned("failed", followup.CodeFailed, -1)
	h.provider.Script(nil)
	h.waits(time.Hour, 0)
	g.ledger("failed", m.Seq, "closed_hold", chat.DecidedClaimed, chat.DecidedGaveUp, "failed")
	h.must(h.desk.RetryDelivery(h.ctx, h.agent, h.last(g).Key))
	h.must(h.desk.RetryDelivery(h.ctx, h.agent, h.last(g).Key))
	h.waits(0, 1)
}

func TestANewAnswerOrAnotherAddressTakesUpWhatFailed(t *testing.T) {
	h := newHouse(t)
	for _, again := range []func(g *guest){
		func(g *guest) { h.answer(g.key, "Are you there?") },
		func(g *guest) { g.give("jo@elsewhere.example") },
	} {
		h.provider.Script(refusing)
		before := len(h.provider.Accepted())
		g := h.gone()
		first := h.answer(g.key, "Yes")
		h.clock.advance(5 * time.Minute)
		h.sweep()
		h.provider.Script(nil)
		again(g)
		h.clock.advance(time.Hour)
		h.sweep()
		if n := len(h.provider.Accepted()) - before; n != 1 || h.last(g).FromSeq != first.Seq {
			t.Errorf("%d emails, the last from %d, want one from %d", n, h.last(g).FromSeq, first.Seq)
		}
	}
}

func TestAnInvitationCoversWhatWouldHaveFollowed(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	m := h.answer(g.key, "Yes")
	message, d := h.invite(g.key, "Come back")
	h.deliver(d)
	g.planned("invited", "", -1)
	h.waits(time.Hour, 1)
	g.ledger("of the answer", m.Seq, "closed_hold", chat.DecidedInvited, "covered", chat.DecidedSent)
	g.ledger("of the invitation", message.Seq, chat.DecidedInvited, chat.DecidedSent)
}

func refusing(int, resendtest.Request) resendtest.Fault { return resendtest.Refused() }

// overdue checks that the plan's time has passed.
func (g *guest) overdue(why string, code followup.Code) {
	g.h.Helper()
	if c := g.row(); c.PlanCode != code || c.FollowupDueAt == nil || c.FollowupDueAt.After(g.h.clock.now()) {
		g.h.Errorf("%s: the plan is %q due at %v, want %q overdue", why, c.PlanCode, c.FollowupDueAt, code)
	}
}
