package main

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"runtime"
	"time"

	"rejoin/app/chat"
	"rejoin/app/demo"
	"rejoin/app/web"
	"rejoin/mail"
)

// sendTime bounds one call of the email provider.
const sendTime = 20 * time.Second

type serveCommand struct{}

// Run serves in production until it is told to stop.
func (serveCommand) Run(ctx context.Context) error {
	config, err := readConfig()
	if err != nil {
		return err
	}
	if err := config.checkServe(); err != nil {
		return fmt.Errorf("not ready to serve:\n%w", err)
	}
	log := config.log()
	postgres, err := openDatabase(ctx, config, log)
	if err != nil {
		return err
	}
	defer postgres.stop()
	sender, stopSending, err := config.sender()
	if err != nil {
		return err
	}
	defer stopSending()
	from, err := netmail.ParseAddress(config.MailFrom)
	if err != nil {
		return fmt.Errorf("read MAIL_FROM: %w", err)
	}
	h, err := build(ctx, config, log, parts{
		url: postgres.url, revive: postgres.revive, now: time.Now, from: mail.Address{Name: from.Name, Email: from.Address},
		sender: sender, pace: config.pace(), inbox: config.inbox(),
		password: web.NewPasswords(runtime.NumCPU(), false),
	})
	if err != nil {
		return err
	}
	if err := h.refuseDemo(ctx); err != nil {
		h.pools.Close()
		return err
	}
	h.routes(nil)
	return h.run(ctx, func(addr string) { h.announce(ctx, addr) })
}

// refuseDemo keeps the demo's agents, whose password everybody knows, out of production.
func (h *house) refuseDemo(ctx context.Context) error {
	_, err := h.store.OrganizationByKey(ctx, demo.OrganizationKey)
	if kind, _ := chat.KindOf(err); kind == chat.Missing {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look whether this is the demo's database: %w", err)
	}
	return errors.New("this database holds the demo brand, whose password everybody knows: set DATABASE_URL or DATA_DIR to another one")
}

// announce says where it listens, and on an empty database how to begin.
func (h *house) announce(ctx context.Context, addr string) {
	fmt.Printf("Rejoin is listening on %s and reached at %s\n", addr, h.config.BaseURL)
	needed, err := h.desk.SetupNeeded(ctx)
	if err != nil {
		h.log.Error("cannot tell whether setup is needed", "error", err)
		return
	}
	if needed {
		fmt.Printf("There is no organization yet. Open this link once to create it and its first admin:\n  %s/setup/%s\n",
			h.config.BaseURL, h.desk.SetupToken())
	}
}
