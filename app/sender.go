package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	netmail "net/mail"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/mail"
)

// resendDomains is the operator's account at Resend as the domain sees it.
type resendDomains struct{ domains *mail.ResendDomains }

// providerDomains is where organizations' own domains are made; nil where Resend does not send the emails. What a demo
// asks leads to this machine only.
func (h *house) providerDomains() chat.Domains {
	if !h.config.byResend() || h.demo && !h.config.resendIsHere() {
		return nil
	}
	return resendDomains{mail.NewResendDomains(h.config.ResendAPIKey, h.config.ResendBaseURL, sendTime)}
}

// Create registers a domain.
func (r resendDomains) Create(ctx context.Context, name string) (chat.ProviderDomain, error) {
	made, err := r.domains.Create(ctx, name)
	if failure := new(mail.Failure); errors.As(err, &failure) && failure.Status == 403 && strings.Contains(failure.Detail, "registered already") {
		return chat.ProviderDomain{}, &chat.SendFailure{Code: "exists", Detail: failure.Detail}
	}
	return readDomain(made), providerFailure(err)
}

// Find looks a domain up by its name.
func (r resendDomains) Find(ctx context.Context, name string) (*chat.ProviderDomain, error) {
	all, err := r.domains.List(ctx)
	if err != nil {
		return nil, providerFailure(err)
	}
	for _, one := range all {
		if strings.EqualFold(one.Name, name) {
			found := readDomain(one)
			return &found, nil
		}
	}
	return nil, nil //nolint:nilnil // there is none, which is an answer
}

// Get tells what Resend has seen of a domain.
func (r resendDomains) Get(ctx context.Context, id string) (chat.ProviderDomain, error) {
	got, err := r.domains.Get(ctx, id)
	return readDomain(got), providerFailure(err)
}

// Verify asks Resend to look at the DNS again.
func (r resendDomains) Verify(ctx context.Context, id string) error {
	return providerFailure(r.domains.Verify(ctx, id))
}

// Delete takes a domain away from Resend.
func (r resendDomains) Delete(ctx context.Context, id string) error {
	err := providerFailure(r.domains.Delete(ctx, id))
	if failure := new(chat.SendFailure); errors.As(err, &failure) && failure.Code == "missing" {
		return nil
	}
	return err
}

// providerFailure says in the domain's words what a provider answered.
func providerFailure(err error) error {
	if err == nil {
		return nil
	}
	failure := new(mail.Failure)
	if !errors.As(err, &failure) {
		return &chat.SendFailure{Temporary: true, Code: "unreachable", Detail: err.Error()}
	}
	code := "refused"
	switch {
	case failure.Status == 404:
		code = "missing"
	case failure.Temporary:
		code = "unreachable"
	}
	return &chat.SendFailure{Temporary: failure.Temporary, Code: code, Detail: failure.Detail, RetryAfter: failure.RetryAfter}
}

func readDomain(d mail.Domain) chat.ProviderDomain {
	read := chat.ProviderDomain{ID: d.ID, Status: d.Status}
	for _, r := range d.Records {
		read.Records = append(read.Records, chat.DNSRecord{
			Purpose: r.Purpose, Name: wholeName(r.Name, d.Name), Type: r.Type, Value: r.Value, TTL: r.TTL, Priority: r.Priority, Status: r.Status,
		})
	}
	return read
}

// wholeName is a record's name with the registered domain that Resend leaves out.
func wholeName(name, domain string) string {
	registered, err := publicsuffix.EffectiveTLDPlusOne(domain)
	switch {
	case err != nil:
		registered = domain
	case name == "" || name == "@":
		return registered
	}
	if name == registered || strings.HasSuffix(name, "."+registered) {
		return name
	}
	return name + "." + registered
}

// trial tries how emails go out.
type trial struct{ house *house }

// Check connects to an organization's own mail server and signs in.
func (t trial) Check(ctx context.Context, to chat.MailServer) error {
	sender, err := t.house.ownServer(to)
	if err != nil {
		return unusable(err)
	}
	server, ok := sender.(*mail.SMTP)
	if !ok {
		return nil
	}
	defer server.Close() //nolint:errcheck // it says goodbye to somebody else
	if failure := server.Check(ctx); failure != nil {
		return serverFailure(failure)
	}
	return nil
}

// unusable says beside which field a mail server's settings are wrong.
func unusable(err error) error {
	invalid := new(mail.Invalid)
	if !errors.As(err, &invalid) {
		return &chat.SendFailure{Code: "unreachable", Detail: err.Error()}
	}
	return chat.Errors{chat.RefuseField(invalid.Field, "chat.sender.field."+invalid.Reason)}
}

func serverFailure(f *mail.Failure) *chat.SendFailure {
	told := &chat.SendFailure{Temporary: f.Temporary, Code: "unreachable", Detail: f.Detail, Status: f.Enhanced}
	switch f.Code {
	case "auth_failed":
		told.Code = "key"
	case "tls":
		told.Code = "tls"
	case "private_address":
		told.Code = "private"
	}
	return told
}

// Send hands a test email over, by the same way as every other.
func (t trial) Send(ctx context.Context, e chat.TestEmail) error {
	_, err := t.house.sendTest(ctx, e, "mail.test", t.house.now())
	return err
}

// sendTest writes a test email in the words of a locale and hands it over.
func (h *house) sendTest(ctx context.Context, e chat.TestEmail, words string, now time.Time) (mail.Message, error) {
	m := h.testEmail(e, words, now)
	_, err := h.email.Send(ctx, chat.Outgoing{Frozen: m.Encode(), From: e.From, Server: e.Server})
	return m, err
}

// testEmail is a short email without a customer in it.
func (h *house) testEmail(e chat.TestEmail, words string, now time.Time) mail.Message {
	l := locales.For(e.Language)
	from := mail.Address{Name: e.Brand, Email: h.from.Email}
	if e.From != "" {
		from.Email = e.From
	}
	said := l.T(words+".text", "Brand", e.Brand, "Address", from.Email)
	_, domain, _ := strings.Cut(from.Email, "@")
	return mail.Message{
		Key: "test-" + e.Key, MessageID: "<test." + rand.Text() + "@" + domain + ">", Date: now.UTC().Truncate(time.Second),
		From: from, To: mail.Address{Email: e.To}, Subject: l.T(words+".subject", "Brand", e.Brand), Language: l.Tag(),
		Text: said + "\n", HTML: testHTML(l, said), Headers: map[string]string{"Auto-Submitted": "auto-generated"},
		Tags: map[string]string{"kind": "test"},
	}
}

func testHTML(l *locales.Locale, said string) string {
	return `<!DOCTYPE html><html lang="` + html.EscapeString(l.Tag()) + `" dir="` + html.EscapeString(l.Dir()) +
		`"><head><meta charset="utf-8"></head><body><p>` + html.EscapeString(said) + `</p></body></html>`
}

// reservedDomains are the operator's own, which no organization may claim.
func (c Config) reservedDomains() []string {
	var all []string
	if from, err := netmail.ParseAddress(c.MailFrom); err == nil {
		_, domain, _ := strings.Cut(from.Address, "@")
		all = append(all, strings.ToLower(domain))
	}
	if c.InboundDomain != "" {
		all = append(all, strings.ToLower(c.InboundDomain))
	}
	return all
}

// refuseOutside keeps a demo's emails on this machine.
func (h *house) refuseOutside(to chat.MailServer) error {
	if h.demo && !isLoopback(to.Host) {
		return fmt.Errorf("the demo sends to mail servers of this machine only, not to %s", to.Host)
	}
	return nil
}
