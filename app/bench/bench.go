// Package bench measures Rejoin from outside: a client over HTTP against a child that serves the real routes, each
// figure beside a yardstick of the same run. It reaches nothing beyond loopback, makes its databases itself and drops
// them, and bounds every figure in count and time. It refuses to judge by a feeling: a figure without a yardstick is none.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Options say what is measured, and how long.
type Options struct {
	Binary      string // Rejoin itself; its hidden command bench-server is what is measured
	DatabaseURL string // a PostgreSQL whose role may create databases; empty = one of its own in Dir, thrown away at the end
	Dir         string // for its own PostgreSQL, on the disk that commits are to be measured on
	Quick       bool   // a few minutes in all, smaller sizes
	Only        string // the name of one figure; empty = all
	Profile     string // folder for CPU profiles of the server; empty = none
	Corpus      string // folder of mails that the parser is measured with; where it is not there, our own
	Desk        MakeDesk
	Progress    io.Writer
}

// figure is one thing that is measured; it answers one or more rows.
type figure struct {
	name    string
	measure func(ctx context.Context, b *bench) ([]Row, error)
}

func figures() []figure {
	return []figure{
		{"accept", accept}, {"commits", commits}, {"live", liveFigure}, {"memory", memory}, {"fanout", fanout},
		{"start", coldStart}, {"widget", widgetWeight}, {"click", click}, {"inbox", inboxFigure},
		{"plan", planFigure}, {"sweep", sweep}, {"late", late}, {"quiet", quiet},
		{"mail", mailFigure}, {"parse", parseFigure}, {"render", render},
	}
}

// Names are the figures that Only may name.
func Names() []string {
	var names []string
	for _, f := range figures() {
		names = append(names, f.name)
	}
	return names
}

// bench is one run.
type bench struct {
	Options
	sizes    sizes
	postgres *postgres
}

// sizes are the bounds of a run.
type sizes struct {
	whole       time.Duration // what takes longer is not measured
	rounds      int           // of ours and the yardstick in turn
	burst       time.Duration // of posting in one round
	counted     int           // messages whose commits are counted
	chats       int
	rate        float64       // messages per second over all chats
	talk        time.Duration // of one round of messages both ways
	small, big  int           // conversations in the inbox
	asked       int           // times that every list is asked for at either size
	askRate     float64       // lists per second
	streams     int           // idle ones
	subscribers int           // of one conversation
	events      int           // to those
	starts      int
	clicks      int
	open, due   int // conversations that are swept
	found       int // times that what is due is looked for
	idle        int // sweeps that find nothing
	emails      int // whose lateness is measured
	present     int // quiet customers
	watched     time.Duration
	answers     int // by email, in one round
}

func sizesOf(quick bool) sizes {
	if quick {
		return sizes{
			whole: 8 * time.Minute, rounds: 2, burst: 1200 * time.Millisecond, counted: 1600, chats: 50, rate: 50, talk: 1500 * time.Millisecond,
			small: 1000, big: 100_000, asked: 10, askRate: 25, streams: 1000, subscribers: 1000, events: 5, starts: 2, clicks: 3,
			open: 100_000, due: 2000, found: 40, idle: 300, emails: 220, present: 1000, watched: 15 * time.Second, answers: 110,
		}
	}
	return sizes{
		whole: 25 * time.Minute, rounds: 4, burst: 3 * time.Second, counted: 3000, chats: 50, rate: 50, talk: 5 * time.Second,
		small: 1000, big: 1_000_000, asked: 60, askRate: 25, streams: 5000, subscribers: 1000, events: 20, starts: 5, clicks: 7,
		open: 1_000_000, due: 10_000, found: 100, idle: 600, emails: 420, present: 5000, watched: 30 * time.Second, answers: 110,
	}
}

// Run measures every figure and returns the report; the error tells which figures could not be measured.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Only != "" && !slices.Contains(Names(), o.Only) {
		return nil, fmt.Errorf("there is no figure %q: choose one of %s", o.Only, strings.Join(Names(), ", "))
	}
	b := &bench{Options: o, sizes: sizesOf(o.Quick)}
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, b.sizes.whole)
	defer cancel()
	var err error
	if b.postgres, err = openPostgres(ctx, o.DatabaseURL, o.Dir); err != nil {
		return nil, err
	}
	report := &Report{At: begun.UTC(), Quick: o.Quick, Machine: machine(b.postgres.version)}
	var failed error
	for _, f := range figures() {
		if o.Only != "" && o.Only != f.name {
			continue
		}
		b.say("measuring %s", f.name)
		rows, err := f.measure(ctx, b)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", f.name, err))
			rows = append(rows, Row{Figure: f.name, Skipped: firstLine(err.Error())})
		}
		report.Rows = append(report.Rows, rows...)
	}
	failed = errors.Join(failed, b.postgres.close())
	report.Seconds = time.Since(begun).Seconds()
	return report, failed
}

func (b *bench) say(format string, args ...any) {
	if b.Progress != nil {
		fmt.Fprintf(b.Progress, format+"\n", args...)
	}
}

func machine(postgres string) Machine {
	return Machine{OS: runtime.GOOS, Architecture: runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version(), PostgreSQL: postgres}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
