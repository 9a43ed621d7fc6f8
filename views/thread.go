package views

import (
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
)

// ThreadArgs describes an open conversation: its thread and its customer.
type ThreadArgs struct {
	Locale  *locales.Locale
	Zone    *time.Location
	Now     time.Time
	Query   InboxQuery
	Agent   *chat.Agent
	Agents  []chat.Agent // of the organization, by name
	Thread  *chat.Thread
	Post    ThreadPost
	Edit    *CustomerEditArgs // set while the customer is being edited
	Rules   chat.Values       // the settings that plans are judged by
	Writer  Actor             // whose draft the email waits for
	Keeper  Actor             // who does not want it sent
	FileURL func(key string) string
	Others  []chat.Participant // whose mails agents have accepted
}

// ThreadPost is what stands in the composer.
type ThreadPost struct {
	ClientID string // of the message to come, so that sending it twice counts once
	Text     string
	Note     bool
	Files    []chat.Attachment // attached to it already, without scripts
	Error    string            // why the last try was refused
}

// MessageArgs describes one entry of a thread.
type MessageArgs struct {
	Locale   *locales.Locale
	Zone     *time.Location
	Now      time.Time
	Key      string // of the conversation
	Customer string // what agents call the customer
	Message  *chat.Message
	First    bool // of its author's group
	Day      bool // the first of its day
	Unread   bool // the first that no agent has seen
	Fate     chat.Fate
	Tells    bool           // its fate stands under it, not under a later one that shares it
	Since    int64          // the oldest message that shares the fate
	Timed    bool           // the newest that the customer has seen says when
	Undone   *chat.Delivery // an invitation with this message that was cancelled
	Rules    chat.Values
	Writer   Actor
	Keeper   Actor
	FileURL  func(key string) string
	Mixed    bool // the customer writes by email as well as by chat
}

// Actor is an agent whom a sentence names; the zero Actor is not known.
type Actor struct {
	Name string
	Self bool // the reader
}

// groupFor is how long messages of one author stand together.
const groupFor = 5 * time.Minute

// ContinuesGroup tells whether a message stands under the one before it without naming its author again.
func ContinuesGroup(before, m *chat.Message) bool {
	return before.Kind == m.Kind && m.Kind != chat.Happen && m.Kind != chat.Held && before.By == m.By && before.AuthorID == m.AuthorID &&
		before.Meta[chat.MetaFrom] == m.Meta[chat.MetaFrom] && m.CreatedAt.Sub(before.CreatedAt) < groupFor
}

func (a ThreadArgs) key() string { return a.Thread.Conversation.Key }

func (a ThreadArgs) address() string {
	if len(a.Thread.Points) == 0 {
		return ""
	}
	return a.Thread.Points[0].Address
}

// CustomerName is what agents call the customer of a thread.
func (a ThreadArgs) CustomerName() string {
	return CustomerName(a.Locale, a.Thread.Customer.Name, a.address(), a.Thread.Customer.Key)
}

func (a ThreadArgs) reach() string {
	if why := a.bounce(); why != "" && a.Thread.Reach == followup.Unreachable {
		return a.Locale.T("reach.because", "Reach", a.Locale.T("reach."+string(a.Thread.Reach)), "Because", why)
	}
	return ReachWords(a.Locale, a.Thread.Reach, a.Thread.ReachReason, a.Thread.Customer.AwayCause)
}

func (a ThreadArgs) state() string { return stateOf(a.Thread.Conversation) }

// Entries are the messages as they are drawn, with days, groups and the mark of what is new between them.
func (a ThreadArgs) Entries() []MessageArgs {
	made := make([]MessageArgs, len(a.Thread.Messages))
	unread, mixed := a.firstUnread(), mixed(a.Thread.Conversation, a.Thread.Messages)
	for i := range a.Thread.Messages {
		m := &a.Thread.Messages[i]
		e := a.Entry(m)
		e.First, e.Day, e.Mixed = true, true, mixed
		if i > 0 {
			before := &a.Thread.Messages[i-1]
			e.Day = a.dayOf(before) != a.dayOf(m)
			e.First = e.Day || !ContinuesGroup(before, m)
		}
		e.Unread = m.Seq == unread
		made[i] = e
	}
	a.share(made)
	return made
}

// share lets messages of the brand that follow each other and share a fate tell it once, under the newest of them.
func (a ThreadArgs) share(entries []MessageArgs) {
	var below, teller *MessageArgs
	newest := len(entries) > 0 && entries[len(entries)-1].Message.Seq >= a.Thread.Conversation.LastSeq // no earlier page
	for i := len(entries) - 1; i >= 0; i-- {
		e := &entries[i]
		if !e.Fated() {
			continue
		}
		if e.Tells = below == nil || !sameFate(&e.Fate, &below.Fate); e.Tells {
			teller = e
		}
		teller.Since = e.Message.Seq
		if e.Fate.Seen && newest {
			e.Timed, newest = true, false
		}
		below = e
	}
}

// Entry is one message without its neighbours.
func (a ThreadArgs) Entry(m *chat.Message) MessageArgs {
	return MessageArgs{
		Locale: a.Locale, Zone: a.Zone, Now: a.Now, Key: a.key(), Customer: a.CustomerName(), Message: m,
		Fate: chat.FateOf(a.Thread.Conversation, m, a.Thread.Deliveries), Undone: UndoneOf(a.Thread.Deliveries, m.Seq),
		Tells: true, Since: m.Seq, Rules: a.Rules, Writer: a.Writer, Keeper: a.Keeper, FileURL: a.FileURL,
	}
}

func (a ThreadArgs) firstUnread() int64 {
	if a.Thread.Conversation.AgentUnread == 0 {
		return 0
	}
	for i := range a.Thread.Messages {
		if m := &a.Thread.Messages[i]; m.By == chat.ByCustomer && m.Seq > a.Thread.Conversation.AgentSeenSeq {
			return m.Seq
		}
	}
	return 0
}

func (a ThreadArgs) dayOf(m *chat.Message) string {
	return m.CreatedAt.In(a.Zone).Format(time.DateOnly)
}

func (a ThreadArgs) first() string {
	if len(a.Thread.Messages) == 0 {
		return "0"
	}
	return seq(a.Thread.Messages[0].Seq)
}

func (a ThreadArgs) last() string {
	if len(a.Thread.Messages) == 0 {
		return "0"
	}
	return seq(a.Thread.Messages[len(a.Thread.Messages)-1].Seq)
}

func (a MessageArgs) files() FilesArgs {
	return FilesArgs{Locale: a.Locale, Files: a.Message.Files, Link: a.FileURL, Opens: InboxFile}
}

func (a ThreadArgs) tray() TrayArgs { return TrayArgs{Locale: a.Locale, Files: a.Post.Files} }

func (a MessageArgs) fromAgent() bool { return a.Message.By != chat.ByCustomer }

func (a MessageArgs) author() string {
	if a.Message.By == chat.ByCustomer && a.from() == "" {
		return a.Customer
	}
	return a.Message.AuthorName
}

func (a MessageArgs) kind() string {
	if a.Message.Kind == chat.Note {
		return "note"
	}
	return string(a.Message.By)
}

// authored names the author for grouping in the browser.
func (a MessageArgs) authored() string { return a.kind() + ":" + seq(a.Message.AuthorID) + a.from() }

// happened is the sentence of a thin line.
func (a MessageArgs) happened() string {
	key, l := "thread.event."+a.Message.Text, a.Locale
	vars := make(map[string]any, len(a.Message.Meta)+1)
	for name, value := range a.Message.Meta {
		vars[name] = value
	}
	if tag := a.Message.Meta["Language"]; tag != "" {
		vars["Language"] = LanguageName(l, tag)
	}
	switch chat.Happening(a.Message.Text) {
	case chat.HappenedReopened, chat.HappenedLanguage:
		if a.Message.Meta["Agent"] == "" {
			key += ".customer"
		}
	case chat.HappenedRejoined:
		if a.Message.Meta["Device"] == "another" {
			key += ".another"
		}
	case chat.HappenedAssigned:
		if a.Message.Meta["Agent"] == a.Message.Meta["Assignee"] {
			key += ".self"
		}
	case chat.HappenedAutoReply:
		if a.Message.Meta["Subject"] == "" {
			key += ".bare"
		}
	}
	return l.T(key, vars)
}

func (a MessageArgs) happenedIcon() string {
	switch chat.Happening(a.Message.Text) {
	case chat.HappenedLeft:
		return "sign-out"
	case chat.HappenedReturned, chat.HappenedRejoined, chat.HappenedReopened:
		return "reopen"
	case chat.HappenedClosed, chat.HappenedEnded:
		return "check"
	case chat.HappenedAssigned, chat.HappenedReleased:
		return "person"
	case chat.HappenedSpam, chat.HappenedNotSpam:
		return "spam"
	case chat.HappenedAddress, chat.HappenedSkipped, chat.HappenedStopped, chat.HappenedResumed, chat.HappenedStoppedAll, chat.HappenedResumedAll,
		chat.HappenedAutoReply, chat.HappenedEmptyMail:
		return "mail"
	case chat.HappenedLanguage:
		return "globe"
	case chat.HappenedFreshLink, chat.HappenedRevoked:
		return "link"
	case chat.HappenedContinued:
		return "back"
	case chat.HappenedContinuedIn:
		return "forward"
	}
	return "about"
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func noteValue(note bool) string {
	if note {
		return "on"
	}
	return ""
}

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
