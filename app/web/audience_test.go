package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

func TestTheTableHasEveryRouteWithItsAudience(t *testing.T) {
	h := newHouse(t)
	inbox := h.Group(web.Agent, "/inbox", web.Anyone)
	inbox.GET("", say("list"))
	inbox.POST("/:key/messages", say("posted"))
	inbox.Stream("/stream", say(""))
	want := []web.Route{
		{Method: "GET", Path: "/inbox", Audience: web.Agent},
		{Method: "POST", Path: "/inbox/:key/messages", Audience: web.Agent, Writes: true},
		{Method: "GET", Path: "/inbox/stream", Audience: web.Agent, Stream: true},
	}
	got := h.Table()
	if len(got) != len(want) {
		t.Fatalf("%d routes, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("route %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestARouteWithoutADeclaredAudienceDoesNotStart(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Public, "", web.Anyone).GET("/door", func(c echo.Context) error {
		c.Echo().GET("/behind-its-back", say("secret"))
		return c.NoContent(http.StatusNoContent)
	})
	h.ask("GET", "/door", "").wants(http.StatusNoContent)
	_, err := h.Handler()
	if err == nil || !strings.Contains(err.Error(), "GET /behind-its-back") {
		t.Fatalf("it starts: %v", err)
	}
	if err := h.Start(t.Context(), nil, 0); err == nil {
		t.Fatal("Start serves it")
	}
}

func TestADefectiveSitemapDoesNotStart(t *testing.T) {
	for name, c := range map[string]struct {
		declare func(*web.Server)
		want    string
	}{
		"no guard":    {func(s *web.Server) { s.Group(web.Agent, "/x", nil).GET("", say("")) }, `group "/x"`},
		"no audience": {func(s *web.Server) { s.Group("", "/x", web.Anyone).GET("", say("")) }, `group "/x"`},
		"declared twice": {func(s *web.Server) {
			s.Group(web.Agent, "", web.Anyone).GET("/x", say(""))
			s.Group(web.Public, "", web.Anyone).GET("/x", say(""))
		}, "GET /x is declared twice"},
	} {
		h := newHouse(t)
		c.declare(h.Server)
		if _, err := h.Handler(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheGuardIsAskedBeforeEveryRouteOfItsGroup(t *testing.T) {
	h := newHouse(t)
	called := false
	g := h.Group(web.Agent, "/inbox", func(echo.HandlerFunc) echo.HandlerFunc {
		return failing(chat.Refuse(chat.Forbidden, "error.forbidden"))
	})
	handler := func(echo.Context) error { called = true; return nil }
	g.GET("/page", handler)
	g.POST("/post", handler)
	g.Stream("/stream", handler)
	for _, r := range []struct{ method, path string }{
		{"GET", "/inbox/page"}, {"HEAD", "/inbox/page"}, {"POST", "/inbox/post"}, {"GET", "/inbox/stream"}, {"HEAD", "/inbox/stream"},
	} {
		h.ask(r.method, r.path, "").wants(http.StatusForbidden)
	}
	if called {
		t.Error("a handler ran without its guard's consent")
	}
}

func TestHEADIsAnsweredWhereverGETIs(t *testing.T) {
	h := newHouse(t)
	g := h.Group(web.Public, "", web.Anyone)
	g.GET("/page", say("hello"))
	g.Stream("/stream", func(echo.Context) error { t.Error("HEAD opened the stream"); return nil })
	if a := h.ask("HEAD", "/page", "").wants(200); a.body != "" {
		t.Errorf("HEAD has a body: %q", a.body)
	}
	h.ask("HEAD", "/stream", "").wants(200).wantsHeader("Content-Type", "text/event-stream; charset=utf-8")
}

func TestAWriteFromAnotherSiteIsRefusedWhereCookiesCount(t *testing.T) {
	ran := map[web.Audience]bool{}
	audiences := map[web.Audience]bool{
		web.Public: true, web.Agent: true, web.Admin: true, web.RejoinLink: true, web.Demo: true, web.Operator: true,
		web.Customer: false, web.Provider: false, web.Integrator: false,
	}
	for audience, refused := range audiences {
		h := newHouse(t)
		h.Group(audience, "", web.Anyone).POST("/act", func(c echo.Context) error {
			ran[audience] = true
			return c.NoContent(http.StatusNoContent)
		})
		want := http.StatusNoContent
		if refused {
			want = http.StatusForbidden
		}
		h.ask("POST", "/act", "", "Sec-Fetch-Site", "cross-site").wants(want)
		h.ask("POST", "/act", "", "Origin", "https://evil.example").wants(want)
		if refused && ran[audience] {
			t.Errorf("%s: the write left a trace", audience)
		}
		h.ask("POST", "/act", "", "Sec-Fetch-Site", "same-origin").wants(http.StatusNoContent)
		h.ask("POST", "/act", "", "Origin", "https://chat.example").wants(http.StatusNoContent)
	}
}
