// Package locales owns every text that a person reads, in every shipped language, and how dates,
// durations and opening hours are said in it. It refuses to know anything about chats: it turns
// keys, numbers and instants into sentences. All of it is read once and never changed.
package locales

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"
)

// Fallback is the language of everyone whose own is not shipped.
const Fallback = "en"

// demoTexts begin the keys of the demo shop, which a language may leave to English: everything else it has to say itself.
const demoTexts = "demo."

//go:embed *.json
var files embed.FS

// Locale is one shipped language: its sentences, plurals and dates.
type Locale struct {
	tag       string
	name      string
	dir       string
	english   *Locale // says the texts of the demo shop that are missing here; nil in English
	plain     map[string]string
	keys      map[string]bool
	localizer *i18n.Localizer
	numbers   *message.Printer
}

// shelf is all shipped languages, English first.
type shelf struct {
	tags    []string
	byTag   map[string]*Locale
	matcher language.Matcher
}

var shipped = sync.OnceValue(func() *shelf {
	s, err := load()
	if err != nil {
		panic(fmt.Sprintf("read the shipped languages: %v", err)) // embedded, so a defect of the build
	}
	return s
})

// For returns the language of a BCP 47 tag, else that of its base language, else English.
func For(tag string) *Locale {
	s := shipped()
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	for tag != "" {
		if found := s.byTag[tag]; found != nil {
			return found
		}
		cut := strings.LastIndexByte(tag, '-')
		if cut < 0 {
			break
		}
		tag = tag[:cut]
	}
	return s.byTag[Fallback]
}

// Match returns the best language for an Accept-Language header, English when none fits.
func Match(accept string) *Locale {
	s := shipped()
	if len(accept) > 1000 {
		return s.byTag[Fallback]
	}
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(wanted) == 0 {
		return s.byTag[Fallback]
	}
	for _, tag := range wanted {
		_, at, sure := s.matcher.Match(tag)
		if sure >= language.High && base(s.tags[at]) == base(tag.String()) { // Afrikaans is not Dutch, near as it is
			return s.byTag[s.tags[at]]
		}
	}
	return s.byTag[Fallback]
}

// Shipped returns the tags of all languages, English first.
func Shipped() []string { return slices.Clone(shipped().tags) }

// IsShipped tells whether the base language of a tag has texts of its own.
func IsShipped(tag string) bool {
	return shipped().byTag[base(tag)] != nil
}

func base(tag string) string {
	found, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return found
}

// With returns the tags of the languages that have a text of their own for a key, English first.
func With(key string) []string {
	return slices.DeleteFunc(Shipped(), func(tag string) bool { return !shipped().byTag[tag].keys[key] })
}

// Tag returns the BCP 47 tag.
func (l *Locale) Tag() string { return l.tag }

// Name returns the language's name in itself.
func (l *Locale) Name() string { return l.name }

// Dir returns "ltr" or "rtl".
func (l *Locale) Dir() string { return l.dir }

// Has tells whether there is a text for the key.
func (l *Locale) Has(key string) bool { return l.keys[key] || l.borrows(key) }

func (l *Locale) borrows(key string) bool {
	return l.english != nil && strings.HasPrefix(key, demoTexts) && !l.keys[key] && l.english.keys[key]
}

// T returns the text of a key with its variables, given as name and value in turn or as one
// map[string]any. A missing key returns itself.
func (l *Locale) T(key string, pairs ...any) string {
	if text, ok := l.plain[key]; ok {
		return text
	}
	if l.borrows(key) {
		return l.english.T(key, pairs...)
	}
	return l.localize(key, &i18n.LocalizeConfig{MessageID: key, TemplateData: variables(pairs)})
}

// N returns the text of a key in the plural form of n, which is {{.Count}} in it.
func (l *Locale) N(key string, n int, pairs ...any) string {
	if text, ok := l.plain[key]; ok {
		return text
	}
	if l.borrows(key) {
		return l.english.N(key, n, pairs...)
	}
	data := variables(pairs)
	data["Count"] = l.Number(n)
	return l.localize(key, &i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: n})
}

// Number returns a whole number with the language's digit groups.
func (l *Locale) Number(n int) string {
	if n > -1000 && n < 1000 {
		return fmt.Sprint(n)
	}
	return l.numbers.Sprintf("%d", n)
}

func (l *Locale) localize(key string, config *i18n.LocalizeConfig) string {
	if !l.keys[key] {
		return key
	}
	text, err := l.localizer.Localize(config)
	if err != nil {
		return key
	}
	return text
}

func variables(pairs []any) map[string]any {
	data := make(map[string]any, len(pairs)/2+1)
	if len(pairs) == 1 {
		if given, ok := pairs[0].(map[string]any); ok {
			for name, value := range given {
				data[name] = value
			}
		}
		return data
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return data
}

func load() (*shelf, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	s := &shelf{byTag: map[string]*Locale{}}
	for _, entry := range entries {
		s.tags = append(s.tags, strings.TrimSuffix(entry.Name(), ".json"))
	}
	slices.SortFunc(s.tags, englishFirst)
	var tags []language.Tag
	for _, name := range s.tags {
		tag, err := language.Parse(name)
		if err != nil {
			return nil, fmt.Errorf("%s.json: %w", name, err)
		}
		if s.byTag[name], err = read(name, tag); err != nil {
			return nil, fmt.Errorf("%s.json: %w", name, err)
		}
		if name != Fallback {
			s.byTag[name].english = s.byTag[Fallback]
		}
		tags = append(tags, tag)
	}
	s.matcher = language.NewMatcher(tags)
	return s, nil
}

func englishFirst(a, b string) int {
	if (a == Fallback) != (b == Fallback) {
		if a == Fallback {
			return -1
		}
		return 1
	}
	return strings.Compare(a, b)
}

func read(name string, tag language.Tag) (*Locale, error) {
	texts, err := parse(name)
	if err != nil {
		return nil, err
	}
	bundle := i18n.NewBundle(tag)
	l := &Locale{
		tag: name, name: display.Self.Name(tag), dir: direction(tag),
		plain: map[string]string{}, keys: map[string]bool{},
		localizer: i18n.NewLocalizer(bundle, name), numbers: printer(tag),
	}
	for key, text := range texts {
		l.keys[key] = true
		if text.isPlain() {
			l.plain[key] = text["other"]
			continue
		}
		if err := bundle.AddMessages(tag, text.message(key)); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return l, nil
}

// printer writes the digits of every other text, which are 0 to 9 in all of them.
func printer(tag language.Tag) *message.Printer {
	if western, err := tag.SetTypeForKey("nu", "latn"); err == nil {
		tag = western
	}
	return message.NewPrinter(tag)
}

func parse(name string) (map[string]text, error) {
	raw, err := files.ReadFile(name + ".json")
	if err != nil {
		return nil, err
	}
	var texts map[string]text
	err = json.Unmarshal(raw, &texts)
	return texts, err
}

func direction(tag language.Tag) string {
	script, _ := tag.Script()
	if slices.Contains([]string{"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm"}, script.String()) {
		return "rtl"
	}
	return "ltr"
}
