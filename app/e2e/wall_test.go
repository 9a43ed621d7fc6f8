package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

// brand is a brand's own server: a page that carries the snippet, under a policy as strict as the product documents.
func brand(t *testing.T, h *house) (port string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src %[1]s; frame-src %[1]s", h.base))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Brand</title><meta name="viewport" content="width=device-width"></head>
			<body><main><h1>A brand</h1><a href="/other">Other page</a></main>
			<script async src="%s/widget.js" data-organization="demo-maison-ombrelin"></script></body></html>`, h.base)
	}))
	t.Cleanup(server.Close)
	return server.URL[strings.LastIndex(server.URL, ":")+1:]
}

func TestABrandOnAnotherSite(t *testing.T) {
	t.Parallel()
	h := open(t, "demo", emptyDatabase(t), "BASE_URL=http://chat.localhost:PORT")
	port := brand(t, h)
	site := "http://shop.localhost:" + port
	t.Run("shows no chat before it is allowed", func(t *testing.T) {
		h := h.in(t)
		c := h.visitAt(chromium.Person(t, browser.Named("home")), site)
		c.Until("the loader has read that it is refused", `performance.getEntriesByType("resource").some(e => e.name.includes("config.js") && e.responseEnd > 0)`)
		c.Until("the script has run", `Boolean(window.Rejoin)`)
		if c.Has(launcher) {
			t.Error("a site that is not allowed shows the chat")
		}
	})
	t.Run("is allowed by an admin", func(t *testing.T) {
		a := h.in(t).signIn(chromium.Person(t, browser.Named("Maya")), maya)
		a.Open(h.base + "/settings/widget")
		a.Type(`[name="widget.sites"]`, "\n"+site)
		a.Click(`#settings-form button "Save"`)
		a.Wait(`.toast "Saved"`)
	})
	t.Run("chats where cookies and storage of third parties are blocked", func(t *testing.T) {
		theyChatBehindTheWall(h.in(t), site)
	})
}

func theyChatBehindTheWall(h *house, site string) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	home := chromium.Person(h.t, browser.Named("home"), browser.BlockThirdPartyStorage)
	c := h.visitAt(home, site)
	c.begins("Hello from behind the wall")
	if kept := browser.Eval[bool](c.chat, `(() => { try { localStorage.setItem("a", "b"); return true } catch { return false } })()`); kept {
		h.t.Error("the frame may store: the test shows nothing")
	}
	a.opensRow("Hello from behind the wall")
	a.answers("Welcome all the same")
	c.reads("Welcome all the same")

	c.Reload()
	c.Click(launcher)
	c.reads("Welcome all the same")
	other := h.visitAt(home, site+"/other")
	other.Click(launcher)
	other.reads("Welcome all the same")
	other.writes("And from another tab")
	c.chat.WaitText(".message.customer .bubble", "And from another tab")
	a.reads("And from another tab")
	if rows := a.Texts(row("And from another tab")); len(rows) != 1 {
		h.t.Errorf("it became %d conversations", len(rows))
	}
}
