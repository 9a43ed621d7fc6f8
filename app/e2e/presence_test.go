package e2e

import (
	"testing"

	"rejoin/app/e2e/browser"
)

func TestPresence(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	t.Run("a reload and a click to the next page are no leaving", func(t *testing.T) { movingIsNoLeaving(h.in(t)) })
	t.Run("two pages are one customer", func(t *testing.T) { twoPagesAreOneCustomer(h.in(t)) })
	t.Run("a hidden page is away and comes back", func(t *testing.T) { aHiddenPageIsAway(h.in(t)) })
	t.Run("a customer who rests is away and comes back", func(t *testing.T) { aRestIsAway(h.in(t)) })
}

// leavesNow is a customer who closes the page for good: when the agent sees it, the judgement was made after that.
func (h *house) leavesNow(a *agent, said string) func() {
	h.t.Helper()
	witness := h.visit(chromium.Person(h.t, browser.Named("witness")), "/demo/contact")
	witness.begins(said)
	return func() {
		h.t.Helper()
		witness.Close()
		h.passing("the witness has left", func() bool { return a.Has(`.row-item[data-reach=unreachable] "` + said + `"`) })
	}
}

func movingIsNoLeaving(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo/products")
	c.begins("I look around")
	a.opensRow("I look around")
	judged := h.leavesNow(a, "I only pass by")
	c.Reload()
	c.Open(h.base + "/demo/products/plates")
	c.Click(`a "Delivery and returns"`)
	c.WaitURL("/demo/delivery")
	c.Wait(launcher)
	c.Until("the chat has begun here too", `document.querySelector("rejoin-widget").shadowRoot.querySelector("iframe")`)
	c.chat.Wait("body.begun")
	judged()
	a.is("active")
	if a.Has(`.event-line "Left the site"`) {
		h.t.Error("moving about counts as leaving")
	}
	a.WaitText(".customer-list", "Delivery and returns")
}

func twoPagesAreOneCustomer(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	home := chromium.Person(h.t, browser.Named("home"))
	c := h.visit(home, "/demo/about")
	c.begins("I have two pages open")
	second := h.visit(home, "/demo/contact")
	second.Click(launcher)
	second.chat.WaitText(".message.customer .bubble", "I have two pages open")
	a.opensRow("I have two pages open")
	judged := h.leavesNow(a, "I have one page")
	c.Close()
	judged()
	a.is("active")
	second.leaves(a)
	a.is("unreachable")
	h.visit(home, "/demo") // the chat begins by itself where one is under way
	a.is("active")
	a.sees("Came back")
}

func aHiddenPageIsAway(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.begins("I turn to something else")
	c.gives("eve@example.org")
	a.opensRow("I turn to something else")
	a.is("active")
	c.Hide()
	h.advance("25s")
	a.is("reachable")
	a.WaitText(".thread-reach", "In another tab or window")
	c.Show()
	a.is("active")
}

func aRestIsAway(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.begins("I fetch a coffee")
	a.opensRow("I fetch a coffee")
	a.is("active")
	h.advance("5m")
	a.is("unreachable")
	a.WaitText(".thread-reach", "Stepped away")
	c.writes("Here I am again")
	a.is("active")
}
