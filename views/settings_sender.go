package views

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/views/ui"
)

// IDs of the parts of the page that says where emails come from.
const (
	IDSender      = "sender"
	IDSenderState = "sender-state"
	IDServerSays  = "sender-server-says"
)

// slowly waits for answers that depend on somebody else's machines.
const slowly = `{"timeout": 55000}`

// WayOperator is the tab of the operator's own address, beside those of chat.Way.
const WayOperator = "operator"

// SenderPath is where admins choose where emails come from; way is the tab that it opens with.
func SenderPath(way string) string {
	path := Settings(string(chat.SectionEmail)) + "/sender"
	if way == "" {
		return path
	}
	return path + "?way=" + url.QueryEscape(way)
}

// SenderState answers with what is known of the way by now.
func SenderState() string { return SenderPath("") + "/state" }

// SenderDomain takes the POST of an address under an own domain.
func SenderDomain() string { return SenderPath("") + "/domain" }

// SenderVerification takes the POST that asks the provider to look at the DNS again.
func SenderVerification() string { return SenderPath("") + "/verification" }

// SenderServer takes the POST of an own mail server, to test or to use it.
func SenderServer() string { return SenderPath("") + "/server" }

// SenderRemoval takes the POST that goes back to the operator's address.
func SenderRemoval() string { return SenderPath("") + "/removal" }

// SenderTest takes the POST that sends a test email.
func SenderTest() string { return SenderPath("") + "/test" }

// SenderArgs describes where an organization's emails come from, and the forms that change it.
type SenderArgs struct {
	Locale   *locales.Locale
	Zone     *time.Location
	Operator string       // the operator's address
	Own      *chat.Sender // nil where the organization has no own way
	Way      string       // the tab that is shown
	Domains  bool         // own domains are offered
	Servers  bool         // own mail servers and test emails are offered
	Demo     bool
	Admin    string // whom test emails go to
	Typed    url.Values
	Errors   map[string]string
	Tested   bool // the mail server that was typed lets us in
}

// state is the short word of how things stand.
func (a SenderArgs) state() string {
	switch s := a.Own; {
	case s == nil || s.Status == chat.DomainDropping:
		return "operator"
	case s.Usable() && s.Detail != "" && s.Way == chat.WaySMTP:
		return "failing"
	case s.Usable():
		return "own"
	case s.VerifiedAt != nil:
		return "lost"
	}
	return "waiting"
}

// badge is the colour of the state.
func (a SenderArgs) badge() string {
	switch a.state() {
	case "failing":
		return "bad"
	case "lost", "waiting":
		return "warn"
	}
	return "good"
}

// address is where the emails come from now.
func (a SenderArgs) address() string {
	if a.Own != nil && a.Own.Usable() {
		return a.Own.Address
	}
	return a.Operator
}

// sentence says what is so now.
func (a SenderArgs) sentence() string {
	pairs := []any{"Operator", a.Operator}
	if a.Own != nil {
		pairs = append(pairs, "Address", a.Own.Address, "Domain", a.Own.Domain, "Host", a.Own.Host, "Reason", a.Own.Detail)
	}
	return a.Locale.T("settings.sender.now."+a.state(), pairs...)
}

// isWaiting tells whether something may change by itself soon.
func (a SenderArgs) isWaiting() bool {
	return a.Own != nil && a.Own.Way == chat.WayDomain && !a.Own.Usable() && a.Own.NextAt != nil
}

// domain is the own domain, nil where there is none.
func (a SenderArgs) domain() *chat.Sender {
	if a.Own == nil || a.Own.Way != chat.WayDomain || a.Own.Status == chat.DomainDropping {
		return nil
	}
	return a.Own
}

func (a SenderArgs) server() *chat.Sender {
	if a.Own == nil || a.Own.Way != chat.WaySMTP {
		return nil
	}
	return a.Own
}

func (a SenderArgs) tabs() []ui.Tab {
	tabs := []ui.Tab{}
	for _, way := range []string{WayOperator, string(chat.WayDomain), string(chat.WaySMTP)} {
		tabs = append(tabs, ui.Tab{Label: a.Locale.T("settings.sender.way." + way), Href: SenderPath(way), Current: a.Way == way})
	}
	return tabs
}

// used is the tab of the way that is chosen, whether it works already or not.
func (a SenderArgs) used(way string) bool {
	switch {
	case a.domain() != nil:
		return way == string(chat.WayDomain)
	case a.server() != nil:
		return way == string(chat.WaySMTP)
	}
	return way == WayOperator
}

func (a SenderArgs) field(name, kind string) ui.FieldArgs {
	return ui.FieldArgs{
		Locale: a.Locale, Name: name, ID: "sender-" + name, Type: kind, Label: a.Locale.T("settings.sender.field." + name),
		Value: a.Typed.Get(name), Error: a.Errors[name], MaxLength: 254,
		Attrs: templ.Attributes{"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"},
	}
}

func (a SenderArgs) addressField() ui.FieldArgs {
	f := a.field("address", "email")
	f.Required, f.Hint = true, a.Locale.T("settings.sender.field.address.hint")
	return f
}

func (a SenderArgs) hostField() ui.FieldArgs {
	f := a.field("host", "text")
	f.Required, f.Placeholder = true, "mail.shop.example"
	return f
}

func (a SenderArgs) portField() ui.FieldArgs {
	f := a.field("port", "text")
	f.Inputmode, f.MaxLength, f.Placeholder = "numeric", 5, "587"
	return f
}

func (a SenderArgs) securityField() ui.SelectArgs {
	f := a.field("security", "")
	f.Attrs = nil
	s := ui.SelectArgs{FieldArgs: f}
	words := []string{"starttls", "tls"}
	if a.Demo {
		words = append(words, "none")
	}
	for _, word := range words {
		s.Options = append(s.Options, ui.Option{Value: word, Label: a.Locale.T("settings.sender.security." + word)})
	}
	return s
}

func (a SenderArgs) passwordField() ui.FieldArgs {
	f := a.field("password", "password")
	f.Value, f.MaxLength, f.Autocomplete, f.Attrs = "", 500, "new-password", nil
	if a.server() != nil && len(a.Own.Password) > 0 {
		f.Hint = a.Locale.T("settings.sender.field.password.unchanged")
	}
	return f
}

// recordState is the word and the colour of a record's state.
func recordState(status string) (word, kind string) {
	switch status {
	case chat.DomainVerified:
		return "verified", "good"
	case "failed", "temporary_failure":
		return "failed", "bad"
	}
	return "pending", "warn"
}

func recordID(part string, n int) string { return "record-" + part + "-" + strconv.Itoa(n) }
