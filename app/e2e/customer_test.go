package e2e

import (
	"rejoin/app/e2e/browser"
)

// customer is someone with a page of the shop before them; chat is the widget's panel.
type customer struct {
	*browser.Tab

	chat *browser.View
	h    *house
}

const (
	launcher = "button.launcher"
	panel    = ".sheet iframe"
)

// visit opens a page of the shop in a new tab.
func (h *house) visit(p *browser.Person, page string) *customer {
	h.t.Helper()
	return h.visitAt(p, h.base+page)
}

// visitAt opens any page that carries the widget.
func (h *house) visitAt(p *browser.Person, address string) *customer {
	h.t.Helper()
	tab := p.Tab()
	tab.Open(address)
	return h.holding(tab)
}

// holding is whoever has this page open.
func (h *house) holding(tab *browser.Tab) *customer {
	return &customer{Tab: tab, chat: tab.Frame(panel), h: h}
}

// begins opens the chat and writes the first message.
func (c *customer) begins(text string) {
	c.h.t.Helper()
	c.opens()
	c.writes(text)
}

func (c *customer) opens() {
	c.h.t.Helper()
	c.Click(launcher)
	c.chat.Wait("#text")
}

// writes sends a message and waits until the server has taken it.
func (c *customer) writes(text string) {
	c.h.t.Helper()
	c.types(text)
	c.chat.WaitText(".message.customer[data-seq] .bubble", flat(text))
}

// types writes a message and presses Enter.
func (c *customer) types(text string) {
	c.h.t.Helper()
	c.chat.Fill("#text", text)
	c.chat.Press("Enter")
}

// reads waits for an agent's message.
func (c *customer) reads(text string) {
	c.h.t.Helper()
	c.chat.WaitText(".message.agent .bubble", text)
}

// gives types an address into the card.
func (c *customer) gives(address string) {
	c.h.t.Helper()
	c.chat.Fill("#address", address)
	c.chat.Press("Enter")
	c.chat.Wait(".thanks")
}

// leaves closes the page and lets the time pass until the agent sees it.
func (c *customer) leaves(a *agent) {
	c.h.t.Helper()
	c.Close()
	c.h.passing("the customer has left", func() bool { return a.Has(`.event-line "Left the site"`) })
}
