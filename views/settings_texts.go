package views

import (
	"strings"

	"github.com/a-h/templ"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
	"rejoin/views/ui"
)

const (
	shortText  = 120 // a text of at most so many characters is one line
	longText   = 300 // and one of more has more room
	fieldOfTag = "."
)

// OneLine tells whether a localized text is a line.
func OneLine(s chat.Setting) bool { return s.Max <= shortText }

// localized describes one language's text; where it is empty the language's own text stands, shown as placeholder.
func (f SettingsForm) localized(s chat.Setting, tag string) ui.AreaArgs {
	name := s.Key + fieldOfTag + tag
	own := locales.For(tag)
	a := ui.AreaArgs{Rows: 2, FieldArgs: ui.FieldArgs{
		Locale: f.Locale, Name: name, Label: own.Name(), Value: f.Typed.Get(name), Error: f.Errors[name], Placeholder: OwnText(own, s),
		Attrs: templ.Attributes{"lang": tag, "dir": own.Dir(), "data-language-text": true, "autocomplete": "off"},
	}}
	if s.Max > longText {
		a.Rows = 3
	}
	return a
}

// HasTexts tells whether a section has texts in several languages.
func HasTexts(section chat.Section) bool {
	for _, s := range chat.SettingsOf(section) {
		if s.Kind == chat.SettingLocalized {
			return true
		}
	}
	return false
}

// languageMark is "own" where the section has a text of its own in a language, "wrong" where one needs another look.
func (f SettingsForm) languageMark(tag string) string {
	mark := ""
	for _, s := range chat.SettingsOf(f.Section) {
		name := s.Key + fieldOfTag + tag
		switch {
		case s.Kind != chat.SettingLocalized:
		case f.Errors[name] != "":
			return "wrong"
		case strings.TrimSpace(f.Typed.Get(name)) != "":
			mark = "own"
		}
	}
	return mark
}

// OwnText is the text that stands where an organization wrote none of its own, with its variables in braces; empty when
// there is none.
func OwnText(l *locales.Locale, s chat.Setting) string {
	key := ownKey(s.Key)
	if key == "" || !l.Has(key) {
		return ""
	}
	values := make([]any, 0, 2*len(s.Variables))
	for _, name := range s.Variables {
		values = append(values, strings.ToUpper(name[:1])+name[1:], "{"+name+"}")
	}
	return l.T(key, values...)
}

func ownKey(setting string) string {
	switch setting {
	case chat.PromptText:
		return "widget.prompt"
	case chat.PromptThanks:
		return "widget.thanks"
	case chat.WidgetGreeting:
		return "widget.greeting"
	case chat.EmailSubject:
		return "mail.followup.subject"
	}
	for _, a := range followup.Automations() {
		if setting == chat.AutomationText(a) {
			return setting
		}
	}
	return ""
}
