package chat_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rejoin/app/channel"
	"rejoin/app/chat"
	"rejoin/db"
	"rejoin/db/dbtest"
	"rejoin/locales"
	"rejoin/mail"
	"rejoin/mail/resendtest"
)

// monday is when every test begins: a working hour.
var monday = time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC)

const (
	shop  = "https://shop.example"
	conns = 8
)

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

// plain keeps passwords readable and counts what it was asked.
type plain struct {
	mu    sync.Mutex
	asked int
}

func (p *plain) Hash(_ context.Context, password string) (string, error) {
	p.count()
	return "plain " + password, nil
}

func (p *plain) Match(_ context.Context, password, hash string) (bool, error) {
	p.count()
	return hash == "plain "+password, nil
}

func (p *plain) count() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
}

func (p *plain) work() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// house is a desk over a real PostgreSQL and Resend's stand-in, with an organization, its admin and an agent.
type house struct {
	*testing.T
	ctx       context.Context
	desk      *chat.Desk
	store     *db.Store
	pools     *db.Pools
	clock     *clock
	passwords *plain
	provider  *resendtest.Server
	channels  []chat.Channel
	org       *chat.Organization
	admin     *chat.AgentCaller
	agent     *chat.AgentCaller

	listening atomic.Int64 // instances, as the last renewal of a lease told

	mu     sync.Mutex
	events []chat.Event
	jobs   []chat.Job
}

type houseKey struct{}

// noteJob records a job whatever the type of the transaction is that the store hands on.
func noteJob[T any](ctx context.Context, _ T, jobs ...chat.Job) error {
	h, ok := ctx.Value(houseKey{}).(*house)
	if !ok {
		return errors.New("a job outside of a test")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.jobs = append(h.jobs, jobs...)
	return nil
}

func newHouse(t *testing.T) *house {
	t.Helper()
	t.Parallel()
	h := emptyHouse(t)
	h.org, h.admin = h.organization("Maison Nord", "ada@nord.example")
	h.agent = h.colleague(h.admin, "Bo", "bo@nord.example", chat.RoleAgent)
	return h
}

// emptyHouse has no organization yet.
func emptyHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, clock: &clock{at: monday}, passwords: new(plain), provider: resendtest.New(t)}
	h.ctx = context.WithValue(t.Context(), houseKey{}, h)
	pools, err := db.OpenPools(h.ctx, dbtest.URL(t), conns)
	h.must(err)
	t.Cleanup(pools.Close)
	h.pools = pools
	options := db.Options{Publish: h.publish}
	options.Enqueue = noteJob
	h.store = db.New(pools, options)
	sender := mail.NewResend(h.provider.Key(), h.provider.URL(), 5*time.Second)
	h.channels = channel.All(channel.NewEmail(emailOver(sender)))
	h.desk = h.deskOver(h.store, "first", h.channels)
	return h
}

// inbound is the domain of the addresses that customers answer to.
const inbound = "in.rejoin.example"

func emailOver(sender mail.Sender) channel.EmailOptions {
	return channel.EmailOptions{Sender: sender, From: mail.Address{Email: "chat@rejoin.example"}, BaseURL: "https://rejoin.example", Inbound: inbound}
}

// deskOver is one more instance: its own memory over the same database.
func (h *house) deskOver(store chat.Store, instance string, channels []chat.Channel) *chat.Desk {
	return chat.NewDesk(h.options(store, instance, channels))
}

// options are those of a desk that says nothing by itself.
func (h *house) options(store chat.Store, instance string, channels []chat.Channel) chat.Options {
	return chat.Options{
		Store: store, Leases: h.store, Throttle: h.store, Channels: channels, Passwords: h.passwords,
		Secret: []byte("a secret of the tests"), Instance: instance, Now: h.clock.now, Random: rand.Reader,
		Detect: detect, Shipped: locales.Shipped(), Publish: h.publish, Inbound: inbound, Together: func(instances int) { h.listening.Store(int64(instances)) },
	}
}

// detect is sure of greetings only.
func detect(text string) (string, bool) {
	switch {
	case strings.Contains(text, "Bonjour"):
		return "fr", true
	case strings.Contains(text, "Hello"):
		return "en", true
	}
	return "", false
}

func (h *house) publish(events []chat.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, events...)
}

// heard counts the nudges of a name since the last forget.
func (h *house) heard(name chat.EventName, topic string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, e := range h.events {
		if e.Name == name && (topic == "" || strings.HasPrefix(e.Topic, topic)) {
			n++
		}
	}
	return n
}

func (h *house) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events, h.jobs = nil, nil
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("refused: %v", err)
	}
}

// refused checks that an act was refused with a kind and, when given, a key.
func (h *house) refused(err error, kind chat.Kind, key ...string) {
	h.Helper()
	if got, ok := chat.KindOf(err); !ok || got != kind {
		h.Errorf("error is %v, want kind %s", err, kind)
		return
	}
	if len(key) == 0 {
		return
	}
	var one *chat.Error
	var many chat.Errors
	if errors.As(err, &many) && len(many) > 0 {
		one = many[0]
	} else {
		errors.As(err, &one)
	}
	if one.Key != key[0] {
		h.Errorf("refused with %q, want %q", one.Key, key[0])
	}
}

func (h *house) organization(name, address string) (*chat.Organization, *chat.AgentCaller) {
	h.Helper()
	o, admin, err := h.desk.CreateOrganization(h.ctx, chat.SetupInput{
		Organization: name, Language: "en", Zone: "UTC", Name: "Ada", Email: address, Password: "a long password",
	}, rand.Text()[:22])
	h.must(err)
	caller := &chat.AgentCaller{Organization: o, Agent: admin}
	h.must(h.desk.ChangeSettings(h.ctx, caller, chat.Values{chat.WidgetSites: []byte(`["` + shop + `"]`)}))
	_, caller, err = h.desk.SignIn(h.ctx, chat.SignInInput{Email: address, Password: "a long password", IP: "192.0.2.1"})
	h.must(err)
	return caller.Organization, caller
}

// colleague joins an admin's organization and signs in.
func (h *house) colleague(admin *chat.AgentCaller, name, address string, role chat.Role) *chat.AgentCaller {
	h.Helper()
	join, _, err := h.desk.InviteAgent(h.ctx, admin, chat.AgentInput{Name: name, Email: address, Role: role})
	h.must(err)
	session, err := h.desk.Join(h.ctx, join, "another password", "Firefox", "192.0.2.2")
	h.must(err)
	caller, err := h.desk.AgentBySession(h.ctx, session)
	h.must(err)
	return caller
}

func (h *house) set(key, value string) {
	h.Helper()
	h.must(h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{key: []byte(value)}))
	o, err := h.store.Organization(h.ctx, h.org.ID)
	h.must(err)
	h.org, h.admin.Organization, h.agent.Organization = o, o, o
}

// guest is a customer in one browser.
type guest struct {
	*chat.CustomerCaller
	h     *house
	token string
	key   string // of their conversation
}

// arrive lets a new customer write their first words.
func (h *house) arrive(text string) *guest {
	h.Helper()
	return h.arriveAt(h.desk, h.org, text)
}

func (h *house) arriveAt(desk *chat.Desk, o *chat.Organization, text string) *guest {
	h.Helper()
	token := chat.NewToken(o.ID, rand.Reader)
	caller, c, _, err := desk.Start(h.ctx, o, token, chat.StartInput{
		Page: "page", Zone: "Europe/Paris", Browser: "Firefox",
		Post: chat.PostInput{ClientID: rand.Text(), Text: text, PageURL: shop + "/shoes?secret=1#x", PageTitle: "Shoes"},
	})
	h.must(err)
	return &guest{CustomerCaller: caller, h: h, token: token, key: c.Key}
}

func (g *guest) post(text string) *chat.Message {
	g.h.Helper()
	_, m, err := g.h.desk.PostAsCustomer(g.h.ctx, g.CustomerCaller, chat.PostInput{ClientID: rand.Text(), Text: text})
	g.h.must(err)
	return m
}

func (g *guest) give(address string) *chat.ContactPoint {
	g.h.Helper()
	p, err := g.h.desk.GiveAddress(g.h.ctx, g.CustomerCaller, g.key, address)
	g.h.must(err)
	return p
}

// leave closes every page, and lets the grace pass.
func (g *guest) leave() {
	g.h.Helper()
	person := chat.CustomerPerson(g.Organization.ID, g.Customer.ID)
	g.h.desk.Tracker().Sign(person, "page", chat.SignGone, g.h.clock.now())
	g.h.clock.advance(21 * time.Second)
	g.h.must(g.h.desk.TickPresence(g.h.ctx))
}

func (g *guest) row() *chat.Conversation {
	g.h.Helper()
	c, err := g.h.store.ConversationByKey(g.h.ctx, g.Organization.ID, g.key)
	g.h.must(err)
	return c
}

func (h *house) answer(key, text string) *chat.Message {
	h.Helper()
	m, err := h.desk.PostAsAgent(h.ctx, h.agent, key, chat.AgentPost{ClientID: rand.Text(), Text: text})
	h.must(err)
	return m
}

// entries is everything of a conversation, notes and happenings included.
func (h *house) entries(c *chat.Conversation) []chat.Message {
	h.Helper()
	all, err := h.store.Messages(h.ctx, c.OrganizationID, c.ID, 0, 0, 500, false)
	h.must(err)
	return all
}

// happened counts thin lines of a kind.
func (h *house) happened(c *chat.Conversation, what chat.Happening) int {
	n := 0
	for _, m := range h.entries(c) {
		if m.Kind == chat.Happen && m.Text == string(what) {
			n++
		}
	}
	return n
}

func (h *house) number(query string, args ...any) int {
	h.Helper()
	var n int
	h.must(h.pools.Jobs().QueryRow(h.ctx, query, args...).Scan(&n))
	return n
}

func (h *house) exec(query string, args ...any) {
	h.Helper()
	_, err := h.pools.Jobs().Exec(h.ctx, query, args...)
	h.must(err)
}

// dump is every row of every table of ours, by table.
func (h *house) dump() map[string]string {
	h.Helper()
	rows, err := h.pools.Jobs().Query(h.ctx, `select table_name from information_schema.tables where table_schema = 'public'
		and table_name not like 'river%' and table_name not like 'goose%'`)
	h.must(err)
	var tables []string
	for rows.Next() {
		var name string
		h.must(rows.Scan(&name))
		tables = append(tables, name)
	}
	h.must(rows.Err())
	all := make(map[string]string, len(tables))
	for _, table := range tables {
		var text string
		h.must(h.pools.Jobs().QueryRow(h.ctx,
			"select coalesce(string_agg(t::text, E'\\n' order by t::text), '') from "+table+" t").Scan(&text))
		all[table] = text
	}
	if len(all) < 10 {
		h.Fatalf("only %d tables were read", len(all))
	}
	return all
}

// unchanged compares two dumps.
func (h *house) unchanged(before map[string]string, what string) {
	h.Helper()
	for table, now := range h.dump() {
		if before[table] != now {
			h.Errorf("%s changed %s:\n%s\nnow\n%s", what, table, before[table], now)
		}
	}
}

func name(i int) string { return "n" + strconv.Itoa(i) }
