package e2e

import (
	"testing"

	"rejoin/app/e2e/browser"
)

// A live update brings times in the server's zone; the reader must not see them in it.
func TestTimesStayInTheReadersZone(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	a := h.signIn(chromium.Person(t, browser.Named("Maya"), browser.Zone("Asia/Tokyo")), maya)
	a.Click(".list-row")
	a.Wait("#composer")
	a.answers("What time is it where you are?")
	for _, state := range []string{"closed", "open"} {
		a.Click("#closure button")
		a.Wait("#thread-head[data-state=" + state + "]")
		said := browser.Eval[[]string](a, `[...document.querySelectorAll("#open time[data-format=time]")].filter(time => time.textContent !==
			new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Tokyo" }).format(new Date(time.dateTime)))
			.map(time => time.dateTime + " is told as " + time.textContent)`)
		if len(said) > 0 {
			t.Errorf("%s: %v", state, said)
		}
	}
}
