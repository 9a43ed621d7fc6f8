// Package doctor owns the checkup: whether emails go out and come back, whether DNS vouches for them, whether customers
// can open our links. It looks from outside, as a customer's mail server or browser would, and says for each line what to do.
//
// It refuses to change anything, to know the database or the settings, and to trust what it is told: whatever DNS and
// servers answer is bounded in size and time and cleaned before it is shown.
package doctor

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
)

// Options says with what the doctor looks; zero values are the defaults.
type Options struct {
	Resolver    mail.Resolver                                                        // default net.DefaultResolver
	HTTP        *http.Client                                                         // default one of its own; redirects are never followed
	Dial        func(ctx context.Context, network, address string) (net.Conn, error) // how mail servers are reached; default net.Dialer
	Now         func() time.Time                                                     // default time.Now
	DatabaseNow func(ctx context.Context) (time.Time, error)                         // the database's clock; nil = not compared
	CheckTime   time.Duration                                                        // of every check but the trip; default 10 s
	TripTime    time.Duration                                                        // of the test email, there and back; default 60 s
	Poll        time.Duration                                                        // how often is asked whether it is back; default 500 ms
}

// Doctor examines; it keeps nothing between two examinations, and any number may run at once.
type Doctor struct {
	options Options
}

// New makes a doctor.
func New(options Options) *Doctor {
	if options.Resolver == nil {
		options.Resolver = net.DefaultResolver
	}
	if options.HTTP == nil {
		options.HTTP = &http.Client{}
	}
	if options.Dial == nil {
		options.Dial = (&net.Dialer{}).DialContext
	}
	if options.Now == nil {
		options.Now = time.Now //nolint:forbidigo // the default clock
	}
	options.CheckTime = cmp.Or(options.CheckTime, 10*time.Second)
	options.TripTime = cmp.Or(options.TripTime, time.Minute)
	options.Poll = cmp.Or(options.Poll, 500*time.Millisecond)
	client := *options.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	options.HTTP = &client
	return &Doctor{options: options}
}

// Examine runs all checks at once and reports every line twice, when it begins (FindingWait) and when it has come out;
// report is never called twice at a time, and not after Examine has returned. The result is in the order of chat.Checks.
func (d *Doctor) Examine(ctx context.Context, p Patient, report func(chat.Finding)) []chat.Finding {
	short, cancel := context.WithTimeout(ctx, d.options.CheckTime)
	defer cancel()
	chart := &chart{report: report, now: d.options.Now, began: map[string]time.Time{}, found: map[string]chat.Finding{}}
	for _, check := range chat.Checks() {
		chart.begin(check)
	}
	e := newExamination(short, d.options, p)
	var running sync.WaitGroup
	for _, check := range e.checks() {
		running.Go(func() { chart.end(check()) })
	}
	running.Go(func() { e.trip(ctx, chart.end) })
	running.Wait()
	return chart.all()
}

// Healthy tells whether nothing is bad.
func Healthy(findings []chat.Finding) bool {
	return !slices.ContainsFunc(findings, func(f chat.Finding) bool { return f.State == chat.FindingBad })
}

// chart collects what comes out of one examination.
type chart struct {
	report func(chat.Finding)
	now    func() time.Time

	mu    sync.Mutex
	began map[string]time.Time
	found map[string]chat.Finding
}

func (c *chart) begin(check string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began[check] = c.now()
	c.tell(chat.Finding{Check: check, State: chat.FindingWait})
}

func (c *chart) end(f chat.Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.Took = c.now().Sub(c.began[f.Check])
	c.tell(f)
}

func (c *chart) tell(f chat.Finding) {
	c.found[f.Check] = f
	if c.report != nil {
		c.report(f)
	}
}

func (c *chart) all() []chat.Finding {
	var all []chat.Finding
	for _, check := range chat.Checks() {
		all = append(all, c.found[check])
	}
	return all
}
