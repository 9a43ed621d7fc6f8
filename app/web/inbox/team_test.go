package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rejoin/app/chat"
)

func teamForm(name, role string, more ...string) url.Values {
	form := url.Values{"name": {name}, "role": {role}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func TestANewAgentGetsALinkThatIsShownOnce(t *testing.T) {
	h := newHouse(t)
	made := h.admin.post("/settings/team", teamForm("Kim", "agent", "email", "Kim@Lune.example"), htmxAsks...).wants(http.StatusOK).page()
	link := made.Find("#team-link-made").Text()
	path, ours := strings.CutPrefix(link, baseURL)
	if !ours {
		t.Fatalf("the link is %q", link)
	}
	h.nobody().get(path).wants(http.StatusOK)
	if made.Find(".team-row").Length() != 3 || !strings.Contains(made.Text(), "kim@lune.example") {
		t.Error("Kim is not in the list")
	}
	if strings.Contains(h.admin.get("/settings/team").body, "/join/") {
		t.Error("the link is shown again")
	}
}

func TestARefusedAgentKeepsWhatWasTyped(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct{ name, email, role, field string }{
		{"", "kim@lune.example", "agent", "name"},
		{"Kim\r\nX: y", "kim@lune.example", "agent", "name"},
		{"Kim", "no address", "agent", "email"},
		{"Kim", "zoe@lune.example", "agent", "email"},
		{"Kim", "kim@lune.example", "owner", "role"},
		{strings.Repeat("k", 81), "kim@lune.example", "agent", "name"},
	} {
		refused := h.admin.post("/settings/team", teamForm(c.name, c.role, "email", c.email), htmxAsks...).wants(http.StatusUnprocessableEntity).page()
		if refused.Find("#new-"+c.field+"-error").Text() == "" {
			t.Errorf("%+v: nothing beside %s", c, c.field)
		}
		if got := refused.Find("#new-email").AttrOr("value", ""); got != c.email {
			t.Errorf("the address became %q", got)
		}
	}
}

func TestAnAgentIsChangedDeactivatedAndBroughtBack(t *testing.T) {
	h := newHouse(t)
	zoe := "/settings/team/" + h.agent.caller.Agent.Key
	h.admin.post(zoe, teamForm("Zoé", "admin"), htmxAsks...).wants(http.StatusOK)
	h.agent.get("/settings/team").wants(http.StatusOK)
	off := h.admin.post(zoe, teamForm("Zoé", "agent", "deactivated", "on")).wants(http.StatusSeeOther)
	if off.Header.Get("Location") != "/settings/team" {
		t.Errorf("led to %q", off.Header.Get("Location"))
	}
	h.agent.get("/settings/me").wants(http.StatusSeeOther)
	h.admin.post(zoe+"/link", nil).wants(http.StatusConflict)
	h.admin.post(zoe, teamForm("Zoé", "agent")).wants(http.StatusSeeOther)
	fresh := h.admin.post(zoe+"/link", nil).wants(http.StatusOK).page().Find("#team-link-made").Text()
	h.nobody().get(strings.TrimPrefix(fresh, baseURL)).wants(http.StatusOK)
	log := h.admin.get("/settings/audit").page().Find(".audit-list").Text()
	for _, want := range []string{"made a fresh link for Zoé", "to Zoé · Agent · Deactivated", "invited Zoe Martin to the team as Agent"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q", want)
		}
	}
}

func TestTheLastAdminStaysOne(t *testing.T) {
	h := newHouse(t)
	ada := "/settings/team/" + h.admin.caller.Agent.Key
	for _, form := range []url.Values{teamForm("Ada", "agent"), teamForm("Ada", "admin", "deactivated", "on")} {
		refused := h.admin.post(ada, form, htmxAsks...).wants(http.StatusUnprocessableEntity).page()
		if said := refused.Find(".team-row details[open] .field-error").Text(); !strings.Contains(said, "at least one admin") {
			t.Errorf("said %q", said)
		}
	}
	h.admin.get("/settings/team").wants(http.StatusOK)
}

func TestNobodyReachesAnotherOrganizationsTeam(t *testing.T) {
	h := newHouse(t)
	_, other := h.found("Other", "eve@other.example", "Eve")
	key := h.agent.caller.Agent.Key
	other.post("/settings/team/"+key, teamForm("Mallory", "admin"), htmxAsks...).wants(http.StatusNotFound)
	other.post("/settings/team/"+key+"/link", nil).wants(http.StatusNotFound)
	if strings.Contains(other.get("/settings/team").body+other.get("/settings/audit").body, "Zoe") {
		t.Error("another organization's agent is shown")
	}
}

func TestTheLogIsPaged(t *testing.T) {
	h := newHouse(t)
	for i := range 60 {
		name := "Maison " + string(rune('A'+i%26)) + string(rune('a'+i/26))
		h.must(h.desk.RenameOrganization(t.Context(), h.admin.caller, name, "en"))
	}
	first := h.admin.get("/settings/audit").wants(http.StatusOK).page()
	next := first.Find(".audit-next a").AttrOr("href", "")
	if first.Find(".audit-row").Length() != 50 || next == "" {
		t.Fatalf("the first page has %d lines and leads to %q", first.Find(".audit-row").Length(), next)
	}
	rest := h.admin.htmx(next).wants(http.StatusOK).page()
	if got := rest.Find(".audit-row").Length(); got != 11 { // sixty names, and Zoe who was invited
		t.Errorf("the rest has %d lines", got)
	}
	if rest.Find(".shell").Length() != 0 || rest.Find(".audit-next").Length() != 0 {
		t.Error("the rest is a whole page, or goes on")
	}
	h.admin.get("/settings/audit?after=nonsense").wants(http.StatusUnprocessableEntity)
}

func TestTheLogSaysWhatItDoesNotKnow(t *testing.T) {
	h := newHouse(t)
	raw := []byte(`{"en":"Hello <b>you</b>"}`)
	h.must(h.desk.ChangeSettings(t.Context(), h.admin.caller, chat.Values{chat.WidgetGreeting: raw}))
	page := h.admin.get("/settings/audit").page()
	if page.Find(".audit-list b").Length() != 0 || !strings.Contains(page.Find(".audit-list").Text(), "Hello <b>you</b>") {
		t.Error("a text of the settings is no text in the log")
	}
}
