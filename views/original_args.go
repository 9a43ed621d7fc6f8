package views

import (
	"strings"
	"time"
	"unicode/utf8"

	"rejoin/app/chat"
	"rejoin/locales"
)

// OriginalArgs describes an incoming mail as it came.
type OriginalArgs struct {
	Locale *locales.Locale
	Zone   *time.Location
	Mail   *chat.Mail
	In     *chat.Incoming // nil when its bytes cannot be read
	Acts   *MailActsArgs  // nil for one that stands in a conversation
}

// mostShown is how many bytes of a part of a mail are drawn; the rest is in the raw mail.
const mostShown = 40_000

// shownOf is as much of a text as is drawn.
func shownOf(text string) string {
	if len(text) <= mostShown {
		return text
	}
	end := mostShown
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

func (a OriginalArgs) long() bool {
	return a.In != nil && max(len(a.In.Reply), len(a.In.Signature), len(a.In.Quote)) > mostShown
}

func (a OriginalArgs) subject() string { return mailSubject(a.Locale, a.Mail) }

func mailSubject(l *locales.Locale, m *chat.Mail) string {
	if m.Subject == "" {
		return l.T("original.no_subject")
	}
	return m.Subject
}

// mailName is what a mail's writer is called: by the name that they give themselves, else by the address.
func mailName(l *locales.Locale, m *chat.Mail) string {
	switch {
	case m.FromName != "":
		return m.FromName
	case m.FromAddress != "":
		return m.FromAddress
	}
	return l.T("original.no_sender")
}

// to is whom the writer named, else where it was delivered.
func (a OriginalArgs) to() string {
	if a.In != nil && len(a.In.Cc) > 0 {
		return strings.Join(a.In.Cc[:min(len(a.In.Cc), 20)], ", ")
	}
	return strings.Join(a.Mail.EnvelopeTo, ", ")
}

func (a OriginalArgs) kind() string {
	if key := "original.kind." + string(a.Mail.Kind); a.Locale.Has(key) {
		return a.Locale.T(key)
	}
	return a.Locale.T("original.kind.reply")
}

// reason is why the mail is where it is, empty when there are no words for it.
func (a OriginalArgs) reason() string { return mailReason(a.Locale, a.Mail) }

func mailReason(l *locales.Locale, m *chat.Mail) string {
	if key := "mail.reason." + m.Reason; m.Reason != "" && l.Has(key) {
		return l.T(key)
	}
	return ""
}

// proof is one thing that the sender's domain can say of a mail.
type proof struct{ name, says, kind string }

// proofs are what the three ways of proving a sender have said.
func (a OriginalArgs) proofs() []proof {
	v := a.Mail.Verdict
	return []proof{a.proof("spf", v.SPF), a.proof("dkim", v.DKIM), a.proof("dmarc", v.DMARC)}
}

func (a OriginalArgs) proof(name, result string) proof {
	p := proof{name: a.Locale.T("original.proof." + name)}
	switch result {
	case "pass":
		p.kind = "good"
	case "fail", "policy":
		result, p.kind = "fail", "bad"
	case "softfail", "permerror":
		p.kind = "warn"
	case "none", "neutral", "temperror":
	default:
		result = "unjudged"
	}
	p.says = a.Locale.T("original.proof.says." + result)
	return p
}

// verdict is what the proofs come to.
func (a OriginalArgs) verdict() (kind, text string) {
	switch v := a.Mail.Verdict; {
	case v.Forged:
		return "warn", a.Locale.T("original.forged", "Address", a.Mail.FromAddress)
	case v.Proven:
		return "good", a.Locale.T("original.proven")
	}
	return "info", a.Locale.T("original.unproven")
}

// MailActsArgs describes what an admin can do with a mail that waits: nothing yet, or one step of it.
type MailActsArgs struct {
	Locale *locales.Locale
	Zone   *time.Location
	Mail   *chat.Mail
	Step   string // empty, "new", "add" or "delete"
	Search string
	Likely string // key of the conversation that the mail is probably for
	Rows   []chat.ConversationRow
	Error  string
}

// The steps of what can be done with a mail that waits.
const (
	MailStepNew    = "new"
	MailStepAdd    = "add"
	MailStepDelete = "delete"
)

func (a MailActsArgs) name() string { return mailName(a.Locale, a.Mail) }

// newWhat says what opening the mail as a new conversation does.
func (a MailActsArgs) newWhat() string {
	if a.Mail.FromAddress == "" || a.Mail.FromName == "" {
		return a.Locale.T("unmatched.new.what.nameless", "Address", a.name())
	}
	return a.Locale.T("unmatched.new.what", "Name", a.Mail.FromName, "Address", a.Mail.FromAddress)
}

// rowsTitle stands above the conversations to choose from.
func (a MailActsArgs) rowsTitle() string {
	if a.Search == "" {
		return a.Locale.T("unmatched.add.suggested")
	}
	return a.Locale.T("unmatched.add.found")
}

func (a MailActsArgs) none() string {
	if a.Search == "" {
		return a.Locale.T("unmatched.add.none_suggested", "Address", a.name())
	}
	return a.Locale.T("unmatched.add.none")
}

// rowName is the customer of a conversation to choose, with the address where that is not the name.
func (a MailActsArgs) rowName(i int) string {
	row := &a.Rows[i]
	name := CustomerName(a.Locale, row.CustomerName, row.CustomerAddress, row.CustomerKey)
	if row.CustomerAddress == "" || row.CustomerAddress == name {
		return name
	}
	return name + " · " + row.CustomerAddress
}

// chosen is the conversation that is chosen before anybody chooses: the likely one, or the only one.
func (a MailActsArgs) chosen(i int) bool {
	return a.Rows[i].Key == a.Likely || a.Search == "" && len(a.Rows) == 1
}

// UnmatchedArgs describes one page of the mails that wait for an admin.
type UnmatchedArgs struct {
	Locale *locales.Locale
	Zone   *time.Location
	Mails  []chat.Mail
	Next   string // cursor of the next page, empty on the last
	Said   []Said
}

// UnmatchedText is the count beside the rail's link, empty for none.
func UnmatchedText(count int) string {
	if count == 0 {
		return ""
	}
	return CountText(count)
}

func verdictIcon(kind string) string {
	switch kind {
	case "warn":
		return "warning"
	case "good":
		return "shield"
	}
	return "about"
}
