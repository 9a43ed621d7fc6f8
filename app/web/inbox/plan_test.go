package inbox_test

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
)

// says answers as an agent and returns the message's number.
func (b *browser) says(g *guest, text string) int64 {
	b.house.Helper()
	message, err := b.house.desk.PostAsAgent(b.house.Context(), b.caller, g.key, chat.AgentPost{ClientID: text, Text: text})
	b.house.must(err)
	return message.Seq
}

// fates are the fates that a conversation tells, oldest first, without their buttons.
func (b *browser) fates(g *guest) []string {
	b.house.Helper()
	page := b.get(g.at("")).wants(http.StatusOK).page()
	page.Find("[hidden], .plan-act, .why-link").Remove()
	return page.Find("article .fate").Map(func(_ int, s *goquery.Selection) string { return words(s) })
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func foot(seq int64) string { return "#fate-" + strconv.FormatInt(seq, 10) }

var asHTMX = []string{"HX-Request", "true"}

func TestAnswersToSomeoneAwaySayOnceWhenTheyWillBeEmailed(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	first := h.agent.says(h.jo, "Yes, it is.")
	h.clock.advance(time.Minute)
	newest := h.agent.says(h.jo, "In blue too.")
	page := h.agent.get(h.jo.at("")).wants(http.StatusOK).page()
	if page.Find(foot(first)+" .fate").Length() != 0 {
		t.Error("what is told under the newest answer stands under the one before it too")
	}
	fate := page.Find(foot(newest) + " .fate")
	due := fate.Find("time[data-countdown]")
	if got := due.AttrOr("datetime", ""); got != h.clock.now().Add(5*time.Minute).Format(time.RFC3339) {
		t.Errorf("due at %q", got)
	}
	if got := words(fate.Find(".fate-when")); got != "Will be emailed in 5:00" {
		t.Errorf("said %q", got)
	}
	if got := fate.Find(".fate-due").AttrOr("title", ""); got != "5 minutes after they closed the page" {
		t.Errorf("the reason is %q", got)
	}
	acts := fate.Find(".fate-acts:not([hidden]) button").Map(func(_ int, s *goquery.Selection) string { return words(s) })
	if !reflect.DeepEqual(acts, []string{"Send now", "Don’t send"}) {
		t.Errorf("one may %q", acts)
	}
	h.clock.advance(5 * time.Minute)
	if got := h.agent.fates(h.jo); !reflect.DeepEqual(got, []string{"Is being emailed…"}) {
		t.Errorf("when the time has come: %q", got)
	}
}

func TestSendNowSendsOnceHoweverOftenItIsPressed(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	h.agent.says(h.jo, "Yes, it is.")
	for range 2 {
		h.agent.post(h.jo.at("hurry"), nil, asHTMX...).wants(http.StatusOK)
	}
	h.sweeps()
	if got := h.agent.fates(h.jo); !reflect.DeepEqual(got, []string{"(forwarded to jo@example.org · sent)"}) {
		t.Errorf("after that: %q", got)
	}
	again := h.agent.post(h.jo.at("hurry"), nil, asHTMX...).wants(http.StatusConflict)
	if got := words(again.page().Find("[data-toast]")); got != "On its way already: an email carries it" {
		t.Errorf("refused with %q", got)
	}
	if got := len(h.deliveries(h.jo)); got != 1 || h.mailbox.Len() != 1 {
		t.Errorf("%d deliveries, %d emails", got, h.mailbox.Len())
	}
	h.agent.says(h.jo, "And one more thing.")
	h.agent.post(h.jo.at("hurry"), nil).wants(http.StatusSeeOther)
	if got := h.agent.fates(h.jo); len(got) != 2 || !strings.HasPrefix(got[1], "Will be emailed in 15:00 · 15 minutes after the last email") {
		t.Errorf("too soon after an email: %q", got)
	}
}

func TestAnEmailThatCameBackSaysWhenItIsTriedAgain(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	seq := h.agent.says(h.jo, "Yes, it is.")
	h.agent.post(h.jo.at("hurry"), nil, asHTMX...).wants(http.StatusOK)
	h.sweeps()
	e := &chat.WebhookEvent{Provider: "resend", ID: "msg_1", Report: chat.ReportReturned, ProviderID: h.deliveries(h.jo)[0].ProviderID, Words: "452 4.2.2 Mailbox full", Body: []byte("{}")}
	_, err := h.desk.KeepEvent(h.Context(), e)
	h.must(err)
	h.must(h.desk.SettleEvent(h.Context(), e))
	got := h.agent.fates(h.jo)
	if len(got) != 1 || !strings.HasPrefix(got[0], "(forwarded to jo@example.org · came back)") || !strings.Contains(got[0], "Mailbox full next try at "+h.clock.now().Add(time.Hour).Format("15:04")) {
		t.Errorf("it says %q", got)
	}
	lines := words(h.agent.get(why(h.jo, seq)).wants(http.StatusOK).page().Find(".why-lines"))
	if !strings.Contains(lines, "The email came back, though the address may still work. 452 4.2.2 Mailbox full It is sent again at") {
		t.Errorf("why? says %q", lines)
	}
}

// sweeps carries out what is due.
func (h *house) sweeps() {
	h.Helper()
	_, err := h.desk.SweepFollowups(h.Context())
	h.must(err)
	for _, d := range h.deliveries(h.jo) {
		if !d.Final() {
			_, err := h.desk.Deliver(h.Context(), h.org.ID, d.ID)
			h.must(err)
		}
	}
}

func TestWhatIsWithheldSaysByWhomAndMayBeReleased(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	h.agent.says(h.jo, "Yes, it is.")
	newest := h.agent.says(h.jo, "In blue too.")
	for range 2 {
		h.agent.post(h.jo.at("withholding"), nil, asHTMX...).wants(http.StatusOK)
	}
	for who, want := range map[*browser]string{h.agent: "Not sent: you said so", h.admin: "Not sent: Zoe Martin said so"} {
		if got := who.fates(h.jo); !reflect.DeepEqual(got, []string{want}) {
			t.Errorf("%s reads %q, want %q", who.caller.Agent.Name, got, want)
		}
	}
	form := h.admin.get(h.jo.at("")).page().Find(foot(newest) + " form")
	seq := url.Values{"seq": {form.Find("[name=seq]").AttrOr("value", "")}}
	for range 2 {
		h.admin.post(form.AttrOr("action", ""), seq, asHTMX...).wants(http.StatusOK)
	}
	if got := h.agent.fates(h.jo); len(got) != 1 || !strings.HasPrefix(got[0], "Will be emailed in ") {
		t.Errorf("after the release: %q", got)
	}
	h.admin.post(h.jo.at("release"), url.Values{"seq": {"all"}}, asHTMX...).wants(http.StatusUnprocessableEntity)
}

func TestWhatCannotBeSentSaysWhyUnderTheMessageAndWhenAsked(t *testing.T) {
	h := newHouse(t)
	mia := h.guest(h.org, "Is the blue one in stock?")
	mia.leaves()
	h.agent.says(mia, "Yes, it is.")
	if got := h.agent.fates(mia); !reflect.DeepEqual(got, []string{"Not sent: no address"}) {
		t.Errorf("said %q", got)
	}
	refused := h.agent.post(mia.at("hurry"), nil, asHTMX...).wants(http.StatusConflict)
	if got := words(refused.page().Find("[data-toast]")); got != "Not sent: no address" {
		t.Errorf("refused with %q", got)
	}
	refused = h.agent.post(mia.at("hurry"), nil, "Accept", "application/json").wants(http.StatusConflict)
	if !strings.Contains(refused.body, `"key":"plan.code.no_point"`) {
		t.Errorf("refused with %s", refused.body)
	}
}

func TestAFailedFollowUpOffersARetryWhichGoesOut(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	h.agent.says(h.jo, "Yes, it is.")
	h.clock.advance(6 * time.Minute)
	_, err := h.desk.SweepFollowups(t.Context())
	h.must(err)
	h.fails(&h.deliveries(h.jo)[0])
	page := h.agent.get(h.jo.at("")).page()
	foot := page.Find(".message-foot.failed")
	if got := words(foot.Find(".delivery")); got != "Did not reach jo@example.org. The mail provider’s quota is used up. Retry" {
		t.Errorf("said %q", got)
	}
	h.agent.post(foot.Find("form").AttrOr("action", ""), nil, asHTMX...).wants(http.StatusOK)
	h.clock.advance(time.Hour)
	h.sweeps()
	if got := h.agent.fates(h.jo); !reflect.DeepEqual(got, []string{"(forwarded to jo@example.org · sent)"}) {
		t.Errorf("after the retry: %q", got)
	}
}

// fails ends a delivery as the worker does when the provider refuses for good.
func (h *house) fails(d *chat.Delivery) {
	h.Helper()
	now := h.clock.now()
	d.State, d.Reason, d.EndedAt = chat.Failed, "quota", &now
	c := h.conversation(h.jo)
	c.CoveredSeq, c.FailedSeq = 0, d.ToSeq
	c.PlanCode, c.PlanFrom, c.PlanTo = followup.CodeFailed, d.FromSeq, d.ToSeq
	h.must(h.store.Tx(h.Context(), func(ctx context.Context, tx chat.Tx) error {
		if err := tx.Update(ctx, d, "state", "reason", "ended_at"); err != nil {
			return err
		}
		tx.Emit(chat.Event{Topic: chat.OrganizationTopic(h.org.ID), Name: chat.DeliveryChanged, Key: h.jo.key, Seq: c.LastSeq, Note: string(chat.Failed)})
		return tx.Update(ctx, c, "covered_seq", "failed_seq", "plan_code", "plan_from", "plan_to")
	}))
}

func TestAnEmailThatWaitsForADraftSaysWhose(t *testing.T) {
	h := newHouse(t)
	frames := h.agent.listen() // who writes is online
	h.next(frames, "hello")
	h.must(h.desk.TickPresence(t.Context()))
	h.jo.leaves()
	h.agent.says(h.jo, "Yes, it is.")
	h.clock.advance(5*time.Minute - 10*time.Second)
	h.agent.post(h.jo.at("draft"), url.Values{"text": {"And the red o"}}).wants(http.StatusNoContent)
	for who, want := range map[*browser]string{h.agent: "waits while you write", h.admin: "waits while Zoe Martin writes"} {
		if got := who.fates(h.jo); len(got) != 1 || got[0] != "Will be emailed in 1:00 · "+want {
			t.Errorf("%s reads %q", who.caller.Agent.Name, got)
		}
	}
}

func TestEveryDecisionHasASentenceInEveryLanguageOfAgents(t *testing.T) {
	for _, tag := range []string{"en", "fr"} {
		l := locales.For(tag)
		for _, code := range followup.Codes() {
			if !l.Has("plan.code." + string(code)) {
				t.Errorf("%s: a plan may be %q, which has no sentence", tag, code)
			}
		}
		for _, code := range chat.DecisionCodes() {
			if !l.Has("why." + code) {
				t.Errorf("%s: a decision may be %q, which has no sentence", tag, code)
			}
		}
	}
}
