package chat_test

import (
	"crypto/rand"
	"testing"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// reached is what the page behind an email would show.
func (h *house) reached(link string) *chat.ReachMe {
	h.Helper()
	me, err := h.desk.ReachByLink(h.ctx, link)
	h.must(err)
	return me
}

func TestLookingAtTheReachPageChangesNothing(t *testing.T) {
	h := newHouse(t)
	_, link := h.invited("Hello")
	before := h.dump()
	if me := h.reached(link); me.Point.Address != "jo@example.org" || !me.Theirs {
		t.Errorf("the page is about %v", me.Point)
	}
	h.unchanged(before, "looking")
}

func TestStoppingTheAddressMakesTheCustomerUnreachableForEveryone(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	h.answer(g.key, "One more thing")
	h.forget()
	for range 2 { // the second click changes nothing
		h.must(h.desk.StopAddressByLink(h.ctx, link, true))
	}
	reach, why := chat.Reach(h.reached(link).Customer, g.points())
	if reach != followup.Unreachable || why != followup.ReasonStopped || g.row().Reach != followup.Unreachable {
		t.Errorf("they are %s by %s, and in the list %s", reach, why, g.row().Reach)
	}
	g.planned("stopped for the brand", followup.CodeStopped, -1)
	if n := h.happened(g.row(), chat.HappenedStoppedAll); n != 1 {
		t.Errorf("the agents read %d lines", n)
	}
	if h.heard(chat.ConversationChanged, "org:") == 0 || h.heard(chat.CustomerChanged, "org:") == 0 {
		t.Error("no inbox is nudged")
	}
	_, err := h.desk.PreviewInvitation(h.ctx, h.agent, g.key, chat.InvitationDraft{Key: h.desk.NewInvitationKey(), Text: "But please"})
	h.refused(err, chat.Conflict, "invite.reason.stopped")

	h.must(h.desk.StopAddressByLink(h.ctx, link, false))
	if code := g.row().PlanCode; code == followup.CodeStopped || code == "" {
		t.Errorf("after resuming the plan is %q", code)
	}
	if reach, _ := chat.Reach(h.reached(link).Customer, g.points()); reach != followup.Reachable {
		t.Errorf("after resuming they are %s", reach)
	}
	if n := h.happened(g.row(), chat.HappenedResumedAll); n != 1 {
		t.Errorf("the agents read %d lines of resuming", n)
	}
}

func TestStoppingTheAddressHoldsInEveryChatWithIt(t *testing.T) {
	h := newHouse(t)
	_, link := h.invited("Hello")
	again := h.away("Hello from my telephone")
	h.must(h.desk.StopAddressByLink(h.ctx, link, true))
	if again.row().Reach != followup.Unreachable || h.happened(again.row(), chat.HappenedStoppedAll) != 1 {
		t.Error("the other chat with the same address goes on")
	}
	if later := h.away("Hello once more"); later.row().Reach != followup.Unreachable {
		t.Error("typing the address once more allows emails again")
	}
	h.must(h.desk.StopAddressByLink(h.ctx, link, false))
	if again.row().Reach != followup.Reachable {
		t.Error("resuming forgets the other chat")
	}
}

func TestStoppingOneConversationIsPlannedAndTakenBack(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	h.answer(g.key, "One more thing")
	for range 2 {
		h.must(h.desk.StopConversationByLink(h.ctx, link, true))
	}
	g.planned("stopped for the conversation", followup.CodeStopped, -1)
	if n := h.happened(g.row(), chat.HappenedStopped); n != 1 {
		t.Errorf("the agents read %d lines", n)
	}
	h.must(h.desk.StopConversationByLink(h.ctx, link, false))
	if code := g.row().PlanCode; code == followup.CodeStopped || code == "" {
		t.Errorf("after resuming the plan is %q", code)
	}
}

func TestWhateverBecameOfTheLinkEmailsCanBeStopped(t *testing.T) {
	for what, spoil := range map[string]func(h *house, g *guest){
		"expired": func(h *house, _ *guest) { h.expire() },
		"revoked": func(h *house, g *guest) { _, err := h.desk.RevokeLinks(h.ctx, h.agent, g.key); h.must(err) },
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t)
			g, link := h.invited("Hello")
			spoil(h, g)
			h.must(h.desk.StopConversationByLink(h.ctx, link, true))
			h.must(h.desk.StopAddressByLink(h.ctx, link, true))
			if me := h.reached(link); me.Conversation.EmailStoppedAt == nil || me.Point.StoppedAt == nil {
				t.Error("emails go on")
			}
			if l := h.link(link); l.RejoinedAt != nil || g.points()[0].VerifiedAt != nil {
				t.Error("stopping counts as coming back")
			}
		})
	}
}

func TestWhoseAddressWasCorrectedDecidesAboutTheirsAlone(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	_, err := h.desk.RevokeLinks(h.ctx, h.agent, g.key)
	h.must(err)
	g.give("right@example.org")
	h.refused(h.desk.StopConversationByLink(h.ctx, link, true), chat.Gone)
	h.refused(h.desk.ChooseLanguageByLink(h.ctx, link, "fr"), chat.Gone)
	h.must(h.desk.StopAddressByLink(h.ctx, link, true))
	if g.row().Reach != followup.Reachable || h.reached(link).Theirs {
		t.Error("a stranger has stopped the customer's emails")
	}
}

func TestTheLanguageIsChosenBehindTheLink(t *testing.T) {
	h := newHouse(t)
	_, link := h.invited("Hello")
	h.must(h.desk.ChooseLanguageByLink(h.ctx, link, "ar"))
	if c := h.reached(link).Customer; c.Language != "ar" || c.LanguageReason != chat.LanguageByCustomer {
		t.Errorf("they are written to in %s by %s", c.Language, c.LanguageReason)
	}
	h.refused(h.desk.ChooseLanguageByLink(h.ctx, link, "tlh"), chat.Invalid)
}

func TestAForgedTokenStopsNothing(t *testing.T) {
	h := newHouse(t)
	h.invited("Hello")
	other, _ := h.organization("Other", "eve@other.example")
	before := h.dump()
	for _, forged := range []string{"", "nonsense", chat.NewToken(h.org.ID, rand.Reader), chat.NewToken(other.ID, rand.Reader)} {
		_, err := h.desk.ReachByLink(h.ctx, forged)
		h.refused(err, chat.Missing)
		h.refused(h.desk.StopAddressByLink(h.ctx, forged, true), chat.Missing)
		h.refused(h.desk.StopConversationByLink(h.ctx, forged, true), chat.Missing)
		h.refused(h.desk.ChooseLanguageByLink(h.ctx, forged, "fr"), chat.Missing)
	}
	h.unchanged(before, "a forged token")
}

func TestStoppingEndsAtTheWallOfTheOrganization(t *testing.T) {
	h := newHouse(t)
	_, link := h.invited("Hello")
	own := h.org
	other, admin := h.organization("Other", "eve@other.example")
	h.org, h.agent = other, admin
	theirs := h.away("Hello")
	h.org = own
	h.must(h.desk.StopAddressByLink(h.ctx, link, true))
	if theirs.points()[0].StoppedAt != nil {
		t.Error("another brand's emails to the same address are stopped too")
	}
}
