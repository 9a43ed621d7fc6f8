package e2e

import (
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
	"rejoin/locales"
)

func TestAnUnreadAnswerFindsTheCustomer(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	for name, story := range map[string]func(*house){
		"who leaves at once":                                  leavesAtOnce,
		"whose tab is hidden":                                 theTabIsHidden,
		"who rests on the page":                               theyRestOnThePage,
		"but not one who comes back in time":                  theyComeBackInTime,
		"once, who reads on the phone with the laptop open":   theyReadOnThePhone,
		"with three messages in a row as one email":           threeInARow,
		"though the agent has closed the conversation":        answeredAndClosed,
		"at once when the agents all go home":                 theAgentsGoHome,
		"whose address is given only afterwards":              theAddressComesLater,
		"in the language that they switched to in the middle": theLanguageIsSwitched,
	} {
		t.Run(name, func(t *testing.T) { story(h.in(t)) })
	}
}

// meeting is a customer with an address and the agent who has their conversation open.
func (h *house) meeting(hello, address string) (*customer, *agent) {
	h.t.Helper()
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("laptop"), browser.Zone("Europe/Paris")), "/demo/products/plates")
	c.begins(hello)
	if address != "" {
		c.gives(address)
	}
	a.opensRow(hello)
	return c, a
}

// tells waits for the fate under the newest message of the brand.
func (a *agent) tells(words string) {
	a.h.t.Helper()
	a.WaitText(".message-foot.tells", words)
}

// nothing checks that an address has got no email, after another customer's email has shown that the time came.
func (h *house) nothing(address string) {
	h.t.Helper()
	for _, one := range h.emails() {
		if one.To.Email == address {
			h.t.Errorf("%s got %q", address, one.Subject)
		}
	}
}

func leavesAtOnce(h *house) {
	c, a := h.meeting("I have to catch a train", "train@example.org")
	c.leaves(a)
	a.WaitText(".composer-says .when-reply", "by email in 5 min")
	a.answers("The plates are back on Monday.")
	a.tells("Will be emailed in")
	h.advance("5m")
	sent := h.receives("train@example.org", 1)
	if !strings.Contains(flat(sent.Text), "The plates are back on Monday.") || strings.Contains(sent.Text, "train to catch") {
		h.t.Errorf("the email says %q", sent.Text)
	}
	if sent.Headers["Auto-Submitted"] != "auto-generated" {
		h.t.Errorf("the headers are %v", sent.Headers)
	}
	a.tells("(forwarded to train@example.org · sent)")
	phone := chromium.Person(h.t, browser.Named("phone"), browser.Phone, browser.Zone("Europe/Paris"))
	back := h.visitAt(phone, h.wayBack(sent))
	back.chat.WaitText(".message.agent .bubble", "The plates are back on Monday.")
	back.chat.Click(".brand-name")
	a.tells("(forwarded to train@example.org · rejoined)")
	a.sees("Rejoined from another device")
	back.writes("Then I wait for Monday")
	a.reads("Then I wait for Monday")
	a.Click(".why-link")
	a.WaitText(".why-lines", "5 minutes after the page was closed")
	a.WaitText(".why-lines", "Sent to train@example.org.")
	a.WaitText(".why-lines", "came back by the link")
}

func theTabIsHidden(h *house) {
	c, a := h.meeting("I look at another tab", "hidden@example.org")
	c.Hide()
	h.advance("25s")
	a.is("reachable")
	a.answers("Here is what you asked for.")
	a.tells("Will be emailed in 29:")
	h.advance("30m")
	h.receives("hidden@example.org", 1)
	a.tells("(forwarded to hidden@example.org · sent)")
}

// theyRestOnThePage leaves the chat open before an empty chair: what comes then is not read.
func theyRestOnThePage(h *house) {
	c, a := h.meeting("I make myself a tea", "tea@example.org")
	browser.Eval[bool](c.chat, `(() => { const now = Date.now.bind(Date); Date.now = () => now() + 300000; return true })()`)
	h.advance("5m")
	a.is("reachable")
	a.answers("Enjoy it. We have the cups as well.")
	a.tells("Will be emailed in")
	h.advance("30m")
	h.receives("tea@example.org", 1)
}

func theyComeBackInTime(h *house) {
	laptop := chromium.Person(h.t, browser.Named("home"))
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(laptop, "/demo/products/plates")
	c.begins("I am back in a minute")
	c.gives("back@example.org")
	a.opensRow("I am back in a minute")
	c.leaves(a)
	a.answers("Take your time.")
	a.tells("Will be emailed in")
	c = h.visit(laptop, "/demo/products/plates")
	c.opens()
	c.reads("Take your time.")
	a.tells("Seen")
	c.leaves(a)
	witness, b := h.meeting("I see whether the time has passed", "witness@example.org")
	witness.leaves(b)
	b.answers("It has.")
	h.advance("20m")
	h.receives("witness@example.org", 1)
	h.nothing("back@example.org")
}

func theyReadOnThePhone(h *house) {
	c, a := h.meeting("I go out and leave the laptop open", "phone@example.org")
	c.Hide()
	h.advance("25s")
	a.is("reachable")
	a.answers("We have found it.")
	a.Click(`.plan-act "Send now"`)
	sent := h.receives("phone@example.org", 1)
	phone := chromium.Person(h.t, browser.Named("phone"), browser.Phone)
	back := h.visitAt(phone, h.wayBack(sent))
	back.chat.WaitText(".message.agent .bubble", "We have found it.")
	back.chat.Click(".brand-name")
	a.is("active")
	a.answers("It is in the back room.")
	back.reads("It is in the back room.")
	a.tells("Seen")
	witness, b := h.meeting("I see whether an hour has passed", "hour@example.org")
	witness.leaves(b)
	b.answers("It has.")
	h.advance("1h")
	h.receives("hour@example.org", 1)
	h.receives("phone@example.org", 1)
}

func threeInARow(h *house) {
	c, a := h.meeting("I have three questions", "three@example.org")
	c.leaves(a)
	a.answers("First: yes.")
	h.advance("2m")
	a.answers("Second: no.")
	h.advance("2m")
	a.answers("Third: perhaps.")
	a.WaitCount(".message-foot.tells .fate-due", 1)
	h.advance("5m")
	sent := flat(h.receives("three@example.org", 1).Text)
	at := -1
	for _, said := range []string{"First: yes.", "Second: no.", "Third: perhaps."} {
		next := strings.Index(sent, said)
		if next <= at {
			h.t.Errorf("%q is missing or in the wrong place:\n%s", said, sent)
		}
		at = next
	}
}

func answeredAndClosed(h *house) {
	c, a := h.meeting("Can I bring them back?", "closed@example.org")
	c.leaves(a)
	a.answers("Yes, within 30 days. Good night!")
	a.Click("#closure button")
	a.WaitText("#thread-head .badge", "Closed")
	a.tells("Will be emailed in")
	h.advance("5m")
	h.receives("closed@example.org", 1)
}

func theAgentsGoHome(h *house) {
	c, a := h.meeting("Are you still there?", "home@example.org")
	c.leaves(a)
	a.answers("Just about. Yes, we have it.")
	a.tells("Will be emailed in")
	due := h.value("select followup_due_at::text from conversations where followup_due_at is not null order by id desc limit 1")
	a.Close()
	h.passing("the last agent has left and the email has come", func() bool {
		for _, one := range h.emails() {
			if one.To.Email == "home@example.org" {
				return true
			}
		}
		return false
	})
	if early := h.value("select (max(created_at) < '" + due + "'::timestamptz)::text from deliveries where address = 'home@example.org'"); early != "true" {
		h.t.Errorf("it went out at its time (%s) only, not when the agents left", due)
	}
}

func theAddressComesLater(h *house) {
	c, a := h.meeting("You may call me, I have no email here", "")
	c.Close()
	h.passing("the customer has left", func() bool { return a.Has(`.event-line "Left the site"`) })
	a.answers("We would rather write.")
	a.tells("Not sent: no address")
	a.Click(`.customer-who [aria-label="Edit customer"]`)
	a.Fill("#customer-form [name=address]", "later@example.org")
	a.Click(`#customer-form [type=submit]`)
	a.tells("Will be emailed in")
	h.advance("5m")
	h.receives("later@example.org", 1)
}

func theLanguageIsSwitched(h *house) {
	c, a := h.meeting("I start in English", "switch@example.org")
	c.chat.Click("#menu-open")
	c.chat.Choose("#menu-language", "de")
	c.chat.Until("the panel is German", `document.documentElement.lang === "de"`)
	c.chat.Click("#menu-close")
	a.Until("the agent sees the language", `document.getElementById("language").value === "de"`)
	c.leaves(a)
	a.answers("Die Teller kommen am Montag.")
	a.tells("Will be emailed in")
	h.advance("5m")
	sent := h.receives("switch@example.org", 1)
	if want := locales.For("de").T("mail.followup.subject", "Brand", "Maison Ombrelin"); sent.Subject != want {
		h.t.Errorf("the subject is %q, want %q", sent.Subject, want)
	}
}
