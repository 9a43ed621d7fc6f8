package inbox_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/channel"
	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/app/web/inbox"
	"rejoin/locales"
	"rejoin/mail"
)

// registrar knows one domain at most, and says of it what it is told to.
type registrar struct{ status string }

func (r *registrar) domain() chat.ProviderDomain {
	return chat.ProviderDomain{ID: "d1", Status: r.status, Records: []chat.DNSRecord{
		{Purpose: "SPF", Name: "send.lune.example", Type: "MX", Value: "feedback.example", Priority: 10, Status: "verified"},
		{Purpose: "DKIM", Name: "resend._domainkey.lune.example", Type: "TXT", Value: "p=<b>MIGf", Status: "failed"},
	}}
}

func (r *registrar) Create(_ context.Context, name string) (chat.ProviderDomain, error) {
	if name == "known.example" {
		return chat.ProviderDomain{}, &chat.SendFailure{Code: "exists", Detail: "registered already"}
	}
	return r.domain(), nil
}
func (r *registrar) Find(context.Context, string) (*chat.ProviderDomain, error) { return nil, nil }
func (r *registrar) Get(context.Context, string) (chat.ProviderDomain, error)   { return r.domain(), nil }
func (r *registrar) Verify(context.Context, string) error                       { return nil }
func (r *registrar) Delete(context.Context, string) error                       { return nil }

// gate lets in who knows the password.
type gate struct{ sent []chat.TestEmail }

func (g *gate) Check(_ context.Context, server chat.MailServer) error {
	if server.Password != "open sesame" {
		return &chat.SendFailure{Code: "key", Detail: "535 <no>"}
	}
	return nil
}

func (g *gate) Send(_ context.Context, e chat.TestEmail) error {
	g.sent = append(g.sent, e)
	return nil
}

// withSenders is a house whose organizations choose where emails come from.
func withSenders(t *testing.T) (*house, *registrar, *gate) {
	t.Helper()
	h := newHouse(t)
	provider, trial := &registrar{status: "pending"}, &gate{}
	h.desk = chat.NewDesk(chat.Options{
		Store: h.store, Leases: h.store, Throttle: h.store, Secret: []byte("a secret of the tests"), Instance: "senders",
		Channels:  channel.All(channel.NewEmail(channel.EmailOptions{Sender: h.mailbox, From: mail.Address{Email: "chat@op.example"}, BaseURL: baseURL})),
		Passwords: web.NewPasswords(2, true), Now: h.clock.now, Random: rand.Reader, Detect: locales.Detect,
		Shipped: locales.Shipped(), Publish: h.publish, Domains: provider, Trial: trial,
	})
	h.serveChecking(nil)
	return h, provider, trial
}

// serveChecking serves the house with the operator's address and a checkup.
func (h *house) serveChecking(checkup inbox.Checkup) {
	h.Helper()
	sessions, err := web.NewSessions([]byte("a secret of the tests"), false, h.clock.now)
	h.must(err)
	log := slog.New(slog.DiscardHandler)
	h.server = web.NewServer(web.Options{BaseURL: baseURL, Log: log, Now: h.clock.now})
	inbox.Routes(h.server, inbox.Options{
		Desk: h.desk, Hub: h.hub, Sessions: sessions, Once: web.NewOnce(time.Second, 1<<20, time.Now), Log: log, BaseURL: baseURL,
		MailFrom: "chat@op.example", Checkup: checkup,
	})
	handler, err := h.server.Handler()
	h.must(err)
	h.http = httptest.NewServer(handler)
	h.Cleanup(h.http.Close)
}

// seen is a page that answered.
type seen struct {
	answer
	doc *goquery.Document
}

func (b *browser) sees(path string) seen { return seen{answer: b.get(path)} }

func (b *browser) sends(path string, form url.Values) seen { return seen{answer: b.post(path, form)} }

// acts posts as htmx does.
func (b *browser) acts(path string, form url.Values) seen {
	return seen{answer: b.post(path, form, "HX-Request", "true")}
}

func (s seen) ok() seen { return s.status(http.StatusOK) }

func (s seen) status(want int) seen {
	s.house.Helper()
	s.wants(want)
	s.doc = s.page()
	return s
}

// has wants a text in a part of the page.
func (s seen) has(part, text string) seen {
	s.house.Helper()
	if found := s.doc.Find(part); found.Length() == 0 || !strings.Contains(found.Text(), text) {
		s.house.Errorf("%s says %q, want %q", part, strings.Join(strings.Fields(found.Text()), " "), text)
	}
	return s
}

func (s seen) value(field, want string) {
	s.house.Helper()
	if got := s.doc.Find(field).AttrOr("value", "none"); got != want {
		s.house.Errorf("%s holds %q, want %q", field, got, want)
	}
}

// hidden wants a secret nowhere in the page's source.
func (s seen) hidden(secret string) {
	s.house.Helper()
	if strings.Contains(s.body, secret) {
		s.house.Errorf("%q is told", secret)
	}
}

const senderPage = "/settings/email/sender"

func TestAnOwnDomainShowsItsRecordsAndTheirStates(t *testing.T) {
	h, provider, _ := withSenders(t)
	page := h.admin.sees(senderPage + "?way=domain").ok()
	page.has("#sender-now-title", "chat@op.example")
	h.admin.sends(senderPage+"/domain", url.Values{"address": {"nonsense"}}).status(http.StatusUnprocessableEntity).has("#sender-address-error", "")
	h.admin.sends(senderPage+"/domain", url.Values{"address": {"me@known.example"}}).status(http.StatusUnprocessableEntity).has("#sender-address-error", "knows known.example already")
	page = h.admin.acts(senderPage+"/domain", url.Values{"address": {"hello@lune.example"}}).ok()
	page.has(".records", "resend._domainkey.lune.example")
	page.has(".records tr:nth-child(1) .badge.good", "Found")
	page.has(".records tr:nth-child(2) .badge.bad", "Wrong or missing")
	page.has("#record-value-1", "p=<b>MIGf")
	page.has(".sender-state", "not verified yet")
	provider.status = "verified"
	h.clock.advance(time.Minute)
	h.admin.acts(senderPage+"/verification", nil).ok().has(".sender-state", "Your emails come from hello@lune.example.")
	h.admin.sees(senderPage+"/state?way=domain").ok().has("#sender-state .badge.good", "Verified")
	h.admin.sees("/settings/email").ok().has(".sender-card", "hello@lune.example")
	h.admin.sees("/settings/audit").ok().has(".audit-row", "Ada Lovelace chose hello@lune.example")
	h.admin.acts(senderPage+"/removal", nil).ok().has(".sender-state", "chat@op.example")
}

func TestAnOwnServerKeepsWhatWasTypedAndNeverShowsThePassword(t *testing.T) {
	h, _, trial := withSenders(t)
	typed := url.Values{
		"address": {"hello@lune.example"}, "host": {"mail.lune.example"}, "port": {""}, "security": {"tls"}, "user": {"shop"}, "password": {"barley"}, "act": {"use"},
	}
	page := h.admin.acts(senderPage+"/server", typed).status(http.StatusUnprocessableEntity)
	page.has("#sender-password-error", "535 <no>")
	page.value("#sender-host", "mail.lune.example")
	page.value("#sender-user", "shop")
	page.hidden("barley")
	typed.Set("password", "open sesame")
	typed.Set("act", "test")
	page = h.admin.acts(senderPage+"/server", typed).ok()
	page.has("#sender-server-says", "Nothing was sent")
	page.hidden("sesame")
	typed.Set("act", "use")
	page = h.admin.acts(senderPage+"/server", typed).ok()
	page.has(".sender-state", "Your emails come from hello@lune.example.")
	page.has("#sender-password-hint", "Unchanged")
	page.value("#sender-port", "465")
	for _, path := range []string{senderPage + "?way=smtp", "/settings/audit", "/settings/email"} {
		h.admin.sees(path).ok().hidden("sesame")
	}
	if len(trial.sent) != 1 || trial.sent[0].To != "ada@lune.example" {
		t.Errorf("test emails: %+v", trial.sent)
	}
	h.admin.acts(senderPage+"/test", nil).ok().has(".toast", "ada@lune.example")
	for range 12 {
		h.admin.acts(senderPage+"/test", nil)
	}
	h.admin.acts(senderPage+"/test", nil).status(http.StatusTooManyRequests)
}

func TestWhereEmailsComeFromIsForAdmins(t *testing.T) {
	h, _, trial := withSenders(t)
	for _, path := range []string{senderPage, senderPage + "/state", "/settings/email/check"} {
		h.agent.sees(path).status(http.StatusForbidden)
	}
	for _, path := range []string{"/domain", "/verification", "/server", "/removal", "/test"} {
		h.agent.sends(senderPage+path, url.Values{"address": {"zoe@lune.example"}}).status(http.StatusForbidden)
	}
	h.agent.sends("/settings/email/check", nil).status(http.StatusForbidden)
	if len(trial.sent) > 0 {
		t.Error("an agent has sent something")
	}
}
