package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

// look is one kind of device.
type look struct {
	name    string
	options []browser.Option
}

func looks() []look {
	return []look{
		{"desktop-light", nil},
		{"desktop-dark", []browser.Option{browser.Dark}},
		{"phone-light", []browser.Option{browser.Phone}},
		{"phone-dark", []browser.Option{browser.Phone, browser.Dark}},
	}
}

// screenshots is the folder that pictures of every place go to, empty for none: for people to look at.
func screenshots() string { return os.Getenv("REJOIN_SCREENSHOTS") }

// gallery is one device going from place to place.
type gallery struct {
	*house

	person *browser.Person
	look   look
}

// check lets axe look at a place, and keeps a picture of it where pictures are wanted.
func (g *gallery) check(name string, tab *browser.Tab, parts ...*browser.View) {
	g.t.Helper()
	tab.Until("everything has come to rest", `document.getAnimations().every(a => a.playState !== "running" || a.effect.getTiming().iterations === Infinity)`)
	tab.Axe()
	for _, part := range parts {
		part.Axe()
	}
	if screenshots() == "" {
		return
	}
	tab.Screenshot(name)
	taken, err := filepath.Glob("failures/*-" + name + ".png")
	if err != nil || len(taken) != 1 {
		g.t.Fatalf("the picture of %s: %v, %v", name, taken, err)
	}
	if err := os.MkdirAll(screenshots(), 0o755); err != nil {
		g.t.Fatal(err)
	}
	if err := os.Rename(taken[0], filepath.Join(screenshots(), name+"-"+g.look.name+".png")); err != nil {
		g.t.Fatal(err)
	}
}

// TestEveryPlaceCanBeUsedByAll goes through all of it on every kind of device.
func TestEveryPlaceCanBeUsedByAll(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	w := h.theyHaveLeft("/demo/products/plates", "Hello, do the plates go in the oven?", "jo@example.org", "Yes, up to 200 degrees. Shall I keep six of them for you?")
	w.agent.Open(h.base + "/settings/team")
	w.agent.Fill(`.team-new [name=name]`, "Nora")
	w.agent.Fill(`.team-new [name=email]`, "nora@demo.example")
	w.agent.Click(`button "Make the link"`)
	join := w.agent.Text("#team-link-made")
	for _, one := range looks() {
		t.Run(one.name, func(t *testing.T) {
			options := append([]browser.Option{browser.Named(one.name), browser.Zone("Europe/Paris")}, one.options...)
			g := &gallery{house: h.in(t), person: chromium.Person(t, options...), look: one}
			g.doors(join, w.link)
			g.shop()
			g.desk()
			g.settingsPages()
		})
	}
}

// doors are the pages before and beside the product.
func (g *gallery) doors(join, link string) {
	g.t.Helper()
	tab := g.person.Tab()
	for name, place := range map[string]struct{ path, ready string }{
		"start":      {"/demo/start", ".walk-steps"},
		"mailbox":    {"/demo/mailbox", ".mailbox-row"},
		"mail-text":  {"/demo/mailbox/" + g.emails()[0].ID + "?part=text", ".mail-text"},
		"mail-head":  {"/demo/mailbox/" + g.emails()[0].ID + "?part=headers", ".mail-headers"},
		"mail-write": {"/demo/mailbox/" + g.emails()[0].ID + "?part=answer&sent=1", ".mail-write .notice"},
		"sign-in":    {"/sign-in", "[name=password]"},
		"join":       {strings.TrimPrefix(join, g.base), "[name=password]"},
		"rejoin":     {strings.TrimPrefix(link, g.base) + "/page", ".message.agent"},
		"reach":      {strings.TrimPrefix(link, g.base) + "/reach", "select"},
		"reach-ar":   {strings.TrimPrefix(link, g.base) + "/reach?lang=ar", "select"},
		"link-gone":  {"/r/nonsense", "h1"},
		"not-found":  {"/nowhere", "h1"},
		"no-widget":  {"/demo/without-widget", "h1"},
	} {
		tab.Open(g.base + place.path)
		tab.Wait(place.ready)
		g.check(name, tab)
	}
	tab.Open(g.base + "/r/nonsense")
	tab.Click(`button "Send me a fresh link"`)
	tab.WaitText("h1", "Look in your mailbox")
	g.check("link-asked", tab)
	tab.Close()
}

// shop is the brand's page with the widget closed, fresh, in use, and with its menu open.
func (g *gallery) shop() {
	g.t.Helper()
	c := g.visit(g.person, "/demo")
	c.Wait(launcher)
	g.check("shop", c.Tab)
	c.opens()
	g.check("widget-fresh", c.Tab, c.chat)
	c.writes("Hello! Does the bowl come in blue as well? And in which sizes?")
	c.chat.Wait(".ask")
	g.check("widget-ask", c.Tab, c.chat)
	c.gives("lea@example.org")
	c.chat.Click("#menu-open")
	c.chat.Wait("#menu-language")
	g.check("widget-menu", c.Tab, c.chat)
	c.Close()
}

// desk is the inbox: a list, a thread, the customer, the dialogs, and nothing at all.
func (g *gallery) desk() {
	g.t.Helper()
	a := g.signIn(g.person, maya)
	g.check("inbox-list", a.Tab)
	a.Open(g.base + "/inbox?view=spam&q=nothing+at+all")
	a.WaitText("#list", "Nothing found")
	g.check("inbox-empty", a.Tab)
	a.Open(g.base + "/inbox")
	atWork(a.Tab)
	a.opensRow("jo@example.org")
	g.check("thread", a.Tab)
	a.Click(".message:has(.delivery) .why-link")
	a.Wait("#why .why-lines")
	g.check("why", a.Tab)
	a.Press("Escape")
	a.WaitGone("#why")
	a.Click("#invite")
	a.Fill("#invitation-text", "One more thing: the workshop is open on Saturday.\n\nSee you soon?")
	a.Until("the email is rendered", `document.querySelector("#invitation-preview.ready")`)
	g.check("invitation-write", a.Tab)
	if a.Has(".invitation-switch [value=see]") || strings.HasPrefix(g.look.name, "phone") {
		a.Click(`.invitation-switch .segment "The email"`)
		a.Frame(".email-frame:not(.arriving)").WaitText("body", "One more thing")
		g.check("invitation-email", a.Tab)
		a.Click(`.invitation-switch .segment "Write"`)
	} else {
		a.Frame(".email-frame:not(.arriving)").WaitText("body", "One more thing")
		g.check("invitation-email", a.Tab)
	}
	a.Click(`#invitation .invitation-foot [value=confirm]`)
	a.WaitText(".invitation-question", "jo@example.org")
	g.check("invitation-confirm", a.Tab)
	a.Close()

	keys := g.another(g.person)
	keys.Press("?")
	keys.Wait("#keys[open]")
	g.check("keys", keys.Tab)
	keys.Close()
}

// settingsPages is every subject of the settings.
func (g *gallery) settingsPages() {
	g.t.Helper()
	tab := g.person.Tab()
	for _, subject := range []string{"continuous", "hours", "prompt", "automation", "email", "widget", "organization", "team", "audit", "me"} {
		tab.Open(g.base + "/settings/" + subject)
		tab.Wait("h1")
		if subject == "email" {
			tab.Frame("#email-sample iframe").Wait("body")
		}
		g.check("settings-"+subject, tab)
	}
	tab.Close()
}
