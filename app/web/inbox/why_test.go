package inbox_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

func why(g *guest, seq int64) string { return g.at(fmt.Sprintf("messages/%d/why", seq)) }

func TestTheLedgerTellsEveryDecisionAndTheSettingBehindIt(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	newest := h.agent.says(h.jo, "Yes, it is.")
	h.agent.post(h.jo.at("withholding"), nil).wants(http.StatusSeeOther)
	h.clock.advance(time.Minute)
	h.admin.post(h.jo.at("release"), map[string][]string{"seq": {fmt.Sprint(newest)}}).wants(http.StatusSeeOther)
	h.clock.advance(time.Minute)
	h.agent.post(h.jo.at("hurry"), nil).wants(http.StatusSeeOther)
	h.sweeps()
	link := h.admin.get(h.jo.at("")).page().Find(foot(newest) + " .why-link")
	if link.AttrOr("href", "") != why(h.jo, newest) || link.AttrOr("hx-get", "") != why(h.jo, newest) {
		t.Fatalf("why is asked at %q", link.AttrOr("href", ""))
	}
	dialog := h.admin.htmx(why(h.jo, newest)).wants(http.StatusOK).page().Find("dialog[data-open]")
	said := dialog.Find(".why-line p:first-child").Map(func(_ int, s *goquery.Selection) string { return words(s) })
	for _, sentence := range []string{
		"Email planned for 10:45: 5 minutes after the page was closed.", "Zoe Martin chose “Don’t send”.",
		"Ada Lovelace chose “Send after all”.", "Zoe Martin chose “Send now”.", "Sent to jo@example.org.",
		"Its time had come: an email to jo@example.org was made.",
	} {
		if !strings.Contains(strings.Join(said, "\n"), sentence) {
			t.Errorf("nothing says %q in\n%s", sentence, strings.Join(said, "\n"))
		}
	}
	if got := dialog.Find(".why-line > time[datetime][title]").Length(); got != len(said) {
		t.Errorf("%d of %d lines say when", got, len(said))
	}
	setting := dialog.Find("[data-code=closed_hold] .why-setting")
	if !strings.HasSuffix(words(setting), " · 5 minutes") || setting.Find("a").AttrOr("href", "") != "/settings/continuous#field-continuous-closed_hold" {
		t.Errorf("the setting is told as %q", words(setting))
	}
	if got := h.agent.htmx(why(h.jo, newest)).page().Find(".why-setting a").Length(); got != 0 {
		t.Errorf("%d settings are linked for who may not change them", got)
	}
}

func TestTheLedgerIsAPageOfItsOwnWithoutScripts(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	newest := h.agent.says(h.jo, "Yes, it is.")
	before := h.conversation(h.jo)
	page := h.agent.get(why(h.jo, newest)).wants(http.StatusOK).page()
	if page.Find("h1").Text() != "Why?" || page.Find(".why-line").Length() == 0 || page.Find(".pane-head a").AttrOr("href", "") != h.jo.at("") {
		t.Error("the page tells nothing, or leads nowhere")
	}
	if after := h.conversation(h.jo); !reflect.DeepEqual(before, after) {
		t.Error("reading it has changed the conversation")
	}
}

func TestAnEmptyLedgerSaysWhy(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	newest := h.agent.says(h.jo, "Yes, it is.")
	h.clock.advance(91 * 24 * time.Hour)
	h.must(h.store.Sweep(t.Context(), h.clock.now()))
	dialog := h.signIn(h.agent.caller.Agent.Email).htmx(why(h.jo, newest)).wants(http.StatusOK).page()
	if got := words(dialog.Find(".why-empty")); got != "Decisions are kept for 90 days; this message is older." {
		t.Errorf("said %q", got)
	}
}

func TestWhyIsAskedOfTheBrandsMessagesOnly(t *testing.T) {
	h := newHouse(t)
	newest := h.agent.says(h.jo, "Yes, it is.")
	for path, want := range map[string]int{
		why(h.jo, 1): http.StatusNotFound, why(h.jo, newest+1): http.StatusNotFound, why(h.jo, 0): http.StatusNotFound,
		h.jo.at("messages/first/why"): http.StatusNotFound, why(h.jo, newest): http.StatusOK,
	} {
		if got := h.agent.htmx(path).StatusCode; got != want {
			t.Errorf("%s answers %d, want %d", path, got, want)
		}
	}
}
