package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"os"
	"time"

	"rejoin/app/chat"
	"rejoin/app/doctor"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/mail"
)

type doctorCommand struct {
	Organization string `placeholder:"KEY" help:"Check how this organization's emails go out, where it has its own address; the key stands in the widget's snippet."`
	JSON         bool   `help:"Print one JSON array at the end instead of lines."`
}

var errUnhealthy = errors.New("something has to be put right, see ✗ above")

// Run examines the email of this installation with the environment of the server; it ends with an error when a line is red.
func (c doctorCommand) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error { return c.examine(ctx, h, os.Stdout, os.Stderr) })
}

// quietHouse is a house that does nothing by itself, beside a server that may run.
func quietHouse(ctx context.Context, config Config, postgres *database) (*house, func(), error) {
	sender, stopSending, err := config.sender()
	if err != nil {
		return nil, nil, err
	}
	from, err := netmail.ParseAddress(config.MailFrom)
	if err != nil {
		stopSending()
		return nil, nil, fmt.Errorf("read MAIL_FROM: %w", err)
	}
	h, err := build(ctx, config, config.log(), parts{
		url: postgres.url, revive: postgres.revive, now: time.Now, from: mail.Address{Name: from.Name, Email: from.Address},
		sender: sender, pace: config.pace(), inbox: config.inbox(), password: web.NewPasswords(1, false),
	})
	if err != nil {
		stopSending()
		return nil, nil, err
	}
	return h, func() {
		_ = h.email.Close() // what it says goodbye to is somebody else's
		_ = h.blobs.Close() // nothing was written
		h.pools.Close()
		stopSending()
	}, nil
}

func (c doctorCommand) examine(ctx context.Context, h *house, out, notes io.Writer) error {
	s, err := c.subject(ctx, h)
	if err != nil {
		return err
	}
	listening, err := h.store.Listening(ctx)
	if err != nil {
		return fmt.Errorf("look for a running server: %w", err)
	}
	if s.silent = listening == 0; s.silent {
		fmt.Fprintln(notes, "No server is running on this database: no test email is sent, since nobody would take it in.")
	}
	l := locales.For("en")
	live := &doctorLines{out: out, locale: l, found: map[string]chat.Finding{}}
	if c.JSON {
		live.out = io.Discard
	}
	findings, err := h.examine(ctx, s, live.tell)
	if err != nil {
		return fmt.Errorf("examine: %w", err)
	}
	if c.JSON {
		if err := printFindings(out, l, findings); err != nil {
			return err
		}
	}
	if !doctor.Healthy(findings) {
		return errUnhealthy
	}
	return nil
}

// subject is the operator, or the organization that was named.
func (c doctorCommand) subject(ctx context.Context, h *house) (subject, error) {
	if c.Organization == "" {
		return subject{brand: cmp.Or(h.from.Name, "Rejoin"), language: "en"}, nil
	}
	o, err := h.store.OrganizationByKey(ctx, c.Organization)
	if kind, _ := chat.KindOf(err); kind == chat.Missing {
		return subject{}, fmt.Errorf("there is no organization with the key %q", c.Organization)
	}
	if err != nil {
		return subject{}, fmt.Errorf("find the organization: %w", err)
	}
	return subject{organization: o.ID, brand: o.Brand(), language: "en"}, nil
}

// doctorLines prints what comes out in the order of the checks, each line as soon as those before it have come out.
type doctorLines struct {
	out    io.Writer
	locale *locales.Locale
	found  map[string]chat.Finding
	next   int
}

func (d *doctorLines) tell(f chat.Finding) {
	if f.State == chat.FindingWait {
		return
	}
	d.found[f.Check] = f
	for checks := chat.Checks(); d.next < len(checks); d.next++ {
		one, known := d.found[checks[d.next]]
		if !known {
			return
		}
		fmt.Fprint(d.out, doctor.Line(d.locale, one))
	}
}

// doctorLine is the shape that --json prints.
type doctorLine struct {
	Check    string            `json:"check"`
	State    chat.FindingState `json:"state"`
	Outcome  string            `json:"outcome"`
	Values   map[string]string `json:"values"`
	Took     int64             `json:"took_ms"`
	Sentence string            `json:"sentence"`
	Do       string            `json:"do"`
}

func printFindings(w io.Writer, l *locales.Locale, findings []chat.Finding) error {
	lines := make([]doctorLine, 0, len(findings))
	for _, f := range findings {
		lines = append(lines, doctorLine{
			Check: f.Check, State: f.State, Outcome: f.Outcome, Values: f.Values, Took: f.Took.Milliseconds(),
			Sentence: doctor.Sentence(l, f), Do: doctor.Advice(l, f),
		})
	}
	printed := json.NewEncoder(w)
	printed.SetIndent("", "  ")
	printed.SetEscapeHTML(false)
	if err := printed.Encode(lines); err != nil {
		return fmt.Errorf("print the findings: %w", err)
	}
	return nil
}
