package views

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
)

// InboxArgs describes the page of three panes; Open is nil while no conversation is open.
type InboxArgs struct {
	Shell ShellArgs
	Agent string // the agent's own key
	List  InboxListArgs
	Open  *ThreadArgs
}

// InboxListArgs describes the list and what filters it.
type InboxListArgs struct {
	Locale  *locales.Locale
	Zone    *time.Location
	Query   InboxQuery
	Counts  chat.Counts
	Rows    []chat.ConversationRow
	Next    string // cursor of the next page, empty on the last one
	Refused string // why the search was not carried out
	Current string // key of the open conversation
}

// InboxRowArgs describes one row.
type InboxRowArgs struct {
	Locale  *locales.Locale
	Zone    *time.Location
	Row     *chat.ConversationRow
	Query   InboxQuery
	Current bool
}

func (a InboxListArgs) row(i int) InboxRowArgs {
	return InboxRowArgs{Locale: a.Locale, Zone: a.Zone, Row: &a.Rows[i], Query: a.Query, Current: a.Rows[i].Key == a.Current}
}

func (a InboxArgs) pane() string {
	if a.Open != nil {
		return "thread"
	}
	return "list"
}

// mainViews stand beside one another, the others behind a menu.
func mainViews() []chat.View { return []chat.View{chat.ViewMine, chat.ViewUnassigned, chat.ViewAll} }

func moreViews() []chat.View {
	return []chat.View{chat.ViewWaitingForUs, chat.ViewWaitingForThem, chat.ViewDue, chat.ViewClosed, chat.ViewSpam}
}

func reaches() []followup.Reach {
	return []followup.Reach{followup.Active, followup.Reachable, followup.Unreachable}
}

func (a InboxListArgs) inMore() bool {
	for _, view := range moreViews() {
		if a.Query.View == view {
			return true
		}
	}
	return false
}

func (a InboxListArgs) viewLink(view chat.View) string {
	return InboxWith(InboxQuery{View: view, Reach: a.Query.Reach, Search: a.Query.Search})
}

// reachLink switches a reach on, or off when it is on.
func (a InboxListArgs) reachLink(reach followup.Reach) string {
	q := a.Query
	q.Reach = string(reach)
	if a.Query.Reach == string(reach) {
		q.Reach = ""
	}
	return InboxWith(q)
}

func (a InboxListArgs) viewName(view chat.View) string {
	return a.Locale.T("inbox.view." + string(view))
}

// CountText is a count as people read it; what is not counted further is "99+".
func CountText(n int) string {
	if n >= chat.CountCap {
		return strconv.Itoa(chat.CountCap-1) + "+"
	}
	return strconv.Itoa(n)
}

// UnreadText is the count beside the inbox, empty for none.
func UnreadText(counts chat.Counts) string {
	if counts.Views[chat.ViewWaitingForUs] == 0 {
		return ""
	}
	return CountText(counts.Views[chat.ViewWaitingForUs])
}

// dueText says how many conversations wait to be emailed.
func (a InboxListArgs) dueText() string {
	n := a.Counts.Views[chat.ViewDue]
	return a.Locale.N("inbox.due", n, "Many", CountText(n))
}

// CustomerName is what agents call a customer: the name, else the address, else a short form of the key.
func CustomerName(l *locales.Locale, name, address, key string) string {
	switch {
	case name != "":
		return name
	case address != "":
		return address
	}
	return l.T("inbox.nameless", "Mark", markOf(key))
}

// markOf is the first four letters and digits of a key, in capitals.
func markOf(key string) string {
	mark := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(key))
	return mark[:min(len(mark), 4)]
}

func (a InboxRowArgs) name() string {
	return CustomerName(a.Locale, a.Row.CustomerName, a.Row.CustomerAddress, a.Row.CustomerKey)
}

// line is the last message in one line, with who wrote it when it was us.
func (a InboxRowArgs) line() templ.Component {
	if a.Row.LastMessageBy == chat.ByCustomer {
		return rowText(a.Row.LastMessageText)
	}
	return sentence(a.Locale.T("inbox.row.ours", "Text", slot), rowText(a.Row.LastMessageText))
}

func (a InboxRowArgs) unread() string {
	if a.Row.AgentUnread == 0 {
		return ""
	}
	return CountText(a.Row.AgentUnread)
}

// due is when something is emailed, for the scripts; empty for never.
func (a InboxRowArgs) due() string {
	if a.Row.FollowupDueAt == nil {
		return ""
	}
	return instant(*a.Row.FollowupDueAt)
}

func (a InboxRowArgs) state() string { return stateOf(&a.Row.Conversation) }

func stateOf(c *chat.Conversation) string {
	switch {
	case c.SpamAt != nil:
		return "spam"
	case c.ClosedAt != nil:
		return "closed"
	}
	return "open"
}

// ReachWords say how a customer can be spoken to, and why.
func ReachWords(l *locales.Locale, reach followup.Reach, reason followup.Reason, cause followup.Cause) string {
	if reach == followup.Active {
		return l.T("reach.reason.here")
	}
	words := l.T("reach.reason." + string(reason))
	if cause != "" {
		words = l.T("reach.both", "Cause", l.T("reach.cause."+string(cause)), "Reason", words)
	}
	return words
}

func (a InboxRowArgs) reach() string {
	return ReachWords(a.Locale, a.Row.Reach, a.Row.ReachReason, a.Row.AwayCause)
}

// micros orders rows in the browser as the database does.
func micros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

func (a InboxListArgs) nextRows() string { return InboxPageOfRows(a.Query, a.Next) }
