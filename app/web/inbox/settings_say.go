package inbox

import (
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
	"rejoin/views"
)

// consequences are the sentences that the values of a section make true, by setting.
func consequences(l *locales.Locale, section chat.Section, v chat.Values) map[string]string {
	said := map[string]string{}
	for _, s := range chat.SettingsOf(section) {
		if text := consequence(l, s, v); text != "" {
			said[s.Key] = text
		}
	}
	return said
}

func consequence(l *locales.Locale, s chat.Setting, v chat.Values) string {
	key := "setting." + s.Key + ".says"
	switch s.Kind {
	case chat.SettingSwitch:
		if v.On(s.Key) {
			return spoken(l, key+".on")
		}
		return spoken(l, key+".off")
	case chat.SettingSeconds:
		return timeSays(l, s, v)
	case chat.SettingNumber:
		return spoken(l, key, "Count", v.Number(s.Key))
	case chat.SettingChoice:
		return spoken(l, key+"."+v.Text(s.Key), "Address", v.Text(chat.ContinuousAddress))
	case chat.SettingOrigins:
		if len(v.Origins(s.Key)) == 0 {
			return spoken(l, key+".none")
		}
		return spoken(l, key+".count", "Count", len(v.Origins(s.Key)))
	}
	return ""
}

func timeSays(l *locales.Locale, s chat.Setting, v chat.Values) string {
	key, value := "setting."+s.Key+".says", v.Seconds(s.Key)
	switch {
	case s.Key == chat.MaxHold && value <= min(v.Seconds(chat.ClosedHold), v.Seconds(chat.OpenHold)):
		return "" // it has no effect, which is said as a warning
	case value == 0 && l.Has(key+".zero"):
		return l.T(key + ".zero")
	}
	return spoken(l, key, "Time", l.Duration(value))
}

// spoken is a sentence where the language has one.
func spoken(l *locales.Locale, key string, pairs ...any) string {
	if !l.Has(key) {
		return ""
	}
	if len(pairs) == 2 && pairs[0] == "Count" {
		return l.N(key, pairs[1].(int))
	}
	return l.T(key, pairs...)
}

// warnings tell, by setting, where a time makes no sense beside another one.
func warnings(l *locales.Locale, section chat.Section, v chat.Values) map[string]string {
	warned := map[string]string{}
	if section != chat.SectionContinuous {
		return warned
	}
	closed, open, most := v.Seconds(chat.ClosedHold), v.Seconds(chat.OpenHold), v.Seconds(chat.MaxHold)
	warn := func(key, which string, is bool, other time.Duration) {
		if is && warned[key] == "" {
			warned[key] = l.T("setting."+key+".warns."+which, "Time", l.Duration(other))
		}
	}
	warn(chat.MaxHold, "both", most <= min(closed, open), min(closed, open))
	warn(chat.MaxHold, "closed", most < closed, closed)
	warn(chat.ClosedHold, "away", closed < v.Seconds(chat.PresenceClosed), v.Seconds(chat.PresenceClosed))
	warn(chat.OpenHold, "sooner", open < closed, closed)
	warn(chat.DraftHold, "capped", v.Seconds(chat.DraftHold) > max(most, closed), max(most, closed))
	return warned
}

// belongings are what is switched with continuous conversation, each as it would be.
func belongings(l *locales.Locale, v chat.Values) []views.Belonging {
	on := v.On(chat.ContinuousOn)
	add := func(name, state string, is bool, section chat.Section) views.Belonging {
		one := views.Belonging{Text: l.T("settings.belongs." + name), State: state, On: on && is}
		if !one.On {
			one.State = l.T("audit.off")
		}
		if section != "" {
			one.Href = views.Settings(string(section))
		}
		return one
	}
	online, offline := v.Text(chat.PromptOnline), v.Text(chat.PromptOffline)
	all := []views.Belonging{
		add("emails", l.T("audit.on"), v.Text(chat.ContinuousContent) != string(followup.ContentOff), ""),
		add("invitations", l.T("audit.on"), true, ""),
		add("prompt", l.T("settings.belongs.prompt.state", "Online", l.T("settings.belongs.prompt."+online),
			"Offline", l.T("settings.belongs.prompt."+offline)), true, chat.SectionPrompt),
	}
	for _, a := range followup.Automations() {
		if a == followup.OutOfOffice {
			continue // it promises no email
		}
		one := add("automation", l.T("audit.on"), v.On(chat.AutomationOn(a)), chat.SectionAutomation)
		one.Text = l.T("settings.belongs.automation", "Name", views.AutomationName(l, a))
		all = append(all, one)
	}
	return all
}
