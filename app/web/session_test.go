package web_test

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

var secret = []byte("a secret of the house, long enough")

func sessions(t *testing.T, secure bool) *web.Sessions {
	t.Helper()
	s, err := web.NewSessions(secret, secure, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func cookieOf(a answer, name string) *http.Cookie {
	for _, c := range a.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func TestTheSessionCookieHoldsOnlyAnOpaqueTokenOutOfReach(t *testing.T) {
	for secure, name := range map[bool]string{false: "rejoin_session", true: "__Host-rejoin_session"} {
		s := sessions(t, secure)
		token := chat.NewToken(7, rand.Reader)
		h := newHouse(t)
		g := h.Group(web.Public, "", web.Anyone)
		g.POST("/in", func(c echo.Context) error { s.Begin(c, token, time.Now().Add(time.Hour)); return c.NoContent(204) })
		g.GET("/me", func(c echo.Context) error { return c.String(200, s.Token(c)) })
		g.POST("/out", func(c echo.Context) error { s.End(c); return c.NoContent(204) })

		cookie := cookieOf(h.ask("POST", "/in", ""), name)
		if cookie == nil {
			t.Fatalf("no cookie %s", name)
		}
		if cookie.Value != token || !cookie.HttpOnly || cookie.Secure != secure || cookie.SameSite != http.SameSiteLaxMode ||
			cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge < 3590 || cookie.MaxAge > 3600 {
			t.Errorf("the cookie is %+v", cookie)
		}
		if a := h.ask("GET", "/me", "", "Cookie", name+"="+token); a.body != token {
			t.Errorf("read back %q", a.body)
		}
		if a := h.ask("GET", "/me", ""); a.body != "" {
			t.Errorf("nothing brought, %q read", a.body)
		}
		if gone := cookieOf(h.ask("POST", "/out", ""), name); gone == nil || gone.MaxAge >= 0 || gone.Value != "" {
			t.Errorf("signing out leaves %+v", gone)
		}
	}
}

func TestAFlashIsShownOnceAfterTheRedirect(t *testing.T) {
	s := sessions(t, false)
	h := newHouse(t)
	g := h.Group(web.Agent, "", web.Anyone)
	g.POST("/save", func(c echo.Context) error {
		if err := s.SetFlash(c, "good", "error.too_long", "Max", 80); err != nil {
			return err
		}
		if err := s.SetFlash(c, "warn", "error.required"); err != nil {
			return err
		}
		return web.SeeOther(c, "/page")
	})
	g.GET("/page", func(c echo.Context) error {
		var said []string
		for _, f := range s.TakeFlash(c) {
			said = append(said, f.Tone+": "+f.Say(web.Locale(c)))
		}
		return c.String(200, strings.Join(said, "\n"))
	})
	var last *http.Cookie
	for _, c := range h.ask("POST", "/save", "").wants(303).Cookies() {
		last = c // a browser keeps the last one
	}
	if strings.Contains(last.Value, "error") || !last.HttpOnly || last.MaxAge > 60 {
		t.Errorf("the flash is readable or stays: %+v", last)
	}
	a := h.ask("GET", "/page", "", "Cookie", last.Name+"="+last.Value)
	if a.body != "good: This is too long: at most 80 characters.\nwarn: Please fill this in." {
		t.Errorf("shown: %q", a.body)
	}
	if gone := cookieOf(a, last.Name); gone == nil || gone.MaxAge >= 0 {
		t.Error("the flash stays")
	}
	broken := last.Value[:len(last.Value)-8] + "AAAAAAAA"
	if a := h.ask("GET", "/page", "", "Cookie", last.Name+"="+broken).wants(200); a.body != "" {
		t.Errorf("a forged flash shows %q", a.body)
	}
}

func TestTheBearerTokenIsReadFromItsHeaderOnly(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Customer, "", web.Anyone).GET("/me", func(c echo.Context) error { return c.String(200, web.Bearer(c)) })
	for header, want := range map[string]string{"Bearer abc": "abc", "bearer abc": "abc", "Basic abc": "", "Bearer ": "", "": "", "abc": ""} {
		if a := h.ask("GET", "/me?access_token=q", "", "Authorization", header); a.body != want {
			t.Errorf("%q gives %q, want %q", header, a.body, want)
		}
	}
}
