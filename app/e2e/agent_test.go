package e2e

import (
	"rejoin/app/e2e/browser"
)

// agent is someone who is signed in, with the inbox before them.
type agent struct {
	*browser.Tab

	h *house
}

// signIn signs a person in by the form.
func (h *house) signIn(p *browser.Person, address string) *agent {
	h.t.Helper()
	tab := p.Tab()
	tab.Open(h.base + "/sign-in")
	tab.Fill("[name=email]", address)
	tab.Fill("[name=password]", password)
	tab.Press("Enter")
	atWork(tab)
	h.until("an agent counts as online", func() bool { // else the brand says by itself that nobody is there
		return h.value("select bool_or(agents_offline_at is null)::text from organizations") == "true"
	})
	return &agent{Tab: tab, h: h}
}

// atWork waits until the inbox is there, its stream stands, and the list was read again after that.
func atWork(tab *browser.Tab) {
	tab.Wait("#inbox")
	tab.Until("the list is live", `["/inbox/rows", "/inbox/counts"].every(part =>
		performance.getEntriesByType("resource").some(e => e.name.includes(part) && e.responseEnd > 0))`)
}

// another opens the inbox in one more tab of the same browser.
func (h *house) another(p *browser.Person) *agent {
	h.t.Helper()
	tab := p.Tab()
	tab.Open(h.base + "/inbox")
	atWork(tab)
	return &agent{Tab: tab, h: h}
}

// row is the list's row that shows a text.
func row(text string) string { return `.list-row "` + text + `"` }

// opensRow opens the conversation whose row shows a text.
func (a *agent) opensRow(text string) {
	a.h.t.Helper()
	a.Click(row(text))
	a.Until("its conversation is open", `(() => { const at = document.querySelector(".list-row[aria-current]");
		return at && at.textContent.replace(/\s+/g, " ").includes(`+quote(text)+`) && at.closest(".row-item").dataset.key === document.querySelector("#open").dataset.key })()`)
}

// key is the public key of the open conversation.
func (a *agent) key() string {
	a.h.t.Helper()
	return a.Attr("#open", "data-key")
}

// answers writes to the customer and waits until the server has taken it.
func (a *agent) answers(text string) {
	a.h.t.Helper()
	a.Fill(".composer-text", text)
	a.Press("Enter")
	a.WaitText(".message.from-agent[data-seq] .bubble", flat(text))
}

// reads waits for a customer's message in the open thread.
func (a *agent) reads(text string) {
	a.h.t.Helper()
	a.WaitText(`.message[data-by=customer] .bubble`, text)
}

// sees waits for a thin line of the thread.
func (a *agent) sees(event string) {
	a.h.t.Helper()
	a.WaitText(".event-line", event)
}

// is waits for the reachability of the open conversation: the green dot is for active alone, and the row of an
// unreachable customer is greyed out.
func (a *agent) is(reach string) {
	a.h.t.Helper()
	a.Until("the customer is "+reach, `document.querySelector("#thread-head .mark.`+reach+`")
		&& document.querySelector('.row-item[data-key="`+a.key()+`"] .list-row.`+reach+`')`)
	dots := map[string]int{"active": 1}[reach]
	a.WaitCount("#thread-head .mark.active", dots)
	a.WaitCount(`.row-item[data-key="`+a.key()+`"] .mark.active`, dots)
}

// invites writes an invitation, looks at it, sends it and confirms.
func (a *agent) invites(text, address string) {
	a.h.t.Helper()
	a.writesInvitation(text)
	a.Click(`#invitation .invitation-foot [value=confirm]`)
	a.WaitText(".invitation-question", address)
	a.Click(`#invitation .invitation-foot [value=send]`)
	a.WaitGone("#invitation")
}

// writesInvitation opens the dialog, writes, and waits for the email beside the text.
func (a *agent) writesInvitation(text string) {
	a.h.t.Helper()
	a.Click("#invite")
	a.Fill("#invitation-text", text)
	a.Until("the email holds what was typed", `document.querySelector("#invitation-preview.ready .invitation-plain")
		?.textContent.replace(/\s+/g, " ").includes(`+quote(flat(text))+`)`)
}
