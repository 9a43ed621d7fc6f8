package views

import (
	"time"

	"github.com/a-h/templ"

	"rejoin/locales"
)

// StartArgs describes the newcomers' first page.
type StartArgs struct {
	Locale   *locales.Locale
	Admin    string // address to sign in with
	Agent    string
	Password string
	Live     StartLive
}

// StartLive is what changes on it by itself.
type StartLive struct {
	Emails int
	Newest *MailRow // nil while there is none
	Clock  ClockArgs
}

// ClockArgs describes the application's clock.
type ClockArgs struct {
	Now    time.Time
	Zone   *time.Location // of the brand
	Offset time.Duration
	Hours  string        // one sentence about when the brand answers
	Moved  time.Duration // by the step that was just made
}

// Ids of the newcomers' page.
const (
	IDStartEmails = "start-emails"
	IDStartClock  = "start-clock"
	idAdmin       = "start-admin"
	idAgent       = "start-agent"
	idPassword    = "start-password"
)

// inTab opens a page of the demo in a tab of its own, the same one each time.
func inTab(name string) templ.Attributes {
	return templ.Attributes{"target": "rejoin-" + name}
}

// beside opens a page in a window at one half of the screen, so that two stand side by side.
func beside(name, side string) templ.Attributes {
	return templ.Attributes{"target": "rejoin-" + name, "data-beside": side}
}
