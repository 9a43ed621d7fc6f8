package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

// left is a customer who wrote, gave an address, left, and was invited back.
type left struct {
	agent *agent
	sent  email
	link  string
}

// theyHaveLeft plays a conversation up to the invitation; the words make it another one each time.
func (h *house) theyHaveLeft(page, question, address, invitation string) left {
	h.t.Helper()
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), page)
	c.begins(question)
	c.gives(address)
	a.opensRow(question)
	c.leaves(a)
	a.is("reachable")
	a.invites(invitation, address)
	sent := h.receives(address, 1)
	return left{agent: a, sent: sent, link: h.wayBack(sent)}
}

func TestTheWayBack(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	t.Run("a second email soon after is asked about", func(t *testing.T) { aSecondEmailIsAskedAbout(h.in(t)) })
	t.Run("scanners spend nothing", func(t *testing.T) { scannersSpendNothing(h.in(t)) })
	t.Run("it works without scripts", func(t *testing.T) { itWorksWithoutScripts(h.in(t)) })
	t.Run("a page whose policy blocks scripts is left by the same link", func(t *testing.T) { aBlockedPageIsLeft(h.in(t)) })
	t.Run("a revoked link says so and nothing else", func(t *testing.T) { aRevokedLinkIsDead(h.in(t)) })
	t.Run("a forged link says so and nothing else", func(t *testing.T) { aForgedLinkIsDead(h.in(t)) })
	t.Run("an expired link brings a fresh one once", func(t *testing.T) { anExpiredLinkIsRenewed(h.in(t)) })
}

func aSecondEmailIsAskedAbout(h *house) {
	w := h.theyHaveLeft("/demo/products/tumblers", "Are the tumblers thin?", "liv@example.org", "As thin as a leaf.")
	w.agent.writesInvitation("And they are light as well.")
	w.agent.Click(`#invitation .invitation-foot [value=confirm]`)
	w.agent.WaitText(".invitation-warning", "You wrote to them")
	w.agent.Press("Escape") // back to writing, with every word
	w.agent.WaitGone(".invitation-warning")
	if got := w.agent.Value("#invitation-text"); got != "And they are light as well." {
		h.t.Errorf("the text has become %q", got)
	}
	h.receives("liv@example.org", 1)
	w.agent.Click(`#invitation .invitation-foot [value=confirm]`)
	w.agent.Click(`#invitation button "Send another one"`)
	w.agent.WaitGone("#invitation")
	h.receives("liv@example.org", 2)
	w.agent.WaitCount(`.delivery "(forwarded to liv@example.org · sent)"`, 2)
}

func scannersSpendNothing(h *house) {
	w := h.theyHaveLeft("/demo/about", "Is the workshop open to visitors?", "mara@example.org", "Yes, on Saturdays. Come and see us!")
	before, events := h.dump(), w.agent.Texts(".event-line")
	path := strings.TrimPrefix(w.link, h.base)
	for range 20 {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, scanned := range []string{path, path + "/page", path + "/transcript"} {
				if status, _ := h.ask(method, scanned, nil); status >= 400 {
					h.t.Fatalf("%s %s answers %d", method, scanned, status)
				}
			}
		}
	}
	robot := h.visitAt(chromium.Person(h.t, browser.Named("robot")), w.link)
	robot.chat.WaitText(".message.agent .bubble", "Come and see us!")
	plain := chromium.Person(h.t, browser.Named("second robot")).Tab()
	plain.Open(w.link + "/page")
	plain.WaitText(".message.agent .bubble", "Come and see us!")
	for _, tab := range []*browser.Tab{robot.Tab, plain} {
		// What scripts could do by themselves, without a person: everything but a trusted event.
		browser.Eval[any](tab, `(window.scrollTo(0, 300), document.body.click(), document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Tab", bubbles: true })))`)
	}
	h.advance("40s")
	if after := h.dump(); after != before {
		h.t.Errorf("the scanners left a trace:\n%s", difference(before, after))
	}
	w.agent.is("reachable")
	if after := w.agent.Texts(".event-line"); len(after) != len(events) {
		h.t.Errorf("the agent saw the scanners: %q", after)
	}

	person := h.visitAt(chromium.Person(h.t, browser.Named("person")), w.link)
	person.chat.Click("#text")
	w.agent.sees("Rejoined from another device")
	person.writes("See you on Saturday then.")
	w.agent.reads("See you on Saturday then.")
}

func itWorksWithoutScripts(h *house) {
	w := h.theyHaveLeft("/demo/delivery", "Do you deliver to Porto?", "nuno@example.org", "We do, within four days.")
	before := h.dump()
	tab := chromium.Person(h.t, browser.Named("plain"), browser.NoScripts).Tab()
	tab.Open(w.link)
	tab.WaitURL("/demo/delivery") // the brand's page, which stays silent here
	tab.Open(w.link)
	tab.WaitURL(w.link + "/page")
	tab.WaitText(".message.agent .bubble", "We do, within four days.")
	tab.Wait("#new")
	if after := h.dump(); after != before {
		h.t.Errorf("reading has changed something:\n%s", difference(before, after))
	}
	w.agent.is("reachable")

	tab.Fill("#text", strings.Repeat("é", 20_001))
	tab.Click(".send")
	tab.Wait("#text-error")
	if got := len([]rune(tab.Value("#text"))); got != 20_001 {
		h.t.Errorf("%d characters of the refused text are left", got)
	}
	tab.Fill("#text", "Perfect, I order today.")
	tab.Click(".send")
	tab.WaitText(".message.customer .bubble", "Perfect, I order today.")
	w.agent.reads("Perfect, I order today.")
	w.agent.sees("Rejoined from another device")
	tab.Reload()
	tab.WaitCount(`.message.customer .bubble "Perfect, I order today."`, 1)
}

func aBlockedPageIsLeft(h *house) {
	w := h.theyHaveLeft("/demo/contact", "Are you there on Mondays?", "ida@example.org", "Every Monday from nine.")
	h.value("update conversations set page_url = $1 where page_url = $2 returning key", h.base+"/demo/no-scripts", h.base+"/demo/contact")
	p := chromium.Person(h.t, browser.Named("blocked"))
	p.Allow("Content Security Policy") // the page says so itself: that is what it is for
	tab := p.Tab()
	tab.Open(w.link)
	tab.WaitURL("/demo/no-scripts")
	tab.Open(w.link)
	tab.WaitURL(w.link + "/page")
	tab.WaitText(".message.agent .bubble", "Every Monday from nine.")
	tab.Fill("#text", "Then I come on Monday.")
	tab.Press("Enter")
	tab.WaitText(".message.customer[data-seq] .bubble", "Then I come on Monday.")
	w.agent.sees("Rejoined from another device")
	w.agent.reads("Then I come on Monday.")
}

func aRevokedLinkIsDead(h *house) {
	w := h.theyHaveLeft("/demo/products/bowl", "How deep is the bowl?", "lou@example.org", "Nine centimetres.")
	w.agent.Click(`#thread-head .menu summary`)
	w.agent.Click(`[data-opens=revoke]`)
	w.agent.Click(`#revoke [type=submit]`)
	w.agent.sees("revoked the rejoin links")
	h.isDead(w.link, "Nine centimetres.")
	h.receives("lou@example.org", 1)
}

func aForgedLinkIsDead(h *house) {
	w := h.theyHaveLeft("/demo/products/teapot", "Does the teapot drip?", "kim@example.org", "Not a single drop.")
	last := w.link[len(w.link)-2:]
	forged := strings.TrimSuffix(w.link, last) + map[bool]string{true: "BB", false: "AA"}[last == "AA"]
	h.isDead(forged, "Not a single drop.")
	h.isDead(h.base+"/r/nonsense", "Not a single drop.")
	h.receives("kim@example.org", 1)
}

// isDead opens a link that must not work, asks for a fresh one, and reads that nothing is revealed.
func (h *house) isDead(link, secret string) {
	h.t.Helper()
	tab := chromium.Person(h.t, browser.Named("late")).Tab()
	tab.Open(link)
	tab.WaitText("h1", "This link no longer works")
	if page := browser.Eval[string](tab, "document.documentElement.outerHTML"); strings.Contains(page, secret) || strings.Contains(page, "example.org") {
		h.t.Errorf("%s reveals something: %s", link, page)
	}
	tab.Axe()
	tab.Click(`button "Send me a fresh link"`)
	tab.WaitText("h1", "Look in your mailbox")
}

func anExpiredLinkIsRenewed(h *house) {
	w := h.theyHaveLeft("/demo/products/napkins", "Do the napkins shrink?", "ana@example.org", "Only in the first wash.")
	h.advance("31d")
	h.isDead(w.link, "Only in the first wash.")
	fresh := h.receives("ana@example.org", 2)
	h.isDead(w.link, "Only in the first wash.") // asking again soon sends nothing
	if status, _ := h.post(strings.TrimPrefix(w.link, h.base)+"/fresh", url.Values{}); status != http.StatusOK {
		h.t.Errorf("asking once more answers %d", status)
	}
	h.receives("ana@example.org", 2)

	page := chromium.Person(h.t, browser.Named("back")).Tab()
	page.Open(h.wayBack(fresh))
	page.WaitURL("/page") // the shop was not seen for a month: a page of our own
	page.WaitText(".message.agent .bubble", "Only in the first wash.")
	page.Fill("#text", "Then I take twelve.")
	page.Press("Enter")
	page.WaitText(".message.customer[data-seq] .bubble", "Then I take twelve.")
}
