package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"rejoin/app/web"
)

func paragraph(words string, err error) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if _, writeErr := io.WriteString(w, "<p>"+words+"</p>"); writeErr != nil {
			return writeErr
		}
		return err
	})
}

func TestAPageIsAnsweredWholeOrNotAtAll(t *testing.T) {
	h := newHouse(t)
	g := h.Group(web.Public, "", web.Anyone)
	g.GET("/good", func(c echo.Context) error {
		return web.Render(c, http.StatusUnprocessableEntity, paragraph("good", nil))
	})
	g.GET("/parts", func(c echo.Context) error { return web.RenderPartial(c, paragraph("one", nil), paragraph("two", nil)) })
	g.GET("/bad", func(c echo.Context) error { return web.Render(c, 200, paragraph("half", errors.New("no ink"))) })
	good := h.ask("GET", "/good", "").wants(422).wantsHeader("Content-Type", "text/html; charset=UTF-8")
	if good.page().Find("p").Text() != "good" {
		t.Errorf("got %s", good.body)
	}
	if got := h.ask("GET", "/parts", "").wants(200).page().Find("p").Text(); got != "onetwo" {
		t.Errorf("got %s", got)
	}
	if bad := h.ask("GET", "/bad", "").wants(500); strings.Contains(bad.body, "half") {
		t.Errorf("half a page: %s", bad.body)
	}
}

func TestAfterAFormTheReaderIsSentOnWithAndWithoutHTMX(t *testing.T) {
	h := newHouse(t)
	g := h.Group(web.Agent, "", web.Anyone)
	g.POST("/see", func(c echo.Context) error { return web.SeeOther(c, "/inbox?x=1") })
	g.POST("/go", func(c echo.Context) error { return web.Go(c, "/inbox") })
	g.POST("/refresh", func(c echo.Context) error { return web.Refresh(c, "/inbox") })
	h.ask("POST", "/see", "").wants(303).wantsHeader("Location", "/inbox?x=1")
	h.ask("POST", "/see", "", "HX-Request", "true").wants(204).wantsHeader("HX-Redirect", "/inbox?x=1").wantsHeader("Location", "")
	h.ask("POST", "/go", "").wants(303).wantsHeader("Location", "/inbox")
	h.ask("POST", "/go", "", "HX-Request", "true").wants(204).wantsHeader("HX-Location", "/inbox")
	h.ask("POST", "/refresh", "").wants(303).wantsHeader("Location", "/inbox")
	h.ask("POST", "/refresh", "", "HX-Request", "true").wants(204).wantsHeader("HX-Refresh", "true")
}

func TestNoRedirectLeavesOurOriginByAccident(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Public, "", web.Anyone).POST("/to", func(c echo.Context) error { return web.SeeOther(c, c.QueryParam("to")) })
	for _, evil := range []string{"//evil.example", "///evil.example", "/%5Cevil.example", "https://evil.example", "evil", "", "/%09/evil.example", "javascript:alert(1)"} {
		if a := h.ask("POST", "/to?to="+evil, "").wants(500); a.Header.Get("Location") != "" {
			t.Errorf("%q leads to %s", evil, a.Header.Get("Location"))
		}
	}
	if got := web.LocalPath("//evil.example", "/inbox"); got != "/inbox" {
		t.Errorf("the way back is %s", got)
	}
	if got := web.LocalPath("/settings#x", "/inbox"); got != "/settings#x" {
		t.Errorf("the way back is %s", got)
	}
}

func TestElsewhereTakesWebAddressesOnly(t *testing.T) {
	h := newHouse(t)
	h.Group(web.RejoinLink, "", web.Anyone).GET("/to", func(c echo.Context) error { return web.Elsewhere(c, c.QueryParam("to")) })
	h.ask("GET", "/to?to=https://shop.example/a%23t=1", "").wants(303).wantsHeader("Location", "https://shop.example/a#t=1")
	for _, bad := range []string{"javascript:alert(1)", "/inbox", "https://a:b@shop.example", "ftp://shop.example", ""} {
		h.ask("GET", "/to?to="+bad, "").wants(500)
	}
}

func TestBytesForManyAreRenderedThoughOneLeaves(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(gone, http.MethodGet, "/", nil)
	c := echo.New().NewContext(r, httptest.NewRecorder())
	ask := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := io.WriteString(w, "hello")
		return err
	})
	if got, err := web.RenderBytes(c, ask); err != nil || string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
}
