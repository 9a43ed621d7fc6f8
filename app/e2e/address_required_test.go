package e2e

import (
	"fmt"
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

func TestARequiredAddress(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	h.requires("required")
	t.Run("keeps the message until it is given, and sends both once", func(t *testing.T) { bothGoOnce(h.in(t)) })
	t.Run("outlasts a reload and a lost network", func(t *testing.T) { theWaitingOutlasts(h.in(t)) })
	t.Run("is asked for alike in all tabs", func(t *testing.T) { allTabsAsk(h.in(t)) })
	t.Run("is asked about when it looks mistyped", func(t *testing.T) { theTypoIsAskedAbout(h.in(t)) })
	t.Run("lets the message be taken back", func(t *testing.T) { theMessageIsTakenBack(h.in(t)) })
	t.Run("that is wanted no more lets the message go", func(t *testing.T) { itIsWantedNoMore(h.in(t)) })
}

// requires sets how customers are asked for their address, whoever is online.
func (h *house) requires(mode string) {
	h.t.Helper()
	h.value(`update organizations set settings = settings || jsonb_build_object('prompt.online', $1::text, 'prompt.offline', $1::text) returning key`, mode)
}

// taken counts the messages that the server has of a text.
func (h *house) taken(text string) string {
	h.t.Helper()
	return h.value("select count(*)::text from messages where text = $1", text)
}

// waits writes a message that is kept until an address is given.
func (c *customer) waits(text string) {
	c.h.t.Helper()
	c.types(text)
	c.chat.WaitText(".pending[data-state=address] .bubble", text)
	c.chat.WaitText(".pending .state", "Waiting for your address")
	c.chat.Wait(".ask[data-required]")
	if c.chat.Has(".skip-ask") {
		c.h.t.Error("a required address can be refused")
	}
}

func bothGoOnce(h *house) {
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.opens()
	c.waits("Do you glaze on order?")
	c.chat.Until("the card has the focus", `document.activeElement.id === "address"`)
	c.chat.Until("it is said aloud", `document.getElementById("announce").textContent.includes("Your message is sent together with your address.")`)
	if got := h.taken("Do you glaze on order?"); got != "0" {
		h.t.Error("the server has the message already")
	}
	c.chat.Type("#address", "not an address")
	c.chat.Press("Enter")
	c.chat.WaitText("#address-error", "This is not an email address.")
	if got := c.chat.Value("#address"); got != "not an address" {
		h.t.Errorf("the refused address has become %q", got)
	}
	c.chat.Fill("#address", "ida@example.org")
	c.chat.Press("Enter")
	c.chat.WaitText(".message.customer[data-seq] .bubble", "Do you glaze on order?")
	c.chat.WaitGone(".ask")
	c.chat.Wait(".thanks")
	c.chat.WaitGone(".pending")
	c.chat.Until("one writes on", `document.activeElement.id === "text"`)
	c.writes("And in green?")
	c.chat.WaitCount(`.message.customer .bubble "Do you glaze on order?"`, 1)
	if got := h.taken("Do you glaze on order?"); got != "1" {
		h.t.Errorf("the server has the message %s times", got)
	}
	if got := h.value("select count(*)::text from contact_points where address = 'ida@example.org'"); got != "1" {
		h.t.Errorf("the address is known %s times", got)
	}
}

func theWaitingOutlasts(h *house) {
	home := chromium.Person(h.t, browser.Named("home"))
	c := h.visit(home, "/demo/about")
	c.opens()
	c.waits("I am in a hurry")
	c.Reload()
	c.Click(launcher)
	c.chat.WaitText(".pending[data-state=address] .bubble", "I am in a hurry")
	c.chat.Wait(".ask[data-required]")
	home.Offline()
	c.chat.Fill("#address", "joe@example.org")
	c.chat.Press("Enter")
	c.chat.WaitText(".pending .state", "Waiting for the network")
	home.Online()
	c.chat.WaitText(".message.customer[data-seq] .bubble", "I am in a hurry")
	c.chat.WaitGone(".ask")
	if got := h.taken("I am in a hurry"); got != "1" {
		h.t.Errorf("the server has the message %s times", got)
	}
}

func allTabsAsk(h *house) {
	home := chromium.Person(h.t, browser.Named("home"))
	tabs := make([]*customer, 10)
	for i := range tabs {
		tabs[i] = h.visit(home, "/demo/products")
		tabs[i].opens()
	}
	tabs[0].waits("One of ten")
	for _, c := range tabs {
		c.chat.WaitText(".pending[data-state=address] .bubble", "One of ten")
		c.chat.Wait(".ask[data-required]")
	}
	last := tabs[len(tabs)-1]
	last.chat.Fill("#address", "ten@example.org")
	last.chat.Press("Enter")
	for _, c := range tabs {
		c.chat.WaitText(".message.customer[data-seq] .bubble", "One of ten")
		c.chat.WaitGone(".ask")
		c.chat.WaitGone(".pending")
	}
	if got := h.taken("One of ten"); got != "1" {
		h.t.Errorf("the server has the message %s times", got)
	}
}

func theTypoIsAskedAbout(h *house) {
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo/contact")
	c.opens()
	c.waits("Where is the workshop?")
	c.chat.Fill("#address", "eva@gmial.com")
	c.chat.Press("Enter")
	c.chat.WaitText(".hint", "Did you mean eva@gmail.com?")
	if got := h.taken("Where is the workshop?"); got != "0" {
		h.t.Error("it was sent with the typo")
	}
	c.chat.Click(`.hint [name=accept]`)
	c.chat.WaitText(".message.customer[data-seq] .bubble", "Where is the workshop?")
	c.chat.WaitGone(".ask")
	if got := h.value("select string_agg(address, ',') from contact_points where address like 'eva@%'"); got != "eva@gmail.com" {
		h.t.Errorf("the address is %q", got)
	}
}

func theMessageIsTakenBack(h *house) {
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo/contact")
	c.opens()
	c.waits("Never mind")
	c.chat.Click(".pending .edit")
	c.chat.WaitGone(".ask")
	c.chat.WaitGone(".pending")
	if got := c.chat.Value("#text"); got != "Never mind" {
		h.t.Errorf("the box holds %q", got)
	}
}

func itIsWantedNoMore(h *house) {
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo/products")
	c.opens()
	c.waits("I wait for you")
	c.waits("patiently")
	h.requires("optional")
	c.chat.WaitText(".message.customer[data-seq] .bubble", "patiently")
	c.chat.WaitGone(".pending")
	c.chat.Wait(".skip-ask")
	if got := h.taken("I wait for you"); got != "1" {
		h.t.Errorf("the server has the first message %s times", got)
	}
}

func TestARefusedMessageOutlastsAReload(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	home := chromium.Person(t, browser.Named("home"))
	home.Allow("422")
	c := h.visit(home, "/demo")
	c.begins("First of all")
	c.chat.Fill("#text", "something else")
	c.Until("the draft is kept", `Object.values(localStorage).includes("something else")`)
	// Longer than what the box lets out: only the server can refuse it.
	browser.Eval[any](c, `void localStorage.setItem("rejoin:demo-maison-ombrelin:q:000000000000001:a-message-of-old",
		JSON.stringify({ id: "a-message-of-old", text: "this will be refused ".repeat(1000).trim() }))`)
	c.Reload()
	c.Click(launcher)
	c.chat.WaitText(".pending[data-state=refused] .bubble", "this will be refused")
	reason := c.chat.Text(".pending .state")
	c.Reload()
	c.Click(launcher)
	c.chat.WaitText(".pending[data-state=refused] .bubble", "this will be refused")
	if got := c.chat.Text(".pending .state"); got != reason {
		t.Errorf("the reason was %q and is %q", reason, got)
	}
	c.chat.Click(".pending .edit")
	c.chat.Until("both texts are in the box", `document.getElementById("text").value.endsWith("this will be refused\nsomething else")`)
	c.Reload()
	c.Click(launcher)
	c.chat.WaitText(".message.customer .bubble", "First of all")
	c.chat.WaitGone(".pending")
}

func TestOnlyWhatStoodBeforeTheirEyesWasSeen(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	a := h.signIn(chromium.Person(t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(t, browser.Named("home")), "/demo")
	c.begins("Tell me everything")
	a.opensRow("Tell me everything")
	seen := func() string {
		return h.value("select customer_seen_seq::text from conversations where last_seq >= 1 order by id desc limit 1")
	}
	c.Hide()
	for _, line := range []string{"First the clay.", "Then the wheel.", "Then the kiln.", "Then the glaze.", "Then the kiln again.", "And then the box."} {
		a.answers(line + "\n.\n.\n.\n.\n.\n.\n.\n.")
	}
	before := seen()
	c.Show()
	c.chat.WaitText(".message.agent .bubble", "First the clay.")
	first := h.value("select min(seq)::text from messages where text like 'First the clay.%'")
	h.until("the first one is seen", func() bool { return seen() >= first && seen() != before })
	newest := h.value("select max(seq)::text from messages where author_kind = 'agent' and kind = 'public'")
	if got := seen(); got == newest {
		t.Error("what lies below the fold counts as seen")
	}
	c.chat.Until("one reads to the end", `(() => { const s = document.getElementById("scroll"); s.scrollTop += 60; return s.scrollHeight - s.scrollTop - s.clientHeight < 4 })()`)
	h.until("all is seen", func() bool { return seen() >= newest })
}

func TestAMachineThatHasSleptTellsSoAndListensAnew(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	a := h.signIn(chromium.Person(t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(t, browser.Named("home")), "/demo")
	c.begins("I close the lid")
	a.opensRow("I close the lid")
	const asked = `performance.getEntriesByType("resource").filter(e => e.name.includes("/%")).length`
	signs, streams := strings.ReplaceAll(asked, "%", "presence"), strings.ReplaceAll(asked, "%", "stream")
	before, read := browser.Eval[int](c.chat, signs), browser.Eval[int](c.chat, streams)
	browser.Eval[any](c.chat, `void (() => { const now = Date.now; Date.now = () => now() + 3600e3 })()`) // an hour has passed at once
	c.chat.Until("the page signs again", fmt.Sprintf("%s > %d", signs, before))
	c.chat.Until("the old stream is given up", fmt.Sprintf("%s > %d", streams, read))
	a.answers("Good morning!")
	c.reads("Good morning!")
}
