package chat_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func (g *guest) person() chat.Person { return chat.CustomerPerson(g.Organization.ID, g.Customer.ID) }

// sign lets a page say something at an instance.
func (g *guest) sign(desk *chat.Desk, page string, signal chat.Signal) {
	desk.Tracker().Sign(g.person(), page, signal, g.h.clock.now())
}

// pass lets time go by in steps of at most a minute, with the page's heartbeats, and ticks.
func (h *house) pass(d time.Duration, desks ...*chat.Desk) {
	h.Helper()
	h.clock.advance(d)
	if len(desks) == 0 {
		desks = []*chat.Desk{h.desk}
	}
	for _, desk := range desks {
		h.must(desk.TickPresence(h.ctx))
	}
}

// present checks what is stored of the customer's presence; active has no cause.
func (g *guest) present(why string, cause followup.Cause) {
	g.h.Helper()
	c, err := g.h.store.Customer(g.h.ctx, g.Organization.ID, g.Customer.ID)
	g.h.must(err)
	if c.Active != (cause == "") || c.AwayCause != cause || (c.AwaySince == nil) != c.Active {
		g.h.Errorf("%s: active %t, away by %q since %v; want %q", why, c.Active, c.AwayCause, c.AwaySince, cause)
	}
	points := g.points()
	if reach, _ := chat.Reach(c, points); reach != g.row().Reach {
		g.h.Errorf("%s: the conversation says %s, want %s", why, g.row().Reach, reach)
	}
}

func (g *guest) lines(why string, left, returned int) {
	g.h.Helper()
	c := g.row()
	if l, r := g.h.happened(c, chat.HappenedLeft), g.h.happened(c, chat.HappenedReturned); l != left || r != returned {
		g.h.Errorf("%s: left %d times and returned %d times, want %d and %d", why, l, r, left, returned)
	}
}

func TestPresenceFollowsThePage(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	release := h.desk.Tracker().Stream(g.person(), h.clock.now())
	g.present("at the first word", "")
	for range 4 {
		h.clock.advance(time.Minute)
		g.sign(h.desk, "page", chat.SignAlive)
		h.pass(0)
	}
	h.pass(29 * time.Second)
	g.present("before the idle time", "")
	h.pass(2 * time.Second)
	g.present("without a gesture", followup.Idle)
	g.lines("idle is no leaving", 0, 0)
	g.sign(h.desk, "page", chat.SignActive)
	h.pass(time.Second)
	g.present("with a gesture", "")
	g.sign(h.desk, "page", chat.SignHidden)
	h.pass(time.Second)
	g.present("in another tab", followup.Hidden)
	g.sign(h.desk, "page", chat.SignVisible)
	h.pass(time.Second)
	g.present("back in the tab", "")
	g.lines("a tab is no leaving", 0, 0)
	g.sign(h.desk, "page", chat.SignGone)
	release(h.clock.now())
	release(h.clock.now()) // safe twice
	h.pass(19 * time.Second)
	g.present("within the grace", "")
	h.pass(2 * time.Second)
	g.present("closed", followup.Closed)
	g.lines("closed", 1, 0)
	if h.desk.Tracker().Knows(g.person()) {
		t.Error("somebody who is gone is still in memory")
	}
	h.pass(time.Hour)
	g.lines("an hour later", 1, 0)
	g.sign(h.desk, "other page", chat.SignActive)
	h.pass(time.Second)
	g.present("come back", "")
	g.lines("come back", 1, 1)
	since := h.number("select count(*) from presence_rows")
	if since != 1 {
		t.Errorf("%d presence rows, want 1", since)
	}
}

func TestAReloadIsNoLeaving(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	release := h.desk.Tracker().Stream(g.person(), h.clock.now())
	h.forget()
	for i := range 5 {
		g.sign(h.desk, "page", chat.SignGone)
		release(h.clock.now())
		h.pass(10 * time.Second)
		release = h.desk.Tracker().Stream(g.person(), h.clock.now())
		g.sign(h.desk, name(i), chat.SignVisible)
		h.pass(15 * time.Second)
		g.present("reloaded", "")
	}
	g.lines("reloaded", 0, 0)
	if h.heard(chat.CustomerLeft, "")+h.heard(chat.CustomerArrived, "") != 0 {
		t.Errorf("somebody is told of a reload: %v", h.events)
	}
}

func TestAPageOpenedInTheBackgroundIsNoReturnUntilItIsLookedAt(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	g.leave()
	g.lines("left", 1, 0)
	g.sign(h.desk, "tab", chat.SignHidden)
	h.pass(time.Second)
	g.present("in the background", followup.Hidden)
	g.lines("in the background", 1, 0)
	g.sign(h.desk, "tab", chat.SignVisible)
	h.pass(time.Second)
	g.lines("looked at", 1, 1)
	g.sign(h.desk, "tab", chat.SignHidden)
	h.pass(time.Second)
	g.sign(h.desk, "tab", chat.SignGone)
	h.pass(21 * time.Second)
	g.lines("closed again", 2, 1)
	g.sign(h.desk, "tab", chat.SignHidden)
	h.pass(time.Second)
	g.sign(h.desk, "tab", chat.SignGone)
	h.pass(21 * time.Second)
	g.present("gone", followup.Closed)
	g.lines("a glimpse in the background", 2, 1)
}

func TestTwoPagesAreOnePresence(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	g.sign(h.desk, "second", chat.SignActive)
	g.sign(h.desk, "page", chat.SignGone)
	h.pass(25 * time.Second)
	g.sign(h.desk, "second", chat.SignHidden)
	h.pass(time.Second)
	g.present("one closed, one hidden", followup.Hidden)
	g.sign(h.desk, "second", chat.SignGone)
	h.pass(25 * time.Second)
	g.present("both closed", followup.Closed)
	g.lines("both closed", 1, 0)
}

func TestTwoInstancesAreOnePresence(t *testing.T) {
	h := newHouse(t)
	second := h.deskOver(h.store, "second", h.channels)
	h.must(h.desk.RenewLease(h.ctx))
	h.must(second.RenewLease(h.ctx))
	g := h.arrive("Hello")
	defer h.desk.Tracker().Stream(g.person(), h.clock.now())(h.clock.now())
	defer second.Tracker().Stream(g.person(), h.clock.now())(h.clock.now())
	g.sign(second, "phone", chat.SignActive)
	h.pass(time.Second, h.desk, second)
	g.sign(h.desk, "page", chat.SignGone)
	h.pass(21*time.Second, h.desk, second)
	g.sign(second, "phone", chat.SignActive)
	g.present("the laptop is closed, the phone is here", "")
	g.sign(second, "phone", chat.SignHidden)
	h.pass(time.Second, h.desk, second)
	g.present("the phone is in the pocket", followup.Hidden)
	g.sign(h.desk, "page", chat.SignActive)
	h.pass(time.Second, h.desk, second)
	g.present("the laptop is open again", "")
	g.sign(h.desk, "page", chat.SignGone)
	h.pass(21*time.Second, h.desk, second)
	g.present("the laptop is closed, the phone in the pocket", followup.Hidden)
	g.lines("all the time", 0, 0)
	g.sign(second, "phone", chat.SignGone)
	h.pass(21*time.Second, h.desk, second)
	g.present("all closed", followup.Closed)
	g.lines("all closed", 1, 0)
}

// die lets an instance's lease run out, by the database's clock.
func (h *house) die(instance string) {
	h.Helper()
	h.exec("update leases set expires_at = now() - interval '1 second' where instance = $1", instance)
}

func TestThePeopleOfADeadInstanceHaveLeft(t *testing.T) {
	h := newHouse(t)
	second := h.deskOver(h.store, "second", h.channels)
	h.must(second.RenewLease(h.ctx))
	var all []*guest
	for range 25 { // more than are taken at once
		all = append(all, h.arriveBy(second, "Hello"))
	}
	stays := all[0]
	stays.sign(h.desk, "laptop", chat.SignActive)
	h.must(h.desk.RenewLease(h.ctx))
	h.pass(time.Second)
	h.must(h.desk.TakeOrphans(h.ctx))
	all[1].present("while it lives", "")
	h.die("second")
	h.must(h.desk.TakeOrphans(h.ctx))
	for _, g := range all[1:] {
		g.present("its instance is dead", followup.Closed)
		g.lines("its instance is dead", 1, 0)
	}
	stays.present("present here too", "")
	stays.lines("present here too", 0, 0)
	before := h.dump()
	h.must(h.desk.TakeOrphans(h.ctx))
	delete(before, "leases")
	for table := range before {
		if table != "leases" && h.dump()[table] != before[table] {
			t.Errorf("orphans are taken twice: %s", table)
		}
	}
}

func (h *house) arriveBy(desk *chat.Desk, text string) *guest {
	h.Helper()
	return h.arriveAt(desk, h.org, text)
}

func TestAnInstanceThatWasCutOffTellsItsPeopleAgain(t *testing.T) {
	h := newHouse(t)
	other := h.deskOver(h.store, "other", h.channels)
	h.must(h.desk.RenewLease(h.ctx))
	g := h.arrive("Hello")
	defer h.desk.Tracker().Stream(g.person(), h.clock.now())(h.clock.now())
	h.must(other.RenewLease(h.ctx))
	h.die("first")
	h.must(other.TakeOrphans(h.ctx))
	h.pass(25 * time.Second)
	g.present("counted as gone", followup.Closed)
	h.must(h.desk.RenewLease(h.ctx))
	h.pass(time.Second)
	g.present("it was only cut off", "")
	g.lines("it was only cut off", 1, 1)
}

func TestInstancesLearnOfOneAnotherWhenTheyRenewTheirLeases(t *testing.T) {
	h := newHouse(t)
	second := h.deskOver(h.store, "second", h.channels)
	expect := func(want int, why string) {
		t.Helper()
		h.must(h.desk.RenewLease(h.ctx))
		if n := h.listening.Load(); n != int64(want) {
			t.Errorf("%s: %d are together, want %d", why, n, want)
		}
	}
	expect(1, "nobody else is there")
	h.must(second.RenewLease(h.ctx))
	expect(2, "a second one came")
	g := h.arriveBy(second, "Hello")
	h.must(second.StopListening(h.ctx))
	expect(1, "the second one has stopped")
	h.must(h.desk.TakeOrphans(h.ctx))
	g.present("its instance has stopped a moment ago", "")
	h.must(second.RenewLease(h.ctx))
	h.die("second")
	expect(1, "the second one is dead")
}

func TestAnInstanceNeverTakesItsOwnPeopleForOrphans(t *testing.T) {
	h := newHouse(t)
	h.must(h.desk.RenewLease(h.ctx))
	g := h.arrive("Hello")
	h.die("first") // the database was away for a while
	h.must(h.desk.TakeOrphans(h.ctx))
	g.present("here all the time", "")
	g.lines("here all the time", 0, 0)
}

// counting counts transactions; failing ones when told to.
type counting struct {
	chat.Store
	txs  atomic.Int64
	fail atomic.Bool
}

var errAway = errors.New("the database is away")

func (c *counting) Tx(ctx context.Context, act func(ctx context.Context, tx chat.Tx) error) error {
	c.txs.Add(1)
	if c.fail.Load() {
		return errAway
	}
	return c.Store.Tx(ctx, act)
}

func TestAHeartbeatCostsNoWrite(t *testing.T) {
	h := newHouse(t)
	store := &counting{Store: h.store}
	desk := h.deskOver(store, "counted", h.channels)
	g := h.arriveBy(desk, "Hello")
	release := desk.Tracker().Stream(g.person(), h.clock.now())
	defer release(h.clock.now())
	h.pass(time.Second, desk)
	before, rows := store.txs.Load(), h.dump()
	for range 120 {
		g.sign(desk, "page", chat.SignAlive)
		g.sign(desk, "page", chat.SignActive)
		h.pass(time.Second, desk)
	}
	if n := store.txs.Load() - before; n != 0 {
		t.Errorf("120 heartbeats cost %d transactions", n)
	}
	h.unchanged(rows, "heartbeats")
}

func TestATransitionThatCouldNotBeWrittenIsWrittenLater(t *testing.T) {
	h := newHouse(t)
	store := &counting{Store: h.store}
	desk := h.deskOver(store, "counted", h.channels)
	g := h.arriveBy(desk, "Hello")
	g.sign(desk, "page", chat.SignGone)
	store.fail.Store(true)
	h.clock.advance(21 * time.Second)
	for range 3 {
		if err := desk.TickPresence(h.ctx); !errors.Is(err, errAway) {
			t.Fatalf("got %v", err)
		}
	}
	g.present("the database is away", "")
	store.fail.Store(false)
	h.pass(time.Second, desk)
	g.present("the database is back", followup.Closed)
	g.lines("the database is back", 1, 0)
}

func TestOrphansThatCouldNotBeSettledAreSettledLater(t *testing.T) {
	h := newHouse(t)
	dead := h.deskOver(h.store, "dead", h.channels)
	h.must(dead.RenewLease(h.ctx))
	g, other := h.arriveBy(dead, "Hello"), h.arriveBy(dead, "Hello")
	h.die("dead")
	store := &counting{Store: h.store}
	desk := h.deskOver(store, "counted", h.channels)
	store.fail.Store(true)
	if err := desk.TakeOrphans(h.ctx); !errors.Is(err, errAway) {
		t.Fatalf("got %v", err)
	}
	store.fail.Store(false)
	h.must(desk.TakeOrphans(h.ctx))
	g.present("settled later", followup.Closed)
	other.present("settled later", followup.Closed)
}
