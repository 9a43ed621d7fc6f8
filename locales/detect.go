package locales

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// detectFrom is how many characters a text needs before its language is more than a guess.
const detectFrom = 20

// Detect tells which shipped language a text is written in; sure is false when the text is too short or could be
// another one.
func Detect(text string) (tag string, sure bool) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) < detectFrom {
		return "", false
	}
	found := whatlanggo.Detect(text)
	tag = found.Lang.Iso6391()
	if !found.IsReliable() || !slices.Contains(Shipped(), tag) {
		return "", false
	}
	return tag, true
}
