// Package e2e tells the product's stories in real Chromium: each test is what one or several people live through, with
// the application as a process of its own. It refuses to look inside: what it knows, a person sees on a page, a mail
// program shows, or an operator reads in the database.
package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"rejoin/app/e2e/browser"
	"rejoin/db/dbtest"
)

var chromium *browser.Browser

func TestMain(m *testing.M) {
	os.Exit(browser.Main(m, &chromium, browser.Hosts("shop.localhost", "chat.localhost"), browser.Patience(40*time.Second)))
}

// How one signs in to the demo.
const (
	maya     = "maya@demo.example" // admin
	luc      = "luc@demo.example"
	password = "tablecloth-weather"
)

// house is the application as a process, and where it is.
type house struct {
	*browser.Server

	t        *testing.T
	base     string
	door     string // where the demo takes mail
	database string
}

// openDemo starts the demo on an empty database of its own.
func openDemo(t *testing.T, env ...string) *house {
	t.Helper()
	return open(t, "demo", dbtest.Empty(t), env...)
}

// open starts a command of the application; env overrides what it is told otherwise.
func open(t *testing.T, command, database string, env ...string) *house {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", browser.Port(t))
	h := &house{t: t, base: "http://" + address, database: database, door: fmt.Sprintf("127.0.0.1:%d", browser.Port(t))}
	for _, one := range env {
		if base, found := strings.CutPrefix(one, "BASE_URL="); found {
			h.base = strings.ReplaceAll(base, "PORT", address[strings.LastIndex(address, ":")+1:])
		}
	}
	h.Server = browser.Run(t, chromium.Build(t), browser.Command{
		Args: []string{command},
		Env: append([]string{
			"ADDR=" + address, "DATABASE_URL=" + database, "DATA_DIR=" + t.TempDir(), "LOG_LEVEL=warn",
			"SECRET_KEY=", "MAIL_FROM=", "RESEND_API_KEY=", "INBOUND_DOMAIN=reply.rejoin.example", "INBOUND_SMTP_ADDR=" + h.door,
		}, append(env, "BASE_URL="+h.base)...),
		URL: "http://" + address + "/healthz",
	})
	return h
}

// port is where the house listens.
func (h *house) port() string { return h.base[strings.LastIndex(h.base, ":")+1:] }

// advance moves the application's clock.
func (h *house) advance(step string) {
	h.t.Helper()
	status, body := h.post("/demo/clock", url.Values{"advance": {step}})
	if status != http.StatusOK {
		h.t.Fatalf("move the clock by %s: %d %s", step, status, body)
	}
}

// passing moves the clock on until a condition holds: a page's farewell may still be on its way when the clock moves.
func (h *house) passing(what string, done func() bool) {
	h.t.Helper()
	looks := 0
	h.until(what, func() bool {
		if looks++; looks%30 == 5 {
			h.advance("25s")
		}
		return done()
	})
}

// post sends a form from outside of any browser.
func (h *house) post(path string, form url.Values) (int, string) {
	h.t.Helper()
	return h.ask(http.MethodPost, path, strings.NewReader(form.Encode()))
}

// ask sends a request from outside of any browser and follows no redirect.
func (h *house) ask(method, path string, body io.Reader) (int, string) {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), method, "http://127.0.0.1:"+h.port()+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	return response.StatusCode, string(said)
}

// email is one email of the demo's mailbox, as it lists them for machines.
type email struct {
	ID      string                 `json:"id"`
	To      struct{ Email string } `json:"to"`
	Subject string                 `json:"subject"`
	Text    string                 `json:"text"`
	HTML    string                 `json:"html"`
	Headers map[string]string      `json:"headers"`
	Links   []string               `json:"links"`
}

// emails are the newest of the mailbox.
func (h *house) emails() []email {
	h.t.Helper()
	_, body := h.ask(http.MethodGet, "/demo/mailbox.json?limit=100", nil)
	var all struct{ Emails []email }
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		h.t.Fatalf("read the mailbox: %v: %s", err, body)
	}
	return all.Emails
}

// receives waits for the nth email to an address and returns it.
func (h *house) receives(address string, n int) email {
	h.t.Helper()
	var got []email
	h.until(fmt.Sprintf("email %d reaches %s", n, address), func() bool {
		got = nil
		for _, one := range h.emails() {
			if one.To.Email == address {
				got = append(got, one)
			}
		}
		return len(got) >= n
	})
	if len(got) != n {
		h.t.Fatalf("%s got %d emails, want %d", address, len(got), n)
	}
	return got[0]
}

// wayBack is the link of an email that leads into the conversation.
func (h *house) wayBack(e email) string {
	h.t.Helper()
	for _, link := range e.Links {
		if strings.HasPrefix(link, h.base+"/r/") {
			return link
		}
	}
	h.t.Fatalf("no way back in %q", e.Links)
	return ""
}

// until waits for a condition outside of the browser.
func (h *house) until(what string, done func() bool) {
	h.t.Helper()
	h.within(30*time.Second, what, done)
}

// within waits at most so long.
func (h *house) within(patience time.Duration, what string, done func() bool) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	pause := time.NewTicker(50 * time.Millisecond)
	defer pause.Stop()
	for !done() {
		select {
		case <-pause.C:
		case <-ctx.Done():
			h.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// in is the same house in a story of its own.
func (h *house) in(t *testing.T) *house {
	t.Helper()
	story := *h
	story.t = t
	return &story
}

// quote writes a text as JavaScript does.
func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		return `""` // strings always encode
	}
	return string(quoted)
}
