package views

import (
	"time"

	"rejoin/locales"
	"rejoin/views/ui"
)

// The parts of an email, as the tabs of the mailbox show them.
const (
	MailPartHTML    = "html"
	MailPartText    = "text"
	MailPartHeaders = "headers"
	MailPartRaw     = "raw"
	MailPartAnswer  = "answer"
)

// idMailShown is where an email stands beside the list.
const idMailShown = "mail-shown"

// MailParts lists every part in the order of the tabs.
func MailParts() []string {
	return []string{MailPartHTML, MailPartText, MailPartHeaders, MailPartRaw, MailPartAnswer}
}

// MailboxArgs describes the demo's mailbox.
type MailboxArgs struct {
	Locale *locales.Locale
	Zone   *time.Location
	List   MailList
	Mail   *Mail // the email beside the list, nil for none
	Chosen bool  // it was chosen, so that a phone shows it instead of the list
}

// MailList is one page of emails, newest first.
type MailList struct {
	Rows    []MailRow
	Shown   string // id of the email beside the list
	Next    string // id behind which the next page begins, empty on the last one
	Earlier bool   // it is not the first page
}

// MailRow is one email in the list.
type MailRow struct {
	ID      string
	At      time.Time
	From    string
	To      string
	Subject string
	Line    string // how it begins
}

// Mail is one email with the part that is shown.
type Mail struct {
	MailRow
	FromAddress string
	ToAddress   string
	Part        string
	Text        []MailSpan
	Headers     []MailHeader
	Raw         string
	Answer      MailAnswer
}

// MailAnswer is what a person writes back.
type MailAnswer struct {
	To    string
	Text  string
	Error string
	Sent  bool   // one has just gone
	Door  string // through this server
}

// MailSpan is a piece of plain text, a link where Href is set.
type MailSpan struct{ Text, Href string }

// MailHeader is one header as a person reads it.
type MailHeader struct{ Name, Value string }

func (a MailboxArgs) page() PageArgs {
	title := a.Locale.T("demo.mailbox.title")
	if a.Mail != nil && a.Chosen {
		title = a.Mail.Subject
	}
	return PageArgs{Locale: a.Locale, Title: title, Class: "with-mailbox"}
}

func (a MailboxArgs) shown() string {
	if a.Mail == nil {
		return ""
	}
	return a.Mail.ID
}

func mailTabs(l *locales.Locale, m *Mail) []ui.Tab {
	labels := map[string]string{
		MailPartHTML: l.T("demo.mailbox.html"), MailPartText: l.T("demo.mailbox.text"),
		MailPartHeaders: l.T("demo.mailbox.headers"), MailPartRaw: l.T("demo.mailbox.raw"),
		MailPartAnswer: l.T("demo.mailbox.answer"),
	}
	var tabs []ui.Tab
	for _, part := range MailParts() {
		tabs = append(tabs, ui.Tab{Label: labels[part], Href: DemoMail(m.ID, part), Current: m.Part == part})
	}
	return tabs
}
