package e2e

import (
	"testing"

	"rejoin/app/e2e/browser"
)

func TestTheChat(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	t.Run("counts on the launcher what came while it was closed", func(t *testing.T) { theLauncherCounts(h.in(t)) })
	t.Run("asks for the address once", func(t *testing.T) { theAddressIsAskedOnce(h.in(t)) })
	t.Run("stores nothing before it is opened", func(t *testing.T) { nothingIsStoredBefore(h.in(t)) })
	t.Run("speaks another language when it is asked to", func(t *testing.T) { theLanguageIsChosen(h.in(t)) })
	t.Run("ends, and begins anew", func(t *testing.T) { theChatIsEnded(h.in(t)) })
	t.Run("forgets everything when it is told to", func(t *testing.T) { everythingIsForgotten(h.in(t)) })
	t.Run("stands in one truth before two agents", func(t *testing.T) { twoAgentsSeeOneTruth(h.in(t)) })
}

func theLauncherCounts(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.begins("Call me when you know")
	a.opensRow("Call me when you know")
	c.chat.Click("#close")
	c.Until("the chat is closed", `document.querySelector("rejoin-widget").dataset.state === "closed"`)
	a.answers("I know now.")
	c.WaitText(".badge", "1")
	a.answers("It is blue.")
	c.WaitText(".badge", "2")
	if a.Has(".message.from-agent .fate-seen") {
		h.t.Error("what was not looked at counts as seen")
	}
	c.Click(launcher)
	c.reads("It is blue.")
	a.Wait(".message.from-agent .fate-seen")
	c.WaitGone(".badge")
}

func theAddressIsAskedOnce(h *house) {
	home := chromium.Person(h.t, browser.Named("home"))
	c := h.visit(home, "/demo/about")
	c.begins("I would rather not say who I am")
	c.chat.Fill("#address", "not an address")
	c.chat.Press("Enter")
	c.chat.WaitText("#address-error", "This is not an email address.")
	if got := c.chat.Value("#address"); got != "not an address" {
		h.t.Errorf("the refused address has become %q", got)
	}
	c.chat.Click(".skip-ask")
	c.chat.WaitGone(".ask")
	c.writes("But I have another question")
	c.Reload()
	c.Click(launcher)
	c.chat.WaitText(".message.customer .bubble", "But I have another question")
	if c.chat.Has(".ask") {
		h.t.Error("the address is asked for again")
	}
}

func nothingIsStoredBefore(h *house) {
	const kept = `localStorage.length + sessionStorage.length + document.cookie.length`
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.Wait(launcher)
	if got := browser.Eval[int](c, kept); got != 0 {
		h.t.Errorf("%d things are stored", got)
	}
}

func theLanguageIsChosen(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.begins("Do you speak French?")
	c.chat.Fill("#text", "half a sentence")
	c.chat.Click("#menu-open")
	c.chat.Choose("#menu-language", "fr")
	c.chat.WaitText("#menu-title", "Options")
	c.chat.WaitText("#menu-body", "Terminer la discussion")
	c.chat.Click("#menu-close")
	c.chat.Until("the panel is French", `document.documentElement.lang === "fr" && document.getElementById("text").placeholder === "Écrivez un message…"`)
	if got := c.chat.Value("#text"); got != "half a sentence" {
		h.t.Errorf("what was typed has become %q", got)
	}
	a.opensRow("Do you speak French?")
	a.sees("Chose French")
	a.Until("the agent sees the language", `document.getElementById("language").value === "fr"`)
}

func theChatIsEnded(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.begins("A short question")
	a.opensRow("A short question")
	first := a.key()
	c.chat.Click("#menu-open")
	c.chat.Click(`.menu-row "End the chat"`)
	c.chat.Click("[data-do=end]")
	c.chat.WaitText(".ended", "You ended this chat.")
	a.sees("The customer ended the chat")
	c.writes("One more after all")
	a.WaitText(".list-row-line", "One more after all")
	a.Click(row("One more after all"))
	a.reads("One more after all")
	if a.key() == first {
		h.t.Error("the ended conversation goes on")
	}
}

func everythingIsForgotten(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.begins("Please forget that I was here")
	c.gives("ghost@example.org")
	a.opensRow("Please forget that I was here")
	c.chat.Click("#menu-open")
	c.chat.Click(`.menu-row "Delete my data"`)
	c.chat.Click("[data-do=delete]")
	c.chat.WaitGone(".message")
	c.chat.Wait(".greeting")
	a.WaitText("#toasts", "The customer deleted this conversation.")
	a.WaitGone(row("Please forget that I was here"))
	if got := h.value("select count(*)::text from contact_points where address = 'ghost@example.org'"); got != "0" {
		h.t.Error("the address is still known")
	}
	c.writes("Hello, I am new here")
	a.WaitText(".list-row-line", "Hello, I am new here")
}

func twoAgentsSeeOneTruth(h *house) {
	first := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	second := h.signIn(chromium.Person(h.t, browser.Named("Luc")), luc)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.begins("Who of you is quicker?")
	first.opensRow("Who of you is quicker?")
	second.opensRow("Who of you is quicker?")
	second.Type(".composer-text", "I am")
	first.WaitText("#typing", "Luc is writing")
	first.answers("Me, by a second.")
	second.WaitText(".message .bubble", "Me, by a second.")
	second.sees("Maya took the conversation")
	if got := second.Value(".composer-text"); got != "I am" {
		h.t.Errorf("what Luc was typing has become %q", got)
	}
	second.Reload()
	second.Until("the draft is back", `document.querySelector(".composer-text").value === "I am"`)
	second.Choose("#assignee", "Luc (me) · online")
	first.sees("Luc took the conversation")
	first.Click("#closure button")
	second.sees("Maya closed the conversation")
	second.WaitText("#thread-head .badge", "Closed")
	second.WaitGone(row("Who of you is quicker?"))
	c.writes("Thank you both")
	second.Wait(row("Thank you both"))
	second.sees("Reopened by the customer")
}
