package locales

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Choice is a shipped language as a list offers it.
type Choice struct {
	Tag  string
	Name string // in the language itself, as the entry of a list: "Français"
	Dir  string // "ltr" or "rtl"
}

// Choices returns all shipped languages by their own names: those in Latin letters first, the other scripts behind.
func Choices() []Choice {
	var all []Choice
	for _, tag := range shipped().tags {
		l := shipped().byTag[tag]
		all = append(all, Choice{Tag: tag, Name: capital(l.name), Dir: l.dir})
	}
	slices.SortFunc(all, func(a, b Choice) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Names returns the names of Choices by tag.
func Names() map[string]string {
	names := map[string]string{}
	for _, c := range Choices() {
		names[c.Tag] = c.Name
	}
	return names
}

func capital(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}
