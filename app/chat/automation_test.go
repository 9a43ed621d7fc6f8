package chat_test

import (
	"slices"
	"testing"
	"time"

	"rejoin/app/channel"
	"rejoin/app/chat"
	"rejoin/app/followup"
)

// talking is a house whose brand speaks by itself; no agent is online, and it is open.
func talking(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	options := h.options(h.store, "talking", h.channels)
	options.Say, options.Hours = channel.Say, channel.Hours
	h.desk = chat.NewDesk(options)
	return h
}

// said lists the automations that have spoken in a conversation, oldest first.
func (g *guest) said() []string {
	g.h.Helper()
	said := []string{}
	for _, m := range g.h.entries(g.row()) {
		if m.Kind == chat.Public && m.By == chat.ByAutomation {
			said = append(said, m.Meta[chat.MetaAutomation])
		}
	}
	return said
}

// heard checks which automations have spoken, and returns the newest one's text.
func (g *guest) heard(why string, want ...followup.Automation) string {
	g.h.Helper()
	names := []string{}
	for _, a := range want {
		names = append(names, string(a))
	}
	if said := g.said(); !slices.Equal(said, names) {
		g.h.Errorf("%s: %v have spoken, want %v", why, said, names)
	}
	for _, m := range slices.Backward(g.h.entries(g.row())) {
		if m.Kind == chat.Public && m.By == chat.ByAutomation {
			return m.Text
		}
	}
	return ""
}

// passes lets time go by second by second of the sweeper's watch.
func (h *house) passes(d time.Duration) {
	h.Helper()
	h.clock.advance(d)
	_, err := h.desk.SweepAutomations(h.ctx)
	h.must(err)
}

func TestNobodyOnlineAndNoAddressRequestsOne(t *testing.T) {
	h := talking(t)
	g := h.stranger()
	m := g.says("Hello")
	text := g.heard("nobody is online", followup.RequestEmail)
	if want := channel.Say("en", "automation.request_email.text"); text != want {
		t.Errorf("said %q, want %q", text, want)
	}
	c := g.row()
	if m.Seq != 1 || c.LastSeq != 2 || c.CustomerUnread != 1 || c.LastMessageBy != chat.ByCustomer || c.LastMessageText != "Hello" {
		t.Errorf("message %d of %d, %d unread, the list shows %q", m.Seq, c.LastSeq, c.CustomerUnread, c.LastMessageText)
	}
	if c.WaitingFor != chat.Us || c.WaitingSince == nil || c.HumanAnsweredAt != nil || c.AgentSeq != 0 || c.AgentUnread != 1 {
		t.Errorf("it counts as an answer: %+v", c)
	}
	if c.AddressAskedAt == nil || c.AddressSkipped != nil {
		t.Error("the card does not stand")
	}
	spoken := h.entries(c)[1]
	if spoken.AuthorName != "Maison Nord" || spoken.Via != "chat" {
		t.Errorf("said by %q via %q", spoken.AuthorName, spoken.Via)
	}
	h.countersAreTrue(g)
	h.set(chat.EmailName, `"Nord & Co"`)
	other := h.stranger()
	other.says("Hello")
	if name := h.entries(other.row())[1].AuthorName; name != "Nord & Co" {
		t.Errorf("the brand calls itself %q", name)
	}
}

func TestAKnownAddressIsAcknowledgedHalfHidden(t *testing.T) {
	h := talking(t)
	h.set(chat.PromptOffline, `"required"`)
	g := h.stranger()
	g.says("Hello", "jo@example.org")
	want := channel.Say("en", "automation.acknowledge.text", "Address", "j…@example.org")
	if text := g.heard("the address came along", followup.Acknowledge); text != want {
		t.Errorf("said %q, want %q", text, want)
	}
	kinds := []chat.MessageKind{}
	for _, m := range h.entries(g.row()) {
		kinds = append(kinds, m.Kind)
	}
	if !slices.Equal(kinds, []chat.MessageKind{chat.Public, chat.Happen, chat.Public}) {
		t.Errorf("the thread reads %v", kinds)
	}
}

func TestGivingTheAddressIsAcknowledgedUnlessTheBrandHasJustSpoken(t *testing.T) {
	h := talking(t)
	g := h.stranger()
	g.says("Hello")
	g.give("jo@example.org")
	g.heard("just now it was asked for", followup.RequestEmail)
	h.clock.advance(5 * time.Minute)
	g.give("jo@example.org")
	g.heard("a second click", followup.RequestEmail)
	g.give("joan@example.org")
	text := g.heard("five minutes later", followup.RequestEmail, followup.Acknowledge)
	if want := channel.Say("en", "automation.acknowledge.text", "Address", "j…@example.org"); text != want {
		t.Errorf("said %q, want %q", text, want)
	}
	g.says("and")
	g.heard("once in a wait", followup.RequestEmail, followup.Acknowledge)
}

func TestOutOfHoursTheNextOpeningIsToldInTheCustomersZoneAndLanguage(t *testing.T) {
	h := talking(t)
	h.clock.advance(9 * time.Hour) // Monday 19:00 in UTC
	g := h.stranger()
	g.says("Bonjour, une question")
	text := g.heard("closed", followup.OutOfOffice)
	next := "Nous serons de retour mardi à 10:00, heure locale chez vous" // 9 o'clock in UTC
	if want := channel.Say("fr", "automation.out_of_office.text", "Next", next); text != want {
		t.Errorf("said %q, want %q", text, want)
	}
	if g.row().AddressAskedAt == nil {
		t.Error("the card of the prompt does not stand")
	}
	h.set(chat.ContinuousOn, "false")
	other := h.stranger()
	other.says("Hello")
	other.heard("without continuous conversation it still speaks", followup.OutOfOffice)
	if other.row().AddressAskedAt != nil {
		t.Error("an address is asked for in vain")
	}
}

func TestTheOrganizationsOwnTextIsSpokenInTheCustomersLanguage(t *testing.T) {
	h := talking(t)
	h.set(chat.AutomationText(followup.RequestEmail), `{"en":"Hi from {brand}!","fr":"Bonjour de {brand} !"}`)
	for _, one := range []struct{ page, want string }{
		{"fr-CA", "Bonjour de Maison Nord !"}, {"en", "Hi from Maison Nord!"},
		{"sv", "Hi from Maison Nord!"}, // not shipped: English
		{"de", channel.Say("de", "automation.request_email.text")},
	} {
		g := h.stranger()
		_, err := g.send(chat.PostInput{ClientID: "first", Text: "12345", Hints: chat.LanguageHints{Page: one.page}})
		h.must(err)
		if text := g.heard(one.page, followup.RequestEmail); text != one.want {
			t.Errorf("%s: said %q, want %q", one.page, text, one.want)
		}
	}
	err := h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{chat.AutomationText(followup.RequestEmail): []byte(`{"en":"Write to {address}"}`)})
	h.refused(err, chat.Invalid, "chat.setting.variable")
}

func TestWhatACustomerIsCalledCannotBringAVariableAlong(t *testing.T) {
	h := talking(t)
	h.set(chat.PromptOffline, `"required"`)
	h.set(chat.EmailName, `"{address}"`)
	h.set(chat.AutomationText(followup.Acknowledge), `{"en":"{brand}: {address}"}`)
	g := h.stranger()
	g.says("Hello", "jo@example.org")
	if text := g.heard("acknowledged", followup.Acknowledge); text != "{address}: j…@example.org" {
		t.Errorf("said %q", text)
	}
}

func TestAtMostOneSpeaksInFiveMinutesAndEachOnceInAWait(t *testing.T) {
	h := talking(t)
	g := h.stranger()
	g.says("Hello")
	for range 12 {
		h.passes(time.Minute)
		g.says("anybody?")
	}
	g.heard("twelve minutes of asking", followup.RequestEmail)
	h.answer(g.key, "Here I am")
	g.says("At last")
	g.heard("a new wait", followup.RequestEmail, followup.RequestEmail)
	h.answer(g.key, "What may it be?")
	h.clock.advance(4*time.Minute + 59*time.Second)
	g.says("A pair of shoes")
	g.heard("a new wait, and not five minutes later", followup.RequestEmail, followup.RequestEmail)
	h.clock.advance(time.Second)
	g.says("in blue")
	g.heard("five minutes later", followup.RequestEmail, followup.RequestEmail, followup.RequestEmail)
	h.countersAreTrue(g)
}

func TestSentTwiceTheBrandSpeaksOnce(t *testing.T) {
	h := talking(t)
	g := h.stranger()
	g.says("Hello")
	h.answer(g.key, "Hello")
	h.clock.advance(5 * time.Minute)
	in := chat.PostInput{ClientID: "again", Text: "Are you there?"}
	done, errs := h.together(10, func(int) error {
		_, err := (&guest{h: h, token: g.token}).send(in)
		return err
	})
	if done != 10 {
		t.Errorf("%d of 10 succeeded: %v", done, errs)
	}
	g.heard("ten times the same message", followup.RequestEmail, followup.RequestEmail)
}

func TestAnAnswerEndsTheWait(t *testing.T) {
	h := talking(t)
	h.online()
	g := h.stranger()
	g.says("Hello")
	h.clock.advance(time.Minute)
	_, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{ClientID: "n", Text: "who can?", Note: true})
	h.must(err)
	if g.row().AutomationDueAt == nil {
		t.Error("a note ends the wait")
	}
	h.answer(g.key, "Hello")
	h.passes(time.Hour)
	g.heard("answered")
	if c := g.row(); c.AutomationDueAt != nil || c.WaitingSince != nil {
		t.Errorf("due at %v, waiting since %v", c.AutomationDueAt, c.WaitingSince)
	}
}

func TestWhenAllAgentsGoHomeWhoWaitsIsToldThat(t *testing.T) {
	h := talking(t)
	leave := h.online()
	h.set(chat.PresenceIdle, "3600")
	g := h.stranger()
	g.says("Hello")
	leave()
	h.passes(5 * time.Minute)
	g.heard("nobody is left", followup.RequestEmail)
}

func TestSpamAndWhatHasEndedHearNothing(t *testing.T) {
	h := talking(t)
	h.online()
	spam, ended, closed := h.stranger(), h.stranger(), h.stranger()
	for _, g := range []*guest{spam, ended, closed} {
		g.says("Hello")
	}
	h.must(h.desk.MarkSpam(h.ctx, h.agent, spam.key))
	h.must(h.desk.EndConversation(h.ctx, ended.CustomerCaller, ended.key))
	h.must(h.desk.Close(h.ctx, h.agent, closed.key))
	h.passes(time.Hour)
	spam.says("buy")
	h.passes(time.Hour)
	for _, g := range []*guest{spam, ended, closed} {
		g.heard("nothing is said any more")
		if due := g.row().AutomationDueAt; due != nil {
			t.Errorf("due at %s", due)
		}
	}
}

func TestWhoWantsNoEmailIsPromisedNone(t *testing.T) {
	h := talking(t)
	leave := h.online()
	skipped, stopped := h.stranger(), h.stranger()
	skipped.says("Hello")
	h.must(h.desk.SkipAddress(h.ctx, skipped.CustomerCaller, skipped.key))
	stopped.says("Hello")
	stopped.give("jo@example.org")
	h.must(h.desk.StopEmail(h.ctx, stopped.CustomerCaller, stopped.key, true))
	h.passes(time.Hour)
	leave()
	for _, g := range []*guest{skipped, stopped} {
		g.says("and now?")
		g.heard("no email is wanted")
	}
	if skipped.row().AddressSkipped == nil {
		t.Error("the card stands again")
	}
	h.clock.advance(9 * time.Hour)
	for _, g := range []*guest{skipped, stopped} {
		g.says("good evening")
		g.heard("the opening hours promise no email", followup.OutOfOffice)
	}
}

func TestASwitchSilencesWhatBelongsToIt(t *testing.T) {
	h := talking(t)
	h.set(chat.ContinuousOn, "false")
	g := h.stranger()
	g.says("Hello")
	h.passes(time.Hour)
	g.heard("continuous conversation is off")
	h.set(chat.ContinuousOn, "true")
	for _, a := range followup.Automations() {
		h.set(chat.AutomationOn(a), "false")
	}
	g.says("Hello?")
	h.passes(time.Hour)
	h.clock.advance(12 * time.Hour)
	g.says("Hello??")
	g.heard("every automation is off")
	h.set(chat.AutomationOn(followup.OutOfOffice), "true")
	g.says("Hello???")
	g.heard("one is on again", followup.OutOfOffice)
}

func TestABouncedAddressIsAskedForAnew(t *testing.T) {
	h := talking(t)
	h.online()
	g := h.stranger()
	g.says("Hello")
	g.give("jo@example.org")
	h.exec("update contact_points set bounced_at = now()")
	h.set(chat.PresenceIdle, "3600")
	h.passes(5 * time.Minute)
	g.heard("nobody answers", followup.LongWait)
	if c := g.row(); c.AddressAskedAt == nil || c.AddressGivenAt != nil {
		t.Errorf("asked at %v, given at %v: the card does not stand", c.AddressAskedAt, c.AddressGivenAt)
	}
}

func TestWhatTheBrandSaysByItselfSendsNoEmail(t *testing.T) {
	h := talking(t)
	g := h.stranger()
	g.says("Hello")
	g.give("jo@example.org")
	h.clock.advance(6 * time.Minute)
	g.says("anybody?")
	g.heard("both have spoken", followup.RequestEmail, followup.Acknowledge)
	g.leave()
	h.passes(24 * time.Hour)
	h.waits(24*time.Hour, 0)
	if c := g.row(); c.FollowupDueAt != nil || c.PlanCode != "" || c.CustomerUnread != 1 {
		t.Errorf("due at %v because of %q, %d unread", c.FollowupDueAt, c.PlanCode, c.CustomerUnread)
	}
	if n := h.number("select count(*) from deliveries"); n != 0 {
		t.Errorf("%d deliveries", n)
	}
}

func TestAConversationThatCannotBeWrittenToSilencesNoOther(t *testing.T) {
	h := talking(t)
	h.online()
	h.set(chat.PresenceIdle, "3600")
	broken, whole := h.stranger(), h.stranger()
	broken.says("Hello")
	broken.says("and")
	whole.says("Hello")
	h.exec("update conversations set last_seq = 1 where id = $1", broken.row().ID) // its next number is taken
	h.clock.advance(5 * time.Minute)
	if _, err := h.desk.SweepAutomations(h.ctx); err == nil {
		t.Error("nobody hears of the fault")
	}
	whole.heard("the other one is whole", followup.LongWait)
	if due := broken.row().AutomationDueAt; due == nil || !due.Equal(h.clock.now().Add(5*time.Minute)) {
		t.Errorf("tried again at %v", due)
	}
}

func TestHundredsWhoWaitAreAllTold(t *testing.T) {
	h := talking(t)
	leave := h.online()
	defer leave()
	h.set(chat.PresenceIdle, "3600")
	g := h.stranger()
	g.says("Hello")
	const many = 450
	h.exec(`insert into conversations (organization_id, key, customer_id, last_seq, waiting_for, reach, last_message_at, last_message_by, waiting_since,
			automation_due_at, created_at)
		select organization_id, 'copy-' || n, customer_id, 0, waiting_for, reach, last_message_at, last_message_by, waiting_since, automation_due_at, created_at
		from conversations, generate_series(1, $1) n`, many)
	h.passes(5 * time.Minute)
	if n := h.number("select count(*) from messages where author_kind = 'automation' and kind = 'public'"); n != many+1 {
		t.Errorf("%d were told, want %d", n, many+1)
	}
	h.passes(time.Minute)
	if n := h.number("select count(*) from conversations where automation_due_at is not null"); n != 0 {
		t.Errorf("%d are still due", n)
	}
}
