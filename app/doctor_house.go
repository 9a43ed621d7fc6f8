package main

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"rejoin/app/chat"
	"rejoin/app/doctor"
	"rejoin/mail"
)

// recordsTime bounds asking the provider which DNS records it wants.
const recordsTime = 5 * time.Second

// subject is whose emails are examined: an organization's, or with the zero one the operator's.
type subject struct {
	organization int64
	brand        string
	language     string
	admin        string // who gets the test email where no answer can come in; empty = it is not sent then
	silent       bool   // no test email is sent
}

// examine looks at everything that emails need, and reports each line as it comes.
func (h *house) examine(ctx context.Context, s subject, report func(chat.Finding)) ([]chat.Finding, error) {
	patient, err := h.patient(ctx, s)
	if err != nil {
		return nil, err
	}
	examiner := doctor.New(doctor.Options{DatabaseNow: h.store.DatabaseNow}) // by the real clock, in the demo too
	return examiner.Examine(ctx, patient, report), nil
}

// checkup examines an organization's emails for its admin.
func (h *house) checkup(ctx context.Context, o *chat.Organization, a *chat.Agent, report func(chat.Finding)) error {
	_, err := h.examine(ctx, subject{
		organization: o.ID, brand: o.Brand(), language: cmp.Or(a.Language, o.Language), admin: a.Email,
	}, report)
	return err
}

// patient gathers what is set.
func (h *house) patient(ctx context.Context, s subject) (doctor.Patient, error) {
	var own *chat.Sender
	var server *chat.MailServer
	var blocked *chat.SendFailure // its way is its own, and cannot be used
	if s.organization != 0 {
		var err error
		if own, server, err = h.desk.WayOf(ctx, s.organization); errors.As(err, &blocked) {
			own, err = h.store.Sender(ctx, s.organization)
		}
		if err != nil {
			return doctor.Patient{}, err
		}
	}
	c := h.config
	p := doctor.Patient{
		BaseURL: c.BaseURL, Ping: c.pingKey(), From: mail.Address{Name: s.brand, Email: h.from.Email}, InboundDomain: c.InboundDomain,
		InboundAddr: cmp.Or(h.doorAddress(), c.InboundAddr), DKIMSelectors: c.DKIMSelectors, Webhook: c.ResendWebhook != "",
	}
	switch {
	case c.InboundAddr != "":
		p.InboundDoor, p.InboundGreeting = doctor.SMTPDoor, c.hostName()+greetingEnd
	case c.InboundDomain != "":
		p.InboundDoor = doctor.ResendDoor
	}
	if own != nil {
		p.From.Email = own.Address
	}
	if err := h.recall(ctx, &p, s.organization); err != nil {
		return doctor.Patient{}, err
	}
	if blocked != nil {
		p.Way, p.SMTPHost, p.DKIMSelectors = doctor.OwnSMTP, own.Host, nil
		p.Verify = func(context.Context) error { return asMailFailure(blocked) }
		return p, nil
	}
	h.chooseWay(ctx, &p, own, server)
	p.Trip = h.tripOf(s, own, server)
	return p, nil
}

// greetingEnd is what our door says behind its name.
const greetingEnd = " ESMTP Service Ready"

// chooseWay says by whom the emails go out, and how to ask whether that works.
func (h *house) chooseWay(ctx context.Context, p *doctor.Patient, own *chat.Sender, server *chat.MailServer) {
	c := h.config
	switch {
	case server != nil:
		p.Way, p.SMTPHost, p.DKIMSelectors = doctor.OwnSMTP, server.Host, nil
		p.Verify = func(ctx context.Context) error { return asMailFailure(trial{h}.Check(ctx, *server)) }
	case h.demo:
		p.Way = doctor.Mailbox
	case c.byResend():
		domains := mail.NewResendDomains(c.ResendAPIKey, c.ResendBaseURL, sendTime)
		p.Way, p.ProviderURL, p.DKIMSelectors = doctor.Resend, c.ResendBaseURL, nil
		p.Verify = func(ctx context.Context) error { return anyKey(domains.List(ctx)) }
		p.Records = wantedRecords(ctx, resendDomains{domains}, p.From.Email, c.InboundDomain)
		if own != nil {
			p.Records = append(recordsOf(own.Records), p.Records...)
		}
	default:
		server, err := mail.ParseSMTP(c.SMTPURL)
		p.Way, p.SMTPHost = doctor.SMTP, hostOf(c.SMTPURL)
		p.Verify = func(ctx context.Context) error {
			if err != nil {
				return err
			}
			sender := mail.NewSMTP(mail.SMTPOptions{Server: server, Hello: c.hostName()})
			defer sender.Close() //nolint:errcheck // it says goodbye to somebody else
			if failure := sender.Check(ctx); failure != nil {
				return failure
			}
			return nil
		}
	}
}

// hostOf is the host that an address of a mail server names.
func hostOf(address string) string {
	named, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return named.Hostname()
}

// anyKey takes a key that may send and nothing else for a good one.
func anyKey(_ []mail.Domain, err error) error {
	if failure := new(mail.Failure); errors.As(err, &failure) && failure.Code == "restricted_api_key" {
		return nil
	}
	return err
}

// wantedRecords are the DNS records that the provider wants for the domains that we use, as far as it tells.
func wantedRecords(ctx context.Context, domains resendDomains, from, inbound string) []doctor.Record {
	ctx, cancel := context.WithTimeout(ctx, recordsTime)
	defer cancel()
	_, sending, _ := strings.Cut(from, "@")
	var all []doctor.Record
	for _, name := range []string{sending, inbound} {
		if name == "" {
			continue
		}
		found, err := domains.Find(ctx, name)
		if err != nil || found == nil {
			continue // it may not let us look; the doctor knows the usual ones
		}
		if got, err := domains.Get(ctx, found.ID); err == nil {
			all = append(all, recordsOf(got.Records)...)
		}
	}
	return all
}

func recordsOf(records []chat.DNSRecord) []doctor.Record {
	all := make([]doctor.Record, 0, len(records))
	for _, r := range records {
		value := r.Value
		if r.Type == "MX" {
			value = fmt.Sprintf("%d %s", r.Priority, value)
		}
		all = append(all, doctor.Record{Name: r.Name, Type: r.Type, Value: value})
	}
	return all
}

// recall reads what has happened lately.
func (h *house) recall(ctx context.Context, p *doctor.Patient, organization int64) (err error) {
	if p.LastWebhookAt, err = h.store.LastWebhookAt(ctx, "resend"); err != nil {
		return err
	}
	p.LastSentAt, err = h.store.LastSentAt(ctx, organization)
	return err
}

// pingKey is what the proof that a server is ours hangs on.
func (c Config) pingKey() string {
	mac := hmac.New(sha256.New, []byte(c.SecretKey))
	mac.Write([]byte("ping"))
	return hex.EncodeToString(mac.Sum(nil))
}

// pong answers a ping.
func (h *house) pong(nonce string) string { return doctor.Pong(h.config.pingKey(), nonce) }

// trip is the way of a test email, there and back.
type trip struct {
	house   *house
	subject subject
	from    string
	server  *chat.MailServer

	began time.Time // by the real clock
	sent  time.Time // by the application's, which the demo moves
}

// tripOf is nil where a test email has nowhere to go.
func (h *house) tripOf(s subject, own *chat.Sender, server *chat.MailServer) doctor.Trip {
	if s.silent || h.config.InboundDomain == "" && s.admin == "" {
		return nil
	}
	t := &trip{house: h, subject: s, server: server}
	if own != nil {
		t.from = own.Address
	}
	return t
}

// Send hands a test email over, to our own door where there is one. In the demo nothing leaves the machine, so that the
// email is brought to the door by ourselves.
func (t *trip) Send(ctx context.Context) (key string, err error) {
	h := t.house
	t.began, t.sent = time.Now(), h.now()
	key = h.desk.NewCheck(t.subject.organization)
	e := chat.TestEmail{
		Key: rand.Text(), From: t.from, Server: t.server, To: h.desk.CheckAddress(key), Brand: cmp.Or(t.subject.brand, h.from.Name),
		Language: t.subject.language,
	}
	if h.config.InboundDomain == "" {
		e.To = t.subject.admin
	}
	m, err := h.sendTest(ctx, e, "mail.check", t.sent)
	if err != nil || !h.demo || h.door == nil || t.server != nil {
		return key, asMailFailure(err)
	}
	raw, err := m.Raw(m.Date)
	if err != nil {
		return "", err
	}
	return key, mail.HandOver(ctx, h.doorAddress(), m.From.Email, e.To, raw)
}

// Arrived looks whether the door has taken it.
func (t *trip) Arrived(ctx context.Context, key string) (time.Time, chat.Verdict, bool, error) {
	m, err := t.house.desk.MailByCheck(ctx, t.subject.organization, key)
	if kind, _ := chat.KindOf(err); kind == chat.Missing {
		return time.Time{}, chat.Verdict{}, false, nil
	}
	if err != nil {
		return time.Time{}, chat.Verdict{}, false, err
	}
	return t.began.Add(m.ReceivedAt.Sub(t.sent)), m.Verdict, true, nil
}

// asMailFailure gives a failure back in the words of who sends, which the doctor reads.
func asMailFailure(err error) error {
	failure := new(chat.SendFailure)
	if !errors.As(err, &failure) {
		return err
	}
	told := &mail.Failure{Temporary: failure.Temporary, Code: failure.Code, Detail: failure.Detail, Enhanced: failure.Status}
	if failure.Code != "unreachable" {
		told.Status = 500 // somebody has answered
	}
	return told
}
