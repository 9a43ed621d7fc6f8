package web_test

import (
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
)

func TestTheReadersLanguage(t *testing.T) {
	h := newHouse(t)
	tag := func(c echo.Context) error { return c.String(http.StatusOK, web.Locale(c).Tag()) }
	g := h.Group(web.Public, "", web.Anyone)
	g.GET("/browser", tag)
	g.POST("/browser", tag)
	g.GET("/agent", func(c echo.Context) error { web.SetLocale(c, "fr-CA"); return tag(c) })
	g.GET("/unset", func(c echo.Context) error { web.SetLocale(c, ""); return tag(c) })
	for _, c := range []struct{ method, path, accept, want, why string }{
		{"GET", "/browser", "fr-FR,fr;q=0.9,en;q=0.8", "fr", "the browser's first"},
		{"GET", "/browser", "sv, fr;q=0.5", "fr", "the first that we have"},
		{"GET", "/browser", "", "en", "English when nothing is said"},
		{"GET", "/browser", ";;;=,", "en", "English when nonsense is said"},
		{"GET", "/browser?lang=fr", "en", "fr", "the explicit choice"},
		{"GET", "/browser?lang=xx", "fr", "fr", "a choice that we do not have is none"},
		{"POST", "/browser?lang=fr", "en", "en", "the explicit choice is of GET only"},
		{"GET", "/agent", "en", "fr", "an agent's own setting before the browser's"},
		{"GET", "/agent?lang=en", "fr", "en", "the explicit choice before all"},
		{"GET", "/unset", "fr", "fr", "no setting leaves it to the browser"},
	} {
		if a := h.ask(c.method, c.path, "", "Accept-Language", c.accept).wants(200); a.body != c.want {
			t.Errorf("%s: %s, want %s", c.why, a.body, c.want)
		}
	}
}

func TestTheReadersZone(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Public, "", web.Anyone).GET("/zone", func(c echo.Context) error {
		web.SetZone(c, c.QueryParam("zone"))
		return c.String(http.StatusOK, web.Zone(c).String())
	})
	for given, want := range map[string]string{
		"": "UTC", "Europe/Paris": "Europe/Paris", "Mars/Olympus": "UTC", "../../etc/passwd": "UTC", "Local": "UTC",
	} {
		if a := h.ask("GET", "/zone?zone="+given, ""); a.body != want {
			t.Errorf("%q gives %s, want %s", given, a.body, want)
		}
	}
}
