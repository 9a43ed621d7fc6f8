package views

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/views/ui"
)

// IDs of the settings' parts that answers replace.
const (
	IDSettingsForm    = "settings-form"
	IDSettingsPreview = "settings-preview"
	IDTeam            = "team"
	IDAuditMore       = "audit-more"
)

// SettingsArgs describes a page of the settings: the frame, the subjects at its side, and its head.
type SettingsArgs struct {
	Shell   ShellArgs
	Subject string // which one is shown
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
	Unsaved  bool              // drawn again after an edit, not after saving
	Language string            // of the preview
	Hours    HoursTyped        // as typed
	Words    HoursWords        // what they say, and how the week reads
	Snippet  string            // of the widget
	DemoURL  string            // of the widget's live demo
}

func (a SettingsArgs) l() *locales.Locale { return a.Shell.Page.Locale }

func (a SettingsArgs) title() string { return SettingsTitle(a.l(), a.Subject) }

// SettingsTitle names a subject of the settings.
func SettingsTitle(l *locales.Locale, subject string) string { return l.T("settings.title." + subject) }

// SettingLabel names a setting.
func SettingLabel(l *locales.Locale, key string) string { return l.T("setting." + key) }

type subject struct{ name, icon string }

// subjects is the order of the settings.
func subjects() []subject {
	return []subject{
		{string(chat.SectionContinuous), "invite"}, {string(chat.SectionHours), "clock"}, {string(chat.SectionPrompt), "question"},
		{string(chat.SectionEmail), "mail"}, {string(chat.SectionWidget), "chat"},
		{SubjectOrganization, "shop"}, {SubjectTeam, "people"}, {SubjectAudit, "history"},
	}
}

// field describes the input of a plain setting.
func (f SettingsForm) field(s chat.Setting) ui.FieldArgs {
	return ui.FieldArgs{
		Locale: f.Locale, Name: s.Key, Label: SettingLabel(f.Locale, s.Key), Hint: f.hint(s),
		Value: f.Typed.Get(s.Key), Error: f.Errors[s.Key], Attrs: templ.Attributes{"autocomplete": "off"},
	}
}

func (f SettingsForm) hint(s chat.Setting) string {
	if key := "setting." + s.Key + ".hint"; f.Locale.Has(key) {
		return f.Locale.T(key)
	}
	return ""
}

func (f SettingsForm) placeholder(s chat.Setting) string {
	if key := "setting." + s.Key + ".placeholder"; f.Locale.Has(key) {
		return f.Locale.T(key)
	}
	return ""
}

func (f SettingsForm) url(s chat.Setting) ui.FieldArgs {
	a := f.field(s)
	a.Inputmode, a.Placeholder, a.Optional = "url", f.placeholder(s), true
	return a
}

func (f SettingsForm) text(s chat.Setting) ui.FieldArgs {
	a := f.field(s)
	a.Placeholder, a.Optional = f.placeholder(s), true
	return a
}

func (f SettingsForm) origins(s chat.Setting) ui.AreaArgs {
	a := ui.AreaArgs{FieldArgs: f.field(s), Rows: 4}
	a.Placeholder, a.Inputmode = f.placeholder(s), "url"
	a.Attrs = templ.Attributes{"spellcheck": "false", "autocapitalize": "off"}
	return a
}

func (f SettingsForm) switched(s chat.Setting) ui.SwitchArgs {
	return ui.SwitchArgs{
		Name: s.Key, Label: SettingLabel(f.Locale, s.Key), Hint: f.hint(s), Error: f.Errors[s.Key], On: f.Typed.Get(s.Key) == "on",
	}
}

func (f SettingsForm) choice(s chat.Setting) ui.SelectArgs {
	a := ui.SelectArgs{FieldArgs: f.field(s)}
	a.Attrs = nil
	for _, word := range s.Choices {
		a.Options = append(a.Options, ui.Option{Value: word, Label: ChoiceLabel(f.Locale, s.Key, word)})
	}
	return a
}

// ChoiceLabel names one choice of a setting.
func ChoiceLabel(l *locales.Locale, key, word string) string {
	return l.T("setting." + key + "." + word)
}

// Units are the words of a unit field, shortest first.
func Units() []string { return []string{"seconds", "minutes", "hours", "days"} }

func (f SettingsForm) unit(s chat.Setting) ui.SelectArgs {
	a := ui.SelectArgs{FieldArgs: ui.FieldArgs{
		Locale: f.Locale, Name: s.Key + "_unit", Label: f.Locale.T("settings.unit"), HideLabel: true, Value: f.Typed.Get(s.Key + "_unit"),
	}}
	for _, unit := range Units() {
		a.Options = append(a.Options, ui.Option{Value: unit, Label: f.Locale.T("settings.unit." + unit)})
	}
	return a
}

// localized describes one language's text; where it is empty the language's own text stands, shown as placeholder.
func (f SettingsForm) localized(s chat.Setting, tag string) ui.AreaArgs {
	name := s.Key + "." + tag
	own := locales.For(tag)
	a := ui.AreaArgs{Rows: 2, FieldArgs: ui.FieldArgs{
		Locale: f.Locale, Name: name, Label: own.Name(), Value: f.Typed.Get(name), Error: f.Errors[name],
		Attrs: templ.Attributes{"lang": tag, "dir": "auto"},
	}}
	if key := OwnText(s.Key); key != "" {
		a.Placeholder = own.T(key)
	}
	if s.Max > shortText {
		a.Rows = 3
	}
	return a
}

const shortText = 100 // a text of at most so many characters is one line

// OneLine tells whether a localized text is a line.
func OneLine(s chat.Setting) bool { return s.Max <= shortText }

// OwnText is the locale key of the text that stands where an organization wrote none of its own.
func OwnText(setting string) string {
	switch setting {
	case chat.PromptText:
		return "widget.prompt"
	case chat.PromptThanks:
		return "widget.thanks"
	case chat.WidgetGreeting:
		return "widget.greeting"
	}
	return ""
}

func fieldID(name string) string {
	return "field-" + strings.NewReplacer(".", "-", "[", "-", "]", "").Replace(name)
}

func languageOptions() []ui.Option {
	var options []ui.Option
	for _, tag := range locales.Shipped() {
		options = append(options, ui.Option{Value: tag, Label: locales.For(tag).Name()})
	}
	return options
}
