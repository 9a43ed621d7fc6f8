package views

import (
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
)

// ThreadArgs describes an open conversation: its thread and its customer.
type ThreadArgs struct {
	Locale *locales.Locale
	Zone   *time.Location
	Now    time.Time
	Query  InboxQuery
	Agent  *chat.Agent
	Agents []chat.Agent // of the organization, by name
	Thread *chat.Thread
	Post   ThreadPost
	Edit   *CustomerEditArgs // set while the customer is being edited
}

// ThreadPost is what stands in the composer.
type ThreadPost struct {
	ClientID string // of the message to come, so that sending it twice counts once
	Text     string
	Note     bool
	Error    string // why the last try was refused
}

// MessageArgs describes one entry of a thread.
type MessageArgs struct {
	Locale   *locales.Locale
	Zone     *time.Location
	Now      time.Time
	Key      string // of the conversation
	Customer string // what agents call the customer
	Message  *chat.Message
	Delivery *chat.Delivery // newest that carried this message, nil for none
	First    bool           // of its author's group
	Day      bool           // the first of its day
	Unread   bool           // the first that no agent has seen
	Seen     bool           // by the customer
	SeenAt   *time.Time     // set on the newest that the customer has seen
}

// groupFor is how long messages of one author stand together.
const groupFor = 5 * time.Minute

// ContinuesGroup tells whether a message stands under the one before it without naming its author again.
func ContinuesGroup(before, m *chat.Message) bool {
	return before.Kind == m.Kind && m.Kind != chat.Happen && before.By == m.By && before.AuthorID == m.AuthorID &&
		m.CreatedAt.Sub(before.CreatedAt) < groupFor
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
	return ReachWords(a.Locale, a.Thread.Reach, a.Thread.ReachReason, a.Thread.Customer.AwayCause)
}

func (a ThreadArgs) state() string { return stateOf(a.Thread.Conversation) }

// Entries are the messages as they are drawn, with days, groups and the mark of what is new between them.
func (a ThreadArgs) Entries() []MessageArgs {
	made := make([]MessageArgs, len(a.Thread.Messages))
	unread, newestSeen := a.firstUnread(), -1
	for i := range a.Thread.Messages {
		m := &a.Thread.Messages[i]
		e := a.Entry(m)
		e.First, e.Day = true, true
		if i > 0 {
			before := &a.Thread.Messages[i-1]
			e.Day = a.dayOf(before) != a.dayOf(m)
			e.First = e.Day || !ContinuesGroup(before, m)
		}
		e.Unread = m.Seq == unread
		made[i] = e
		if e.fated() && e.Seen {
			newestSeen = i
		}
	}
	if newestSeen >= 0 && a.Thread.Messages[len(made)-1].Seq >= a.Thread.Conversation.LastSeq { // no earlier page
		made[newestSeen].SeenAt = a.Thread.Conversation.CustomerSeenAt
	}
	return made
}

// Entry is one message without its neighbours.
func (a ThreadArgs) Entry(m *chat.Message) MessageArgs {
	return MessageArgs{
		Locale: a.Locale, Zone: a.Zone, Now: a.Now, Key: a.key(), Customer: a.CustomerName(), Message: m,
		Delivery: DeliveryOf(a.Thread.Deliveries, m.Seq), Seen: a.Thread.Conversation.CustomerSeenSeq >= m.Seq,
	}
}

// DeliveryOf finds the newest delivery whose fate is shown under a message; deliveries come newest first.
func DeliveryOf(deliveries []chat.Delivery, seq int64) *chat.Delivery {
	for i := range deliveries {
		if deliveries[i].MessageSeq == seq {
			return &deliveries[i]
		}
	}
	return nil
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

// says is what happens with an answer now, in one sentence.
func (a ThreadArgs) says() string {
	c, name := a.Thread.Conversation, a.CustomerName()
	switch {
	case c.SpamAt != nil:
		return a.Locale.T("thread.says.spam")
	case c.EndedAt != nil:
		return a.Locale.T("thread.says.ended", "Name", name)
	case c.ClosedAt != nil:
		return a.Locale.T("thread.says.closed")
	case a.Thread.Reach == followup.Active:
		return a.Locale.T("thread.says.here", "Name", name)
	}
	away := a.Locale.T("thread.says.away."+string(a.cause()), "Name", name)
	if a.Thread.Invite.Possible {
		return a.Locale.T("thread.says.both", "Away", away, "Next", a.Locale.T("thread.says.invite"))
	}
	return a.Locale.T("thread.says.both", "Away", away, "Next", a.Locale.T("thread.says.waits."+a.Thread.Invite.Reason))
}

func (a ThreadArgs) cause() followup.Cause {
	if a.Thread.Customer.AwayCause == "" {
		return followup.Closed
	}
	return a.Thread.Customer.AwayCause
}

// fated tells whether what became of the message is told under it.
func (a MessageArgs) fated() bool {
	return a.Message.By == chat.ByAgent && a.Message.Kind == chat.Public
}

func (a MessageArgs) fromAgent() bool { return a.Message.By != chat.ByCustomer }

func (a MessageArgs) author() string {
	if a.Message.By == chat.ByCustomer {
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
func (a MessageArgs) authored() string { return a.kind() + ":" + seq(a.Message.AuthorID) }

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
	case chat.HappenedAddress, chat.HappenedSkipped, chat.HappenedStopped, chat.HappenedResumed:
		return "mail"
	case chat.HappenedLanguage:
		return "globe"
	case chat.HappenedFreshLink, chat.HappenedRevoked:
		return "link"
	}
	return "about"
}

func (a MessageArgs) failed() bool {
	if a.Delivery == nil {
		return false
	}
	switch a.Delivery.State {
	case chat.Failed, chat.Bounced, chat.Complained, chat.Cancelled:
		return true
	}
	return false
}

// retriable tells whether sending once more is on offer.
func (a MessageArgs) retriable() bool {
	return a.failed() && a.Delivery.State != chat.Complained && a.Delivery.Kind == chat.KindInvitation
}

func (a MessageArgs) forwarded() string {
	return a.Locale.T("delivery.forwarded", "Address", a.Delivery.Address, "State", a.Locale.T("delivery.state."+string(a.Delivery.State)))
}

func (a MessageArgs) reason() string {
	if a.Delivery.Reason == "" {
		return ""
	}
	if key := "delivery.reason." + a.Delivery.Reason; a.Locale.Has(key) {
		return a.Locale.T(key)
	}
	return a.Locale.T("delivery.reason.refused")
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
