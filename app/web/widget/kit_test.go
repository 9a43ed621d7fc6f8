package widget_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/blob"
	"rejoin/app/chat"
	"rejoin/app/live"
	"rejoin/app/web"
	"rejoin/app/web/widget"
	"rejoin/db"
	"rejoin/db/dbtest"
	"rejoin/locales"
)

const (
	baseURL = "https://chat.example"
	shop    = "https://shop.example"
	pageID  = "page-of-the-test"
)

// house is this audience behind the real router, over a real PostgreSQL.
type house struct {
	*testing.T
	desk  *chat.Desk
	store *db.Store
	clock *clock
	mail  *mailer
	http  *httptest.Server
	org   *chat.Organization
	agent *chat.AgentCaller
}

// clock is the application's clock, moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// mailer is a channel that remembers the token it was given.
type mailer struct {
	mu    sync.Mutex
	token string
}

func (m *mailer) Name() string { return "email" }

func (m *mailer) CheckAddress(address string) (string, error) {
	if !strings.Contains(address, "@") {
		return "", chat.RefuseField("address", "error.required")
	}
	return strings.ToLower(strings.TrimSpace(address)), nil
}

func (m *mailer) HintAddress(address string) string {
	if name, ok := strings.CutSuffix(address, "@gmial.com"); ok {
		return name + "@gmail.com"
	}
	return ""
}

func (m *mailer) NoteAddress(address string) string {
	if strings.HasSuffix(address, "@mailinator.com") {
		return "channel.address.disposable"
	}
	return ""
}

func (m *mailer) Compose(c chat.Composition) (chat.Content, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.token = c.Token
	return chat.Content{Subject: "s", HTML: c.Text, Text: c.Text, Frozen: []byte(c.Text), Digest: c.Key}, nil
}

func (m *mailer) Send(context.Context, chat.Outgoing) (chat.Receipt, error) {
	return chat.Receipt{}, nil
}

func (m *mailer) last() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.token
}

func newHouse(t *testing.T, settings ...any) *house {
	t.Helper()
	ctx := t.Context()
	pools, err := db.OpenPools(ctx, dbtest.URL(t), 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	hub := live.NewHub()
	publish := func(events []chat.Event) {
		for _, e := range events {
			hub.Publish(live.Event{Topic: e.Topic, Name: string(e.Name), Key: e.Key, Seq: e.Seq, Note: e.Note})
		}
	}
	h := &house{T: t, clock: &clock{at: time.Date(2025, 11, 20, 10, 30, 0, 0, time.UTC)}, mail: &mailer{}}
	options := db.Options{Publish: publish}
	options.Enqueue = noJobs
	h.store = db.New(pools, options)
	blobs, err := blob.Open("", t.TempDir())
	h.must(err)
	t.Cleanup(func() { blobs.Close() })
	h.desk = chat.NewDesk(chat.Options{
		Blobs: blobs,
		Store: h.store, Leases: h.store, Throttle: h.store, Channels: []chat.Channel{h.mail}, Secret: []byte("a secret of the tests"),
		Instance: rand.Text(), Now: h.clock.now, Random: rand.Reader, Detect: locales.Detect, Shipped: locales.Shipped(), Publish: publish,
		Say:   func(language, key string, pairs ...any) string { return locales.For(language).T(key, pairs...) },
		Hours: func(string, *chat.Organization, *chat.Customer, time.Time) string { return "on Friday" },
	})
	h.furnish(settings)
	server := web.NewServer(web.Options{BaseURL: baseURL, Log: slog.New(slog.DiscardHandler), Now: h.clock.now, Secure: true})
	widget.Routes(server, widget.Options{
		Desk: h.desk, Hub: hub, BaseURL: baseURL, Once: web.NewOnce(time.Second, 1<<20, time.Now), Log: slog.New(slog.DiscardHandler),
	})
	handler, err := server.Handler()
	if err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(handler)
	t.Cleanup(h.http.Close)
	t.Cleanup(hub.Close)
	return h
}

// furnish makes the organization with its settings (pairs of key and value) and one agent.
func (h *house) furnish(settings []any) {
	h.Helper()
	values := chat.Values{}
	pairs := append([]any{chat.WidgetSites, []string{shop}}, settings...)
	for i := 0; i+1 < len(pairs); i += 2 {
		raw, err := json.Marshal(pairs[i+1])
		h.must(err)
		values[pairs[i].(string)] = raw
	}
	h.org = &chat.Organization{Key: "org-" + rand.Text()[:8], Name: "Maison Lune", Language: "en", Settings: values, CreatedAt: h.clock.now()}
	agent := &chat.Agent{Key: rand.Text(), Name: "Léa Martin", Email: "lea@shop.example", Role: chat.RoleAdmin, CreatedAt: h.clock.now()}
	h.must(h.store.Tx(h.Context(), func(ctx context.Context, tx chat.Tx) error {
		if err := tx.Insert(ctx, h.org); err != nil {
			return err
		}
		agent.OrganizationID = h.org.ID
		return tx.Insert(ctx, agent)
	}))
	h.agent = &chat.AgentCaller{Organization: h.org, Agent: agent}
}

// update writes columns of a row as another use case would have.
func (h *house) update(row any, columns ...string) error {
	return h.store.Tx(h.Context(), func(ctx context.Context, tx chat.Tx) error { return tx.Update(ctx, row, columns...) })
}

// goHome makes all agents offline.
func (h *house) goHome() {
	h.Helper()
	now := h.clock.now()
	h.org.AgentsOfflineAt = &now
	h.must(h.update(h.org, "agents_offline_at"))
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	h    *house
	body string
}

// ask sends a request with pairs of header name and value, and follows no redirect.
func (h *house) ask(method, path string, body any, headers ...string) answer {
	h.Helper()
	var content io.Reader
	switch given := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(given)
	default:
		raw, err := json.Marshal(given)
		h.must(err)
		content = strings.NewReader(string(raw))
	}
	r, err := http.NewRequestWithContext(h.Context(), method, h.http.URL+path, content)
	h.must(err)
	r.Header.Set("Accept", "application/json, text/html")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	h.must(err)
	defer func() { _ = res.Body.Close() }()
	read, err := io.ReadAll(res.Body)
	h.must(err)
	return answer{Response: res, h: h, body: string(read)}
}

func (a answer) wants(status int) answer {
	a.h.Helper()
	if a.StatusCode != status {
		a.h.Fatalf("%s %s: %d, want %d\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	return a
}

func (a answer) html() *goquery.Document {
	a.h.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	a.h.must(err)
	return doc
}

// refusal is the key of a JSON error.
func (a answer) refusal() string {
	a.h.Helper()
	var said struct{ Error struct{ Key string } }
	if err := json.Unmarshal([]byte(a.body), &said); err != nil {
		a.h.Fatalf("no JSON error: %s", a.body)
	}
	return said.Error.Key
}

// browser is one customer's browser with its token.
type browser struct {
	*house
	token string
}

func (h *house) newBrowser() *browser {
	return &browser{house: h, token: chat.NewToken(h.org.ID, rand.Reader)}
}

func (b *browser) path(part string) string { return "/widget/" + b.org.Key + part }

// call asks as this browser's widget does.
func (b *browser) call(method, part string, body any) answer {
	b.Helper()
	return b.ask(method, b.path(part), body, "Authorization", "Bearer "+b.token)
}

func (b *browser) post(id, text string) answer {
	b.Helper()
	return b.call("POST", "/messages", map[string]any{
		"id": id, "text": text, "page": pageID, "url": shop + "/lamps?secret=1", "title": "Lamps", "zone": "Europe/Paris",
		"hints": map[string]string{"html": "en", "browser": "fr-FR"},
	})
}

func (b *browser) caller() *chat.CustomerCaller {
	b.Helper()
	caller, err := b.desk.CustomerByToken(b.Context(), b.token)
	b.must(err)
	return caller
}

func (b *browser) conversation() *chat.Conversation {
	b.Helper()
	c, err := b.desk.Current(b.Context(), b.caller())
	b.must(err)
	return c
}

// reply posts as the agent.
func (b *browser) reply(text string) *chat.Message {
	b.Helper()
	m, err := b.desk.PostAsAgent(b.Context(), b.agent, b.conversation().Key, chat.AgentPost{ClientID: rand.Text(), Text: text})
	b.must(err)
	return m
}

// invite makes the customer leave and the agent write an invitation; it returns the link's token.
func (b *browser) invite(text string) string {
	b.Helper()
	c := b.conversation()
	_, err := b.desk.GiveAddress(b.Context(), b.caller(), c.Key, "jo@example.org")
	b.must(err)
	b.call("POST", "/presence", map[string]string{"token": b.token, "page": pageID, "signal": "gone"}).wants(http.StatusNoContent)
	b.clock.advance(5 * time.Minute)
	b.must(b.desk.TickPresence(b.Context()))
	draft := chat.InvitationDraft{Key: b.desk.NewInvitationKey(), Text: text}
	preview, err := b.desk.PreviewInvitation(b.Context(), b.agent, c.Key, draft)
	b.must(err)
	draft.At, draft.Digest = preview.At, preview.Digest
	_, _, err = b.desk.Invite(b.Context(), b.agent, c.Key, draft)
	b.must(err)
	return b.mail.last()
}

// event is one message of a stream.
type event struct{ name, id, data string }

// watch opens the stream and yields its events until the test ends.
func (b *browser) watch(after string) <-chan event {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.http.URL+b.path("/stream?page="+pageID), nil)
	b.must(err)
	r.Header.Set("Authorization", "Bearer "+b.token)
	r.Header.Set("Last-Event-ID", after)
	res, err := http.DefaultClient.Do(r)
	b.must(err)
	if res.StatusCode != http.StatusOK {
		b.Fatalf("stream: %d", res.StatusCode)
	}
	events := make(chan event, 100)
	go func() {
		defer close(events)
		defer func() { _ = res.Body.Close() }()
		var e event
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case field == "event":
				e.name = value
			case field == "id":
				e.id = value
			case field == "data":
				e.data += value
			case lines.Text() == "" && e.name != "":
				events <- e
				e = event{}
			}
		}
	}()
	return events
}

// await returns the next event of a name.
func (b *browser) await(events <-chan event, name string) event {
	b.Helper()
	for late := time.After(10 * time.Second); ; {
		select {
		case e, open := <-events:
			if !open {
				b.Fatalf("the stream ended before %q", name)
			}
			if e.name == name {
				return e
			}
		case <-late:
			b.Fatalf("no %q came", name)
		}
	}
}

// noJobs stands for the queue: nothing is sent here.
func noJobs[Transaction any](context.Context, Transaction, ...chat.Job) error { return nil }
