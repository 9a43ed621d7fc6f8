package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"rejoin/app/chat"
	"rejoin/app/demo"
	"rejoin/app/web"
	"rejoin/mail"
)

type demoCommand struct{}

// Run serves the demo brand on loopback until it is told to stop.
func (demoCommand) Run(ctx context.Context) error {
	config, err := demoConfig()
	if err != nil {
		return err
	}
	log := config.log()
	postgres, err := openDatabase(ctx, config, log)
	if err != nil {
		return err
	}
	defer postgres.stop()
	clock, err := demo.OpenClock(filepath.Join(config.DataDir, "clock"))
	if err != nil {
		return fmt.Errorf("open the demo's clock: %w", err)
	}
	mailbox, err := mail.OpenMailbox(filepath.Join(config.DataDir, "mailbox"), clock.Now)
	if err != nil {
		return fmt.Errorf("open the mailbox: %w", err)
	}
	p := parts{
		url: postgres.url, revive: postgres.revive, now: clock.Now, sender: demoSender(config, mailbox), from: mail.Address{Name: "Rejoin", Email: "chat@rejoin.example"},
		password: web.NewPasswords(2, false), demo: true,
	}
	h, err := build(ctx, config, log, p)
	if err != nil {
		return err
	}
	deskAt := func(now func() time.Time) *chat.Desk { return chat.NewDesk(h.quietly(p.password, now)) }
	key, err := demo.Seed(ctx, deskAt, config.BaseURL, clock.Now())
	if err != nil {
		h.pools.Close()
		return fmt.Errorf("make the demo brand: %w", err)
	}
	h.routes(&demo.Options{
		Desk: h.desk, Mailbox: mailbox, Clock: clock, OrganizationKey: key, BaseURL: config.BaseURL, Log: log, Door: h.doorAddress,
	})
	return h.run(ctx, func(string) { fmt.Println(demo.Banner(config.BaseURL, h.doorAddress())) })
}

// demoSender is the mailbox, or a server on this machine that speaks Resend's API when one is named: no email of a demo
// leaves the machine, whatever key the environment holds. SMTP_URL is passed over even on loopback, since the mail server
// of a machine sends on to the world.
func demoSender(config Config, mailbox *mail.Mailbox) mail.Sender {
	if config.ResendAPIKey == "" || !config.resendIsHere() {
		return mailbox
	}
	return mail.NewResend(config.ResendAPIKey, config.ResendBaseURL, sendTime)
}

// resendIsHere tells whether what speaks Resend's API is on this machine.
func (c Config) resendIsHere() bool {
	base, err := url.Parse(c.ResendBaseURL)
	return err == nil && isLoopback(base.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// demoConfig fills in what a demo need not be told, and refuses to be reached from outside.
func demoConfig() (Config, error) {
	config, err := readConfig()
	if err != nil {
		return Config{}, err
	}
	host, port, err := net.SplitHostPort(config.Addr)
	if err != nil {
		return Config{}, fmt.Errorf("read ADDR: %w", err)
	}
	if !isLoopback(host) {
		return Config{}, fmt.Errorf("the demo listens on loopback only, not on %q: set ADDR to 127.0.0.1:%s", config.Addr, port)
	}
	if err := config.demoDoor(); err != nil {
		return Config{}, err
	}
	if config.BaseURL == "" {
		config.BaseURL = "http://" + config.Addr
	}
	if len(config.SecretKey) < minSecret {
		config.SecretKey, err = keptSecret(filepath.Join(config.DataDir, "secret"))
	}
	return config, err
}

// The demo's own mail server: any mail program on this machine can answer through it.
const (
	demoDomain = "reply.rejoin.example"
	demoDoor   = "127.0.0.1:2525"
)

// demoDoor chooses where the demo takes mail: on loopback only, and elsewhere when another demo has the usual port.
func (c *Config) demoDoor() error {
	if c.InboundDomain == "" {
		c.InboundDomain = demoDomain
	}
	if c.InboundAddr == "" {
		c.InboundAddr = demoDoor
		if probe, err := net.Listen("tcp", demoDoor); err != nil { //nolint:noctx // it is closed at once
			c.InboundAddr = "127.0.0.1:0"
		} else {
			_ = probe.Close()
		}
	}
	host, _, err := net.SplitHostPort(c.InboundAddr)
	if err != nil {
		return fmt.Errorf("read INBOUND_SMTP_ADDR: %w", err)
	}
	if !isLoopback(host) {
		return fmt.Errorf("the demo takes mail on loopback only, not on %q", c.InboundAddr)
	}
	return nil
}

// keptSecret reads the demo's secret, or makes it at the first start.
func keptSecret(path string) (string, error) {
	kept, err := os.ReadFile(path)
	if err == nil && len(kept) >= minSecret {
		return string(kept), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the demo's secret: %w", err)
	}
	var raw [32]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	secret := hex.EncodeToString(raw[:])
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", fmt.Errorf("make DATA_DIR: %w", err)
	}
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		return "", fmt.Errorf("keep the demo's secret: %w", err)
	}
	return secret, nil
}
