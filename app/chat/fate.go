package chat

import (
	"time"

	"rejoin/app/followup"
)

// FateKind is what became, or will become, of one message of the brand.
type FateKind string

// The fates.
const (
	FateNone      FateKind = ""         // nothing to tell: not seen, and nothing is decided about it
	FateSeen      FateKind = "seen"     // in the chat
	FateDue       FateKind = "due"      // will go out at DueAt
	FateHeld      FateKind = "held"     // the customer is here
	FateDelivered FateKind = "delivery" // a delivery carries it, see Delivery
	FateNever     FateKind = "never"    // nothing goes out, for the reason Code
	FateWithheld  FateKind = "withheld" // an agent does not want it sent
	FateFailed    FateKind = "failed"   // its delivery failed, see Delivery
)

// Fate is what became, or will become, of one message of the brand.
type Fate struct {
	Kind     FateKind
	Code     followup.Code // of the plan, for due, held, never
	DueAt    time.Time
	Setting  string     // key of the setting that decided
	Delivery *Delivery  // for delivery and failed
	SeenAt   *time.Time // for seen, and for a delivery whose message was seen meanwhile; nil when not known
	Seen     bool
}

// CanHurry tells whether an agent may send it now.
func (f Fate) CanHurry() bool {
	return f.Kind == FateDue && f.Code != followup.CodeHurried && f.Code != followup.CodeMinGap && f.Code != followup.CodeCapped
}

// CanWithhold tells whether an agent may keep it from going out.
func (f Fate) CanWithhold() bool { return f.Kind == FateDue || f.Kind == FateHeld }

// FateOf tells the fate of one public message of the brand; deliveries are the conversation's, newest first.
func FateOf(c *Conversation, m *Message, deliveries []Delivery) Fate {
	fate := Fate{Seen: m.Seq <= c.CustomerSeenSeq}
	if fate.Seen {
		fate.SeenAt = c.CustomerSeenAt
	}
	carries, failed := carrier(m.Seq, deliveries)
	fate.Delivery = carries
	switch {
	case carries != nil:
		fate.Kind = FateDelivered
		return fate
	case fate.Seen:
		fate.Kind = FateSeen
	case m.By != ByAgent || m.Kind != Public:
		return Fate{}
	case m.Seq <= c.WithheldSeq:
		fate.Kind = FateWithheld
	case c.PlanTo > 0 && m.Seq >= c.PlanFrom && m.Seq <= c.PlanTo:
		fate.Delivery = failed
		return fate.planned(c)
	case failed != nil:
		fate.Kind, fate.Delivery = FateFailed, failed
	}
	return fate
}

func (f Fate) planned(c *Conversation) Fate {
	f.Code, f.Setting = c.PlanCode, SettingBehind(c.PlanCode)
	switch {
	case c.FollowupDueAt != nil:
		f.Kind, f.DueAt = FateDue, *c.FollowupDueAt
	case c.PlanCode == followup.CodeHeld:
		f.Kind = FateHeld
	case c.PlanCode == followup.CodeFailed && f.Delivery != nil:
		f.Kind = FateFailed
	default:
		f.Kind = FateNever
	}
	return f
}

// carrier is the newest delivery that carries a message, and the newest one that failed to; one that was cancelled
// counts as neither, but for a follow-up that had been tried.
func carrier(seq int64, deliveries []Delivery) (carries, failed *Delivery) {
	for i := range deliveries {
		d := &deliveries[i]
		if seq < d.FromSeq || seq > d.ToSeq || d.State == Cancelled && (d.Attempts == 0 || d.Kind != KindFollowup) {
			continue
		}
		if d.State != Failed && d.State != Bounced && d.State != Cancelled {
			return d, failed
		}
		if failed == nil {
			failed = d
		}
	}
	return nil, failed
}
