package e2e

import (
	"fmt"
	"testing"

	"rejoin/app/e2e/browser"
)

// Over HTTP/1.1 a browser opens six connections to one server at most: ten tabs must not need ten.
func TestTenTabsOfOneBrowserAllStayTrue(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	const many = 10
	maya := chromium.Person(t, browser.Named("Maya"))
	first := h.signIn(maya, "maya@demo.example")
	home := chromium.Person(t, browser.Named("home"))
	shops := []*customer{h.visit(home, "/demo")}
	shops[0].begins("Hello from the first tab")
	first.opensRow("Hello from the first tab")
	inboxes := []*agent{first}
	for len(shops) < many {
		c := h.visit(home, fmt.Sprintf("/demo/products?tab=%d", len(shops)+1))
		c.Click(launcher)
		c.chat.WaitText(".message.customer .bubble", "Hello from the first tab")
		shops = append(shops, c)
		a := h.another(maya)
		a.opensRow("Hello from the first tab")
		inboxes = append(inboxes, a)
	}

	last := inboxes[many-1]
	last.answers("Hello to all your tabs")
	for _, c := range shops {
		c.reads("Hello to all your tabs")
	}
	shops[many-1].writes("And hello from the tenth")
	for _, c := range shops {
		c.chat.WaitText(".message.customer .bubble", "And hello from the tenth")
	}
	for _, a := range inboxes {
		a.reads("And hello from the tenth")
		a.WaitText(".message.from-agent .bubble", "Hello to all your tabs")
		a.WaitText(".list-row-line", "And hello from the tenth")
	}
	shops[4].Reload()
	shops[4].Click(launcher)
	shops[4].chat.WaitText(".message.customer .bubble", "And hello from the tenth")
	inboxes[5].Reload()
	inboxes[5].reads("And hello from the tenth")
	for _, c := range shops {
		c.chat.WaitCount(`.message.customer .bubble "And hello from the tenth"`, 1)
	}
}
