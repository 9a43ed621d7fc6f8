package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
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
	"rejoin/mail/smtptest"
)

const inboundDomain = "reply.shop.example"

// post is a whole house at work, with a provider that takes its emails and a door that takes the answers.
type post struct {
	t      *testing.T
	house  *house
	desk   *chat.Desk
	clock  *demo.Clock
	base   string
	smtp   *smtptest.Server   // nil where Resend carries the emails
	resend *resendtest.Server // nil where SMTP does
}

// newSMTPPost sends by SMTP and receives by its own door.
func newSMTPPost(t *testing.T) *post {
	t.Helper()
	p := &post{t: t, smtp: smtptest.New(t, smtptest.Options{UTF8: true})}
	p.open(func(c *Config) {
		c.SMTPURL, c.InboundAddr = p.smtp.URL(""), "127.0.0.1:0"
	})
	return p
}

// newResendPost sends by Resend, which receives too.
func newResendPost(t *testing.T) *post {
	t.Helper()
	p := &post{t: t, resend: resendtest.New(t)}
	p.open(func(c *Config) {
		c.ResendAPIKey, c.ResendBaseURL, c.ResendWebhook = p.resend.Key(), p.resend.URL(), resendtest.WebhookSecret
	})
	p.resend.Notify(p.base+"/hooks/resend", resendtest.WebhookSecret)
	return p
}

// open starts the house as serve does, but for the clock, which a test may advance.
func (p *post) open(set func(*Config)) {
	p.t.Helper()
	config := Config{
		Addr: freeAddress(p.t), DatabaseURL: dbtest.URL(p.t), DataDir: p.t.TempDir(), SecretKey: strings.Repeat("s", minSecret),
		MailFrom: "Shop <chat@shop.example>", ResendBaseURL: "https://api.resend.com/", DatabaseConns: 8, MailRate: -1, InboundDomain: inboundDomain,
	}
	config.BaseURL = "http://" + config.Addr
	set(&config)
	p.must(config.checkServe())
	p.base = config.BaseURL
	sender, stop, err := config.sender()
	p.must(err)
	p.t.Cleanup(stop)
	p.clock, err = demo.OpenClock(filepath.Join(config.DataDir, "clock"))
	p.must(err)
	log := slog.New(slog.NewTextHandler(p.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	if os.Getenv("REJOIN_LOG") == "" {
		log = slog.New(slog.DiscardHandler)
	}
	p.house, err = build(p.t.Context(), config, log, parts{
		url: config.DatabaseURL, now: p.clock.Now, sender: sender, from: mail.Address{Name: "Shop", Email: "chat@shop.example"},
		password: web.NewPasswords(2, true), pace: config.pace(), inbox: config.inbox(),
	})
	p.must(err)
	p.desk = p.house.desk
	p.house.routes(nil)
	p.run()
}

// run serves until the test ends.
func (p *post) run() {
	p.t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(p.t.Context()))
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- p.house.run(ctx, func(string) { close(ready) }) }()
	p.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			p.t.Errorf("the house did not end well: %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-done:
		p.t.Fatalf("the house does not start: %v", err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (p *post) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// until waits for a condition.
func (p *post) until(what string, done func() bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 45*time.Second)
	defer cancel()
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for !done() {
		select {
		case <-pause.C:
		case <-ctx.Done():
			p.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// brand is one organization with its admin.
type brand struct {
	*post
	admin *chat.AgentCaller
}

func (p *post) found(name string) *brand {
	p.t.Helper()
	o, admin, err := p.desk.CreateOrganization(p.t.Context(), chat.SetupInput{
		Organization: name, Language: "en", Zone: "Europe/Paris", Name: "Maya", Email: "maya@" + name + ".example", Password: "a password for everyone",
	}, name)
	p.must(err)
	return &brand{post: p, admin: &chat.AgentCaller{Organization: o, Agent: admin, Session: &chat.Session{}}}
}

// talk is one conversation of a customer who has left.
type talk struct {
	*brand
	caller  *chat.CustomerCaller
	key     string
	address string
}

// left is a customer who asked something, gave an address and left.
func (b *brand) left(question, address string) *talk {
	b.t.Helper()
	ctx, o, page := b.t.Context(), b.admin.Organization, rand.Text()
	caller, c, _, err := b.desk.Start(ctx, o, chat.NewToken(o.ID, rand.Reader), chat.StartInput{
		Post: chat.PostInput{ClientID: rand.Text(), Text: question, PageURL: "https://shop.example/plates"}, Page: page,
	})
	b.must(err)
	_, err = b.desk.GiveAddress(ctx, caller, c.Key, address)
	b.must(err)
	b.desk.Tracker().Sign(chat.CustomerPerson(o.ID, caller.Customer.ID), page, chat.SignGone, b.desk.Now())
	b.must(b.clock.Advance(time.Minute))
	talk := &talk{brand: b, caller: caller, key: c.Key, address: address}
	b.until("the customer has left", func() bool { return !talk.customer().Active })
	return talk
}

func (k *talk) customer() *chat.Customer {
	k.t.Helper()
	customer, err := k.desk.Store().Customer(k.t.Context(), k.admin.Organization.ID, k.caller.Customer.ID)
	k.must(err)
	return customer
}

func (k *talk) conversation() *chat.Conversation {
	k.t.Helper()
	c, err := k.desk.Store().ConversationByKey(k.t.Context(), k.admin.Organization.ID, k.key)
	k.must(err)
	return c
}

// answer is what an agent writes.
func (k *talk) answer(text string) *chat.Message {
	k.t.Helper()
	m, err := k.desk.PostAsAgent(k.t.Context(), k.admin, k.key, chat.AgentPost{ClientID: rand.Text(), Text: text})
	k.must(err)
	return m
}

// messages are all of them, notes and happenings too.
func (k *talk) messages() []chat.Message {
	k.t.Helper()
	all, err := k.desk.Store().Messages(k.t.Context(), k.admin.Organization.ID, k.conversation().ID, 0, 0, 200, false)
	k.must(err)
	return all
}

// hears waits for a message of that kind with that text.
func (k *talk) hears(kind chat.MessageKind, text string) chat.Message {
	k.t.Helper()
	var found chat.Message
	k.until(fmt.Sprintf("%q stands in the thread", text), func() bool {
		for _, m := range k.messages() {
			if m.Kind == kind && m.Text == text {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// emails are those that a provider took for an address, oldest first.
func (p *post) emails(address string) []*mail.Inbound {
	var got []*mail.Inbound
	if p.smtp != nil {
		for _, e := range p.smtp.Emails() {
			if len(e.To) == 1 && strings.EqualFold(e.To[0], address) {
				got = append(got, mail.ParseBytes(e.Raw))
			}
		}
		return got
	}
	for _, e := range p.resend.Accepted() {
		if len(e.To) == 1 && strings.Contains(e.To[0], address) {
			in := &mail.Inbound{Subject: e.Subject, MessageID: e.Headers["Message-ID"], InReplyTo: e.Headers["In-Reply-To"], Reply: e.Text}
			in.References = strings.Fields(e.Headers["References"])
			if len(e.ReplyTo) > 0 {
				in.ReplyTo = mail.Address{Email: bareAddress(e.ReplyTo[0])}
			}
			got = append(got, in)
		}
	}
	return got
}

func bareAddress(address string) string {
	if at := strings.LastIndexByte(address, '<'); at >= 0 {
		return strings.Trim(address[at:], "<>")
	}
	return address
}

// receives waits for the nth email to an address.
func (p *post) receives(address string, n int) *mail.Inbound {
	p.t.Helper()
	p.until(fmt.Sprintf("email %d reaches %s", n, address), func() bool { return len(p.emails(address)) >= n })
	got := p.emails(address)
	if len(got) != n {
		p.t.Fatalf("%s got %d emails, want %d", address, len(got), n)
	}
	return got[n-1]
}

// reply is how somebody's mail program answers an email.
func (p *post) reply(to *mail.Inbound, from, text string) mail.Answer {
	return mail.Answer{
		To: mail.Message{
			MessageID: to.MessageID, From: mail.Address{Email: "chat@shop.example"}, To: mail.Address{Email: from}, ReplyTo: to.ReplyTo,
			Subject: to.Subject, Text: "quoted words", Date: time.Now(), Headers: map[string]string{"References": strings.Join(to.References, " ")},
		},
		Text: text, ID: "<" + rand.Text() + "@mail.example>", At: time.Now(),
	}
}

// comes brings a mail to where mail comes in.
func (p *post) comes(from, to string, raw []byte) {
	p.t.Helper()
	if p.resend != nil {
		p.resend.Receive(raw, to)
		return
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	p.must(mail.HandOver(ctx, p.house.doorAddress(), from, to, raw))
}

// answers brings somebody's answer to an email; it gives the answer's Message-ID.
func (p *post) answers(to *mail.Inbound, from, text string) string {
	p.t.Helper()
	a := p.reply(to, from, text)
	raw, err := a.Raw()
	p.must(err)
	p.comes(from, to.ReplyTo.Email, raw)
	return a.ID
}

// count asks the database for a number.
func (p *post) count(query string) int {
	p.t.Helper()
	conn, err := pgx.Connect(p.t.Context(), p.house.config.DatabaseURL)
	p.must(err)
	defer conn.Close(context.WithoutCancel(p.t.Context()))
	var n int
	p.must(conn.QueryRow(p.t.Context(), query).Scan(&n))
	return n
}
