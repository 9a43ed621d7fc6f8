package e2e

import (
	"testing"

	"rejoin/app/e2e/browser"
)

// The agent sees an email coming, stops it, lets it go after all, hurries it, and reads what became of it and why.
func TestAnAgentSeesAndDecidesWhatIsEmailed(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	a := h.signIn(chromium.Person(t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(t, browser.Named("home")), "/demo/products/plates")
	c.begins("Is there a discount for twelve plates?")
	c.gives("lea@example.org")
	a.opensRow("Is there a discount")
	a.WaitText("#composer-says .when-reply", "lea@example.org is here: they read it in the chat.")
	c.leaves(a)
	a.WaitText("#composer-says .when-reply", "If unread, this goes by email in 5 minutes.")
	a.answers("Ten per cent from ten pieces on.")
	a.answers("Shall I put twelve aside?")
	a.WaitCount(".fate-due", 1)
	counts := browser.Eval[string](a, `document.querySelector("[data-countdown]").textContent`)
	a.Until("the time runs down", `document.querySelector("[data-countdown]").textContent !== `+quote(counts))
	a.WaitText("#due", "1 waiting to be emailed")
	a.Wait(`.list-row[aria-current] .list-row-due`)

	a.Click(`.fate-acts button "Don’t send"`)
	a.WaitText(".fate-withheld", "Not sent: you said so")
	a.Until("nothing waits any more", `document.querySelector("#due").closest("[hidden]")`)
	a.Click(`.plan-act button "Send after all"`)
	a.Wait(".fate-due")
	a.Click(`.fate-acts button "Send now"`)
	h.receives("lea@example.org", 1)
	a.WaitText(".delivery", "(forwarded to lea@example.org · sent)")
	a.WaitCount(".message-foot.tells", 1)

	a.Click(".why-link")
	a.WaitText("#why .why-lines", "Maya chose “Send now”.")
	a.WaitText("#why .why-lines", "Sent to lea@example.org.")
	a.Press("Escape")
	a.WaitGone("#why")
	if !a.Focused(".why-link") {
		t.Error("the focus is lost")
	}
}

// A clock that moves takes the countdown with it, and a draft holds the email back.
func TestAnEmailWaitsForADraftAndTheCountdownFollowsTheClock(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	a := h.signIn(chromium.Person(t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(t, browser.Named("home")), "/demo/products/plates")
	c.begins("Do the plates stack?")
	c.gives("noa@example.org")
	a.opensRow("Do the plates stack?")
	c.leaves(a)
	a.answers("They do, all of them.")
	a.Wait(".fate-due")
	h.advance("4m45s")
	a.Fill(".composer-text", "And the bowls as w")
	a.WaitText(".fate-because", "waits while you write")
	other := h.signIn(chromium.Person(t, browser.Named("Luc")), luc)
	other.opensRow("noa@example.org")
	other.Wait(".fate-due")
	h.advance("2m")
	h.receives("noa@example.org", 1)
	for _, one := range []*agent{a, other} {
		one.Wait(`.delivery[data-state=sent]`)
	}
}

// Who is back, and how, stands over the list wherever the agent is, and never over what they write.
func TestAnAgentIsToldThatACustomerIsBackAndHow(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	w := h.theyHaveLeft("/demo/products/tumblers", "Are the tumblers thin?", "liv@example.org", "As thin as a leaf.")
	w.agent.Open(h.base + "/inbox")
	atWork(w.agent.Tab)
	w.agent.Click(".row-item:nth-child(3) .list-row")
	w.agent.Wait("#composer")
	back := h.visitAt(chromium.Person(t, browser.Named("phone"), browser.Phone), w.link)
	back.chat.Click(".message.agent .bubble")
	w.agent.WaitText(".toast-text", "liv@example.org is back by the link, on another device.")
	w.agent.Until("the composer is free", `(() => { const box = document.getElementById("composer").getBoundingClientRect(), toast = document.querySelector("[data-notice]").getBoundingClientRect();
		return toast.right <= box.left || toast.bottom <= box.top })()`)
	w.agent.Click(".toast-link")
	w.agent.sees("Rejoined from another device, by the link")
	w.agent.WaitGone("[data-notice]")
}
