package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/views"
)

// says is the sentence under a setting, and its warning.
func says(a answer, key string) string {
	id := "#field-" + strings.ReplaceAll(key, ".", "-") + "-says"
	for _, sheet := range []string{a.body, strings.NewReplacer("<template", "<div", "</template", "</div", "<hx-partial", "<div", "</hx-partial", "</div").Replace(a.body)} {
		a.body = sheet
		if text := strings.Join(strings.Fields(a.page().Find(id).Text()), " "); text != "" {
			return text
		}
	}
	return ""
}

// wordsOf is what a part of a page says, with a space between its elements.
func wordsOf(part *goquery.Selection) string {
	var words []string
	part.Find("*").Contents().Each(func(_ int, node *goquery.Selection) {
		if goquery.NodeName(node) == "#text" {
			words = append(words, strings.Fields(node.Text())...)
		}
	})
	return strings.Join(words, " ")
}

func TestEveryTimeSaysWhatItBrings(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/continuous").page())
	for key, typed := range map[string][2]string{
		chat.ClosedHold: {"2", "hours"}, chat.OpenHold: {"45 min", "days"}, chat.MaxHold: {"1", "days"}, chat.DraftHold: {"0", "seconds"},
		chat.ContinuousMinGap: {"1,5", "hours"}, chat.EmailHold: {"2", "minutes"}, chat.PresenceClosed: {"7200", "seconds"},
	} {
		form.Set(key, typed[0])
		form.Set(key+"_unit", typed[1])
	}
	form.Set(chat.HourlyCap, "25")
	form.Del(chat.OfflineAtOnce)
	form.Set(chat.PresenceIdle, "soon")
	said := h.admin.post("/settings/continuous/preview", form, htmxAsks...).wants(http.StatusOK)
	for key, want := range map[string]string{
		chat.ClosedHold:       "A customer who closes the page hears from you after 2 hours.",
		chat.OpenHold:         "A customer who leaves the tab open hears from you after 45 minutes. Whoever leaves the tab open hears sooner than whoever closes it (2 hours).",
		chat.MaxHold:          "Replies that keep coming put the email off by at most 1 day",
		chat.DraftHold:        "The email does not wait for an answer that an agent is writing.",
		chat.ContinuousMinGap: "no sooner than 1 hour 30 minutes later",
		chat.EmailHold:        "whose last message came by email gets your answer by email after 2 minutes.",
		chat.HourlyCap:        "No address gets more than 25 automatic emails in an hour",
		chat.OfflineAtOnce:    "the email waits its time all the same",
		chat.PresenceIdle:     "Please give a number and a unit",
	} {
		if got := says(said, key); !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q", key, got, want)
		}
	}
	form.Set(chat.MaxHold, "1")
	form.Set(chat.MaxHold+"_unit", "minutes")
	said = h.admin.post("/settings/continuous/preview", form, htmxAsks...).wants(http.StatusOK)
	if got := says(said, chat.MaxHold); !strings.Contains(got, "Has no effect: the waits above are at least as long, 45 minutes or more") || strings.Contains(got, "Replies") {
		t.Errorf("a cap below both waits says %q", got)
	}
}

func TestOffTakesWithItWhatBelongsToIt(t *testing.T) {
	h := newHouse(t)
	page := h.admin.get("/settings/continuous").page()
	if on := page.Find("#settings-belongs li:not(.silent)").Length(); on != 6 {
		t.Errorf("%d things belong to it", on)
	}
	form := formOf(page)
	form.Del(chat.ContinuousOn)
	body := h.admin.post("/settings/continuous/preview", form, htmxAsks...).wants(http.StatusOK).body
	if !strings.Contains(body, "Switched off with it") || strings.Count(body, `class="silent"`) != 6 {
		t.Errorf("not everything is said to go off: %s", body)
	}
	h.set(chat.ContinuousOn, false)
	automations := h.admin.get("/settings/automation").wants(http.StatusOK).page()
	silent := automations.Find(".automation-silent:not([hidden])")
	if silent.Length() != 3 || automations.Find(`[data-automation=out_of_office] .automation-silent:not([hidden])`).Length() != 0 {
		t.Errorf("%d automations are silent", silent.Length())
	}
}

func TestAPresetFillsTheTimesAndSavesNothing(t *testing.T) {
	h := newHouse(t)
	page := h.admin.get("/settings/continuous").page()
	if first := page.Find("#settings-form [type=submit]").First(); first.Is("[formaction], [name]") {
		t.Error("Enter in a field does not save but fills a preset")
	}
	if got := page.Find(`.preset[aria-pressed=true]`).AttrOr("value", ""); got != "balanced" {
		t.Errorf("a new organization has %q", got)
	}
	form := formOf(page)
	form.Set("preset", "patient")
	form.Set(chat.DraftHold, "99")
	filled := h.admin.post("/settings/continuous/preset", form, htmxAsks...).wants(http.StatusOK).page()
	typed := formOf(filled)
	if typed.Get(chat.ClosedHold)+typed.Get(chat.ClosedHold+"_unit") != "30minutes" || typed.Get(chat.OpenHold)+typed.Get(chat.OpenHold+"_unit") != "1hours" ||
		typed.Has(chat.OfflineAtOnce) || typed.Get(chat.DraftHold) != "99" || filled.Find(".settings-unsaved").Length() != 1 {
		t.Errorf("filled %v", typed)
	}
	if got := filled.Find(`.preset[aria-pressed=true]`).AttrOr("value", ""); got != "patient" {
		t.Errorf("shown as chosen is %q", got)
	}
	if h.stored().Seconds(chat.ClosedHold) != 5*time.Minute {
		t.Error("it was saved")
	}
	whole := h.admin.post("/settings/continuous/preset", form).wants(http.StatusOK).page()
	if whole.Find("html #settings-form").Length() != 1 {
		t.Error("without scripts the answer is no whole page")
	}
	form.Set("preset", "nonsense")
	h.admin.post("/settings/continuous/preset", form, htmxAsks...).wants(http.StatusUnprocessableEntity)
	for _, p := range views.Presets() {
		for key, raw := range p.Values {
			s, _ := chat.SettingOf(key)
			if _, refused := s.Check(raw); len(refused) > 0 {
				t.Errorf("%s: %s cannot be saved", p.Name, key)
			}
		}
		if warned := views.MatchingPreset(p.Values); warned != p.Name {
			t.Errorf("%s is taken for %s", p.Name, warned)
		}
	}
}

// answered is a conversation whose answer went out by email, and was read there.
func (h *house) answered(g *guest) {
	h.Helper()
	g.leaves()
	_, err := h.desk.PostAsAgent(h.Context(), h.agent.caller, g.key, chat.AgentPost{ClientID: "answer-" + g.key, Text: "It is."})
	h.must(err)
	h.clock.advance(2 * time.Hour)
	if sent, err := h.desk.SweepFollowups(h.Context()); err != nil || sent != 1 {
		h.Fatalf("%d emails went, %v", sent, err)
	}
}

func TestTheReplayTellsWhatTheFormWouldHaveDone(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/continuous").page())
	replay := func() string {
		t.Helper()
		return wordsOf(h.admin.post("/settings/continuous/replay", form, htmxAsks...).wants(http.StatusOK).page().Selection)
	}
	h.answered(h.jo)
	if got := replay(); !strings.HasPrefix(got, "1 email with the settings in force None of them was needless.") {
		t.Errorf("unchanged: %q", got)
	}
	form.Set(chat.ClosedHold, "1")
	form.Set(chat.ClosedHold+"_unit", "hours")
	form.Del(chat.OfflineAtOnce)
	if got := replay(); !strings.Contains(got, "1 email, as today 1 later than today.") || !strings.Contains(got, "Left out: when a customer counts as away") {
		t.Errorf("later: %q", got)
	}
	form.Set(chat.PresenceClosed, "60")
	if got := replay(); !strings.Contains(got, "That cannot be played again") {
		t.Errorf("times of presence: %q", got)
	}
	form.Set(chat.ContinuousContent, "off")
	if got := replay(); !strings.Contains(got, "No email instead of 1 1 that was needed would not have gone out. You have changed") {
		t.Errorf("nothing by itself: %q", got)
	}
	form.Set(chat.ClosedHold, "-")
	if got := replay(); !strings.HasPrefix(got, "As soon as every field can be read") {
		t.Errorf("a wrong field: %q", got)
	}
	whole := h.admin.post("/settings/continuous/replay", form).wants(http.StatusOK).page()
	if whole.Find("html #settings-replay-result[data-state=wrong]").Length() != 1 {
		t.Error("without scripts the answer is no whole page")
	}
	if h.stored().Seconds(chat.ClosedHold) != 5*time.Minute {
		t.Error("it was saved")
	}
}

func TestAnEmptyHistoryIsExplained(t *testing.T) {
	h := newHouse(t)
	h.clock.advance(31 * 24 * time.Hour)
	h.admin = h.signIn(h.admin.caller.Agent.Email)
	form := formOf(h.admin.get("/settings/continuous").wants(http.StatusOK).page())
	got := h.admin.post("/settings/continuous/replay", form, htmxAsks...).wants(http.StatusOK).page()
	if !strings.Contains(got.Text(), "There is no conversation from the last 30 days yet") {
		t.Errorf("said %q", got.Text())
	}
}

func TestTheProgressOfNewPlansIsTold(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	_, err := h.desk.PostAsAgent(t.Context(), h.agent.caller, h.jo.key, chat.AgentPost{ClientID: "one", Text: "It is."})
	h.must(err)
	h.must(h.desk.ReplanAll(t.Context()))
	form := formOf(h.admin.get("/settings/continuous").page())
	form.Set(chat.ClosedHold, "3")
	saved := h.admin.post("/settings/continuous", form, htmxAsks...).wants(http.StatusOK).page()
	plans := saved.Find("#settings-plans[hx-get]")
	if got := strings.Join(strings.Fields(plans.Text()), " "); got != "New plans: 0 of 1" {
		t.Errorf("after saving: %q", got)
	}
	h.must(h.desk.ReplanAll(t.Context()))
	done := h.admin.htmx(plans.AttrOr("hx-get", "")).wants(http.StatusOK).page().Find("#settings-plans:not([hx-get])")
	if got := strings.TrimSpace(done.Text()); got != "The one email that was planned is planned anew." {
		t.Errorf("at the end: %q", got)
	}
	if h.admin.get("/settings/continuous").page().Find("#settings-plans p").Length() != 0 {
		t.Error("it is still told when nothing goes on")
	}
}

func TestTheCardIsTheWidgetsOwnInTheBrandsColour(t *testing.T) {
	h := newHouse(t)
	h.set(chat.WidgetAccent, "#9a4a2f")
	form := formOf(h.admin.get("/settings/prompt").page())
	form.Set(chat.PromptText+".fr", "Où vous écrire ?")
	form.Set(chat.PromptOnline, "off")
	form.Set("language", "fr")
	sample := h.admin.post("/settings/prompt/sample", form).wants(http.StatusOK)
	page := sample.page()
	if page.Find(`link[href="/static/accent/9a4a2f.css"]`).Length() != 1 || page.Find(".ask-prompt").Text() != "Où vous écrire ?" {
		t.Errorf("the card is another one: %s", sample.body)
	}
	if page.Find("section").Length() != 3 || page.Find("form.ask").Length() != 1 {
		t.Error("it does not tell online from offline")
	}
	if !strings.Contains(sample.Header.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
		t.Error("the page may not frame it")
	}
	if h.stored().AllLocalized(chat.PromptText)["fr"] != "" {
		t.Error("it was saved")
	}
}

func TestAnAutomationIsShownAsTheCustomerReadsIt(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/automation").wants(http.StatusOK).page())
	form.Set(chat.AutomationText(followup.Acknowledge)+".de", "{brand} schreibt an {address}.")
	form.Set("language", "de")
	body := h.admin.post("/settings/automation/preview", form, htmxAsks...).wants(http.StatusOK).body
	if !strings.Contains(body, "Maison Lune schreibt an j…@example.org.") {
		t.Errorf("the bubble is not there: %s", body)
	}
	form.Set(chat.AutomationText(followup.Acknowledge)+".de", "{marke}")
	body = h.admin.post("/settings/automation/preview", form, htmxAsks...).wants(http.StatusOK).body
	if !strings.Contains(body, "{marke} is not known here. You may use {brand}, {address}.") {
		t.Error("an unknown variable is not told while one types")
	}
	var names []string
	for _, a := range followup.Automations() {
		names = append(names, string(a))
	}
	var drawn []string
	h.admin.get("/settings/automation").page().Find(".automation").Each(func(_ int, row *goquery.Selection) {
		drawn = append(drawn, row.AttrOr("data-automation", ""))
	})
	if strings.Join(drawn, " ") != strings.Join(names, " ") {
		t.Errorf("the list is %v, and they go in the order %v", drawn, names)
	}
}

func TestEveryLanguageIsSentWhicheverIsShown(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/email").page())
	want := map[string]string{"en": "From {brand}", "ja": "{brand} から", "ar": "رسالة من {brand}", "pt": "De {brand}"}
	for tag, text := range want {
		form.Set(chat.EmailSubject+"."+tag, text)
	}
	form.Set("language", "ja")
	saved := h.admin.post("/settings/email", form, htmxAsks...).wants(http.StatusOK).page()
	if got := h.stored().AllLocalized(chat.EmailSubject); len(got) != len(want) || got["ar"] != want["ar"] {
		t.Errorf("stored %v", got)
	}
	if shown := saved.Find(".language-text.shown"); shown.Length() != 3 || shown.First().AttrOr("data-language", "") != "ja" {
		t.Error("after saving, another language is shown")
	}
	if marks := saved.Find(".language-mark.own[data-language-mark]").Length(); marks != len(want) {
		t.Errorf("%d languages are marked", marks)
	}
	if got := saved.Find("#settings-email-facts").Text(); !strings.Contains(got, "Maison Lune から") {
		t.Errorf("the email says %q", got)
	}
	form.Set(chat.EmailFooter+".ko", "{agent}")
	refused := h.admin.post("/settings/email", form, htmxAsks...).wants(http.StatusUnprocessableEntity).page()
	if refused.Find(".language-text.shown").First().AttrOr("data-language", "") != "ko" || refused.Find(`.language-mark.wrong[data-language-mark=ko]`).Length() != 1 {
		t.Error("the language with the mistake is not shown")
	}
	if got := formOf(refused); got.Get(chat.EmailSubject+".ar") != want["ar"] || got.Get(chat.EmailFooter+".ko") != "{agent}" {
		t.Error("something typed is lost")
	}
}

func TestBothEmailsAreShownBeforeTheyAreSaved(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/email").page())
	form.Set(chat.EmailSubject+".fr", "Une réponse de {agent}")
	form.Set("language", "fr")
	followed := h.admin.post("/settings/email/sample", form).wants(http.StatusOK).body
	form.Set("kind", string(chat.KindInvitation))
	invited := h.admin.post("/settings/email/sample", form).wants(http.StatusOK).body
	if !strings.Contains(followed, "mon colis aurait dû arriver hier") || strings.Contains(invited, "mon colis aurait dû arriver hier") || !strings.Contains(invited, "Puis-je faire autre chose") {
		t.Error("the two kinds of email are not told apart")
	}
	form.Set("kind", string(chat.KindFollowup))
	if body := h.admin.post("/settings/email/preview", form, htmxAsks...).wants(http.StatusOK).body; !strings.Contains(body, "Une réponse de Ada Lovelace") {
		t.Errorf("the subject does not follow: %s", body)
	}
}

func TestWhatTwoAdminsChangeIsNeverSilentlyOverwritten(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/continuous").page())
	h.set(chat.ClosedHold, 600) // meanwhile, in another tab
	h.set(chat.DraftHold, 120)
	form.Set(chat.ClosedHold, "3")
	form.Set(chat.OpenHold, "40")
	told := h.admin.post("/settings/continuous", form, htmxAsks...).wants(http.StatusConflict).page()
	if got := wordsOf(told.Find(".clashes")); got != "After the page was closed Ada Lovelace saved 10 minutes You typed 3 minutes" {
		t.Errorf("told %q", got)
	}
	if told.Find(`[name="continuous.closed_hold"]`).AttrOr("value", "") != "3" || h.stored().Seconds(chat.ClosedHold) != 10*time.Minute || h.stored().Seconds(chat.OpenHold) != 30*time.Minute {
		t.Error("something was saved, or lost")
	}
	h.admin.post("/settings/continuous", formOf(told), htmxAsks...).wants(http.StatusOK)
	if v := h.stored(); v.Seconds(chat.ClosedHold) != 3*time.Minute || v.Seconds(chat.OpenHold) != 40*time.Minute {
		t.Error("to save again does not decide")
	}
}

func TestWhatOnlyTheOtherAdminChangedStays(t *testing.T) {
	h := newHouse(t)
	continuous, email := formOf(h.admin.get("/settings/continuous").page()), formOf(h.admin.get("/settings/email").page())
	h.set(chat.ClosedHold, 600)
	h.set(chat.EmailFooter, map[string]string{"en": "Nantes", "fr": "À Nantes"})
	continuous.Set(chat.OpenHold, "40")
	h.admin.post("/settings/continuous", continuous, htmxAsks...).wants(http.StatusOK)
	email.Set(chat.EmailFooter+".de", "In Nantes")
	h.admin.post("/settings/email", email, htmxAsks...).wants(http.StatusOK)
	v := h.stored()
	if v.Seconds(chat.ClosedHold) != 10*time.Minute || v.Seconds(chat.OpenHold) != 40*time.Minute {
		t.Error("the other one's time is lost")
	}
	if texts := v.AllLocalized(chat.EmailFooter); len(texts) != 3 || texts["fr"] != "À Nantes" {
		t.Errorf("the texts are %v", texts)
	}
	h.admin.post("/settings/email", url.Values{"showing": {"nonsense"}, chat.EmailAccent: {"#112233"}, chat.EmailReopenDays: {"14"}}).wants(http.StatusSeeOther)
}
