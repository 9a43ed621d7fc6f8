package e2e

import (
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

// hostile are texts that must stand everywhere as they were written, and do nothing.
func hostile() []string {
	return []string{
		`<script>document.title = "owned"</script><img src=x onerror="document.title='owned'">`,
		`"><svg onload=alert(1)> {{.Name}} ${7*7} </textarea></template>--><!--`,
		"שלום עולם — مرحبا بالعالم \u202Eevil\u202C and back",
		"👩‍👩‍👧‍👦🏳️‍🌈 zürich Ünïcödé 漢字 \U0001F469\U0001F3FD\u200D\U0001F4BB",
		"line one\nline two\n\n  indented   twice",
	}
}

func TestHostileTextsAreTexts(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	a := h.signIn(chromium.Person(t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(t, browser.Named("home")), "/demo")
	c.begins("Hello from a tester")
	c.gives("tester@example.org")
	a.opensRow("Hello from a tester")
	for _, text := range hostile() {
		c.writes(text)
		a.reads(flat(text))
		a.answers(text)
		c.reads(flat(text))
		a.WaitText(".list-row-line", strings.Fields(text)[0])
	}
	long := strings.Repeat("0123456789 ", 1818) + "ab" // 20,000 characters
	c.writes(long)
	a.reads(flat(long))
	for _, place := range []*browser.View{a.View, c.View, c.chat} {
		if got := browser.Eval[string](place, `document.title`); strings.Contains(got, "owned") {
			t.Error("a message has run as a script")
		}
	}

	a.Click(`a[aria-label="Edit customer"]`)
	a.Fill(`#customer-form [name=name]`, "Eve\r\nBcc: all@example.org <b>bold</b>")
	a.Click(`#customer-form [type=submit]`)
	a.WaitText(".customer-title", "<b>bold</b>")

	c.leaves(a)
	a.is("reachable")
	// What turns the reading direction of all that follows does not go into an email.
	a.invites(strings.ReplaceAll(strings.Join(hostile(), "\n"), "\u202E", ""), "tester@example.org")
	sent := h.receives("tester@example.org", 1)
	if strings.Contains(sent.HTML, "<script>") || strings.Contains(sent.HTML, "<img src=x") || strings.Contains(sent.HTML, "<svg onload") {
		t.Error("the email carries what was typed as markup")
	}
	if bcc := sent.Headers["Bcc"]; bcc != "" || strings.ContainsAny(sent.Subject, "\r\n") {
		t.Errorf("a name became a header: %q, subject %q", bcc, sent.Subject)
	}
	tab := chromium.Person(t, browser.Named("reader")).Tab()
	tab.Open(h.base + "/demo/mailbox")
	tab.Frame(".mail-frame").WaitText("body", `<script>document.title = "owned"</script>`)
	tab.Click(`.mail-tabs a "Plain text"`)
	tab.WaitText(".mail-text", `<script>document.title = "owned"</script>`)
	if tab.Has("[onerror]") || strings.Contains(browser.Eval[string](tab, "document.title"), "owned") {
		t.Error("the mailbox runs an email")
	}
}

// flat is a text as the finder says it: white space made single.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }
