package views

import (
	"strconv"
	"time"

	"rejoin/app/chat"
	"rejoin/locales"
)

// WidgetArgs describes the panel: in the frame on the brand's page, or as a page of our own when Rejoin is set.
type WidgetArgs struct {
	Locale       *locales.Locale
	Organization *chat.Organization
	Sites        []string // origins that may talk to the frame
	Head         WidgetHeadArgs
	Thread       WidgetThreadArgs
	Ask          WidgetAskArgs // the card that stands below a message which waits for an address
	Rejoin       *RejoinArgs
}

// RejoinArgs is what the page behind a rejoin link adds to the panel.
type RejoinArgs struct {
	Token    string
	ClientID string            // of the answer to come, so that a double submit counts once
	Text     string            // a refused answer
	Files    []chat.Attachment // that came with it
	Error    string            // why it was refused
	Ask      *WidgetAskArgs    // the card for an address, when what was handed over is to be looked at again
}

// WidgetHeadArgs describes the top of the panel: who is there, and when.
type WidgetHeadArgs struct {
	Locale *locales.Locale
	Title  string
	Agents []chat.Agent // online, at most three are drawn
	Hours  string       // the business hours, short enough for one line
	Whole  string       // the same in full
}

// WidgetThreadArgs describes a conversation, or its absence when Conversation is nil.
type WidgetThreadArgs struct {
	Locale       *locales.Locale
	Zone         *time.Location
	Now          time.Time
	Conversation *chat.Conversation
	Messages     []chat.Message
	More         bool // there are earlier ones
	Earlier      string
	Unread       int64 // seq of the first message to mark as new, 0 for none; without scripts only
	Waiting      WidgetWaitingArgs
	Greeting     string
	Ask          *WidgetAskArgs
	Thanks       string
	State        string // what it must be drawn anew for when it changes
	FileURL      func(key string) string
}

// WidgetWaitingArgs says what the customer may expect while nobody answers; without lines it says nothing.
type WidgetWaitingArgs struct {
	Lines []string
	Shut  bool // nobody is there, or the conversation was closed: it stays in view
}

// WidgetAskArgs describes the card that asks for an email address.
type WidgetAskArgs struct {
	Locale   *locales.Locale
	Prompt   string
	Address  string
	Hint     string // a likely correction
	Note     string // what is worth knowing about the address
	Required bool   // messages wait for it: it cannot be put away
	Spent    bool   // emails to the address come back: it cannot be kept
	Error    string // why it was refused
	Action   string // where the card goes without scripts
}

func (a WidgetAskArgs) describedBy() string {
	if a.Required {
		return "address-why address-error"
	}
	return "address-error"
}

func (a WidgetAskArgs) give() string {
	if a.Required {
		return a.Locale.T("widget.send")
	}
	return a.Locale.T("widget.ask.give")
}

// WidgetMenuArgs describes the menu of a conversation.
type WidgetMenuArgs struct {
	Locale    *locales.Locale
	Known     bool   // there is an address where answers go
	Address   string // which one, empty when it is not the reader's to know
	Stopped   bool   // there is one, but its holder wants no emails there
	Email     bool   // answers may go there
	Emailable bool   // the organization writes emails at all
	Language  string
	Ended     bool
	Deletable bool
}

func (a WidgetArgs) base() string { return Widget(a.Organization.Key, "") }

func (a WidgetArgs) title() string {
	if a.Rejoin == nil {
		return a.Head.Title
	}
	return a.Locale.T("rejoin.title", "Name", a.Organization.Name)
}

// typed is the refused answer, which stays in the box.
func (a WidgetArgs) typed() string {
	if a.Rejoin == nil {
		return ""
	}
	return a.Rejoin.Text
}

// tray is where files stand before they are sent.
func (a WidgetArgs) tray() TrayArgs {
	if a.Rejoin == nil {
		return TrayArgs{Locale: a.Locale}
	}
	return TrayArgs{Locale: a.Locale, Files: a.Rejoin.Files}
}

func (a WidgetArgs) number() string { return strconv.FormatInt(a.Organization.ID, 36) }

// rest is how long without a gesture a customer counts as there, in whole seconds.
func (a WidgetArgs) rest() string {
	return strconv.FormatInt(int64(a.Organization.Settings.Seconds(chat.PresenceIdle)/time.Second), 10)
}

func (a WidgetArgs) accent() string { return a.Organization.Settings.Text(chat.WidgetAccent) }

func (a WidgetArgs) bodyClass() string {
	if a.Rejoin == nil {
		return "widget frame"
	}
	return "widget whole begun"
}

// scripts are the modules that the entry imports, fetched at once instead of one after the other.
func (a WidgetArgs) scripts() []string {
	return []string{
		"widget/chat.js", "widget/ask.js", "widget/calls.js", "widget/composer.js", "widget/live.js", "widget/menu.js",
		"widget/outbox.js", "widget/presence.js", "widget/sent.js", "widget/speak.js", "widget/thread.js",
		"widget/tray.js", "widget/tray_catch.js", "widget/tray_send.js",
	}
}

func (a WidgetArgs) entry() string {
	if a.Rejoin == nil {
		return "widget/panel.js"
	}
	return "widget/page.js"
}

func (a WidgetHeadArgs) faces() []chat.Agent { return a.Agents[:min(len(a.Agents), 3)] }

func (a WidgetHeadArgs) state() string {
	if len(a.Agents) > 0 {
		return a.Locale.T("widget.online")
	}
	return ""
}

// entry is one line of a thread: a message, with what stands before it.
type widgetEntry struct {
	chat.Message
	day       bool // the first of its day
	unread    bool // the first that is new
	continued bool // by the author of the one before
	ends      bool // the last of its author's group
	thanks    bool // the address was given before it
}

// entries puts days, groups and the mark of what is new between the messages.
func (a WidgetThreadArgs) entries() []widgetEntry {
	made := make([]widgetEntry, len(a.Messages))
	given := a.givenAt()
	for i, m := range a.Messages {
		e := widgetEntry{Message: m, unread: a.Unread > 0 && m.Seq == a.Unread, ends: true}
		e.day = i == 0 || a.dayOf(m) != a.dayOf(a.Messages[i-1])
		e.thanks = given != nil && m.CreatedAt.After(*given) && (i > 0 || !a.More) && (i == 0 || !a.Messages[i-1].CreatedAt.After(*given))
		if i > 0 && !e.day && !e.unread && !e.thanks && authorOf(m) == authorOf(a.Messages[i-1]) {
			e.continued, made[i-1].ends = true, false
		}
		made[i] = e
	}
	return made
}

func (a WidgetThreadArgs) givenAt() *time.Time {
	if a.Conversation == nil {
		return nil
	}
	return a.Conversation.AddressGivenAt
}

// thanksLast tells whether nothing was written since the address was given.
func (a WidgetThreadArgs) thanksLast() bool {
	given := a.givenAt()
	if given == nil {
		return false
	}
	return len(a.Messages) == 0 || !a.Messages[len(a.Messages)-1].CreatedAt.After(*given)
}

func (a WidgetThreadArgs) dayOf(m chat.Message) string {
	return m.CreatedAt.In(a.zone()).Format(time.DateOnly)
}

func (a WidgetThreadArgs) zone() *time.Location {
	if a.Zone == nil {
		return time.UTC
	}
	return a.Zone
}

func (a WidgetThreadArgs) first() string {
	if len(a.Messages) == 0 {
		return "0"
	}
	return seq(a.Messages[0].Seq)
}

// seenByAgents tells whether agents have seen the customer's newest message.
func (a WidgetThreadArgs) seenByAgents() bool {
	if len(a.Messages) == 0 || a.Conversation == nil {
		return false
	}
	newest := a.Messages[len(a.Messages)-1]
	return newest.By == chat.ByCustomer && a.Conversation.AgentSeenSeq >= newest.Seq
}

// said is who is read aloud before a message that comes in.
func (a WidgetThreadArgs) said(m chat.Message) string {
	if m.By == chat.ByAutomation {
		return a.Locale.T("widget.said_automatic", "Name", m.AuthorName)
	}
	return a.Locale.T("widget.said", "Name", m.AuthorName)
}

// authorOf tells whose message it is, and how it came, as far as one group is one author's.
func authorOf(m chat.Message) string {
	author := string(m.By) + ":" + seq(m.AuthorID)
	if mailed(m) {
		author += ":" + m.Via + m.Meta[chat.MetaFrom]
	}
	return author
}

// mailed tells whether a message came by email.
func mailed(m chat.Message) bool { return m.By == chat.ByCustomer && m.Via == chat.ViaEmail }

// other is who wrote a message of the customer's side that is not the customer's own, empty for the customer.
func (e widgetEntry) other() string {
	if e.Meta[chat.MetaFrom] == "" {
		return ""
	}
	return e.AuthorName
}

func seq(n int64) string { return strconv.FormatInt(n, 10) }

// WidgetSeenArgs says when agents saw the customer's newest message; At is nil when that is not known.
type WidgetSeenArgs struct {
	Locale *locales.Locale
	At     *time.Time
	Zone   *time.Location
}

func (a WidgetSeenArgs) sentence() string {
	if a.At == nil {
		return a.Locale.T("widget.seen")
	}
	return a.Locale.T("widget.seen_at", "Time", a.Locale.Time(*a.At, a.Zone))
}
