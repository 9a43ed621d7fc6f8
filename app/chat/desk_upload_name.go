package chat

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFileName is the longest name of a file, in characters.
const maxFileName = 120

// maxExtension is the longest ending that is kept whole when a name is cut.
const maxExtension = 12

// cleanFileName takes a name without its folders, and without what hides its ending: controls, marks that turn the
// direction of writing, and invisible characters.
func cleanFileName(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	name = strings.Trim(path.Base("/"+strings.ReplaceAll(name, `\`, "/")), "/")
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`/:*?"<>|`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	if name == "" {
		return "file"
	}
	return cutName(name)
}

// cutName shortens the stem and keeps the ending.
func cutName(name string) string {
	over := utf8.RuneCountInString(name) - maxFileName
	if over <= 0 {
		return name
	}
	ending := path.Ext(name)
	if utf8.RuneCountInString(ending) > maxExtension {
		ending = ""
	}
	stem := []rune(strings.TrimSuffix(name, ending))
	return strings.TrimSpace(string(stem[:maxFileName-1-utf8.RuneCountInString(ending)])) + "…" + ending
}

// endingOf is a name's ending in lower case, without the dot.
func endingOf(name string) string { return strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")) }
