package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/db"
	"rejoin/db/dbtest"
	"rejoin/locales"
	"rejoin/mail"
)

const base = "http://127.0.0.1:8080"

// plain are passwords for tests: hashing is the web's business.
type plain struct{}

func (plain) Hash(_ context.Context, password string) (string, error) {
	return "plain " + password, nil
}
func (plain) Match(_ context.Context, password, hash string) (bool, error) {
	return hash == "plain "+password, nil
}

// emails checks addresses as loosely as a test may; what is sent goes nowhere.
type emails struct{}

func (emails) Name() string { return "email" }
func (emails) CheckAddress(address string) (string, error) {
	if !strings.Contains(address, "@") {
		return "", chat.RefuseField("address", "channel.address.form")
	}
	return address, nil
}
func (emails) HintAddress(string) string { return "" }
func (emails) NoteAddress(string) string { return "" }
func (emails) Compose(chat.Composition) (chat.Content, error) {
	return chat.Content{}, errors.New("not here")
}
func (emails) Send(context.Context, chat.Outgoing) (chat.Receipt, error) {
	return chat.Receipt{}, errors.New("not here")
}

// desks makes desks over one fresh database.
func desks(t *testing.T) func(now func() time.Time) *chat.Desk {
	t.Helper()
	pools, err := db.OpenPools(context.Background(), dbtest.URL(t), 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	store := db.New(pools, db.Options{})
	return func(now func() time.Time) *chat.Desk {
		return chat.NewDesk(chat.Options{
			Store: store, Leases: store, Throttle: store, Channels: []chat.Channel{emails{}}, Passwords: plain{},
			Secret: []byte("a secret for tests, 32 characters"), Instance: rand.Text(), Now: now, Random: rand.Reader,
			Detect: locales.Detect, Shipped: locales.Shipped(), Publish: func([]chat.Event) {},
		})
	}
}

// house is the demo behind its router.
type house struct {
	t       *testing.T
	clock   *Clock
	mailbox *mail.Mailbox
	taken   chan mail.Arrival // what came in by the demo's mail door
	handler http.Handler
	server  *httptest.Server
}

func openHouse(t *testing.T) *house {
	t.Helper()
	deskAt := desks(t)
	h := &house{t: t, clock: openClock(t, filepath.Join(t.TempDir(), "clock"))}
	var err error
	if h.mailbox, err = mail.OpenMailbox(t.TempDir(), h.clock.Now); err != nil {
		t.Fatal(err)
	}
	key, err := Seed(context.Background(), deskAt, base, h.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	h.taken = make(chan mail.Arrival, 8)
	door, err := mail.OpenDoor(mail.DoorOptions{Addr: "127.0.0.1:0", Domain: "reply.example", Take: func(_ context.Context, a mail.Arrival) error {
		h.taken <- a
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := door.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	server := web.NewServer(web.Options{BaseURL: base, Log: slog.New(slog.DiscardHandler), Now: h.clock.Now})
	Routes(server, Options{
		Desk: deskAt(h.clock.Now), Mailbox: h.mailbox, Clock: h.clock, OrganizationKey: key, BaseURL: base,
		Log: slog.New(slog.DiscardHandler), Door: func() string { return door.Addr().String() },
	})
	if h.handler, err = server.Handler(); err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(h.handler)
	t.Cleanup(h.server.Close)
	return h
}

// send puts an email into the mailbox, changed as the test wants it.
func (h *house) send(change func(*mail.Message)) string {
	h.t.Helper()
	m := mail.Message{
		Key: rand.Text(), MessageID: "<" + rand.Text() + "@rejoin.example>",
		From: mail.Address{Name: "Maya (Maison Ombrelin)", Email: "chat@rejoin.example"}, To: mail.Address{Name: "Jo", Email: "jo@example.org"},
		Subject: "Your conversation", Text: "Hello Jo\n\nhttps://example.org/r/abc\n", HTML: `<p><a href="https://example.org/r/abc?a=1&amp;b=2">Go on</a></p>`,
	}
	if change != nil {
		change(&m)
	}
	if _, err := h.mailbox.Send(context.Background(), m); err != nil {
		h.t.Fatal(err)
	}
	return h.mailbox.List(1, "")[0].ID
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	t    *testing.T
	body string
}

// ask sends a request with pairs of header name and value, and follows no redirect.
func (h *house) ask(method, path, form string, headers ...string) answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, h.server.URL+path, strings.NewReader(form))
	if err != nil {
		h.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	read, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{Response: res, t: h.t, body: string(read)}
}

func (h *house) get(path string) answer {
	h.t.Helper()
	return h.ask(http.MethodGet, path, "", "Accept", "text/html").wants(http.StatusOK)
}

func (a answer) wants(status int) answer {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Fatalf("%s %s: %d, want %d\n%.600s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	return a
}

func (a answer) page() *goquery.Document {
	a.t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	return page
}

// from asks the handler as if the request came from an address, under a host.
func (h *house) from(remote, host, path string) int {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.RemoteAddr, r.Host = remote, host
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w.Code
}

func fail(t *testing.T, err error, doing string) {
	t.Helper()
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", doing, err))
	}
}
