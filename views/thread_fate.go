package views

import (
	"fmt"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
)

// Fated tells whether what became of the message is told under it.
func (a MessageArgs) Fated() bool {
	return a.Message.Kind == chat.Public && (a.Message.By == chat.ByAgent || a.Message.By == chat.ByAutomation && a.Fate.Kind != chat.FateNone)
}

// UndoneOf finds a cancelled invitation that a message was written for: it is not the message's fate, but the agent who
// wrote it waits for an answer. Deliveries come newest first.
func UndoneOf(deliveries []chat.Delivery, seq int64) *chat.Delivery {
	for i := range deliveries {
		if d := &deliveries[i]; d.MessageSeq == seq && d.Kind == chat.KindInvitation {
			if d.State == chat.Cancelled {
				return d
			}
			return nil
		}
	}
	return nil
}

// sameFate tells whether two messages have one fate, so that it is told once.
func sameFate(a, b *chat.Fate) bool {
	return a.Kind == b.Kind && a.Code == b.Code && a.DueAt.Equal(b.DueAt) && a.Seen == b.Seen && deliveryKey(a) == deliveryKey(b)
}

func deliveryKey(f *chat.Fate) string {
	if f.Delivery == nil {
		return ""
	}
	return f.Delivery.Key
}

// far is from when on a due time is told by its date and not by counting down.
const far = 24 * time.Hour

func (a MessageArgs) isFar() bool { return a.Fate.DueAt.Sub(a.Now) >= far }

func (a MessageArgs) isPast() bool { return !a.Now.Before(a.Fate.DueAt) }

// due is the sentence of what will be emailed, with a slot for when.
func (a MessageArgs) due() string {
	if a.isFar() {
		return a.Locale.T("thread.fate.due_at", "Due", slot)
	}
	return a.Locale.T("thread.fate.due", "Due", slot)
}

// CountdownText is the time that is left, "4:12" or "1:04:12", as the browser's script goes on counting it.
func CountdownText(left time.Duration) string {
	seconds := int(max(left, 0).Round(time.Second) / time.Second)
	if hours := seconds / 3600; hours > 0 {
		return fmt.Sprintf("%d:%02d:%02d", hours, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

func (a MessageArgs) countdown() string { return CountdownText(a.Fate.DueAt.Sub(a.Now)) }

// ordinary tells whether the email waits for nothing but its usual time: then the reason is told on hover only.
func (a MessageArgs) ordinary() bool {
	return a.Fate.Code == followup.CodeClosedHold || a.Fate.Code == followup.CodeOpenHold
}

// planned is why the plan is what it is.
func (a MessageArgs) planned() string {
	if a.Fate.Code == followup.CodeDraft {
		switch {
		case a.Writer.Self:
			return a.Locale.T("thread.fate.waits.you")
		case a.Writer.Name != "":
			return a.Locale.T("thread.fate.waits.other", "Agent", a.Writer.Name)
		}
	}
	return planWords(a, a.Fate.Code)
}

func planWords(a MessageArgs, code followup.Code) string {
	return a.Locale.T("plan.code."+string(code), "Time", a.Locale.Duration(a.Rules.Seconds(chat.SettingBehind(code))))
}

// withheld tells who does not want it sent.
func (a MessageArgs) withheld() string {
	switch {
	case a.Keeper.Self:
		return a.Locale.T("thread.fate.withheld.you")
	case a.Keeper.Name != "":
		return a.Locale.T("thread.fate.withheld", "Agent", a.Keeper.Name)
	}
	return a.Locale.T("plan.code.withheld")
}

// failed tells whether the message has reached nobody, and nothing more is tried.
func (a MessageArgs) failed() bool {
	return a.Tells && a.Fate.Kind == chat.FateFailed || a.Undone != nil || a.carried() && a.Fate.Delivery.State == chat.Complained
}

func (a MessageArgs) carried() bool {
	return a.Fate.Kind == chat.FateDelivered && a.Fate.Delivery != nil
}

func retriable(d *chat.Delivery) bool {
	return (d.State == chat.Failed || d.State == chat.Bounced || d.State == chat.Cancelled) && d.Kind != chat.KindRenewal
}

// deliverySays is where a delivery went and how far it has come.
func deliverySays(a MessageArgs, d *chat.Delivery) string {
	if d.State == chat.Failed || d.State == chat.Bounced {
		return a.Locale.T("thread.fate.failed", "Address", d.Address)
	}
	state := string(d.State)
	switch {
	case d.State == chat.Queued && d.Round > 0:
		state = "returned"
	case d.State == chat.Sent && d.Reason == chat.ReasonDelayed:
		state = chat.ReasonDelayed
	}
	return a.Locale.T("delivery.forwarded", "Address", d.Address, "State", a.Locale.T("delivery.state."+state))
}

// deliveryTrouble tells whether a delivery has something to explain.
func deliveryTrouble(d *chat.Delivery) bool {
	if d.Reason == "" {
		return false
	}
	switch d.State {
	case chat.Failed, chat.Bounced, chat.Complained, chat.Cancelled:
		return true
	}
	return !d.Final()
}

// ReasonWords says why a delivery did not go as wished, by its code.
func ReasonWords(l *locales.Locale, code string) string {
	if key := "delivery.reason." + code; l.Has(key) {
		return l.T(key)
	}
	return l.T("delivery.reason.refused")
}
