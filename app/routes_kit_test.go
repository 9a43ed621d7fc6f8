package main

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
	"rejoin/app/demo"
	"rejoin/app/web"
	"rejoin/db/dbtest"
	"rejoin/mail"
	"rejoin/mail/resendtest"
)

// town is two brands in one house behind its real router: the demo's own, and a foreign one.
type town struct {
	t        *testing.T
	house    *house
	server   *httptest.Server
	database string
	clock    *demo.Clock
	own      *chat.Organization
	key      string // of a conversation of the own brand
	delivery string
	agent    string // key of an agent of the own brand
	rejoin   string // token of a link into that conversation
	roles    map[string]role
}

// role is who asks: with a cookie, with a token of the widget, or with nothing.
type role struct {
	client *http.Client
	bearer string
}

const (
	townURL      = "http://127.0.0.1:8080"
	townPassword = "a password for everyone"
)

func newTown(t *testing.T) *town {
	t.Helper()
	t.Setenv("LOG_LEVEL", "error")
	config, err := readConfig()
	if err != nil {
		t.Fatal(err)
	}
	config.BaseURL, config.SecretKey = townURL, strings.Repeat("s", minSecret)
	config.ResendWebhook = resendtest.WebhookSecret
	w := &town{t: t, database: dbtest.URL(t), roles: map[string]role{}}
	dir := t.TempDir()
	config.DataDir = dir
	w.clock, err = demo.OpenClock(filepath.Join(dir, "clock"))
	w.must(err)
	mailbox, err := mail.OpenMailbox(filepath.Join(dir, "mailbox"), w.clock.Now)
	w.must(err)
	log := slog.New(slog.DiscardHandler)
	w.house, err = build(t.Context(), config, log, parts{
		url: w.database, now: w.clock.Now, sender: mailbox, from: mail.Address{Email: "chat@rejoin.example"}, password: web.NewPasswords(2, true),
	})
	w.must(err)
	w.house.slack = 1000
	t.Cleanup(w.house.pools.Close)
	w.house.routes(&demo.Options{
		Desk: w.house.desk, Mailbox: mailbox, Clock: w.clock, OrganizationKey: "own", BaseURL: config.BaseURL, Log: log, Door: func() string { return "127.0.0.1:1" }, // nobody there
	})
	handler, err := w.house.server.Handler()
	w.must(err)
	w.server = httptest.NewServer(handler)
	t.Cleanup(w.server.Close)
	w.settle()
	return w
}

// settle founds both brands with their people and a conversation each.
func (w *town) settle() {
	w.t.Helper()
	w.roles["nobody"] = role{client: w.browser()}
	ctx := w.t.Context()
	for _, brand := range []string{"own", "foreign"} {
		admin := w.found(ctx, brand)
		w.roles[brand+" admin"] = role{client: w.signIn(admin.Agent.Email)}
		token, invited, err := w.house.desk.InviteAgent(ctx, admin, chat.AgentInput{Name: "Agent", Email: "agent@" + brand + ".example", Role: chat.RoleAgent})
		w.must(err)
		_, err = w.house.desk.Join(ctx, token, townPassword, "", "")
		w.must(err)
		w.roles[brand+" agent"] = role{client: w.signIn(invited.Email)}
		visitor, conversation, link := w.chat(ctx, admin)
		w.roles[brand+" customer"] = role{client: w.browser(), bearer: "Bearer " + visitor}
		w.roles[brand+" link"] = role{client: w.browser(), bearer: "Rejoin " + link}
		if brand == "own" {
			w.own, w.key, w.agent, w.rejoin = admin.Organization, conversation, invited.Key, link
		}
	}
	w.delivery = w.text("select key from deliveries where organization_id = $1", w.own.ID)
}

func (w *town) found(ctx context.Context, brand string) *chat.AgentCaller {
	w.t.Helper()
	o, admin, err := w.house.desk.CreateOrganization(ctx, chat.SetupInput{
		Organization: brand, Language: "en", Zone: "Europe/Paris", Name: "Admin", Email: "admin@" + brand + ".example", Password: townPassword,
	}, brand)
	w.must(err)
	return &chat.AgentCaller{Organization: o, Agent: admin, Session: &chat.Session{}}
}

// chat is a conversation whose customer wrote, gave an address, left, and was invited.
func (w *town) chat(ctx context.Context, admin *chat.AgentCaller) (visitor, key, link string) {
	w.t.Helper()
	desk, o := w.house.desk, admin.Organization
	visitor, page := chat.NewToken(o.ID, rand.Reader), rand.Text()
	caller, c, _, err := desk.Start(ctx, o, visitor, chat.StartInput{
		Post: chat.PostInput{ClientID: rand.Text(), Text: "Hello from " + o.Name, PageURL: townURL + "/demo"}, Page: page,
	})
	w.must(err)
	_, err = desk.GiveAddress(ctx, caller, c.Key, "customer@"+o.Name+".example")
	w.must(err)
	desk.Tracker().Sign(chat.CustomerPerson(o.ID, caller.Customer.ID), page, chat.SignGone, desk.Now())
	w.must(w.clock.Advance(time.Minute))
	w.must(desk.TickPresence(ctx))
	draft := chat.InvitationDraft{Key: desk.NewInvitationKey(), Text: "Come back!"}
	preview, err := desk.PreviewInvitation(ctx, admin, c.Key, draft)
	w.must(err)
	draft.At, draft.Digest = preview.At, preview.Digest
	_, _, err = desk.Invite(ctx, admin, c.Key, draft)
	w.must(err)
	found := regexp.MustCompile(`/r/([\w-]+)`).FindStringSubmatch(preview.Text)
	if found == nil {
		w.t.Fatalf("the email holds no link: %s", preview.Text)
	}
	return visitor, c.Key, found[1]
}

func (w *town) browser() *http.Client {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (w *town) signIn(address string) *http.Client {
	w.t.Helper()
	client := w.browser()
	response, err := client.PostForm(w.server.URL+"/sign-in", url.Values{"email": {address}, "password": {townPassword}})
	w.must(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		said, _ := io.ReadAll(response.Body)
		w.t.Fatalf("signing in as %s answers %d: %s", address, response.StatusCode, said)
	}
	return client
}

func (w *town) text(query string, args ...any) string {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.database)
	w.must(err)
	defer conn.Close(context.WithoutCancel(w.t.Context()))
	var text string
	w.must(conn.QueryRow(w.t.Context(), query, args...).Scan(&text))
	return text
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}
