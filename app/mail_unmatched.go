package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"rejoin/app/chat"
)

type mailUnmatchedCommand struct{}

// Run lists the mail that is nobody's: nothing in it tells which organization it is for. Each organization's own is listed
// in its inbox.
func (mailUnmatchedCommand) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error { return printUnmatched(ctx, h.desk, os.Stdout) })
}

type mailGiveCommand struct {
	Mail         string `arg:"" help:"Key of the mail, as 'app mail unmatched' lists it."`
	Organization string `arg:"" help:"Key of the organization, as the widget's snippet shows it."`
}

// Run gives a mail that is nobody's to an organization, whose admins then find it under Unmatched mail.
func (c mailGiveCommand) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		err := h.desk.GiveMail(ctx, c.Mail, c.Organization)
		if kind, _ := chat.KindOf(err); err != nil && kind == chat.Missing {
			return fmt.Errorf("there is no mail %s that is nobody's, or no organization %s", c.Mail, c.Organization)
		}
		if err != nil {
			return fmt.Errorf("give mail: %w", err)
		}
		return nil
	})
}

// unmatchedPage is how many mails are read at once.
const unmatchedPage = 50

func printUnmatched(ctx context.Context, desk *chat.Desk, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "key\treceived\tfrom\tto\tsubject\twhy")
	for after := (chat.Cursor{}); ; {
		mails, next, err := desk.UnmatchedOfNobody(ctx, after, unmatchedPage)
		if err != nil {
			return fmt.Errorf("list mail: %w", err)
		}
		for _, m := range mails {
			to := ""
			if len(m.EnvelopeTo) > 0 {
				to = m.EnvelopeTo[0]
			}
			fmt.Fprintf(table, "%s\t%s\t%q\t%q\t%q\t%s\n", m.Key, m.ReceivedAt.UTC().Format(time.RFC3339), m.FromAddress, to, m.Subject, m.Reason)
		}
		if next == (chat.Cursor{}) {
			break
		}
		after = next
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print mail: %w", err)
	}
	return nil
}

// withHouse calls act with a house that does nothing by itself, on the server's database and beside a server that may run.
func withHouse(ctx context.Context, act func(*house) error) error {
	config, err := readConfig()
	if err != nil {
		return err
	}
	if err := config.checkServe(); err != nil {
		return fmt.Errorf("set the environment of the server:\n%w", err)
	}
	postgres, err := startDatabase(ctx, config, config.log())
	if err != nil {
		return err
	}
	defer postgres.stop()
	h, closing, err := quietHouse(ctx, config, postgres)
	if err != nil {
		return err
	}
	defer closing()
	return act(h)
}
