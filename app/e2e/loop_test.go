package e2e

import (
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
	"rejoin/locales"
)

// tongue is the loop in one language.
type tongue struct {
	tag, browser, page string
	hello, answer      string
	invitation, back   string
	mistyped, address  string
}

func tongues() []tongue {
	return []tongue{
		{
			tag: "en", browser: "en-GB", page: "/demo/products/plates", hello: "Hello, do the plates go in the oven?",
			answer: "Hi! Yes, up to 180 degrees.", invitation: "I asked the workshop: 200 degrees are fine as well.",
			back: "Great, then I take six of them.", mistyped: "jo@gmial.com", address: "jo@gmail.com",
		},
		{
			tag: "fr", browser: "fr-FR", page: "/demo/fr/products/plates", hello: "Bonjour, est-ce que les assiettes vont au four ?",
			answer: "Bonjour ! Oui, jusqu’à 180 degrés.", invitation: "L’atelier me dit que 200 degrés conviennent aussi.",
			back: "Parfait, alors j’en prends six.", mistyped: "zoe@hotmial.com", address: "zoe@hotmail.com",
		},
	}
}

func TestACustomerIsBroughtBack(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	for _, said := range tongues() {
		t.Run(said.tag, func(t *testing.T) { theLoop(h.in(t), said) })
	}
}

// theLoop is the whole of it: chat, leave, invitation, email, and back on another device.
func theLoop(h *house, said tongue) {
	l := locales.For(said.tag)
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	home := chromium.Person(h.t, browser.Named("home"), browser.Zone("Europe/Paris"), browser.Language(said.browser))
	c := h.visit(home, said.page)
	theyChat(c, a, said, l)
	theyLeaveAnAddress(c, a, said, l)

	c.leaves(a)
	a.is("reachable")

	sent := theyAreInvited(a, said, l)
	theyComeBack(a, h.wayBack(sent), said, l)
}

// theyChat begins at the keyboard, and shows each side what the other does.
func theyChat(c *customer, a *agent, said tongue, l *locales.Locale) {
	t := c.h.t
	for range 60 {
		if c.Focused(launcher) {
			break
		}
		c.Press("Tab")
	}
	if !c.Focused(launcher) {
		t.Fatal("the launcher cannot be reached by the keyboard")
	}
	c.Press("Enter")
	c.chat.Until("the text box has the focus", `document.activeElement.id === "text"`)
	c.chat.WaitText(".greeting", flat(l.T("demo.brand.greeting")))
	c.chat.Press(strings.Split(said.hello, "")...)
	c.chat.Press("Enter")
	c.chat.WaitText(".message.customer[data-seq] .bubble", said.hello)

	a.WaitText(".list-row-line", said.hello)
	a.opensRow(said.hello)
	a.is("active")
	c.chat.WaitText(".fate", flat(l.T("widget.seen")))

	a.Type(".composer-text", "…")
	c.chat.WaitText("#typing", flat(l.T("widget.typing", "Name", "Maya")))
	a.answers(said.answer)
	c.reads(said.answer)
	c.chat.WaitGone("#typing")
	a.Wait(".message.from-agent .fate-seen")
	c.chat.Type("#text", "…")
	a.Wait("#typing")
	c.chat.Fill("#text", "")
	if got := a.Attr("#language option[selected]", "value"); got != said.tag {
		t.Errorf("the conversation's language is %q", got)
	}
}

// theyLeaveAnAddress takes the correction of a typo.
func theyLeaveAnAddress(c *customer, a *agent, said tongue, l *locales.Locale) {
	c.chat.WaitText(".ask", flat(l.T("demo.brand.prompt")))
	c.chat.Fill("#address", said.mistyped)
	c.chat.Press("Enter")
	c.chat.WaitText(".hint", flat(l.T("widget.ask.hint", "Address", said.address)))
	c.chat.Click(".hint [name=accept]")
	c.chat.WaitText(".thanks", flat(l.T("demo.brand.thanks")))
	c.chat.WaitGone(".ask")
	a.WaitText(".customer-address", said.address)
}

// theyAreInvited writes, previews and sends, and compares what was seen with what was sent.
func theyAreInvited(a *agent, said tongue, l *locales.Locale) email {
	t := a.h.t
	a.writesInvitation(said.invitation)
	frame := a.Frame(".email-frame:not(.arriving)")
	frame.WaitText("body", said.invitation)
	shown := browser.Eval[string](frame, "document.documentElement.outerHTML")
	plain := browser.Eval[string](a, `document.querySelector(".invitation-plain").textContent`)
	markup := browser.Eval[string](a, `fetch(document.querySelector("[data-frame]").dataset.frame, { method: "POST",
		body: new URLSearchParams(new FormData(document.querySelector("form[data-invitation]"))) }).then(answer => answer.text())`)

	a.Click(`#invitation .invitation-foot [value=confirm]`)
	a.WaitText(".invitation-question", said.address)
	a.Click(`#invitation .invitation-foot [value=send]`)
	a.WaitGone("#invitation")
	a.WaitText(".message.from-agent[data-seq] .bubble", said.invitation)
	a.WaitText(".delivery", "(forwarded to "+said.address+" · sent)")

	sent := a.h.receives(said.address, 1)
	if sent.HTML != markup {
		t.Error("the email is not what was previewed, byte for byte")
	}
	if sent.Text != plain {
		t.Errorf("the plain text is %q, previewed was %q", sent.Text, plain)
	}
	redrawn := browser.Eval[string](chromium.Person(t).Tab(), `new DOMParser().parseFromString(`+quote(sent.HTML)+`, "text/html").documentElement.outerHTML`)
	if shown != redrawn {
		t.Errorf("the frame showed another email than was sent:\n%s\n%s", shown, redrawn)
	}
	if want := l.T("mail.invitation.subject", "Brand", "Maison Ombrelin"); sent.Subject != want {
		t.Errorf("the subject is %q, want %q", sent.Subject, want)
	}
	for _, part := range []string{said.invitation, l.T("mail.invitation.button"), l.T("mail.invitation.hours")} {
		if !strings.Contains(flat(sent.Text), flat(part)) {
			t.Errorf("the plain text lacks %q:\n%s", part, sent.Text)
		}
	}
	return sent
}

// theyComeBack opens the link on a phone: nothing happens before a finger touches it.
func theyComeBack(a *agent, link string, said tongue, l *locales.Locale) {
	h := a.h
	before, events := h.dump(), a.Texts(".event-line")
	phone := chromium.Person(h.t, browser.Named("phone"), browser.Phone, browser.Zone("Europe/Paris"), browser.Language(said.browser))
	back := h.visitAt(phone, link)
	back.WaitURL(h.base + said.page)
	back.chat.WaitText(".message.agent .bubble", said.invitation)
	back.chat.WaitText(".new-line", flat(l.T("widget.new")))
	if at := back.URL(); at != h.base+said.page {
		h.t.Errorf("the address bar shows %s", at)
	}
	back.chat.Until("the first unread message is on the screen", `(() => { const line = document.querySelector(".new-line").getBoundingClientRect();
		return line.top >= 0 && line.bottom < innerHeight })()`)
	if after := h.dump(); after != before {
		h.t.Errorf("opening the link has changed something:\n%s", difference(before, after))
	}
	a.is("reachable")
	if after := a.Texts(".event-line"); len(after) != len(events) {
		h.t.Errorf("the agent saw the opening: %q", after)
	}

	back.chat.Click(".brand-name")
	a.sees("Rejoined from another device")
	a.is("active")
	a.WaitText(".delivery", "(forwarded to "+said.address+" · rejoined)")
	back.writes(said.back)
	a.reads(said.back)
	a.answers("👍")
	back.reads("👍")
}
