package views

import (
	"strings"
	"testing"
	"unicode/utf8"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/views/ui"
)

func TestALanguageIsNamedInTheReadersOwn(t *testing.T) {
	for _, row := range []struct{ reader, tag, want string }{
		{"en", "fr", "French"}, {"fr", "ar", "Arabe"}, {"de", "ja", "Japanisch"}, {"ar", "ar", "العربية"}, {"ja", "ja", "日本語"},
		{"ko", "de", "독일어"}, {"es", "pt-BR", "Portugués de Brasil"}, {"en", "not a tag", "not a tag"},
	} {
		if got := LanguageName(locales.For(row.reader), row.tag); got != row.want || !utf8.ValidString(got) {
			t.Errorf("%s is called %q by a reader of %s, want %q", row.tag, got, row.reader, row.want)
		}
	}
}

func TestAnAgentMayChooseEveryLanguageOnceForACustomer(t *testing.T) {
	for _, own := range []string{"", "en", "ar", "pt-BR", "eo"} {
		a := ThreadArgs{Locale: locales.For("de")}
		a.Thread = &chat.Thread{Customer: &chat.Customer{Language: own}}
		options := a.languages()
		seen := map[string]int{}
		for _, option := range options {
			seen[option.Value]++
		}
		if own != "" && seen[own] != 1 {
			t.Errorf("%q is offered %d times", own, seen[own])
		}
		for value, times := range seen {
			if times != 1 {
				t.Errorf("%s is offered %d times", value, times)
			}
		}
		for i, tag := range []string{"ar", "de", "en"} {
			if options[i].Value != tag {
				t.Errorf("the shipped languages begin with %v, not %s", options[i], tag)
			}
		}
	}
}

func TestEveryPickerOffersAllLanguagesByTheirOwnNames(t *testing.T) {
	options := languageOptions()
	if len(options) != len(locales.Shipped()) {
		t.Fatalf("%d languages are offered", len(options))
	}
	doc := drawPage(t, ui.Select(ui.SelectArgs{FieldArgs: ui.FieldArgs{Locale: locales.For("en"), Name: "language", Value: "ar"}, Options: options}))
	for _, option := range options {
		drawn := doc.Find("option[value=" + option.Value + "][lang=" + option.Value + "]")
		if drawn.Length() != 1 || !strings.Contains(drawn.Text(), option.Label) || option.Label == "" {
			t.Errorf("%s is drawn as %q", option.Value, drawn.Text())
		}
	}
	if doc.Find("option[selected]").AttrOr("value", "") != "ar" {
		t.Error("the chosen language is not selected")
	}
}
