package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"testing"
	"time"

	"rejoin/app/e2e/browser"
)

// asServer turns this test binary into the server that the tests run.
const asServer = "BROWSER_TEST_SERVER"

func serveUntilInterrupted() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	server := &http.Server{Addr: os.Getenv(asServer), ReadHeaderTimeout: time.Second, Handler: http.NotFoundHandler()}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Println("up at", server.Addr)
	_ = server.ListenAndServe()
	fmt.Println("ended well")
}

func TestAServerIsKilledStartedAndStopped(t *testing.T) {
	bin, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", browser.Port(t))
	server := browser.Run(t, bin, browser.Command{Env: []string{asServer + "=" + address}, URL: "http://" + address + "/"})
	server.Kill9()
	if strings.Contains(server.Log(), "ended well") {
		t.Error("a killed server said goodbye")
	}
	server.Start()
	server.Restart()
	server.WaitLog("ended well")
	if got := strings.Count(server.Log(), "up at"); got != 3 {
		t.Errorf("started %d times", got)
	}
}

// farewells serves a page that says goodbye, and hears its goodbyes.
func farewells(t *testing.T) (address string, gone chan struct{}) {
	t.Helper()
	gone = make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			gone <- struct{}{}
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><title>Bye</title><script>addEventListener("pagehide", () => navigator.sendBeacon("/gone"))</script>`)
	}))
	t.Cleanup(server.Close)
	return server.URL, gone
}

func TestAClosedPageHearsOfItAndAKilledOneDoesNot(t *testing.T) {
	address, gone := farewells(t)
	p := chromium.Person(t)
	killed := p.Tab()
	killed.Open(address)
	killed.Kill()
	closed := p.Tab()
	closed.Open(address)
	if len(gone) > 0 {
		t.Error("a killed page said goodbye")
	}
	closed.Close()
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("a closed page did not say goodbye")
	}
}

func TestAStepThatCannotBeSaysWhy(t *testing.T) {
	s := newSite(t)
	hasty, err := browser.Start(browser.Patience(300 * time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := hasty.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, test := range []struct {
		name, path, want string
		step             func(*browser.Tab)
	}{
		{"nothing there", "/shop", "it is not there", func(tab *browser.Tab) { tab.Click("#none") }},
		{"disabled", "/never", "it is disabled", func(tab *browser.Tab) { tab.Click("#off") }},
		{"covered", "/never", "it is covered by <div id=over>", func(tab *browser.Tab) { tab.Click("#under") }},
		{"invisible", "/never", "it is there but not visible", func(tab *browser.Tab) { tab.Wait("#unseen") }},
		{"another text", "/shop", `there is ["Shop"]`, func(tab *browser.Tab) { tab.WaitText("h1", "Inbox") }},
		{"still there", "/shop", "it is still there", func(tab *browser.Tab) { tab.WaitGone("h1") }},
		{"no such frame", "/shop", "#none is not there", func(tab *browser.Tab) { tab.Frame("#none").Wait("p") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			failed := &quiet{TB: t}
			tab := hasty.Person(failed).Tab()
			tab.Open(s.shop(test.path))
			failed.fails(func() { test.step(tab) })
			failed.expect(t, test.want)
		})
	}
}
