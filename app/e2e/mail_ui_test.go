package e2e

import (
	"crypto/rand"
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

func TestMailIsReadWhereItBelongs(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	t.Run("a stranger's answer is held until an agent accepts it", func(t *testing.T) { aStrangerIsAccepted(h.in(t)) })
	t.Run("a stranger's answer is refused", func(t *testing.T) { aStrangerIsRefused(h.in(t)) })
	t.Run("the original is one click away", func(t *testing.T) { theOriginalIsThere(h.in(t)) })
	t.Run("an answer opens a closed conversation again", func(t *testing.T) { anAnswerReopens(h.in(t)) })
	t.Run("an address that does not work is corrected in the widget", func(t *testing.T) { theAddressIsCorrected(h.in(t)) })
	t.Run("and without scripts", func(t *testing.T) { theAddressIsCorrectedPlainly(h.in(t)) })
}

func TestMailThatMatchesNothing(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	t.Run("is put where it belongs", func(t *testing.T) { nothingMatches(h.in(t)) })
}

func TestMailIsGoodToLookAt(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	m := h.muchMail()
	for _, one := range looks() {
		t.Run(one.name, func(t *testing.T) {
			options := append([]browser.Option{browser.Named(one.name)}, one.options...)
			lookAtMail(&gallery{house: h.in(t), person: chromium.Person(t, options...), look: one}, m)
		})
	}
}

// replyTo is where answers to an email go.
func replyTo(e email) string { return answerTo(e, "", "").Recipient().Email }

// plainMail is a mail as a simple program writes it.
func plainMail(from, to, subject, text string) []byte {
	return []byte(strings.ReplaceAll("From: "+from+"\nTo: "+to+"\nSubject: "+subject+"\nMessage-ID: <"+rand.Text()+"@mail.example>\n"+
		"Date: Thu, 20 Nov 2025 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"+text+"\n", "\n", "\r\n"))
}

// bounces lets an email come back as one to an address that does not exist.
func (h *house) bounces(e email) {
	h.t.Helper()
	h.mails("", replyTo(e), []byte(strings.ReplaceAll(`From: MAILER-DAEMON@mx.example
To: `+replyTo(e)+`
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <`+rand.Text()+`@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The address does not exist.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; `+e.To.Email+`
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user here

--b
Content-Type: text/rfc822-headers

Message-ID: `+e.Headers["Message-ID"]+`
To: `+e.To.Email+`

--b--
`, "\n", "\r\n")))
}

func aStrangerIsAccepted(h *house) {
	_, a, sent := h.emailed("Is the vase waterproof?", "vera@example.org", "It is, it is glazed inside.")
	other := h.signIn(chromium.Person(h.t, browser.Named("Luc")), luc)
	other.opensRow("vera@example.org")

	h.theyAnswer(sent, "kim@example.net", "I am her sister. We take two.")
	a.WaitText(".message.held .bubble", "I am her sister. We take two.")
	a.WaitText(".message.held", "kim@example.net is not the customer’s address")
	a.Wait(`.row-item[data-key="` + a.key() + `"] .list-row-held`)
	other.WaitText("#thread-head .thread-held", "1 mail to accept")
	page := chromium.Person(h.t, browser.Named("page"), browser.NoScripts).Tab()
	page.Open(h.wayBack(sent) + "/page")
	page.WaitText(".message.agent", "glazed inside")
	page.WaitCount(`.message "her sister"`, 0)

	a.Click(`.message.held button "Accept"`)
	for _, one := range []*agent{a, other} {
		one.WaitText(".event-line.decided", "Maya accepted the mail from kim@example.net")
		one.reads("I am her sister. We take two.")
		one.WaitGone(".message.held")
		one.WaitGone("#thread-head .thread-held")
		one.WaitGone(`.row-item[data-key="` + a.key() + `"] .list-row-held`)
		one.WaitText(".customer-others", "kim@example.net")
	}
	if focused := browser.Eval[bool](a, `document.activeElement.matches(".event-line.decided a")`); !focused {
		h.t.Error("the focus is lost with the button")
	}
	h.theyAnswer(sent, "kim@example.net", "And a third one.")
	other.reads("And a third one.")
	other.WaitText(".message-author", "kim@example.net")
	page.Reload()
	page.WaitText(".message.customer", "her sister")
	page.WaitText(".message.customer .name", "kim@example.net")
}

func aStrangerIsRefused(h *house) {
	_, a, sent := h.emailed("Which glaze is it?", "gina@example.org", "A celadon glaze.")
	h.theyAnswer(sent, "spam@example.net", "Buy our glaze instead!")
	a.Click(`.message.held button "Refuse"`)
	a.WaitText(".event-line.decided", "Maya refused the mail from spam@example.net")
	a.WaitGone(".message.held")
	a.WaitCount(`.message "Buy our glaze"`, 0)
	a.Click(".event-line.decided .original-link")
	a.WaitText("#original .original-text", "Buy our glaze instead!")
}

func theOriginalIsThere(h *house) {
	_, a, sent := h.emailed("Do you wrap gifts?", "gift@example.org", "We do, in rice paper.")
	h.theyAnswer(sent, "gift@example.org", "Thank you, I take it.\n\n-- \nGritt Holm\nOak Street 5")
	a.reads("Thank you, I take it.")
	a.WaitText(".message[data-by=customer] .via", "email")
	a.WaitText(".composer-says .when-reply", "writes by email. This goes by email in 1 min")
	a.Click(".message[data-by=customer] .mail-fold summary")
	a.WaitText(".mail-folded", "Oak Street 5")
	a.Click(".message[data-by=customer] .original-link")
	a.WaitText("#original .original-facts", "gift@example.org")
	a.WaitText("#original .original-proofs", "SPF")
	a.WaitText("#original .original-text", "Thank you, I take it.")
	a.WaitText("#original", "What they quoted")
	got := browser.Eval[string](a, `fetch(document.querySelector("#original .original-raw").href).then(async (answer) =>
		[answer.headers.get("Content-Disposition"), answer.headers.get("Content-Type"), await answer.text()].join("\n"))`)
	for _, want := range []string{"attachment; filename=", ".eml", "text/plain", "Oak Street 5", "In-Reply-To:"} {
		if !strings.Contains(got, want) {
			h.t.Errorf("the raw mail lacks %q: %.600s", want, got)
		}
	}
	a.Press("Escape")
	a.WaitGone("#original")
}

func anAnswerReopens(h *house) {
	_, a, sent := h.emailed("Until when can I return it?", "return@example.org", "Within thirty days.")
	a.Click("#closure button")
	a.Wait("#thread-head[data-state=closed]")
	h.theyAnswer(sent, "return@example.org", "And who pays the parcel?")
	a.reads("And who pays the parcel?")
	a.Wait("#thread-head[data-state=open]")
	a.sees("Reopened by the customer’s message")
}

// mistyped is a customer in a browser of theirs who insists on an address that does not exist.
func (h *house) mistyped(p *browser.Person, question, address string) (*agent, email) {
	h.t.Helper()
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(p, "/demo")
	c.begins(question)
	c.chat.Fill("#address", address)
	c.chat.Press("Enter")
	c.chat.Click(".hint [name=sure]")
	c.chat.Wait(".thanks")
	a.opensRow(question)
	c.leaves(a)
	a.answers("We have it in blue as well.")
	a.tells("Will be emailed in")
	h.advance("5m")
	sent := h.receives(address, 1)
	h.bounces(sent)
	a.is("unreachable")
	return a, sent
}

func theAddressIsCorrected(h *house) {
	home := chromium.Person(h.t, browser.Named("home"))
	a, _ := h.mistyped(home, "Is there another colour?", "pia@gmial.com")
	a.WaitText("#thread-head .thread-reach", "There is no such address")
	a.WaitText(".customer-bounce", "There is no such address")
	a.Click(".customer-bounce-words summary")
	a.WaitText(".customer-bounce-words", "No such user here")

	c := h.visit(home, "/demo")
	c.opens()
	c.chat.WaitText(".ask", "We could not reach pia@gmial.com. Correct it?")
	c.chat.Click(`.ask button[type=submit] "Save"`)
	c.chat.WaitText(".ask .hint", "Did you mean pia@gmail.com?")
	c.chat.Click(".hint [name=accept]")
	c.chat.WaitText(".thanks", "We will write to pia@gmail.com.")
	c.chat.WaitGone(".ask")
	c.Reload()
	c.opens()
	c.reads("We have it in blue as well.")
	c.chat.WaitGone(".ask")
	c.Close()
	h.passing("the customer is away", func() bool { return a.Has("#thread-head .mark.reachable") })
	a.answers("And in green.")
	a.tells("Will be emailed in")
	h.advance("15m")
	if sent := h.receives("pia@gmail.com", 1); !strings.Contains(sent.Text, "And in green.") {
		h.t.Errorf("the email says %q", sent.Text)
	}
}

func theAddressIsCorrectedPlainly(h *house) {
	w := h.theyHaveLeft("/demo/about", "Do you give courses?", "rui@example.org", "We do, in spring.")
	h.bounces(w.sent)
	w.agent.is("unreachable")
	tab := chromium.Person(h.t, browser.Named("plain"), browser.NoScripts).Tab()
	tab.Open(w.link + "/page")
	tab.WaitText(".ask", "We could not reach rui@example.org. Correct it?")
	tab.Click(`.ask button "Save"`)
	tab.WaitText(".ask .field-error", "Emails to this address come back.")
	tab.Fill("#address", "rui@gmial.com")
	tab.Click(`.ask button "Save"`)
	tab.WaitText(".ask .hint", "Did you mean rui@gmail.com?")
	tab.Click(".hint [name=accept]")
	tab.WaitGone(".ask")
	w.agent.sees("Gave the address rui@gmail.com")
	w.agent.WaitText(".customer-address", "rui@gmail.com")
}

func nothingMatches(h *house) {
	const door = "hello@reply.rejoin.example"
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	h.mails("bo@example.net", door, plainMail("Bo Berg <bo@example.net>", door, "Where is my order?", "It should have come on Monday."))
	a.WaitText("#rail-unmatched", "1")
	a.Click(`.rail-link[href="/unmatched"]`)
	a.WaitText(".unmatched-row", "It was sent to no conversation’s address")
	h.mails("ad@example.net", door, plainMail("ad@example.net", door, "Cheap clay", "Only today."))
	a.WaitCount(".unmatched-row", 2) // without a reload
	a.WaitText("#rail-unmatched", "2")

	a.Click(`.unmatched-link "Where is my order?"`)
	a.WaitText("#original .original-text", "It should have come on Monday.")
	a.Click("#original a[data-step=new]")
	a.WaitText(".mail-confirm", "Bo Berg becomes a new customer with the address bo@example.net")
	a.Click(`.mail-confirm button "Open the conversation"`)
	a.WaitURL("/inbox/c/")
	a.reads("It should have come on Monday.")
	a.WaitText(".customer-address", "bo@example.net")

	h.mails("bo@example.net", door, plainMail("bo@example.net", door, "One more thing", "The vase had a crack."))
	a.Open(h.base + "/unmatched")
	a.WaitCount(".unmatched-row", 2)
	a.Click(`.unmatched-link "One more thing"`)
	a.Click("#original a[data-step=add]")
	a.WaitText(".mail-choice-row", "probably this one")
	a.Fill(".mail-add [name=q]", "nobody of that name")
	a.WaitText("#mail-choices", "No conversation was found.")
	a.Fill(".mail-add [name=q]", "Berg")
	a.Click(`.mail-choice-row "Bo Berg"`)
	a.Click(`.mail-choice button "Add it here"`)
	a.WaitURL("/inbox/c/")
	a.reads("The vase had a crack.")
	a.WaitCount(".message[data-by=customer]", 2)

	a.Open(h.base + "/unmatched")
	a.Click(`.unmatched-link "Cheap clay"`)
	a.Click("#original a[data-step=delete]")
	a.Click(`.mail-confirm button "Delete for good"`)
	a.WaitText("#unmatched", "No mail is waiting")
	a.WaitGone("#original")
	a.WaitText(".toast", "The mail is deleted.")
	a.WaitGone("#rail-unmatched .count")
}

// muchMail is a house in which every kind of mail has come.
type muchMail struct {
	thread, bounced string // keys of conversations
	link            string // into one whose address does not work
}

func (h *house) muchMail() muchMail {
	h.t.Helper()
	_, a, sent := h.emailed("Is the teapot made by hand?", "tea@example.org", "Every one of them.")
	h.theyAnswer(sent, "tea@example.org", "Lovely, then we take one.\n\n-- \nThea Lind\nHarbour Road 12, Bergen")
	a.reads("Lovely, then we take one.")
	h.theyAnswer(sent, "mira@example.net", "Hello, I am Thea’s colleague and will pay for it.")
	a.Click(`.message.held button "Accept"`)
	a.WaitGone(".message.held")
	h.theyAnswer(sent, "offers@example.net", "Did you know that our teapots cost half as much?")
	a.Click(`.message.held button "Refuse"`)
	a.WaitGone(".message.held")
	away := answerTo(sent, "tea@example.org", "I am on leave until Monday.")
	raw, err := away.Raw()
	if err != nil {
		h.t.Fatal(err)
	}
	h.mails("tea@example.org", replyTo(sent), append([]byte("Auto-Submitted: auto-replied\r\n"), raw...))
	a.WaitText(".event-line", "Automatic reply")
	h.theyAnswer(sent, "accounts-payable.north@a-rather-long-company-name.example", "Please send the invoice to us.\n\nOur number is 4711.")
	a.Wait(".message.held")
	m := muchMail{thread: a.key()}

	w := h.theyHaveLeft("/demo/products/plates", "How heavy are the plates?", "ole@example.org", "About 600 grams each.")
	h.bounces(w.sent)
	w.agent.is("unreachable")
	m.bounced, m.link = w.agent.key(), w.link

	const door = "hello@reply.rejoin.example"
	h.mails("bo@example.net", door, plainMail("Bo Berg <bo@example.net>", door, "Where is my order?", "It should have come on Monday, and I need it for a party. Could you have a look?"))
	h.mails("news@a-rather-long-company-name.example", door, plainMail("news@a-rather-long-company-name.example", door, "Our newsletter of November with everything that is new", "Only today."))
	a.WaitText("#rail-unmatched", "2")
	return m
}

// lookAtMail goes to every place that mail has made.
func lookAtMail(g *gallery, m muchMail) {
	g.t.Helper()
	a := g.signIn(g.person, maya)
	a.Open(g.base + "/inbox/c/" + m.thread)
	a.Wait(".message.held")
	g.check("mail-thread", a.Tab)
	a.Click(".message[data-by=customer] .original-link")
	a.Wait("#original .original-text")
	g.check("mail-original", a.Tab)
	a.Press("Escape")
	a.WaitGone("#original")
	a.Open(g.base + "/inbox/c/" + m.bounced)
	if strings.HasPrefix(g.look.name, "phone") {
		a.Click(".customer-toggle")
		a.Wait(`#inbox[data-pane=customer]`)
	}
	a.Click(".customer-bounce-words summary")
	a.WaitText(".customer-bounce-words", "No such user here")
	g.check("mail-bounced", a.Tab)

	a.Open(g.base + "/unmatched")
	a.WaitCount(".unmatched-row", 2)
	g.check("unmatched", a.Tab)
	a.Click(`.unmatched-link "Where is my order?"`)
	a.Wait("#original .original-text")
	g.check("unmatched-mail", a.Tab)
	a.Click("#original a[data-step=new]")
	a.Wait(".mail-confirm")
	g.check("unmatched-new", a.Tab)
	a.Click(`.mail-confirm a "Cancel"`)
	a.Click("#original a[data-step=add]")
	a.Fill(".mail-add [name=q]", "example.org")
	a.WaitText(".mail-choice-row", "ole@example.org")
	g.check("unmatched-add", a.Tab)
	a.Close()

	page := g.person.Tab()
	page.Open(m.link + "/page")
	page.Wait(".ask")
	g.check("rejoin-correct", page)
	g.value("update customers set language = 'ar', language_reason = 'agent' where id = (select customer_id from conversations where key = $1) returning key", m.bounced)
	page.Reload()
	page.Wait("[dir=rtl] .ask")
	g.check("rejoin-correct-ar", page)
	g.value("update customers set language = 'en', language_reason = 'agent' where id = (select customer_id from conversations where key = $1) returning key", m.bounced)
	page.Close()

	g.value("update agents set language = 'ar' where email = $1 returning key", maya)
	right := g.another(g.person)
	right.Open(g.base + "/inbox/c/" + m.thread)
	right.Wait("[dir=rtl] .message.held")
	g.check("mail-thread-ar", right.Tab)
	right.Click(".message[data-by=customer] .original-link")
	right.Wait("#original .original-text")
	g.check("mail-original-ar", right.Tab)
	right.Open(g.base + "/unmatched")
	right.WaitCount(".unmatched-row", 2)
	g.check("unmatched-ar", right.Tab)
	g.value("update agents set language = 'en' where email = $1 returning key", maya)
	right.Close()
}
