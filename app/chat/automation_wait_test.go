package chat_test

import (
	"testing"
	"time"

	"rejoin/app/channel"
	"rejoin/app/chat"
	"rejoin/app/followup"
)

func TestALongWaitIsToldByTheClockToWhoIsStillThere(t *testing.T) {
	h := talking(t)
	h.online()
	h.set(chat.PromptOnline, `"off"`)
	h.set(chat.PresenceIdle, "3600")
	g := h.stranger()
	g.says("Hello")
	g.heard("an agent is online")
	h.passes(4*time.Minute + 59*time.Second)
	g.heard("not yet five minutes")
	g.says("anybody?")
	if g.row().AddressAskedAt != nil {
		t.Error("asked although the prompt is off")
	}
	h.passes(time.Second)
	text := g.heard("five minutes after the first message", followup.LongWait)
	if want := channel.Say("en", "automation.long_wait.text"); text != want {
		t.Errorf("said %q, want %q", text, want)
	}
	if c := g.row(); c.AddressAskedAt == nil || c.AutomationDueAt != nil {
		t.Errorf("asked at %v, due at %v", c.AddressAskedAt, c.AutomationDueAt)
	}
	h.passes(time.Hour)
	g.heard("an hour later", followup.LongWait)
}

func TestALongWaitIsNotToldToWhoHasLeftButWhenTheyAreBack(t *testing.T) {
	h := talking(t)
	h.online()
	g := h.stranger()
	g.says("Hello")
	g.give("jo@example.org")
	g.leave()
	h.passes(6 * time.Minute)
	g.heard("they are gone")
	if due := g.row().AutomationDueAt; due != nil {
		t.Errorf("looked at again at %s without a reason", due)
	}
	g.sign(h.desk, "page", chat.SignActive)
	h.must(h.desk.TickPresence(h.ctx))
	g.heard("they are back, and still nobody has answered", followup.LongWait)
	if g.row().AddressGivenAt == nil {
		t.Error("asked again for an address that is known")
	}
	g.leave()
	h.passes(time.Hour)
	g.sign(h.desk, "page", chat.SignActive)
	h.must(h.desk.TickPresence(h.ctx))
	g.heard("back again", followup.LongWait)
}

func TestWhoWaitsWithoutMovingIsToldToo(t *testing.T) {
	h := talking(t)
	h.online()
	g := h.stranger()
	g.says("Hello")
	defer h.desk.Tracker().Stream(g.person(), h.clock.now())(h.clock.now())
	for range 4 {
		h.clock.advance(time.Minute)
		g.sign(h.desk, "page", chat.SignAlive)
	}
	h.pass(40 * time.Second)
	g.present("nobody moves", followup.Idle)
	h.passes(20 * time.Second)
	g.heard("five minutes after the first message", followup.LongWait)
}
