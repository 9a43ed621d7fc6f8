package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func TestOnesOwnNameAndLanguage(t *testing.T) {
	h := newHouse(t)
	h.agent.post("/settings/me", url.Values{"name": {"Zoé"}, "language": {"fr"}}).wants(http.StatusSeeOther)
	page := h.agent.get("/settings/me").wants(http.StatusOK).page()
	if page.Find("html").AttrOr("lang", "") != "fr" || page.Find("#me-form [name=name]").AttrOr("value", "") != "Zoé" {
		t.Error("name or language did not change")
	}
	refused := h.agent.post("/settings/me", url.Values{"name": {"\u0007"}, "language": {"xx"}}).wants(http.StatusUnprocessableEntity).page()
	if refused.Find("#field-name-error").Text() == "" {
		t.Error("a bell is no name")
	}
}

func TestANewPasswordSignsOutElsewhere(t *testing.T) {
	h := newHouse(t)
	other := h.signIn("zoe@lune.example")
	wrong := h.agent.post("/settings/me/password", url.Values{"old": {"guess"}, "new": {"another long one"}}).wants(http.StatusUnprocessableEntity).page()
	if wrong.Find("#field-old-error").Text() == "" || wrong.Find("#me-form [name=name]").AttrOr("value", "") != "Zoe Martin" {
		t.Error("the wrong password is not said, or the name is lost")
	}
	short := h.agent.post("/settings/me/password", url.Values{"old": {password}, "new": {"short"}}).wants(http.StatusUnprocessableEntity)
	if short.page().Find("#field-new-error").Text() == "" {
		t.Error("the short password is not said")
	}
	h.agent.post("/settings/me/password", nil).wants(http.StatusUnprocessableEntity)
	h.agent.post("/settings/me/password", url.Values{"old": {password}, "new": {"another long one"}}).wants(http.StatusSeeOther)
	h.agent.get("/settings/me").wants(http.StatusOK)
	other.get("/settings/me").wants(http.StatusSeeOther)
	h.nobody().post("/sign-in", signInForm("zoe@lune.example", "another long one", "")).wants(http.StatusSeeOther)
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	h := newHouse(t)
	const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
	in := h.nobody().ask(http.MethodPost, "/sign-in", signInForm("zoe@lune.example", password, "").Encode(), "User-Agent", firefox).wants(http.StatusSeeOther)
	other := &browser{house: h, token: cookieOf(in)}
	rows := h.agent.get("/settings/me").page().Find(".session-row")
	this := rows.FilterFunction(func(_ int, row *goquery.Selection) bool { return row.Find(".badge").Length() == 1 })
	if this.Length() != 1 || !strings.Contains(rows.Text(), "Firefox on Linux") || !strings.Contains(rows.Text(), "127.0.0.1") {
		t.Errorf("the list says %q", rows.Text())
	}
	h.agent.post("/settings/me/sessions", url.Values{"keep": {"this"}}).wants(http.StatusSeeOther)
	other.get("/settings/me").wants(http.StatusSeeOther)
	h.admin.get("/settings/me").wants(http.StatusOK)
	if got := h.agent.get("/settings/me").wants(http.StatusOK).page().Find(".session-row").Length(); got != 1 {
		t.Errorf("%d are left", got)
	}
	h.agent.post("/settings/me/sessions", url.Values{"keep": {"none"}}).wants(http.StatusSeeOther)
	h.agent.get("/settings/me").wants(http.StatusSeeOther)
}
