package chat_test

import (
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// emails lets a customer who is away write by email.
func (g *guest) emails(text string) *chat.Message {
	g.h.Helper()
	m := g.post(text)
	g.h.exec("update conversations set last_via = 'email' where organization_id = $1 and id = $2", g.Organization.ID, g.row().ID)
	g.h.exec("update messages set via = 'email' where organization_id = $1 and conversation_id = $2 and seq = $3", g.Organization.ID, g.row().ID, m.Seq)
	return m
}

func TestAnAnswerToAnEmailGoesByEmailAfterAMinute(t *testing.T) {
	h := newHouse(t)
	g, _, _ := h.emailed()
	h.clock.advance(2 * time.Minute)
	g.emails("And in 43?")
	m := h.answer(g.key, "That too.")
	g.planned("just answered", followup.CodeEmailHold, time.Minute)
	h.waits(59*time.Second, 1)
	h.waits(time.Second, 2)
	g.ledger("sent", m.Seq, "email_hold", chat.DecidedClaimed, chat.DecidedSent)
	lines, err := h.desk.Why(h.ctx, h.agent, g.key, m.Seq)
	h.must(err)
	if lines[0].Setting != chat.EmailHold || lines[0].Value != "60" {
		t.Errorf("decided by %s = %s", lines[0].Setting, lines[0].Value)
	}
	h.answer(g.key, "In white as well.") // a second answer to the same email keeps the gap
	g.planned("a second one", followup.CodeMinGap, 15*time.Minute)
	h.clock.advance(time.Minute)
	g.emails("Great")
	h.answer(g.key, "You are welcome.")
	g.planned("they wrote again", followup.CodeEmailHold, time.Minute)
}

func TestTheHoldOfEmailsIsTheOrganizationsOwn(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	g.emails("Are you there?")
	h.answer(g.key, "Yes.")
	g.planned("at first", followup.CodeEmailHold, time.Minute)
	h.set(chat.EmailHold, "600")
	h.must(h.desk.ReplanAll(h.ctx))
	g.planned("with another setting", followup.CodeEmailHold, 10*time.Minute)
	h.refused(h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{chat.EmailHold: []byte("-1")}), chat.Invalid, "chat.setting.seconds")
}

func TestWhoComesBackToTheChatIsWaitedForAsBefore(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	g.emails("Are you there?")
	g.post("I am in the chat now")
	h.answer(g.key, "So am I.")
	g.planned("in the chat", followup.CodeClosedHold, 5*time.Minute)
}

func TestWhoIsHereIsNotEmailedAtOnceHoweverTheyWroteLast(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	g.emails("Are you there?")
	person := chat.CustomerPerson(h.org.ID, g.Customer.ID)
	h.desk.Tracker().Sign(person, "page", chat.SignActive, h.clock.now())
	h.must(h.desk.TickPresence(h.ctx))
	h.answer(g.key, "Yes.")
	g.planned("here", followup.CodeHeld, -1)
}

// crowd is so many customers who have left one address, each with an unread answer that is due.
func (h *house) crowd(n int) []*guest {
	h.Helper()
	h.online()
	var guests []*guest
	for range n {
		g := h.arrive("Hello")
		g.give("jo@example.org")
		g.leave()
		guests = append(guests, g)
		h.answer(g.key, "Yes")
	}
	h.clock.advance(5 * time.Minute)
	return guests
}

func TestAnAddressGetsNoMoreAutomaticEmailsInAnHourThanItMay(t *testing.T) {
	h := newHouse(t)
	guests := h.crowd(12)
	h.sweep()
	if n := len(h.provider.Accepted()); n != 10 {
		t.Fatalf("%d emails have gone out", n)
	}
	late := 0
	for _, g := range guests {
		if g.row().PlanCode == followup.CodeCapped {
			late++
			g.planned("it has had enough", followup.CodeCapped, time.Hour)
		}
	}
	if late != 2 {
		t.Errorf("%d wait", late)
	}
	h.waits(59*time.Minute, 10)
	h.waits(time.Minute, 12)
	h.set(chat.HourlyCap, "3")
	for _, g := range guests[:3] {
		g.post("And?")
		h.answer(g.key, "Soon.")
	}
	other := h.arrive("Hello")
	other.give("somebody@else.example")
	other.leave()
	h.answer(other.key, "Yes")
	h.waits(30*time.Minute, 14) // two of this hour went already
	if other.row().PlanCode != "" {
		t.Errorf("another address waits as well: %s", other.row().PlanCode)
	}
}

func TestAHigherCapLetsGoWhatHasWaited(t *testing.T) {
	h := newHouse(t)
	h.set(chat.HourlyCap, "1")
	guests := h.crowd(2)
	h.waits(0, 1)
	h.set(chat.HourlyCap, "2")
	h.must(h.desk.ReplanAll(h.ctx))
	h.waits(0, 2)
	for _, g := range guests {
		if code := g.row().PlanCode; code != "" {
			t.Errorf("one still waits: %s", code)
		}
	}
}

func TestSeveralInstancesKeepTheCapTogether(t *testing.T) {
	h := newHouse(t)
	h.crowd(14)
	h.clock.advance(time.Hour)
	second := h.deskOver(h.store, "second", h.channels)
	done, errs := h.together(6, func(i int) error {
		desk := h.desk
		if i%2 == 1 {
			desk = second
		}
		_, err := desk.SweepFollowups(h.ctx)
		return err
	})
	if done != 6 {
		t.Fatal(errs)
	}
	if n := h.number("select count(*) from deliveries"); n != 10 {
		t.Errorf("%d deliveries", n)
	}
}

func TestInvitationsAndWhatNeverWentAreNoAutomaticEmails(t *testing.T) {
	h := newHouse(t)
	h.set(chat.HourlyCap, "1")
	g := h.gone()
	_, d := h.invite(g.key, "Come back")
	h.deliver(d)
	h.answer(g.key, "Yes")
	h.exec(`insert into deliveries (organization_id, key, conversation_id, contact_point_id, channel, address, kind, state, from_seq, to_seq, created_at)
		select organization_id, 'seen before', conversation_id, contact_point_id, channel, address, 'followup', 'cancelled', 1, 1, created_at from deliveries`)
	h.waits(20*time.Minute, 2)
}

func TestAFreshLinkIsRefusedBeyondTheCap(t *testing.T) {
	h := newHouse(t)
	h.set(chat.HourlyCap, "1")
	_, link := h.invited("Hello")
	h.expire()
	other := h.arrive("Hello")
	other.give("jo@example.org")
	other.leave()
	h.answer(other.key, "Yes")
	h.waits(time.Hour, 2)
	before := h.dump()
	h.must(h.desk.RenewLink(h.ctx, link))
	h.unchanged(before, "a fresh link beyond the cap")
	h.clock.advance(time.Hour)
	h.forget()
	h.must(h.desk.RenewLink(h.ctx, link))
	if len(h.jobs) != 1 {
		t.Error("no fresh link an hour later")
	}
}
