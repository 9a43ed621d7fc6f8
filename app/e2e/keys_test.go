package e2e

import (
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

// Nobody touches a mouse here.
func TestADayAtTheKeyboard(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	tab := chromium.Person(t, browser.Named("Maya")).Tab()
	write := func(text string) { tab.Press(strings.Split(text, "")...) }
	tab.Open(h.base + "/inbox")
	tab.Until("the first field has the focus", `document.activeElement.name === "email"`)
	write(maya)
	tab.Press("Tab")
	write(password)
	tab.Press("Enter")
	atWork(tab)

	rows := browser.Eval[[]string](tab, `[...document.querySelectorAll(".row-item")].map(row => row.dataset.key)`)
	opened := func(key string) {
		t.Helper()
		tab.Until("the conversation is open", `document.getElementById("open").dataset.key === `+quote(key)+` &&
			document.querySelector('.list-row[aria-current]').closest(".row-item").dataset.key === `+quote(key))
	}
	for _, step := range []struct {
		press string
		row   int
	}{{"j", 0}, {"j", 1}, {"j", 2}, {"k", 1}, {"k", 0}} {
		tab.Press(step.press)
		opened(rows[step.row])
	}
	tab.Press("r")
	tab.Until("the answer has the focus", `document.activeElement.matches(".composer-text")`)
	write("I look it up for you.")
	tab.Press("Shift+Enter")
	write("One moment, please.")
	tab.Press("Enter")
	tab.WaitText(".message.from-agent[data-seq] .bubble", "I look it up for you. One moment, please.")
	tab.Press("Escape")
	tab.Press("n")
	tab.Until("the note has the focus", `document.activeElement.matches(".composer.note .composer-text")`)
	write("Ask Luc about the linen.")
	tab.Press("Enter")
	tab.WaitText(".message.note[data-seq] .bubble", "Ask Luc about the linen.")
	tab.Press("Escape")
	tab.Press("a")
	tab.WaitText(".event-line", "Maya took the conversation")
	tab.Press("i")
	tab.Wait("#invitation")
	tab.Press("Escape")
	tab.WaitGone("#invitation")
	tab.Until("no field has the focus any more", `!document.activeElement.matches("textarea, input")`)
	tab.Press("e")
	tab.WaitText(".event-line", "Maya closed the conversation")
	tab.WaitText("#thread-head .badge", "Closed")
	tab.Press("?")
	tab.Wait("#keys[open]")
	tab.Press("Escape")
	tab.WaitGone("#keys[open]")
	tab.Press("/")
	tab.Until("the search has the focus", `document.activeElement.name === "q"`)
	write("Camille")
	tab.WaitCount(".row-item", 1)
	tab.WaitText(".list-row-name", "Camille")
}
