package e2e

import (
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	t.Run("business hours are checked, saved and logged", func(t *testing.T) { hoursAreChanged(h.in(t)) })
	t.Run("the question for the address is worded per language", func(t *testing.T) { theQuestionIsWorded(h.in(t)) })
	t.Run("continuous conversation off means no invitation", func(t *testing.T) { nobodyIsInvited(h.in(t)) })
	t.Run("an agent is told why not", func(t *testing.T) { anAgentIsToldWhyNot(h.in(t)) })
	t.Run("the snippet runs beside itself", func(t *testing.T) { theSnippetRuns(h.in(t)) })
	t.Run("a colleague joins, and is signed out everywhere", func(t *testing.T) { aColleagueJoins(h.in(t)) })
}

// settings opens a subject as an admin.
func (h *house) settings(subject string) *agent {
	h.t.Helper()
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	a.Open(h.base + "/settings/" + subject)
	a.Wait("h1")
	return a
}

func (a *agent) saves() {
	a.h.t.Helper()
	a.Click(`#settings-form button "Save"`)
	a.WaitText(".toast", "Saved")
	a.WaitGone(".field-error")
}

func hoursAreChanged(h *house) {
	a := h.settings("hours")
	const from, to = `[name="hours.week.mon.0.from"]`, `[name="hours.week.mon.0.to"]`
	a.Fill(from, "25:00")
	a.Click(`#settings-form button "Save"`)
	a.WaitText(".hours-range.refused .field-error", "Write a time between 00:00 and 24:00.")
	if got := a.Value(from); got != "25:00" {
		h.t.Errorf("the refused time has become %q", got)
	}
	a.Fill(from, "08:00")
	a.Fill(to, "15:00") // over the afternoon, which begins at 14:00
	a.Click(`#settings-form button "Save"`)
	a.WaitText(".hours-range .field-error", "This overlaps another opening.")
	if got := a.Value(from) + "–" + a.Value(to); got != "08:00–15:00" {
		h.t.Errorf("the refused hours have become %q", got)
	}
	a.Fill(to, "12:00")
	a.saves()
	a.Reload()
	if got := a.Value(from) + "–" + a.Value(to); got != "08:00–12:00" {
		h.t.Errorf("after saving, the hours are %q", got)
	}
	a.Fill(`[name="hours.week.fri.0.from"]`, "20:00")
	a.Fill(`[name="hours.week.fri.0.to"]`, "02:00")
	a.Click(`.hours-day:nth-of-type(5) .hours-range:nth-of-type(2) [value="remove:fri.1"]`)
	a.WaitText("#hours-night-fri", "02:00")
	a.Open(h.base + "/settings/audit")
	a.WaitText(".audit-row", "Maya changed Business hours")
	a.Click(".audit-row summary")
	a.WaitText(".audit-change", "08:00")
}

func theQuestionIsWorded(h *house) {
	a := h.settings("prompt")
	a.Click(`.language[lang=fr]`)
	a.Fill(`[name="prompt.text.fr"]`, "Où vous joindre, chère cliente, cher client ?")
	a.Frame("#ask-sample .email-frame").WaitText(".ask-prompt", "Où vous joindre, chère cliente, cher client ?")
	a.saves()
	c := h.visit(chromium.Person(h.t, browser.Named("home"), browser.Language("fr-FR")), "/demo/fr")
	c.begins("Bonjour, avez-vous des saladiers ?")
	c.chat.WaitText(".ask", "Où vous joindre, chère cliente, cher client ?")
}

func nobodyIsInvited(h *house) {
	a := h.settings("continuous")
	a.Click(`[name="continuous.on"]`)
	a.WaitText(".setting-says", "No invitation can be sent")
	a.saves()
	a.Open(h.base + "/inbox")
	a.Click(row("Tom"))
	a.Wait(`#invite[aria-disabled=true]`)
	if why := browser.Eval[string](a, `document.getElementById("invite-reason").textContent`); !strings.HasPrefix(why, "Continuous conversation is switched off.") {
		h.t.Errorf("the button says %q", why)
	}
	a.Open(h.base + "/settings/audit")
	a.WaitText(".audit-row", "Maya switched Continuous conversation off")
	a.Open(h.base + "/settings/continuous")
	a.Click(`[name="continuous.on"]`)
	a.saves()
}

func anAgentIsToldWhyNot(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Luc")), luc)
	a.Open(h.base + "/settings")
	a.WaitText("body", "The other settings are for admins.")
	a.Open(h.base + "/settings/hours")
	a.WaitText("main", "Only admins can change this.")
	if a.Has("#settings-form") {
		h.t.Error("the agent sees the form")
	}
}

func theSnippetRuns(h *house) {
	a := h.settings("widget")
	if snippet := a.Text("#widget-snippet"); snippet != `<script async src="`+h.base+`/widget.js" data-organization="demo-maison-ombrelin"></script>` {
		h.t.Errorf("the snippet is %s", snippet)
	}
	demo := a.Frame("iframe.widget-demo")
	demo.Wait(launcher)
	browser.Eval[any](a, `document.querySelector("iframe.widget-demo").scrollIntoView({ block: "end" })`)
	demo.Click(launcher)
	demo.Frame(panel).WaitText(".greeting", "Tell us about your table")
	a.Reload() // an open chat takes the focus when it is ready, and with it what is typed
	a.Fill(`[name="widget.greeting.en"]`, "Good day! What is on your table?")
	if got := a.Value(`[name="widget.greeting.en"]`); got != "Good day! What is on your table?" {
		h.t.Errorf("the greeting has become %q", got)
	}
	a.saves()
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.opens()
	c.chat.WaitText(".greeting", "Good day! What is on your table?")
}

func aColleagueJoins(h *house) {
	a := h.settings("team")
	a.Fill(`.team-new [name=name]`, "Nora")
	a.Fill(`.team-new [name=email]`, "nora@demo.example")
	a.Click(`button "Make the link"`)
	link := a.Text("#team-link-made")

	nora := chromium.Person(h.t, browser.Named("Nora"))
	tab := nora.Tab()
	tab.Open(link)
	tab.WaitText("h1", "Welcome, Nora")
	tab.Fill("[name=password]", "short")
	tab.Click(`button "Save and sign in"`)
	tab.WaitText(".field-error", "Choose a password of")
	tab.Fill("[name=password]", password)
	tab.Click(`button "Save and sign in"`)
	tab.Wait("#inbox")
	used := chromium.Person(h.t, browser.Named("second")).Tab()
	used.Open(link)
	used.WaitText("body", "This link was used or has expired.")

	elsewhere := h.signIn(chromium.Person(h.t, browser.Named("Nora elsewhere")), "nora@demo.example")
	tab.Open(h.base + "/settings/me")
	tab.Click(`button "Sign out everywhere else"`)
	tab.WaitText("body", "Every other browser is signed out.")
	elsewhere.WaitURL("/sign-in") // by itself, as it happens
	tab.Open(h.base + "/inbox")
	tab.Wait("#inbox")
	if strings.Contains(tab.URL(), "sign-in") {
		h.t.Error("this browser was signed out too")
	}
}
