package views

import (
	"strings"

	"github.com/a-h/templ"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/views/ui"
)

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

// describes lists what explains a time: what is wrong with it, and the sentence that it makes true.
func (f SettingsForm) describes(s chat.Setting) string {
	if f.Errors[s.Key] != "" {
		return fieldID(s.Key) + "-error " + saysID(s)
	}
	return saysID(s)
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

func (f SettingsForm) number(s chat.Setting) ui.FieldArgs {
	a := f.field(s)
	a.Inputmode, a.MaxLength = "numeric", 9
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
		option := ui.Option{Value: word, Label: ChoiceLabel(f.Locale, s.Key, word)}
		if key := "setting." + s.Key + "." + word + ".hint"; f.Locale.Has(key) {
			option.Hint = f.Locale.T(key)
		}
		a.Options = append(a.Options, option)
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

func fieldID(name string) string {
	return "field-" + strings.NewReplacer(".", "-", "[", "-", "]", "").Replace(name)
}

func languageOptions() []ui.Option {
	var options []ui.Option
	for _, choice := range locales.Choices() {
		options = append(options, ui.Option{Value: choice.Tag, Label: choice.Name, Lang: choice.Tag})
	}
	return options
}
