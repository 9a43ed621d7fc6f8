package views

import (
	"strconv"
	"time"

	"rejoin/app/chat"
	"rejoin/locales"
)

// IDs of the check's page.
const (
	IDCheck      = "check"
	IDCheckLines = "check-lines"
)

// CheckPath is the page that checks the setup of the emails, and takes the POST that starts it.
func CheckPath() string { return Settings(string(chat.SectionEmail)) + "/check" }

// CheckArgs describes a checkup: before it has begun, while it runs, and what came out.
type CheckArgs struct {
	Locale   *locales.Locale
	Zone     *time.Location
	Demo     bool
	Findings []chat.Finding // in the order in which they are shown; none before it begins
	Ended    time.Time      // zero while it runs
	Trouble  string         // why it could not be carried out
}

func (a CheckArgs) count(state chat.FindingState) int {
	n := 0
	for _, f := range a.Findings {
		if f.State == state {
			n++
		}
	}
	return n
}

// summary says how far it is, or what came out.
func (a CheckArgs) summary() string {
	bad, warn := a.count(chat.FindingBad), a.count(chat.FindingWarn)
	switch {
	case a.Ended.IsZero():
		return a.Locale.T("settings.check.running", "Done", strconv.Itoa(len(a.Findings)-a.count(chat.FindingWait)), "All", strconv.Itoa(len(a.Findings)))
	case bad > 0:
		return a.Locale.N("settings.check.bad", bad)
	case warn > 0:
		return a.Locale.N("settings.check.warn", warn)
	}
	return a.Locale.T("settings.check.good")
}

// tone is the kind of notice that the summary is.
func (a CheckArgs) tone() string {
	switch {
	case a.Ended.IsZero():
		return "info"
	case a.count(chat.FindingBad) > 0:
		return "error"
	case a.count(chat.FindingWarn) > 0:
		return "warn"
	}
	return "good"
}

func findingIcon(state chat.FindingState) string {
	switch state {
	case chat.FindingOK:
		return "check"
	case chat.FindingBad:
		return "close"
	case chat.FindingWarn:
		return "warning"
	}
	return "about"
}

func findingBadge(state chat.FindingState) string {
	switch state {
	case chat.FindingOK:
		return "good"
	case chat.FindingBad:
		return "bad"
	case chat.FindingWarn:
		return "warn"
	}
	return ""
}

func (a CheckArgs) sentence(f chat.Finding) string {
	if f.State == chat.FindingWait {
		return a.Locale.T("doctor.wait")
	}
	return a.Locale.T("doctor."+f.Check+"."+f.Outcome, valuesOf(f)...)
}

// advice is what to do, empty where nothing is.
func (a CheckArgs) advice(f chat.Finding) string {
	key := "doctor." + f.Check + "." + f.Outcome + ".do"
	if f.State == chat.FindingWait || !a.Locale.Has(key) {
		return ""
	}
	return a.Locale.T(key, valuesOf(f)...)
}

func valuesOf(f chat.Finding) []any {
	var pairs []any
	for name, value := range f.Values {
		pairs = append(pairs, name, value)
	}
	return pairs
}

// hasRecord tells whether a finding names a DNS record to create.
func hasRecord(f chat.Finding) bool {
	return f.State != chat.FindingOK && f.Values["Name"] != "" && f.Values["Type"] != "" && f.Values["Value"] != ""
}

func (a CheckArgs) took(f chat.Finding) string {
	return a.Locale.T("settings.check.took", "Seconds", strconv.FormatFloat(max(f.Took.Seconds(), 0.1), 'f', 1, 64))
}
