package doctor

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"rejoin/app/chat"
)

const (
	clockDrift  = time.Minute     // signed requests begin to suffer
	clockBroken = 5 * time.Minute // webhooks are refused
)

// clock compares ours with every other that is at hand; the one that differs most counts.
func (e *examination) clock() chat.Finding {
	var worst time.Duration
	with := ""
	compare := func(name string, ours, theirs time.Time) {
		if theirs.IsZero() {
			return
		}
		if ahead := ours.Sub(theirs); with == "" || ahead.Abs() > worst.Abs() {
			worst, with = ahead, name
		}
	}
	if e.DatabaseNow != nil {
		began := e.Now()
		if theirs, err := e.DatabaseNow(e.ctx); err == nil {
			compare("PostgreSQL", between(began, e.Now()), theirs)
		}
	}
	if name, ours, theirs, ok := e.providerDate(); ok {
		compare(name, ours, theirs)
	}
	if got := e.answer(); got.err == nil && !got.date.IsZero() {
		compare(e.base.Hostname(), got.middle, inItsSecond(got.date))
	}
	values := []string{"With", with, "Seconds", fmt.Sprintf("%.0f", worst.Abs().Seconds())}
	outcome := "ahead"
	if worst < 0 {
		outcome = "behind"
	}
	switch {
	case with == "":
		return none("clock", "unknown")
	case worst.Abs() > clockBroken:
		return bad("clock", outcome, values...)
	case worst.Abs() > clockDrift:
		return warn("clock", outcome, values...)
	}
	return good("clock", "ok", values...)
}

// providerDate reads the clock of Resend.
func (e *examination) providerDate() (name string, ours, theirs time.Time, ok bool) {
	if e.patient.ProviderURL == "" {
		return "", ours, theirs, false
	}
	address, err := url.Parse(e.patient.ProviderURL)
	if err != nil {
		return "", ours, theirs, false
	}
	request, err := http.NewRequestWithContext(e.ctx, http.MethodHead, address.String(), nil)
	if err != nil {
		return "", ours, theirs, false
	}
	began := e.Now()
	response, err := e.HTTP.Do(request)
	if err != nil {
		return "", ours, theirs, false
	}
	_ = response.Body.Close() // a HEAD has none
	theirs, err = http.ParseTime(response.Header.Get("Date"))
	return address.Hostname(), between(began, e.Now()), inItsSecond(theirs), err == nil
}

// inItsSecond undoes, on average, that a Date header leaves the fraction out.
func inItsSecond(date time.Time) time.Time { return date.Add(500 * time.Millisecond) }
