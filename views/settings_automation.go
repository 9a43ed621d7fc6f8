package views

import (
	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
)

// AutomationName names an automation.
func AutomationName(l *locales.Locale, a followup.Automation) string {
	return l.T("settings.automation." + string(a))
}

func automationID(a followup.Automation) string { return "automation-" + string(a) }

// promisesEmail tells whether an automation speaks of an email, so that it belongs to continuous conversation.
func promisesEmail(a followup.Automation) bool { return a != followup.OutOfOffice }

func (f SettingsForm) automationOn(a followup.Automation) bool {
	return f.Typed.Get(chat.AutomationOn(a)) == "on"
}

// automationSpeaks tells whether the automation would ever speak.
func (f SettingsForm) automationSpeaks(a followup.Automation) bool {
	return f.automationOn(a) && (f.On || !promisesEmail(a))
}

// automationSilent says why an automation that is switched on does not speak.
func (f SettingsForm) automationSilent(a followup.Automation) string {
	if f.automationOn(a) && promisesEmail(a) && !f.On {
		return f.Locale.T("settings.automation.silent")
	}
	return ""
}

// automationMute is the same in a word.
func (f SettingsForm) automationMute(a followup.Automation) string {
	if !f.automationOn(a) {
		return f.Locale.T("audit.off")
	}
	return f.Locale.T("settings.automation.mute")
}
