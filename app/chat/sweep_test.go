package chat_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/mail/resendtest"
)

func TestTwoInstancesClaimEverythingOnce(t *testing.T) {
	h := newHouse(t)
	h.online()
	var guests []*guest
	for i := range 12 {
		g := h.arrive("Hello")
		g.give(name(i) + "@example.org")
		g.leave()
		h.answer(g.key, "Yes")
		guests = append(guests, g)
	}
	h.clock.advance(time.Hour)
	second := h.deskOver(h.store, "second", h.channels)
	claimed := make([]int, 6)
	done, errs := h.together(6, func(i int) error {
		desk := h.desk
		if i%2 == 1 {
			desk = second
		}
		n, err := desk.SweepFollowups(h.ctx)
		claimed[i] = n
		return err
	})
	if done != 6 {
		t.Fatal(errs)
	}
	total := 0
	for _, n := range claimed {
		total += n
	}
	if total != len(guests) || h.number("select count(*) from deliveries") != total || h.number("select count(distinct conversation_id) from deliveries") != total {
		t.Errorf("%d claims of %d", total, len(guests))
	}
}

func TestAConversationThatCannotBeClaimedStopsNoOther(t *testing.T) {
	h := newHouse(t)
	broken, sound := h.gone(), h.gone()
	for _, g := range []*guest{broken, sound} {
		h.answer(g.key, "Yes")
		h.clock.advance(time.Second)
	}
	c := broken.row()
	h.exec(`insert into deliveries (organization_id, key, conversation_id, contact_point_id, channel, address, kind, state, from_seq, to_seq, created_at)
		select $1, 'of another', $2, id, 'email', address, 'followup', 'sent', $3, $3, $4 from contact_points
		where organization_id = $1 and customer_id = $5`, c.OrganizationID, c.ID, c.AgentSeq, h.clock.now().Add(-time.Hour), c.CustomerID)
	h.clock.advance(time.Hour)
	h.forget()
	if n, err := h.desk.SweepFollowups(h.ctx); n != 1 || err == nil || len(h.jobs) != 1 {
		t.Errorf("%d claims, %d jobs, error %v; want the sound one, and a word about the other", n, len(h.jobs), err)
	}
	if sound.row().CoveredSeq == 0 || broken.row().FollowupDueAt == nil || !broken.row().FollowupDueAt.After(h.clock.now()) {
		t.Error("the sound one was not claimed, or the broken one not put off")
	}
}

// outage is a store whose database is away for so many transactions.
type outage struct {
	chat.Store
	lasts int
}

func (o *outage) Tx(ctx context.Context, act func(ctx context.Context, tx chat.Tx) error) error {
	if o.lasts--; o.lasts < 0 {
		return o.Store.Tx(ctx, act)
	}
	return o.Store.Tx(ctx, func(ctx context.Context, tx chat.Tx) error {
		if err := act(ctx, tx); err != nil {
			return err
		}
		return chat.Refuse(chat.Busy, "error.database_away")
	})
}

func TestADatabaseThatWasAwayPutsNothingOff(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	h.clock.advance(time.Hour)
	desk := h.deskOver(&outage{Store: h.store, lasts: 2}, "second", h.channels)
	if n, err := desk.SweepFollowups(h.ctx); n != 0 || err == nil {
		t.Errorf("%d claims, error %v", n, err)
	}
	g.overdue("after it", followup.CodeClosedHold)
	h.waits(0, 1)
}

func TestOneOrganizationsNewPlansDoNotWaitForAnothers(t *testing.T) {
	h := newHouse(t)
	h.set(chat.ClosedHold, "60") // asks for new plans, and stays open for what was being written
	other, admin := h.organization("Maison Sud", "eve@sud.example")
	g := h.arriveAt(h.desk, other, "Hello")
	g.give("jo@example.org")
	g.leave()
	_, err := h.desk.PostAsAgent(h.ctx, admin, g.key, chat.AgentPost{ClientID: "an answer", Text: "Yes"})
	h.must(err)
	h.must(h.desk.ChangeSettings(h.ctx, admin, chat.Values{chat.ContinuousOn: []byte("false")}))
	h.must(h.desk.ReplanAll(h.ctx))
	if c, err := h.store.Conversation(h.ctx, other.ID, g.row().ID); err != nil || c.PlanCode != followup.CodeOff {
		t.Errorf("the plan is %q, %v", c.PlanCode, err)
	}
}

func TestAPlanThatSomebodyHoldsIsMadeAnewLater(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	h.set(chat.ContinuousOn, "false")
	c := g.row()
	h.clock.advance(time.Hour) // longer than anything that is being written may take
	h.must(h.store.Tx(h.ctx, func(ctx context.Context, tx chat.Tx) error {
		if _, err := tx.LockConversation(ctx, c.OrganizationID, c.ID); err != nil {
			return err
		}
		return h.desk.ReplanAll(h.ctx)
	}))
	g.overdue("while it is held", followup.CodeClosedHold)
	h.must(h.desk.ReplanAll(h.ctx))
	g.planned("then", followup.CodeOff, -1)
}

func TestWhatMayHaveArrivedIsNotSentAgainByItself(t *testing.T) {
	for why, between := range map[string][2]func(h *house, g *guest) error{
		"spam": {
			func(h *house, g *guest) error { return h.desk.MarkSpam(h.ctx, h.agent, g.key) },
			func(h *house, g *guest) error { return h.desk.NotSpam(h.ctx, h.agent, g.key) },
		},
		"stopped": {
			func(h *house, g *guest) error { return h.desk.StopEmail(h.ctx, g.CustomerCaller, g.key, true) },
			func(h *house, g *guest) error { return h.desk.StopEmail(h.ctx, g.CustomerCaller, g.key, false) },
		},
	} {
		t.Run(why, func(t *testing.T) {
			h := newHouse(t)
			g := h.gone()
			m := h.answer(g.key, "Yes")
			d := h.claim(g)
			h.faulty(resendtest.Reset(true)) // the provider has it, and nobody is told
			h.attempt(d)
			h.must(between[0](h, g))
			h.deliver(d)
			if now := h.delivery(d.Key); now.State != chat.Cancelled || now.Reason != why {
				t.Fatalf("it is %s", told(now))
			}
			h.must(between[1](h, g))
			h.waits(time.Hour, 1)
			deliveries, err := h.store.Deliveries(h.ctx, d.OrganizationID, d.ConversationID)
			h.must(err)
			if fate := chat.FateOf(g.row(), m, deliveries); fate.Kind != chat.FateFailed || fate.Delivery.Key != d.Key {
				t.Errorf("its fate is %+v", fate)
			}
			h.must(h.desk.RetryDelivery(h.ctx, h.agent, d.Key)) // unless an agent wants that
			h.waits(0, 2)
		})
	}
}

func TestTheSameAddressAgainTriesNothingAgain(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	h.clock.advance(5 * time.Minute)
	h.provider.Script(refusing)
	h.sweep()
	h.provider.Script(nil)
	g.give("jo@example.org")
	if c := g.row(); c.PlanCode != followup.CodeFailed || c.FailedSeq == 0 {
		t.Errorf("the plan is %q, failed up to %d", c.PlanCode, c.FailedSeq)
	}
	h.waits(time.Hour, 0)
}

func TestWhatFailedInHasteHurriesNothingThatIsWrittenLater(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	h.must(h.desk.SendNow(h.ctx, h.agent, g.key))
	h.provider.Script(refusing)
	h.sweep()
	h.provider.Script(nil)
	h.clock.advance(time.Minute)
	h.answer(g.key, "And in red")
	g.planned("it waits its time", followup.CodeClosedHold, 5*time.Minute)
	h.waits(5*time.Minute, 1)
}

// mute is a channel that can write no email, for a reason that nobody has thought of.
type mute struct{ chat.Channel }

func (mute) Compose(chat.Composition) (chat.Content, error) {
	return chat.Content{}, errors.New("no words")
}

func TestAFollowupThatNobodyCanWriteEnds(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	d := h.claim(g)
	desk := h.deskOver(h.store, "second", []chat.Channel{mute{h.channels[0]}})
	again, err := desk.Deliver(h.ctx, d.OrganizationID, d.ID)
	h.must(err)
	if now := h.delivery(d.Key); again != 0 || now.State != chat.Failed || now.Reason != "unwritten" {
		t.Errorf("again in %s: %s", again, told(now))
	}
}

func TestAProviderThatWasAwayLetsNoTwoEmailsGoTogether(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	first := h.answer(g.key, "Yes")
	d := h.claim(g)
	h.faulty(resendtest.RateLimited(time.Hour))
	again := h.attempt(d)
	h.answer(g.key, "And in red")
	h.clock.advance(again - time.Second)
	if n := h.sweep(); n != 0 {
		t.Errorf("%d more deliveries while one waits", n)
	}
	h.clock.advance(time.Second)
	h.deliver(d)
	h.waits(14*time.Minute, 1)
	h.waits(time.Minute, 2)
	if now := h.last(g); now.FromSeq <= first.Seq {
		t.Errorf("the second begins at %d", now.FromSeq)
	}
}

func TestACorrectedAddressIsTheOneThatIsWrittenTo(t *testing.T) {
	h := newHouse(t)
	g := h.gone()
	h.answer(g.key, "Yes")
	d := h.claim(g)
	h.faulty(resendtest.RateLimited(time.Hour))
	h.clock.advance(h.attempt(d))
	h.must(h.desk.EditCustomer(h.ctx, h.agent, g.key, chat.CustomerEdit{Address: "joe@example.org"}))
	h.deliver(d)
	if now := h.delivery(d.Key); now.State != chat.Cancelled || now.Reason != "readdressed" {
		t.Errorf("it is %s", told(now))
	}
	h.waits(0, 1)
	if now := h.last(g); now.Address != "joe@example.org" || now.FromSeq != d.FromSeq {
		t.Errorf("it is %s from %d", told(now), now.FromSeq)
	}
}

func TestAnAnswerThatCameBeforeAMessageWasSentIsStillUnread(t *testing.T) {
	h := newHouse(t)
	h.online()
	g := h.arrive("Hello")
	g.give("jo@example.org")
	read := h.answer(g.key, "One moment")
	g.seen(read.Seq)
	late := h.answer(g.key, "Yes, in blue as well.")
	// They wrote it on the train, before the answer, and the network came back in a hidden tab.
	_, mine, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "written on the train", Text: "And in blue?", Seen: &read.Seq})
	h.must(err)
	if c := g.row(); c.CustomerSeenSeq != read.Seq || c.CustomerUnread != 1 || c.LastSeq != mine.Seq {
		t.Errorf("seen up to %d of %d, %d unread; want the answer %d unread", c.CustomerSeenSeq, c.LastSeq, c.CustomerUnread, late.Seq)
	}
	g.leave()
	h.waits(5*time.Minute, 1)
	if d := h.last(g); d.FromSeq != late.Seq || d.ToSeq != late.Seq {
		t.Errorf("it carries %d to %d, want %d", d.FromSeq, d.ToSeq, late.Seq)
	}
	_, _, err = h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "written later", Text: "Great", Seen: &mine.Seq})
	h.must(err)
	if c := g.row(); c.CustomerUnread != 0 {
		t.Errorf("%d unread after an answer to everything", c.CustomerUnread)
	}
}

func TestNoWordsOfACustomerGoToAnAddressThatTheyNamedAfterwards(t *testing.T) {
	h := newHouse(t)
	h.online()
	g := h.arrive("Hello")
	h.answer(g.key, "What can I do for you?")
	h.clock.advance(time.Second)
	g.post("Cheap pills at pills.example")
	h.clock.advance(time.Second)
	g.give("somebody.else@example.org")
	g.leave()
	h.answer(g.key, "We sell tablecloths.")
	h.waits(5*time.Minute, 1)
	if sent := h.provider.Accepted()[0]; strings.Contains(sent.Text+sent.HTML, "pills") || !strings.Contains(sent.Text, "We sell tablecloths.") {
		t.Errorf("the email says %s", sent.Text)
	}
}
