package locales

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// How many characters a text needs before its language is more than a guess: more where it would lead away from every
// language that we speak.
const (
	detectFrom        = 20
	detectForeignFrom = 40
)

// Detect tells which language a text is written in, as BCP 47; sure is false when the text is too short or could be
// another one.
func Detect(text string) (tag string, sure bool) {
	text = strings.TrimSpace(text)
	length := utf8.RuneCountInString(text)
	if length < detectFrom {
		return "", false
	}
	found := whatlanggo.DetectWithOptions(text, whatlanggo.Options{Whitelist: written()})
	tag = found.Lang.Iso6391()
	if !found.IsReliable() || tag == "" || !slices.Contains(Shipped(), tag) && length < detectForeignFrom {
		return "", false
	}
	return tag, true
}

// written are the languages that most customers write; rarer ones would only be mistaken for these.
func written() map[whatlanggo.Lang]bool {
	among := make(map[whatlanggo.Lang]bool)
	for _, lang := range []whatlanggo.Lang{
		whatlanggo.Arb, whatlanggo.Ces, whatlanggo.Cmn, whatlanggo.Dan, whatlanggo.Deu, whatlanggo.Ell, whatlanggo.Eng,
		whatlanggo.Fin, whatlanggo.Fra, whatlanggo.Heb, whatlanggo.Hin, whatlanggo.Hun, whatlanggo.Ita, whatlanggo.Jpn,
		whatlanggo.Kor, whatlanggo.Nld, whatlanggo.Nob, whatlanggo.Pol, whatlanggo.Por, whatlanggo.Ron, whatlanggo.Rus,
		whatlanggo.Spa, whatlanggo.Swe, whatlanggo.Tha, whatlanggo.Tur, whatlanggo.Ukr, whatlanggo.Vie,
	} {
		among[lang] = true
	}
	return among
}
