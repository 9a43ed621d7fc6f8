package views

import (
	"net/url"

	"rejoin/app/chat"
	"rejoin/locales"
)

// IDs of the settings' parts that answers replace.
const (
	IDSettingsForm    = "settings-form"
	IDSettingsPreview = "settings-preview"
	IDPresets         = "settings-presets"
	IDBelongs         = "settings-belongs"
	IDReplay          = "settings-replay-result"
	IDPlans           = "settings-plans"
	IDEmailFacts      = "settings-email-facts"
	IDTeam            = "team"
	IDAuditMore       = "audit-more"
)

// SettingsArgs describes a page of the settings: the frame, the subjects at its side, and its head.
type SettingsArgs struct {
	Shell   ShellArgs
	Subject string // which one is shown
	Title   string // of a page below the subject's own; empty = the subject's
	Admin   bool   // agents see that the rest is for admins
	Intro   string // one plain sentence of what the page does
	Wide    bool
	Said    []Said // what the page before left to say
}

// Said is a sentence after a redirect.
type Said struct {
	Kind string // "good", "warn" or "error"
	Text string
}

// SettingsForm is one section's form: what was typed, what is wrong with it, and what it would mean.
type SettingsForm struct {
	Locale   *locales.Locale
	Section  chat.Section
	Typed    url.Values        // by field name
	Errors   map[string]string // by field name
	Says     map[string]string // by setting key: the sentence that the value makes true
	Warns    map[string]string // by setting key: why it makes no sense beside another one
	Clashes  []Clash           // what somebody else has saved while the page was open
	Showing  string            // what the page showed when it was opened, for finding those
	Unsaved  bool              // drawn again after an edit, not after saving
	Live     bool              // drawn while someone types
	Language string            // of the texts that are shown, and of the preview
	Hours    HoursTyped        // as typed
	Words    HoursWords        // what they say, and how the week reads
	Snippet  string            // of the widget
	DemoURL  string            // of the widget's live demo
	On       bool              // continuous conversation, as it would be
	Belongs  []Belonging       // to continuous conversation
	Preset   string            // name of the one that the values match
	Replay   ReplayArgs
	Plans    PlansArgs
	Bubbles  map[string]string // by setting key: a text as a customer would read it in Language
	Email    EmailFacts
}

// Clash is a value that two people have changed: one has saved it, the other one is about to.
type Clash struct{ Setting, Who, Theirs, Yours string }

// Belonging is something that is switched with continuous conversation.
type Belonging struct {
	Text  string
	State string
	On    bool
	Href  string
}

// PlansArgs is how far new plans have come since a change of the settings.
type PlansArgs struct {
	Locale *locales.Locale
	Shown  bool
	Now    chat.Replanning
}

// EmailFacts is what an email says beside its body.
type EmailFacts struct{ From, Subject, Text, Refused string }

func (a SettingsArgs) l() *locales.Locale { return a.Shell.Page.Locale }

func (a SettingsArgs) title() string {
	if a.Title != "" {
		return a.Title
	}
	return SettingsTitle(a.l(), a.Subject)
}

// SettingsTitle names a subject of the settings.
func SettingsTitle(l *locales.Locale, subject string) string { return l.T("settings.title." + subject) }

// SettingLabel names a setting.
func SettingLabel(l *locales.Locale, key string) string { return l.T("setting." + key) }

type subject struct{ name, icon string }

// subjects is the order of the settings.
func subjects() []subject {
	return []subject{
		{string(chat.SectionContinuous), "invite"}, {string(chat.SectionHours), "clock"}, {string(chat.SectionPrompt), "question"},
		{string(chat.SectionAutomation), "bell"}, {string(chat.SectionEmail), "mail"}, {string(chat.SectionWidget), "chat"},
		{SubjectOrganization, "shop"}, {SubjectTeam, "people"}, {SubjectAudit, "history"},
	}
}
