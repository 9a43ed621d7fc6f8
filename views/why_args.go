package views

import (
	"encoding/json"
	"time"

	"github.com/a-h/templ"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/views/ui"
)

// IDs of the dialog that tells what was decided about a message.
const (
	IDWhy     = "why"
	IDWhyBody = "why-body"
)

// WhyArgs describes the ledger of one message.
type WhyArgs struct {
	Message MessageArgs
	Lines   []chat.Decision // oldest first
	Admin   bool            // the settings are linked
	Value   func(chat.Setting, string) string
}

func (a WhyArgs) l() *locales.Locale { return a.Message.Locale }

// empty says why there is nothing to read.
func (a WhyArgs) empty() string {
	m := a.Message
	switch {
	case m.Message.By == chat.ByAutomation:
		return m.Locale.T("why.empty.automation")
	case m.Now.Sub(m.Message.CreatedAt) > chat.DecisionLife:
		return m.Locale.T("why.empty.old", "Time", m.Locale.Duration(chat.DecisionLife))
	}
	return m.Locale.T("why.empty")
}

// says is the sentence of one line, with its due time drawn in it.
func (a WhyArgs) says(d *chat.Decision) templ.Component {
	l := a.l()
	text := l.T("why."+d.Code, map[string]any{
		"Due": slot, "Value": a.value(d), "Address": d.Detail, "Agent": d.AgentName, "Words": d.Detail,
		"Reason": ReasonWords(l, d.Detail), "State": l.T("delivery.state." + d.Detail),
	})
	if d.DueAt == nil {
		return sentence(text, nil)
	}
	return sentence(text, ui.TimeAs(a.dueFormat(d), *d.DueAt, l, a.Message.Zone))
}

// dueFormat names the day where the time alone would be read as the line's own day.
func (a WhyArgs) dueFormat(d *chat.Decision) string {
	if d.DueAt.Sub(d.At) < far/2 && d.DueAt.In(a.Message.Zone).Day() == d.At.In(a.Message.Zone).Day() {
		return ui.AsTime
	}
	return ui.AsDateTime
}

// at is the format of a line's own time.
func (a WhyArgs) at(i int) string {
	day := func(t time.Time) string { return t.In(a.Message.Zone).Format(time.DateOnly) }
	if day(a.Lines[i].At) == day(a.Message.Now) {
		return ui.AsTime
	}
	return ui.AsDateTime
}

func (a WhyArgs) setting(d *chat.Decision) (chat.Setting, bool) {
	s, known := chat.SettingOf(d.Setting)
	return s, known && a.l().Has("setting."+s.Key)
}

func (a WhyArgs) value(d *chat.Decision) string {
	s, known := chat.SettingOf(d.Setting)
	if !known || !json.Valid([]byte(d.Value)) {
		return ""
	}
	return a.Value(s, d.Value)
}

// settingSays is the setting that decided, its name linked for those who may change it.
func (a WhyArgs) settingSays(d *chat.Decision) templ.Component {
	s, _ := a.setting(d)
	return sentence(a.l().T("why.setting", "Setting", slot, "Value", a.value(d)), whySetting(a.l(), s, a.Admin))
}

// decisive marks what an agent did, what went out and what failed, so that the eye finds it.
func decisive(code string) string {
	switch code {
	case chat.DecidedSent, chat.DecidedReached, chat.DecidedRejoined, "seen":
		return "good"
	case chat.DecidedGaveUp, chat.DecidedReturned, chat.DecidedAgain, chat.DecidedReported, "failed", "bounced", "complained":
		return "bad"
	case chat.DecidedHurry, chat.DecidedWithhold, chat.DecidedRelease, chat.DecidedInvited:
		return "agent"
	}
	return ""
}
