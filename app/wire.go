package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"github.com/a-h/templ"

	"rejoin/app/blob"
	"rejoin/app/channel"
	"rejoin/app/chat"
	"rejoin/app/live"
	"rejoin/app/web"
	"rejoin/app/web/hooks"
	"rejoin/app/work"
	"rejoin/db"
	"rejoin/locales"
	"rejoin/mail"
	"rejoin/views/ui"
)

// house is everything that runs in one process, wired together.
type house struct {
	config   Config
	log      *slog.Logger
	pools    *db.Pools
	store    *db.Store
	hub      *live.Hub
	relay    *live.Relay
	queue    *work.Queue
	round    *work.Round
	desk     *chat.Desk
	sessions *web.Sessions
	once     *web.Once
	server   *web.Server
	now      func() time.Time
	revive   func(ctx context.Context) error
	email    *channel.Email
	channels []chat.Channel
	blobs    blob.Store
	door     *mail.Door // nil where no mail comes to us by SMTP
	resend   hooks.Secret
	pace     chat.Pace
	inbox    chat.Inbox
	from     mail.Address // the operator's
	demo     bool         // nothing leaves this machine
	slack    int          // multiplies the limits of strangers; 0 is 1
	haste    haste
}

// haste is how soon an instance takes up what one that died has left.
type haste struct {
	jobs    work.Times
	orphans time.Duration // who was present before a restart comes back first, and is then no orphan
}

func usualHaste() haste { return haste{jobs: work.UsualTimes(), orphans: 30 * time.Second} }

// parts is what serve and demo choose differently.
type parts struct {
	url      string
	revive   func(ctx context.Context) error // starts our own PostgreSQL again; nil where it is another's
	now      func() time.Time
	sender   mail.Sender
	from     mail.Address
	password *web.Passwords
	haste    *haste // nil is the usual one
	pace     chat.Pace
	inbox    chat.Inbox // nil where no provider receives for us
	demo     bool
}

// What a house keeps rendered, and how long.
const (
	renderedFor   = 10 * time.Second
	renderedBytes = 8 << 20
)

// build wires a house without starting it.
func build(ctx context.Context, config Config, log *slog.Logger, p parts) (*house, error) {
	webhooks, err := config.resendWebhook()
	if err != nil {
		return nil, fmt.Errorf("read RESEND_WEBHOOK_SECRET: %w", err)
	}
	pools, err := db.OpenPools(ctx, p.url, config.DatabaseConns)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	h := &house{resend: webhooks, config: config, log: log, pools: pools, hub: live.NewHub(), now: p.now, revive: p.revive, haste: usualHaste()}
	if p.haste != nil {
		h.haste = *p.haste
	}
	h.relay = live.NewRelay(h.hub, pools.ListenConn, log)
	h.queue, err = work.NewQueue(pools.Jobs(), deliverer{h}, h.haste.jobs, log)
	if err != nil {
		pools.Close()
		return nil, err
	}
	h.store = db.New(pools, db.Options{Publish: h.publish, Enqueue: byOurClock(h.queue.Enqueue, p.now), Log: log})
	if h.blobs, err = blob.Open(config.Blobs, config.DataDir); err != nil {
		pools.Close()
		return nil, fmt.Errorf("open BLOBS: %w", err)
	}
	h.pace, h.inbox, h.from, h.demo = p.pace, p.inbox, p.from, p.demo
	h.email = channel.NewEmail(channel.EmailOptions{
		Sender: p.sender, Own: h.ownServer, From: p.from, BaseURL: config.BaseURL, Inbound: config.InboundDomain,
	})
	h.channels = channel.All(h.email)
	h.desk = h.deskAt(p.password, p.now)
	h.once = web.NewOnce(renderedFor, renderedBytes, time.Now)
	h.sessions, err = web.NewSessions([]byte(config.SecretKey), config.secure(), p.now)
	if err != nil {
		pools.Close()
		return nil, fmt.Errorf("prepare sessions: %w", err)
	}
	h.server = web.NewServer(web.Options{
		BaseURL: config.BaseURL, TrustedProxies: config.TrustedProxies, Log: log, Secure: config.secure(), Now: p.now,
		ErrorToast: func(v web.ErrorView) templ.Component { return ui.Toast(v.Locale, "error", v.Text) },
	})
	h.server.BeforeStop(h.hub.Close)
	h.round = work.NewRound(log, h.tasks()...)
	return h, nil
}

// byOurClock lets jobs be put off by the application's clock, which may be ahead of the queue's.
func byOurClock[T any](enqueue func(context.Context, T, ...chat.Job) error, now func() time.Time) func(context.Context, T, ...chat.Job) error {
	return func(ctx context.Context, tx T, jobs ...chat.Job) error {
		ahead := time.Until(now())
		for i := range jobs {
			if !jobs[i].At.IsZero() {
				jobs[i].At = jobs[i].At.Add(-ahead)
			}
		}
		return enqueue(ctx, tx, jobs...)
	}
}

// ownServer makes a sender to an organization's own mail server, which lies in no private network unless the operator allows it.
func (h *house) ownServer(to chat.MailServer) (mail.Sender, error) {
	if err := h.refuseOutside(to); err != nil {
		return nil, err
	}
	server, err := mail.NewSMTPServer(to.Host, to.Port, to.Security, to.Username, to.Password)
	if err != nil {
		return nil, fmt.Errorf("read mail server: %w", err)
	}
	return mail.NewSMTP(mail.SMTPOptions{Server: server, Hello: h.config.hostName(), Public: !h.config.PrivateSMTP && !h.demo}), nil
}

// deskAt makes a desk with a clock of its own.
func (h *house) deskAt(passwords *web.Passwords, now func() time.Time) *chat.Desk {
	o := h.quietly(passwords, now)
	o.Say, o.Hours = channel.Say, channel.Hours
	return chat.NewDesk(o)
}

// quietly is what a desk is made of that says nothing by itself.
func (h *house) quietly(passwords *web.Passwords, now func() time.Time) chat.Options {
	return chat.Options{
		Store: h.store, Leases: h.store, Throttle: h.store, Channels: h.channels, Passwords: passwords,
		Secret: []byte(h.config.SecretKey), Instance: rand.Text(), Now: now, Random: rand.Reader,
		Detect: locales.Detect, Shipped: locales.Shipped(), Publish: h.publish, Together: h.relay.Together,
		Blobs: h.blobs, ReadMail: channel.ReadMail, Inbound: h.config.InboundDomain, Pace: h.pace, Inbox: h.inbox,
		Domains: h.providerDomains(), Trial: trial{h}, Reserved: h.config.reservedDomains(),
	}
}

// deliverer reaches the desk, which is made after the queue that it enqueues into.
type deliverer struct{ house *house }

// Deliver makes one attempt.
func (d deliverer) Deliver(ctx context.Context, organization, delivery int64) (time.Duration, error) {
	return d.house.desk.Deliver(ctx, organization, delivery)
}

// Receive settles one mail.
func (d deliverer) Receive(ctx context.Context, mail int64) (time.Duration, error) {
	return d.house.desk.Receive(ctx, mail)
}

func (h *house) publish(events []chat.Event) {
	nudges := make([]live.Event, len(events))
	for i, e := range events {
		nudges[i] = live.Event{Topic: e.Topic, Name: string(e.Name), Key: e.Key, Seq: e.Seq, Note: e.Note}
	}
	h.relay.Send(nudges)
}

// tasks is every background task of this instance.
func (h *house) tasks() []work.Task {
	return []work.Task{
		{What: "postgres", After: 2 * time.Second, Every: 2 * time.Second, Run: h.watchDatabase},
		{What: "presence", Every: time.Second, Run: func(ctx context.Context) error { return h.desk.TickPresence(ctx) }},
		{What: "lease", Every: 5 * time.Second, Run: func(ctx context.Context) error { return h.desk.RenewLease(ctx) }},
		{What: "orphans", After: h.haste.orphans, Every: 5 * time.Second, Run: func(ctx context.Context) error { return h.desk.TakeOrphans(ctx) }},
		{What: "followups", Every: 250 * time.Millisecond, Run: func(ctx context.Context) error { _, err := h.desk.SweepFollowups(ctx); return err }},
		{What: "returned", Every: 5 * time.Second, Run: func(ctx context.Context) error { _, err := h.desk.SweepReturned(ctx); return err }},
		{What: "automations", Every: time.Second, Run: func(ctx context.Context) error { _, err := h.desk.SweepAutomations(ctx); return err }},
		{What: "webhooks", Every: 2 * time.Second, Run: func(ctx context.Context) error { return h.desk.SettleEvents(ctx) }},
		{What: "plans", Every: time.Second, Run: func(ctx context.Context) error { return h.desk.ReplanAll(ctx) }},
		{What: "heal", Every: 5 * time.Second, Run: h.heal},
		{What: "mails", After: time.Minute, Every: 5 * time.Minute, Run: func(ctx context.Context) error { return h.desk.ReviveMails(ctx) }},
		{What: "files", After: time.Minute, Every: 10 * time.Minute, Run: h.sweepFiles},
		{What: "senders", After: 30 * time.Second, Every: time.Minute, Run: func(ctx context.Context) error { _, err := h.desk.CheckSenders(ctx); return err }},
		{What: "blobs", After: time.Hour, Every: 24 * time.Hour, Run: func(ctx context.Context) error { return h.desk.SweepBlobs(ctx) }},
		{What: "received", After: 10 * time.Second, Every: 5 * time.Minute, Run: h.reconcile()},
		{What: "sweep", Every: 10 * time.Minute, Run: func(ctx context.Context) error { return h.store.Sweep(ctx, h.now()) }},
	}
}

// watchDatabase starts a PostgreSQL of our own again when it has died.
func (h *house) watchDatabase(ctx context.Context) error {
	if h.revive == nil || h.store.Ping(ctx) == nil {
		return nil
	}
	return h.revive(ctx)
}

// heal tells streams that have missed a nudge to read again.
func (h *house) heal(ctx context.Context) error {
	return h.hub.Heal(ctx, func(ctx context.Context, topics []string) (map[string]int64, error) {
		watched := make(map[int64][]int64)
		for _, topic := range topics {
			if organization, conversation, ok := chat.SplitConversationTopic(topic); ok {
				watched[organization] = append(watched[organization], conversation)
			}
		}
		reached := make(map[string]int64, len(topics))
		for organization, conversations := range watched {
			latest, err := h.store.LatestSeqs(ctx, organization, conversations)
			if err != nil {
				return nil, err
			}
			for conversation, seq := range latest {
				reached[chat.ConversationTopic(organization, conversation)] = seq
			}
		}
		return reached, nil
	})
}
