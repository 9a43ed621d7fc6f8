package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"rejoin/app/bench"
	"rejoin/app/web"
	"rejoin/app/work"
	"rejoin/mail"
)

type benchCommand struct {
	Quick   bool   `help:"A few minutes in all, at smaller sizes."`
	Only    string `help:"Measure one figure: accept, commits, live, memory, fanout, start, widget, click, inbox, plan, sweep, late, quiet, mail, parse or render."`
	JSON    string `name:"json" placeholder:"FILE" help:"Write the JSON to a file instead of below the table."`
	Corpus  string `placeholder:"FOLDER" default:"../shared/corpora" help:"Mails to measure the parser with; our own where the folder is missing."`
	Profile string `placeholder:"FOLDER" help:"Write CPU profiles of the server, as it is measured, into a folder."`
}

// Run measures this very binary on loopback, prints a table and the same as JSON.
func (c benchCommand) Run(ctx context.Context) error {
	config, err := readConfig()
	if err != nil {
		return err
	}
	binary, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	report, failed := bench.Run(ctx, bench.Options{
		Binary: binary, DatabaseURL: config.DatabaseURL, Dir: filepath.Join(config.DataDir, "bench"),
		Quick: c.Quick, Only: c.Only, Profile: c.Profile, Corpus: c.Corpus, Progress: os.Stderr,
		Desk: benchDesk(config),
	})
	if report == nil {
		return failed
	}
	if err := report.Table(os.Stdout); err != nil {
		return err
	}
	return errors.Join(failed, writeJSON(c.JSON, report))
}

// writeJSON writes a report to a file, or to the terminal when none is named.
func writeJSON(name string, report interface{ JSON(out io.Writer) error }) (err error) {
	to := os.Stdout
	if name != "" {
		if to, err = os.Create(name); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		defer func() { err = errors.Join(err, to.Close()) }()
	}
	return report.JSON(to)
}

// benchSlack lets one address do what a crowd of strangers does.
const benchSlack = 100_000

// benchServerCommand is what the bench measures: the real routes, with a control of its own and room for a crowd. It
// ends with whoever holds its standard input.
type benchServerCommand struct {
	Control string `required:"" help:"Loopback address of the control."`
	Bare    bool   `help:"Serve the yardstick instead."`

	Resend   bool          `help:"Send through RESEND_BASE_URL, as in production."`
	SendTime time.Duration `default:"20s" help:"Bound of one call of it."`
	Hasty    bool          `help:"Take up within seconds what a killed instance has left."`
}

// Run serves until the bench lets go.
func (c benchServerCommand) Run(ctx context.Context) error {
	ctx, cancel := bench.UntilClosed(ctx, os.Stdin)
	defer cancel()
	config, err := demoConfig()
	if err != nil {
		return err
	}
	controlled := make(chan error, 1)
	go func() { controlled <- bench.Control(ctx, c.Control) }()
	if c.Bare {
		err = bench.ServeBare(ctx, config.Addr)
	} else {
		err = c.serve(ctx, config)
	}
	cancel()
	return errors.Join(err, <-controlled)
}

func (c benchServerCommand) serve(ctx context.Context, config Config) error {
	log := config.log()
	postgres, err := openDatabase(ctx, config, log)
	if err != nil {
		return err
	}
	defer postgres.stop()
	p := parts{
		url: postgres.url, revive: postgres.revive, now: time.Now, from: mail.Address{Name: "Rejoin", Email: "chat@rejoin.example"},
		password: web.NewPasswords(1, false),
	}
	if c.Hasty {
		p.haste = &haste{jobs: work.Times{Attempt: 5 * time.Second, Stuck: 6 * time.Second}, orphans: 3 * time.Second}
	}
	if p.sender, err = c.sender(config); err != nil {
		return err
	}
	h, err := build(ctx, config, log, p)
	if err != nil {
		return err
	}
	h.slack = benchSlack
	h.routes(nil)
	return h.run(ctx, func(addr string) { h.announce(ctx, addr) })
}

// sender is the mailbox, or a server on this machine that speaks Resend's API.
func (c benchServerCommand) sender(config Config) (mail.Sender, error) {
	if !c.Resend {
		mailbox, err := mail.OpenMailbox(filepath.Join(config.DataDir, "mailbox"), time.Now)
		if err != nil {
			return nil, fmt.Errorf("open the mailbox: %w", err)
		}
		return mailbox, nil
	}
	if base, err := url.Parse(config.ResendBaseURL); err != nil || !isLoopback(base.Hostname()) {
		return nil, fmt.Errorf("no email may leave this machine: %q is not on it", config.ResendBaseURL)
	}
	return mail.NewResend(config.ResendAPIKey, config.ResendBaseURL, c.SendTime), nil
}
