package widget_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"rejoin/app/chat"
)

func TestTheLoaderIsSmallAndTakesNothing(t *testing.T) {
	h := newHouse(t)
	loaded := h.ask("GET", "/widget.js", nil).wants(http.StatusOK)
	if !strings.HasPrefix(loaded.Header.Get("Content-Type"), "text/javascript") || loaded.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("a brand's page cannot load it: %v", loaded.Header)
	}
	if len(loaded.Cookies()) != 0 {
		t.Error("it sets a cookie")
	}
	var small bytes.Buffer
	w := gzip.NewWriter(&small)
	_, err := w.Write([]byte(loaded.body))
	h.must(err)
	h.must(w.Close())
	if small.Len() > 6<<10 {
		t.Errorf("%d bytes before anything is opened, want at most 6 KiB of the 25", small.Len())
	}
}

func TestOnlyAllowedSitesGetTheWidgetAndTheOthersAreToldWhy(t *testing.T) {
	h := newHouse(t, chat.WidgetAccent, "#ffd400", chat.WidgetLauncher, map[string]string{"fr": "Une question ?"})
	b := h.newBrowser()
	config := func(origin, query string) string {
		a := h.ask("GET", b.path("/config.js"+query), nil, "Origin", origin).wants(http.StatusOK)
		if a.Header.Get("Access-Control-Allow-Origin") == "" || a.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s may not read the answer, or may with cookies", origin)
		}
		return a.body
	}
	allowed := config(shop, "?page=fr-CA&browser=en")
	for _, part := range []string{`"accent":"#ffd400"`, `"ink":"#1b1b22"`, `"launcher":"Une question ?"`, `"open":"Ouvrir la discussion"`} {
		if !strings.Contains(allowed, part) {
			t.Errorf("%s is missing in %s", part, allowed)
		}
	}
	if refused := config("https://evil.example", ""); !strings.Contains(refused, "refused") || strings.Contains(refused, "accent") {
		t.Errorf("another site gets %s", refused)
	}
	if unknown := h.ask("GET", "/widget/nobody/config.js", nil, "Origin", shop).wants(http.StatusOK).body; !strings.Contains(unknown, "refused") {
		t.Errorf("an unknown organization gets %s", unknown)
	}
	site, err := h.store.Site(h.Context(), h.org.ID, shop)
	h.must(err)
	if !site.SeenAt.Equal(h.clock.now()) {
		t.Errorf("the site was seen at %v", site.SeenAt)
	}
	if _, err := h.store.Site(h.Context(), h.org.ID, "https://evil.example"); err == nil {
		t.Error("a site that is not allowed is remembered")
	}
}

func TestOnlyAllowedSitesMayFrameThePanel(t *testing.T) {
	h := newHouse(t)
	panel := h.ask("GET", h.newBrowser().path("/panel?lang=fr"), nil).wants(http.StatusOK)
	csp := panel.Header.Get("Content-Security-Policy")
	if !strings.HasSuffix(csp, "frame-ancestors 'self' "+shop) || panel.Header.Get("X-Frame-Options") != "" {
		t.Errorf("the policy is %q", csp)
	}
	if strings.Contains(csp, "unsafe") || panel.html().Find("script:not([src]), [style], style").Length() != 0 {
		t.Error("something inline is in the panel")
	}
	if len(panel.Cookies()) != 0 {
		t.Error("the panel sets a cookie")
	}
	doc := panel.html()
	if doc.Find("html").AttrOr("lang", "") != "fr" || !strings.Contains(doc.Find(".greeting").Text(), "Bonjour") {
		t.Error("it does not speak French")
	}
	h.ask("GET", "/widget/nobody/panel", nil).wants(http.StatusNotFound)
}

func TestThePanelSpeaksThePagesLanguageElseTheBrowsersElseTheOrganizations(t *testing.T) {
	b := newHouse(t).newBrowser()
	for query, want := range map[string]string{
		"?page=fr&html=en&browser=en": "fr", "?html=fr-BE&browser=en": "fr", "?browser=fr-FR": "fr",
		"": "en", "?page=sv&browser=fr": "en", "?page=" + strings.Repeat("f", 99): "en",
	} {
		if got := b.ask("GET", b.path("/panel"+query), nil).wants(http.StatusOK).html().Find("html").AttrOr("lang", ""); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}
