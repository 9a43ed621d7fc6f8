package chat_test

import (
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestAgentsAreOnlineWhileAnInboxIsOpenAndTheyAreNotAway(t *testing.T) {
	h := newHouse(t)
	second := h.deskOver(h.store, "second", h.channels)
	h.must(h.desk.RenewLease(h.ctx))
	h.must(second.RenewLease(h.ctx))
	person := chat.AgentPerson(h.org.ID, h.agent.Agent.ID)
	online := func(why string, want bool) {
		t.Helper()
		agents, err := h.desk.Online(h.ctx, h.org)
		h.must(err)
		if got := len(agents) == 1; got != want || got && agents[0].Name != "Bo" {
			t.Errorf("%s: online %v", why, agents)
		}
	}
	online("signed in only", false)
	one := h.desk.Tracker().Stream(person, h.clock.now())
	two := second.Tracker().Stream(person, h.clock.now())
	h.forget()
	h.pass(time.Second, h.desk, second)
	online("two tabs at two instances", true)
	h.must(h.desk.SetAway(h.ctx, h.agent, true))
	online("away", false)
	h.must(h.desk.SetAway(h.ctx, h.agent, false))
	one(h.clock.now())
	h.pass(25*time.Second, h.desk, second)
	online("one tab left", true)
	two(h.clock.now())
	h.pass(19*time.Second, h.desk, second)
	online("within the grace", true)
	h.pass(2*time.Second, h.desk, second)
	online("no tab", false)
	if n := h.heard(chat.AgentChanged, "org:"); n != 4 {
		t.Errorf("told %d times, want 4", n)
	}
	a, err := h.store.Agent(h.ctx, h.org.ID, h.agent.Agent.ID)
	h.must(err)
	if a.DisconnectedAt == nil || h.clock.now().Sub(*a.DisconnectedAt) != 21*time.Second {
		t.Errorf("gone since %v", a.DisconnectedAt)
	}
}

func TestOneStrangerCannotFillTheMemory(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	for i := range 5000 {
		g.sign(h.desk, name(i), chat.SignHidden)
	}
	h.pass(time.Second)
	g.present("the first page still counts", "")
	h.clock.advance(11 * time.Second)
	g.sign(h.desk, "page", chat.SignGone)
	g.sign(h.desk, "new", chat.SignActive) // a silent page makes room
	h.pass(5 * time.Second)
	g.present("a new page counts", "")
}
