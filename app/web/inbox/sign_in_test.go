package inbox_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func signInForm(email, word, next string) url.Values {
	return url.Values{"email": {email}, "password": {word}, "next": {next}}
}

func cookieOf(a answer) string {
	for _, cookie := range a.Cookies() {
		if cookie.Name == "rejoin_session" {
			return cookie.Value
		}
	}
	return ""
}

func TestSigningInLeadsBackToWhereItWasAskedFor(t *testing.T) {
	h := newHouse(t)
	for next, want := range map[string]string{
		"": "/inbox", "/settings/me": "/settings/me", "//evil.example": "/inbox", "https://evil.example/": "/inbox", `/\evil.example`: "/inbox",
	} {
		in := h.nobody().post("/sign-in", signInForm("ADA@lune.example ", password, next)).wants(http.StatusSeeOther)
		if got := in.Header.Get("Location"); got != want {
			t.Errorf("next %q leads to %q, want %q", next, got, want)
		}
		if token := cookieOf(in); token == "" {
			t.Errorf("next %q: no session", next)
		}
	}
}

func TestAWrongPasswordKeepsTheAddressAndNeverSaysWhichWasWrong(t *testing.T) {
	h := newHouse(t)
	said := map[string]bool{}
	for _, email := range []string{"ada@lune.example", "nobody@lune.example", `"><script>alert(1)</script>@x.y`} {
		refused := h.nobody().post("/sign-in", signInForm(email, "wrong password", "/inbox?view=mine")).wants(http.StatusUnprocessableEntity)
		page := refused.page()
		if got := page.Find("[name=email]").AttrOr("value", ""); got != email {
			t.Errorf("the address became %q", got)
		}
		if page.Find("[name=password]").AttrOr("value", "") != "" || page.Find("script").Length() != 0 {
			t.Error("the password came back, or a script came in")
		}
		if got := page.Find("[name=next]").AttrOr("value", ""); got != "/inbox?view=mine" {
			t.Errorf("the way back became %q", got)
		}
		said[page.Find("#field-password-error").Text()] = true
	}
	if len(said) != 1 || said[""] {
		t.Errorf("said %v", said)
	}
}

func TestFailuresSlowTheNextTriesDown(t *testing.T) {
	h := newHouse(t)
	for range 5 {
		h.nobody().post("/sign-in", signInForm("ada@lune.example", "guess", "")).wants(http.StatusUnprocessableEntity)
	}
	slow := h.nobody().post("/sign-in", signInForm("ada@lune.example", password, "")).wants(http.StatusTooManyRequests)
	if said := slow.page().Find(".notice.error").Text(); !strings.Contains(said, "5 seconds") {
		t.Errorf("said %q", said)
	}
	if slow.page().Find("[name=email]").AttrOr("value", "") != "ada@lune.example" {
		t.Error("the address is lost")
	}
	h.clock.advance(6 * time.Second)
	h.nobody().post("/sign-in", signInForm("ada@lune.example", password, "")).wants(http.StatusSeeOther)
}

func TestAStrangerCannotKnockForEver(t *testing.T) {
	h := newHouse(t)
	for i := range 60 {
		last := h.nobody().post("/sign-in", signInForm(strconv.Itoa(i)+"@lune.example", "", ""))
		if last.StatusCode == http.StatusTooManyRequests {
			if last.Header.Get("Retry-After") == "" {
				t.Error("nothing says when to come back")
			}
			return
		}
	}
	t.Error("sixty knocks in no time were all answered")
}

func TestSigningOutEndsTheSession(t *testing.T) {
	h := newHouse(t)
	h.agent.post("/sign-out", nil).wants(http.StatusSeeOther)
	h.agent.get("/settings/me").wants(http.StatusSeeOther)
	h.nobody().post("/sign-out", nil).wants(http.StatusSeeOther)
	if got := h.admin.get("/sign-in").wants(http.StatusSeeOther).Header.Get("Location"); got != "/inbox" {
		t.Errorf("who is signed in is led to %q", got)
	}
}

func TestAnEmptyInstallTellsWhereItBegins(t *testing.T) {
	h := newEmptyHouse(t)
	for _, path := range []string{"/", "/sign-in"} {
		first := h.nobody().get(path)
		if path == "/sign-in" {
			if got := first.wants(http.StatusSeeOther).Header.Get("Location"); got != "/" {
				t.Errorf("%s leads to %q", path, got)
			}
			continue
		}
		if said := first.wants(http.StatusOK).page().Find(".notice").Text(); !strings.Contains(said, "server’s log") {
			t.Errorf("%s says %q", path, said)
		}
	}
}

func setupForm() url.Values {
	return url.Values{
		"organization": {"Alder"}, "language": {"fr"}, "zone": {"Europe/Paris"}, "name": {"Ada"}, "email": {"ada@alder.example"},
		"password": {password},
	}
}

func TestTheFirstAdminSetsUpOnce(t *testing.T) {
	h := newEmptyHouse(t)
	path := "/setup/" + h.desk.SetupToken()
	h.nobody().get("/setup/wrong").wants(http.StatusNotFound)
	h.nobody().post("/setup/wrong", setupForm()).wants(http.StatusNotFound)
	if h.nobody().get(path).wants(http.StatusOK).page().Find("form [name]").Length() != 6 {
		t.Error("the form does not ask for six things")
	}
	bad := setupForm()
	bad.Set("zone", "Mars/Olympus")
	bad.Set("password", "short")
	bad.Set("organization", "Al\r\nder")
	refused := h.nobody().post(path, bad).wants(http.StatusUnprocessableEntity).page()
	if refused.Find("#field-organization-error").Text() == "" || refused.Find("[name=email]").AttrOr("value", "") != "ada@alder.example" {
		t.Error("the refused form says nothing, or lost what was typed")
	}
	bad.Set("organization", "Alder")
	refused = h.nobody().post(path, bad).wants(http.StatusUnprocessableEntity).page()
	for _, field := range []string{"zone", "password"} {
		if refused.Find("#field-"+field+"-error").Text() == "" {
			t.Errorf("nothing beside %s", field)
		}
	}
	done := h.nobody().post(path, setupForm()).wants(http.StatusSeeOther)
	ada := &browser{house: h, token: cookieOf(done)}
	hours := ada.get("/settings/hours").wants(http.StatusOK).page()
	if got := hours.Find(`[name="hours.week.zone"]`).AttrOr("value", ""); got != "Europe/Paris" {
		t.Errorf("the zone is %q", got)
	}
	h.nobody().get(path).wants(http.StatusNotFound)
	h.nobody().post(path, setupForm()).wants(http.StatusNotFound)
}

func TestAJoinLinkIsSpentByChoosingAPasswordAndNotByLooking(t *testing.T) {
	h := newHouse(t)
	token, _, err := h.desk.InviteAgent(t.Context(), h.admin.caller, chat.AgentInput{Name: "Kim", Email: "kim@lune.example", Role: chat.RoleAgent})
	h.must(err)
	path := "/join/" + token
	for range 3 {
		if said := h.nobody().get(path).wants(http.StatusOK).page().Find("h1").Text(); !strings.Contains(said, "Kim") {
			t.Errorf("the page greets %q", said)
		}
	}
	refused := h.nobody().post(path, url.Values{"password": {"short"}}).wants(http.StatusUnprocessableEntity).page()
	if refused.Find("#field-password-error").Text() == "" {
		t.Error("a short password is refused without a word")
	}
	h.nobody().post(path, nil).wants(http.StatusUnprocessableEntity)
	joined := h.nobody().post(path, url.Values{"password": {password}}).wants(http.StatusSeeOther)
	(&browser{house: h, token: cookieOf(joined)}).get("/settings/me").wants(http.StatusOK)
	h.nobody().get(path).wants(http.StatusGone)
	h.nobody().post(path, url.Values{"password": {password}}).wants(http.StatusGone)
	h.nobody().get("/join/nonsense").wants(http.StatusNotFound)
}
