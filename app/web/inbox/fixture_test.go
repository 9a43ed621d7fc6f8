package inbox_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/blob"
	"rejoin/app/channel"
	"rejoin/app/chat"
	"rejoin/app/live"
	"rejoin/app/web"
	"rejoin/app/web/inbox"
	"rejoin/db"
	"rejoin/db/dbtest"
	"rejoin/locales"
	"rejoin/mail"
)

const (
	baseURL  = "https://chat.example"
	password = "correct horse battery"
)

// house is this room behind the real router, over a real PostgreSQL, with one organization that has an admin, an
// agent, and a customer who wrote.
type house struct {
	*testing.T
	desk    *chat.Desk
	store   *db.Store
	hub     *live.Hub
	clock   *clock
	mailbox *mail.Mailbox
	server  *web.Server
	http    *httptest.Server
	org     *chat.Organization
	admin   *browser // Ada
	agent   *browser // Zoe
	jo      *guest   // Jo, whose address is jo@example.org
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

func newHouse(t *testing.T) *house {
	t.Helper()
	h := newEmptyHouse(t)
	h.org, h.admin = h.found("Maison Lune", "ada@lune.example", "Ada Lovelace")
	h.agent = h.hire(h.admin, "Zoe Martin", "zoe@lune.example")
	h.jo = h.guest(h.org, "Hello, is the blue one in stock?")
	h.jo.gives("jo@example.org")
	return h
}

// newEmptyHouse has no organization yet.
func newEmptyHouse(t *testing.T) *house {
	t.Helper()
	pools, err := db.OpenPools(t.Context(), dbtest.URL(t), 12)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	h := &house{T: t, hub: live.NewHub(), clock: &clock{at: time.Date(2025, 11, 20, 10, 30, 0, 0, time.UTC)}}
	options := db.Options{Publish: h.publish}
	options.Enqueue = noJobs
	h.store = db.New(pools, options)
	h.mailbox, err = mail.OpenMailbox(t.TempDir(), h.clock.now)
	h.must(err)
	blobs, err := blob.Open("", t.TempDir())
	h.must(err)
	t.Cleanup(func() { blobs.Close() })
	h.desk = chat.NewDesk(chat.Options{
		Blobs: blobs, ReadMail: channel.ReadMail, Inbound: "reply.example",
		Store: h.store, Leases: h.store, Throttle: h.store, Secret: []byte("a secret of the tests"), Instance: rand.Text(),
		Channels:  channel.All(channel.NewEmail(channel.EmailOptions{Sender: h.mailbox, From: mail.Address{Name: "Rejoin", Email: "chat@lune.example"}, BaseURL: baseURL, Inbound: "reply.example"})),
		Passwords: web.NewPasswords(2, true), Now: h.clock.now, Random: rand.Reader, Detect: locales.Detect,
		Shipped: locales.Shipped(), Publish: h.publish,
	})
	h.serve()
	return h
}

// noJobs takes every job and does none: a test that wants an email sent calls Deliver.
func noJobs[T any](context.Context, T, ...chat.Job) error { return nil }

func (h *house) publish(events []chat.Event) {
	for _, e := range events {
		h.hub.Publish(live.Event{Topic: e.Topic, Name: string(e.Name), Key: e.Key, Seq: e.Seq, Note: e.Note})
	}
}

func (h *house) serve() {
	h.Helper()
	log := slog.New(slog.DiscardHandler)
	sessions, err := web.NewSessions([]byte("a secret of the tests"), false, h.clock.now)
	h.must(err)
	h.server = web.NewServer(web.Options{BaseURL: baseURL, Log: log, Now: h.clock.now})
	inbox.Routes(h.server, inbox.Options{
		Desk: h.desk, Hub: h.hub, Sessions: sessions, Once: web.NewOnce(time.Second, 1<<20, time.Now), Log: log, BaseURL: baseURL,
	})
	handler, err := h.server.Handler()
	h.must(err)
	h.http = httptest.NewServer(handler)
	h.Cleanup(h.http.Close)
	h.Cleanup(h.hub.Close)
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// found makes an organization with its first admin, who is signed in.
func (h *house) found(name, email, person string) (*chat.Organization, *browser) {
	h.Helper()
	admin := &chat.Agent{Key: rand.Text(), Name: person, Email: email, Role: chat.RoleAdmin, CreatedAt: h.clock.now()}
	org := &chat.Organization{Key: rand.Text(), Name: name, Language: "en", CreatedAt: h.clock.now()}
	hash, err := web.NewPasswords(1, true).Hash(h.Context(), password)
	h.must(err)
	admin.PasswordHash = hash
	h.must(h.store.Tx(h.Context(), func(ctx context.Context, tx chat.Tx) error {
		if err := tx.Insert(ctx, org); err != nil {
			return err
		}
		admin.OrganizationID = org.ID
		return tx.Insert(ctx, admin)
	}))
	return org, h.signIn(email)
}

// hire makes an agent the way admins do; the agent is signed in.
func (h *house) hire(admin *browser, name, email string) *browser {
	h.Helper()
	token, _, err := h.desk.InviteAgent(h.Context(), admin.caller, chat.AgentInput{Name: name, Email: email, Role: chat.RoleAgent})
	h.must(err)
	_, err = h.desk.Join(h.Context(), token, password, "a browser", "192.0.2.1")
	h.must(err)
	return h.signIn(email)
}

// browser is one signed-in browser; a nil caller is nobody.
type browser struct {
	house  *house
	token  string
	caller *chat.AgentCaller
}

func (h *house) signIn(email string) *browser {
	h.Helper()
	token, caller, err := h.desk.SignIn(h.Context(), chat.SignInInput{Email: email, Password: password, IP: "192.0.2.1"})
	h.must(err)
	return &browser{house: h, token: token, caller: caller}
}

// nobody is a browser without a session.
func (h *house) nobody() *browser { return &browser{house: h} }

// answer is a response with its body read.
type answer struct {
	*http.Response
	house *house
	body  string
}

func (b *browser) get(path string, headers ...string) answer {
	b.house.Helper()
	return b.ask(http.MethodGet, path, "", headers...)
}

// htmx asks for a fragment.
func (b *browser) htmx(path string) answer {
	b.house.Helper()
	return b.ask(http.MethodGet, path, "", "HX-Request", "true")
}

func (b *browser) post(path string, form url.Values, headers ...string) answer {
	b.house.Helper()
	return b.ask(http.MethodPost, path, form.Encode(), headers...)
}

func (b *browser) ask(method, path, body string, headers ...string) answer {
	h := b.house
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), method, h.http.URL+path, strings.NewReader(body))
	h.must(err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if b.token != "" {
		r.AddCookie(&http.Cookie{Name: "rejoin_session", Value: b.token})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	h.must(err)
	defer func() { _ = res.Body.Close() }()
	read, err := io.ReadAll(res.Body)
	h.must(err)
	return answer{Response: res, house: h, body: string(read)}
}

func (a answer) wants(status int) answer {
	a.house.Helper()
	if a.StatusCode != status {
		a.house.Fatalf("%s %s: %d, want %d\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	return a
}

// page parses the answer; htmx's partials become templates whose content can be looked at.
func (a answer) page() *goquery.Document {
	a.house.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	a.house.must(err)
	return page
}

// guest is a customer in the widget.
type guest struct {
	house  *house
	caller *chat.CustomerCaller
	key    string // of the conversation
}

// guest is a new customer of an organization, with a first message.
func (h *house) guest(o *chat.Organization, text string) *guest {
	h.Helper()
	in := chat.StartInput{Post: chat.PostInput{ClientID: rand.Text(), Text: text, PageURL: "https://shop.example/blue", PageTitle: "The blue one"}, Page: rand.Text(), Zone: "Europe/Paris", Browser: "Firefox 132, Windows"}
	caller, conversation, _, err := h.desk.Start(h.Context(), o, chat.NewToken(o.ID, rand.Reader), in)
	h.must(err)
	return &guest{house: h, caller: caller, key: conversation.Key}
}

func (g *guest) writes(text string) *chat.Message {
	g.house.Helper()
	_, message, err := g.house.desk.PostAsCustomer(g.house.Context(), g.caller, chat.PostInput{ConversationKey: g.key, ClientID: rand.Text(), Text: text})
	g.house.must(err)
	return message
}

func (g *guest) gives(address string) {
	g.house.Helper()
	_, err := g.house.desk.GiveAddress(g.house.Context(), g.caller, g.key, address)
	g.house.must(err)
}

// leaves makes the customer away, which takes the time that the policy waits.
func (g *guest) leaves() {
	g.house.Helper()
	person := chat.CustomerPerson(g.caller.Organization.ID, g.caller.Customer.ID)
	g.house.desk.Tracker().Sign(person, "page", chat.SignActive, g.house.clock.now())
	g.house.desk.Tracker().Sign(person, "page", chat.SignGone, g.house.clock.now())
	g.house.clock.advance(10 * time.Minute)
	g.house.must(g.house.desk.TickPresence(g.house.Context()))
}

// at is an address of the guest's conversation.
func (g *guest) at(part string) string {
	if part == "" {
		return "/inbox/c/" + g.key
	}
	return "/inbox/c/" + g.key + "/" + part
}

// set changes one setting of the organization.
func (h *house) set(key string, value any) {
	h.Helper()
	raw, err := json.Marshal(value)
	h.must(err)
	h.must(h.desk.ChangeSettings(h.Context(), h.admin.caller, chat.Values{key: raw}))
	h.admin, h.agent = h.signIn(h.admin.caller.Agent.Email), h.signIn(h.agent.caller.Agent.Email)
}

// invite sends an invitation to a guest, who leaves for it; the job waits.
func (h *house) invite(g *guest) *chat.Delivery {
	h.Helper()
	h.set(chat.ContinuousOn, true)
	g.leaves()
	draft := chat.InvitationDraft{Key: h.desk.NewInvitationKey(), Text: "Your blue one is here."}
	preview, err := h.desk.PreviewInvitation(h.Context(), h.agent.caller, g.key, draft)
	h.must(err)
	draft.At, draft.Digest = preview.At, preview.Digest
	_, delivery, err := h.desk.Invite(h.Context(), h.agent.caller, g.key, draft)
	h.must(err)
	return delivery
}

func (h *house) update(row any, columns ...string) {
	h.Helper()
	h.must(h.store.Tx(h.Context(), func(ctx context.Context, tx chat.Tx) error { return tx.Update(ctx, row, columns...) }))
}
