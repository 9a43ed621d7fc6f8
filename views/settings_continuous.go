package views

import (
	"strconv"
	"time"

	"rejoin/app/chat"
	"rejoin/locales"
)

// ReplayArgs is what other settings would have made of the last 30 days.
type ReplayArgs struct {
	State  string // "" before it has been asked for, "ready", "empty", "wrong", "slow", "busy"
	Result chat.Replayed
	Same   bool // the form holds the settings in force
	Times  bool // the form changes the times of presence, which are not replayed
	Zone   *time.Location
}

// ReplayLine is one sentence of the result.
type ReplayLine struct {
	Kind string // "good", "warn" or ""
	Text string
}

// timesOfEmails are the settings below the presets.
func timesOfEmails() []string {
	return []string{chat.ClosedHold, chat.OpenHold, chat.EmailHold, chat.MaxHold, chat.DraftHold, chat.ContinuousMinGap, chat.HourlyCap, chat.OfflineAtOnce}
}

func setting(key string) chat.Setting {
	s, _ := chat.SettingOf(key)
	return s
}

func pressed(is bool) string { return strconv.FormatBool(is) }

func number(n int) string { return strconv.Itoa(n) }

func (a PlansArgs) running() string {
	return a.Locale.T("settings.plans.running", "Done", a.Locale.Number(a.Now.Done), "All", a.Locale.Number(a.Now.All))
}

func (a PlansArgs) done() string {
	if a.Now.All == 0 {
		return a.Locale.T("settings.plans.none")
	}
	return a.Locale.N("settings.plans.done", a.Now.All)
}

// headline is how many emails go out, beside how many do today.
func (a ReplayArgs) headline(l *locales.Locale) string {
	r := a.Result
	switch {
	case a.Same:
		return counted(l, "settings.replay.now", r.Today)
	case r.Emails == r.Today:
		return counted(l, "settings.replay.equal", r.Emails)
	}
	return counted(l, "settings.replay.instead", r.Emails, "Today", l.Number(r.Today))
}

// counted is a sentence about a number; none has a sentence of its own.
func counted(l *locales.Locale, key string, count int, pairs ...any) string {
	if count == 0 {
		return l.T(key+".zero", pairs...)
	}
	return l.N(key, count, pairs...)
}

// lines are what else is to be said of the result.
func (a ReplayArgs) lines(l *locales.Locale) []ReplayLine {
	r := a.Result
	if a.Same {
		return []ReplayLine{needlessNow(l, r.Today, r.NeedlessToday)}
	}
	var lines []ReplayLine
	add := func(kind, key string, count int) {
		if count > 0 {
			lines = append(lines, ReplayLine{kind, l.N("settings.replay."+key, count)})
		}
	}
	add("good", "needless.fewer", r.NeedlessToday-r.Needless)
	add("warn", "needless.more", r.Needless-r.NeedlessToday)
	add("", "later", r.Later)
	add("", "earlier", r.Earlier)
	add("warn", "missed", r.Missed)
	if len(lines) == 0 && r.Emails == r.Today {
		lines = append(lines, ReplayLine{"", l.T("settings.replay.same_moments")})
	}
	if r.Needless == r.NeedlessToday && r.Emails > 0 {
		lines = append(lines, needlessNow(l, r.Emails, r.Needless))
	}
	return lines
}

func needlessNow(l *locales.Locale, emails, needless int) ReplayLine {
	switch {
	case emails == 0:
		return ReplayLine{"", l.T("settings.replay.none_sent")}
	case needless == 0:
		return ReplayLine{"good", l.T("settings.replay.needless.none")}
	}
	return ReplayLine{"", l.N("settings.replay.needless", needless)}
}
