package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
)

func directive(a answer, name string) string {
	for _, part := range strings.Split(a.Header.Get("Content-Security-Policy"), ";") {
		if got, rest, _ := strings.Cut(strings.TrimSpace(part), " "); got == name {
			return rest
		}
	}
	return "(none)"
}

func TestEveryAnswerHasTheStrictHeaders(t *testing.T) {
	h := newHouse(t, func(o *web.Options) { o.Secure = true })
	h.Group(web.Agent, "", web.Anyone).GET("/page", say("hello"))
	for _, path := range []string{"/page", "/nothing-here"} {
		a := h.ask("GET", path, "")
		for name, want := range map[string]string{
			"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
			"connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
		} {
			if got := directive(a, name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		a.wantsHeader("X-Content-Type-Options", "nosniff").wantsHeader("X-Frame-Options", "DENY").
			wantsHeader("Referrer-Policy", "same-origin").wantsHeader("Cross-Origin-Opener-Policy", "same-origin").
			wantsHeader("Strict-Transport-Security", "max-age=31536000").wantsHeader("Cache-Control", "no-store")
	}
}

func TestHSTSIsNotPromisedOverPlainHTTP(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Public, "", web.Anyone).GET("/page", say(""))
	h.ask("GET", "/page", "").wantsHeader("Strict-Transport-Security", "")
}

func TestTheWidgetFrameNamesItsAncestorsAndNothingElse(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Customer, "", web.Anyone).GET("/frame", func(c echo.Context) error {
		p := web.PolicyOf(c)
		p.Frames = []string{"https://shop.example", "https://x.example; script-src *", "https://y.example\r\nX-Evil: 1"}
		web.SetPolicy(c, p)
		return c.NoContent(http.StatusNoContent)
	})
	a := h.ask("GET", "/frame", "").wants(http.StatusNoContent).wantsHeader("X-Frame-Options", "").wantsHeader("X-Evil", "").
		wantsHeader("Cross-Origin-Resource-Policy", "cross-origin")
	if got := directive(a, "frame-ancestors"); got != "https://shop.example" {
		t.Errorf("frame-ancestors is %q", got)
	}
	if got := directive(a, "script-src"); got != "'self'" {
		t.Errorf("script-src is %q", got)
	}
}

func TestAnEmailMayStyleItselfAndRunNothing(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Agent, "", web.Anyone, web.WithPolicy(web.Policy{Email: true, Frames: []string{"'self'"}})).GET("/preview", say(""))
	a := h.ask("GET", "/preview", "")
	for name, want := range map[string]string{
		"style-src": "'unsafe-inline'", "script-src": "(none)", "default-src": "'none'", "frame-ancestors": "'self'",
		"sandbox": "allow-popups allow-popups-to-escape-sandbox",
	} {
		if got := directive(a, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestARejoinLinkTellsNobodyWhereItLedFrom(t *testing.T) {
	h := newHouse(t)
	h.Group(web.RejoinLink, "", web.Anyone).GET("/r/:token", say(""))
	h.ask("GET", "/r/secret", "").wantsHeader("Referrer-Policy", "no-referrer").wantsHeader("Cache-Control", "no-store")
}
