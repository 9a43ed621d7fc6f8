package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
	"rejoin/views"
)

var htmxAsks = []string{"HX-Request", "true"}

func TestEverySettingHasItsLabelInEveryLanguage(t *testing.T) {
	for _, tag := range locales.Shipped() {
		l := locales.For(tag)
		for _, s := range chat.Settings() {
			keys := []string{"setting." + s.Key, "settings.title." + string(s.Section), "settings.intro." + string(s.Section)}
			switch s.Kind {
			case chat.SettingChoice:
				for _, word := range s.Choices {
					keys = append(keys, "setting."+s.Key+"."+word)
				}
			case chat.SettingSeconds:
				keys = append(keys, "setting."+s.Key+".says")
			}
			for _, name := range s.Variables {
				keys = append(keys, "settings.variable."+name)
			}
			for _, key := range keys {
				if !l.Has(key) {
					t.Errorf("%s lacks %q", tag, key)
				}
			}
		}
	}
}

func sectionsOfSettings() []chat.Section {
	return []chat.Section{chat.SectionContinuous, chat.SectionHours, chat.SectionPrompt, chat.SectionAutomation, chat.SectionEmail, chat.SectionWidget}
}

// formOf is what a browser would send of a drawn form.
func formOf(page *goquery.Document) url.Values {
	form := url.Values{}
	page.Find("#settings-form [name]").Each(func(_ int, field *goquery.Selection) {
		name := field.AttrOr("name", "")
		switch {
		case field.Is("button"):
		case field.Is("[type=checkbox], [type=radio]"):
			if _, on := field.Attr("checked"); on {
				form.Add(name, field.AttrOr("value", "on"))
			}
		case field.Is("select"):
			form.Add(name, field.Find("option[selected]").AttrOr("value", ""))
		case field.Is("textarea"):
			form.Add(name, field.Text())
		default:
			form.Add(name, field.AttrOr("value", ""))
		}
	})
	return form
}

func TestSavingAPageAsItStandsChangesNothing(t *testing.T) {
	h := newHouse(t)
	for _, section := range sectionsOfSettings() {
		path := views.Settings(string(section))
		form := formOf(h.admin.get(path).wants(http.StatusOK).page())
		h.admin.post(path, form).wants(http.StatusSeeOther)
	}
	entries, _, err := h.desk.AuditEntries(t.Context(), h.admin.caller, chat.Cursor{}, 50)
	h.must(err)
	for _, e := range entries {
		if e.Action == "setting.changed" {
			t.Errorf("%s went from %s to %s", e.Subject, e.Before, e.After)
		}
	}
}

func (h *house) stored() chat.Values {
	h.Helper()
	o, err := h.store.Organization(h.Context(), h.org.ID)
	h.must(err)
	return o.Settings
}

func TestASavedValueIsStoredSaidAndLogged(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/continuous").page())
	form.Set(chat.ContinuousMinGap, "5")
	form.Set(chat.ContinuousMinGap+"_unit", "minutes")
	saved := h.admin.post("/settings/continuous", form, htmxAsks...).wants(http.StatusOK).page()
	if got := saved.Find("[data-toast]").Text(); !strings.Contains(got, "Saved") {
		t.Errorf("the toast says %q", got)
	}
	if got := h.stored().Seconds(chat.ContinuousMinGap).Minutes(); got != 5 {
		t.Errorf("stored %v minutes", got)
	}
	if got := saved.Find("#field-continuous-min_gap-says").Text(); !strings.Contains(got, "no sooner than 5 minutes later") {
		t.Errorf("the sentence is %q", got)
	}
	log := h.admin.get("/settings/audit").wants(http.StatusOK).page().Find(".audit-row").First().Text()
	if !strings.Contains(log, "Ada Lovelace changed “Minimum gap between emails”") || !strings.Contains(log, "from 15 minutes to 5 minutes") {
		t.Errorf("the log says %q", log)
	}
}

func TestAHalfFilledFormSaysWhatItWouldMeanAndSavesNothing(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/continuous").page())
	form.Set(chat.PresenceClosed, "2")
	form.Set(chat.PresenceClosed+"_unit", "minutes")
	form.Del(chat.ContinuousOn)
	said := h.admin.post("/settings/continuous/preview", form, htmxAsks...).wants(http.StatusOK).body
	for _, words := range []string{"away after 2 minutes", "No invitation can be sent"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if got := h.stored().Seconds(chat.PresenceClosed).Seconds(); got != 20 {
		t.Errorf("stored %v", got)
	}
}

func TestARefusedPageKeepsWhatWasTypedAndSaysWhyBesideIt(t *testing.T) {
	h := newHouse(t)
	long, rtl := strings.Repeat("é", 400), "شكرا \u202egnp.exe"
	for _, c := range []struct {
		section, field, value string
		ok                    bool
	}{
		{"continuous", chat.ContinuousMinGap, "-5", false},
		{"continuous", chat.ContinuousMinGap, "99999999999999999999", false},
		{"continuous", chat.ContinuousMinGap, "", false},
		{"continuous", chat.PresenceClosed, "1", false},
		{"continuous", chat.HourlyCap, "0", false},
		{"continuous", chat.HourlyCap, "1001", false},
		{"continuous", chat.HourlyCap, "many", false},
		{"continuous", chat.HourlyCap, "", false},
		{"continuous", chat.EmailHold, "8 days", false},
		{"continuous", chat.ContinuousAddress, "javascript:alert(1)", false},
		{"continuous", chat.ContinuousLink, "elsewhere", false},
		{"email", chat.EmailName, "Alder\r\nBcc: all@example.org", false},
		{"email", chat.EmailName, "Al\x00der", false},
		{"email", chat.EmailName, strings.Repeat("a", 81), false},
		{"email", chat.EmailAccent, "red; background: url(x)", false},
		{"email", chat.EmailLogo, `https://x.example/"><script>`, false},
		{"email", chat.EmailFooter + ".en", strings.Repeat("a", 501), false},
		{"email", chat.EmailSubject + ".ja", "{brand} から {agent}", true},
		{"email", chat.EmailSubject + ".ar", "{brand} {password}", false},
		{"email", chat.EmailIntro + ".de", "{{.Name}}", false},
		{"automation", chat.AutomationText(followup.OutOfOffice) + ".fr", "De retour : {next}, {brand}", true},
		{"automation", chat.AutomationText(followup.RequestEmail) + ".en", "We write to {address}", false},
		{"automation", chat.LongWaitAfter, "5 s", false},
		{"prompt", chat.PromptOffline, "off", false},
		{"prompt", chat.PromptText + ".fr", long, false},
		{"prompt", chat.PromptText + ".en", "<script>alert(1)</script>", true},
		{"prompt", chat.PromptThanks + ".en", rtl, true},
		{"widget", chat.WidgetSites, "https://shop.example/path", false},
		{"widget", chat.WidgetSites, "ftp://shop.example", false},
		{"widget", chat.WidgetSites, "shop.example\nhttps://other.example:8443", true},
		{"widget", chat.WidgetTitle + ".en", "Chat\r\nX: y", false},
	} {
		path := "/settings/" + c.section
		form := formOf(h.admin.get(path).page())
		form.Set(c.field, c.value)
		answered := h.admin.post(path, form, htmxAsks...)
		if c.ok {
			answered.wants(http.StatusOK)
			if answered.page().Find("script").Length() != 0 {
				t.Errorf("%s: a script came in", c.field)
			}
			continue
		}
		page := answered.wants(http.StatusUnprocessableEntity).page()
		field := page.Find(`[name="` + c.field + `"]`)
		if !field.Is("[type=radio]") && field.Closest(".field").Find(".field-error").Text() == "" {
			t.Errorf("%s = %.30q: nothing beside the field", c.field, c.value)
		}
		if want := strings.NewReplacer("\x00", "", "\r\n", "\n").Replace(c.value); field.Is("input:not([type=radio])") && field.AttrOr("value", "") != want {
			t.Errorf("%s: typed %.30q became %.30q", c.field, c.value, field.AttrOr("value", ""))
		}
	}
}

func TestAPageFromOutsideIsRefused(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/widget").page())
	h.admin.post("/settings/widget", form, "Sec-Fetch-Site", "cross-site").wants(http.StatusForbidden)
	h.admin.post("/settings/email", url.Values{chat.EmailFooter + ".en": {strings.Repeat("x", 1<<20)}}).wants(http.StatusRequestEntityTooLarge)
	h.admin.post("/settings/continuous", nil).wants(http.StatusUnprocessableEntity)
	h.admin.get("/settings/nonsense").wants(http.StatusNotFound)
}

func TestAgentsReadWhyTheSettingsAreNotTheirs(t *testing.T) {
	h := newHouse(t)
	if got := h.agent.get("/settings").wants(http.StatusSeeOther).Header.Get("Location"); got != "/settings/me" {
		t.Errorf("an agent is led to %q", got)
	}
	if said := h.agent.get("/settings/me").page().Find(".settings-why").Text(); !strings.Contains(said, "for admins") {
		t.Errorf("the page says %q", said)
	}
	var asked int
	for _, route := range h.server.Table() {
		if route.Audience != "admin" {
			continue
		}
		asked++
		path := strings.ReplaceAll(route.Path, ":key", h.admin.caller.Agent.Key)
		refused := h.agent.ask(route.Method, path, "").wants(http.StatusForbidden)
		if !strings.Contains(refused.page().Text(), "Only admins can change this") {
			t.Errorf("%s does not say why", path)
		}
		h.nobody().ask(route.Method, path, "").wants(http.StatusSeeOther)
	}
	if asked < 20 {
		t.Errorf("only %d routes are for admins", asked)
	}
}

func TestTheEmailOfTheFormIsShownBeforeItIsSaved(t *testing.T) {
	h := newHouse(t)
	form := formOf(h.admin.get("/settings/email").page())
	form.Set(chat.EmailName, "Maison Soleil")
	form.Set(chat.EmailAccent, "#c03")
	form.Set("language", "fr")
	sample := h.admin.post("/settings/email/sample", form).wants(http.StatusOK)
	if !strings.Contains(sample.body, "Maison Soleil") || !strings.Contains(sample.body, "Bonjour Jo") {
		t.Error("the email is not that of the form")
	}
	policy := sample.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "sandbox", "frame-ancestors 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %s", policy, want)
		}
	}
	if h.stored().Text(chat.EmailName) != "" {
		t.Error("it was saved")
	}
}

func TestTheWidgetIsShownByItsVerySnippet(t *testing.T) {
	h := newHouse(t)
	page := h.admin.get("/settings/widget").wants(http.StatusOK)
	snippet := views.Snippet(baseURL, h.org.Key)
	if got := page.page().Find("#widget-snippet").Text(); got != snippet {
		t.Errorf("the snippet is %q", got)
	}
	if !strings.Contains(page.Header.Get("Content-Security-Policy"), "frame-src 'self'") {
		t.Error("the page may not show the demo")
	}
	demo := h.admin.get(page.page().Find("iframe.widget-demo").AttrOr("src", "")).wants(http.StatusOK)
	if demo.page().Find(`script[async][src="`+baseURL+`/widget.js"][data-organization="`+h.org.Key+`"]`).Length() != 1 {
		t.Errorf("the demo does not carry it: %s", demo.body)
	}
	if !strings.Contains(demo.Header.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
		t.Error("the demo cannot stand in the page")
	}
}

func TestTheOrganizationIsRenamed(t *testing.T) {
	h := newHouse(t)
	h.admin.post("/settings/organization", url.Values{"name": {"Maison Soleil"}, "language": {"fr"}}).wants(http.StatusSeeOther)
	page := h.admin.get("/settings/organization").page()
	if page.Find("[name=name]").AttrOr("value", "") != "Maison Soleil" || page.Find("option[selected]").AttrOr("value", "") != "fr" {
		t.Error("it is not renamed")
	}
	refused := h.admin.post("/settings/organization", url.Values{"name": {" "}, "language": {"xx"}}).wants(http.StatusUnprocessableEntity)
	if refused.page().Find("#field-name-error").Text() == "" {
		t.Error("an empty name is refused without a word")
	}
}
