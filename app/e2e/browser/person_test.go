package browser_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

func TestTwoPersonsShareNothing(t *testing.T) {
	s := newSite(t)
	one, two := chromium.Person(t).Tab(), chromium.Person(t).Tab()
	one.Open(s.shop("/late"))
	two.Open(s.shop("/late"))
	browser.Eval[any](one, `localStorage.setItem("who", "one"), document.cookie = "who=one"`)
	if got := browser.Eval[string](two, `document.cookie + (localStorage.getItem("who") ?? "")`); got != "" {
		t.Errorf("the second person knows %q of the first", got)
	}
}

func TestADeviceIsWhatItsOptionsSay(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t, browser.Phone, browser.Dark, browser.Language("fr-FR"), browser.Zone("Asia/Tokyo")).Tab()
	tab.Open(s.shop("/shop"))
	tab.Until("the page is as wide as a phone", `innerWidth === 390 && innerHeight === 844`)
	const facts = `[matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(pointer: coarse)").matches, navigator.language,
		Intl.DateTimeFormat().resolvedOptions().timeZone].join(" ")`
	for name, place := range map[string]browser.Place{"page": tab, "frame": tab.Frame("#chat")} {
		if got := browser.Eval[string](place, facts); got != "true true fr-FR Asia/Tokyo" {
			t.Errorf("the %s is on %s", name, got)
		}
	}
	tab.Frame("#chat").Fill("#text", "tapped")
	tab.Frame("#chat").Click("#send")
	tab.Frame("#chat").WaitText("li", "tapped")
}

func TestAPlainDeviceIsLightAndEnglish(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t).Tab()
	tab.Open(s.shop("/late"))
	got := browser.Eval[string](tab, `[matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(pointer: coarse)").matches, navigator.language,
		Intl.DateTimeFormat().resolvedOptions().timeZone].join(" ")`)
	if got != "false false en-US UTC" {
		t.Errorf("a plain device is %s", got)
	}
}

func TestWithoutScriptsOnlyThePlainPageIsThere(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t, browser.NoScripts).Tab()
	tab.Open(s.shop("/scripts"))
	tab.WaitText("#n", "No scripts here")
	if got := tab.Text("#p"); got != "plain" {
		t.Errorf("a script ran: %q", got)
	}
	tab.Click(`button "Again"`)
	tab.WaitURL("/scripts?")
}

func TestBeingOfflineCutsOpenStreamsToo(t *testing.T) {
	s := newSite(t)
	p := chromium.Person(t)
	tab := p.Tab()
	tab.Open(s.shop("/stream"))
	tab.WaitText("#state", "open")
	p.Offline()
	tab.WaitText("#line", "offline")
	tab.WaitText("#state", "cut")
	p.Online()
	tab.WaitText("#line", "online")
	tab.WaitText("#state", "open")
}

func TestThirdPartyStorageIsRefusedWhereAsked(t *testing.T) {
	s := newSite(t)
	for _, test := range []struct {
		name    string
		options []browser.Option
		want    string
	}{
		{"as it comes", nil, "kept"},
		{"refused", []browser.Option{browser.BlockThirdPartyStorage}, "refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tab := chromium.Person(t, test.options...).Tab()
			tab.Open(s.shop("/embeds"))
			tab.Frame("#f").WaitText("#p", test.want)
			tab.Open(s.chat("/storage"))
			tab.WaitText("#p", "kept")
		})
	}
}

func TestSitesOfLocalhostAreStrangersInASecureContext(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t, browser.BlockThirdPartyStorage).Tab()
	tab.Open("http://shop.localhost:" + s.port + "/safe")
	frame := tab.Frame("#f")
	frame.WaitText("#p", "refused")
	for name, place := range map[string]browser.Place{"page": tab, "frame": frame} {
		if !browser.Eval[bool](place, "isSecureContext") {
			t.Errorf("the %s is in no secure context", name)
		}
	}
}

func TestAPageThatComplainsFailsItsTest(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/bad", "/frame-bad"} {
		failed := &quiet{TB: t}
		tab := chromium.Person(failed).Tab()
		tab.Open(s.shop(path))
		if path == "/frame-bad" {
			tab.Frame("#f").Wait("h1")
		}
		failed.expect(t, "console: told 7", "thrown", "502", "x.jpg")
	}
	t.Run("unless it is allowed", func(t *testing.T) {
		p := chromium.Person(t)
		p.Allow(`told|thrown|502|x\.jpg`)
		p.Tab().Open(s.shop("/bad"))
	})
}

func TestAnAnswerOf500FailsTheTest(t *testing.T) {
	s := newSite(t)
	failed := &quiet{TB: t}
	chromium.Person(failed).Tab().Open(s.shop("/fails"))
	failed.expect(t, "502")
}

// quiet is a test whose failures are awaited.
type quiet struct {
	testing.TB

	said     strings.Builder
	cleanups []func()
}

func (q *quiet) Helper()                   {}
func (q *quiet) Failed() bool              { return false } // else its pages are kept as failures
func (q *quiet) Cleanup(f func())          { q.cleanups = append(q.cleanups, f) }
func (q *quiet) Errorf(f string, a ...any) { fmt.Fprintf(&q.said, f+"\n", a...) }

func (q *quiet) Fatalf(f string, a ...any) { q.Errorf(f, a...); runtime.Goexit() }

// fails runs a step that ends its goroutine, as a failing test's does.
func (q *quiet) fails(step func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		step()
	}()
	<-done
}

func (q *quiet) expect(t *testing.T, parts ...string) {
	t.Helper()
	for i := len(q.cleanups) - 1; i >= 0; i-- {
		q.cleanups[i]()
	}
	for _, part := range parts {
		if !strings.Contains(q.said.String(), part) {
			t.Errorf("no failure speaks of %q:\n%s", part, q.said.String())
		}
	}
}
