package locales

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// How much a text needs before its language is more than a guess: more characters where it would lead away from every
// language that we speak, fewer signs where a script has one language.
const (
	detectFrom        = 20
	detectByWordsFrom = 30 // by its small words alone
	detectForeignFrom = 40
	detectSignsFrom   = 8
)

// Detect tells which language a text is written in, as BCP 47; sure is false when the text is too short, mixes
// languages or could be another one.
func Detect(text string) (tag string, sure bool) {
	text = spokenWords(text)
	letters := lettersOf(text)
	switch {
	case letters.kana > 2 && letters.kana+letters.han >= detectSignsFrom && letters.kana+letters.han > 2*letters.otherThan(letters.kana+letters.han):
		return "ja", true
	case letters.hangul >= detectSignsFrom && letters.hangul > 2*letters.otherThan(letters.hangul):
		return "ko", true
	}
	length := utf8.RuneCountInString(text)
	if length < detectFrom || letters.mixed() {
		return "", false
	}
	tag = judge(text)
	if tag == "" || !slices.Contains(Shipped(), tag) && length < detectForeignFrom {
		return "", false
	}
	return tag, true
}

// judge weighs the trigrams of a text against its small words; it is silent where neither is clear or both disagree.
func judge(text string) string {
	found := whatlanggo.DetectWithOptions(text, whatlanggo.Options{Whitelist: written()})
	byLetters := found.Lang.Iso6391()
	if !found.IsReliable() || byLetters == "ar" && strings.ContainsAny(text, notArabic) {
		byLetters = ""
	}
	byWords, clear := wordsSay(text)
	switch {
	case byWords == "":
		return byLetters
	case byWords == byLetters, byLetters == "" && clear && utf8.RuneCountInString(text) >= detectByWordsFrom:
		return byWords
	}
	return ""
}

// notArabic are letters of Persian, Urdu and Kurdish keyboards.
const notArabic = "پچژگکیٹڈڑںےہۆێڕڵ"

// spokenWords leaves out what belongs to no language: addresses, and words with digits.
func spokenWords(text string) string {
	words := slices.DeleteFunc(strings.Fields(text), func(word string) bool {
		return strings.Contains(word, "://") || strings.ContainsAny(word, "@0123456789")
	})
	return strings.Join(words, " ")
}

// letters counts the letters of a text by script.
type letters struct{ all, latin, kana, han, hangul, arabic int }

func lettersOf(text string) letters {
	var n letters
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		n.all++
		switch {
		case unicode.Is(unicode.Latin, r):
			n.latin++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			n.kana++
		case unicode.Is(unicode.Han, r):
			n.han++
		case unicode.Is(unicode.Hangul, r):
			n.hangul++
		case unicode.Is(unicode.Arabic, r):
			n.arabic++
		}
	}
	return n
}

func (n letters) otherThan(some int) int { return n.all - some }

// mixed tells whether a text has scripts beside its main one, beyond a name here and there.
func (n letters) mixed() bool {
	known := []int{n.latin, n.kana + n.han, n.hangul, n.arabic}
	most := max(slices.Max(known), n.all-n.latin-n.kana-n.han-n.hangul-n.arabic)
	return 10*n.otherThan(most) > n.all
}

// written are the languages that most customers write; rarer ones would only be mistaken for these.
func written() map[whatlanggo.Lang]bool {
	among := make(map[whatlanggo.Lang]bool)
	for _, lang := range []whatlanggo.Lang{
		whatlanggo.Arb, whatlanggo.Ces, whatlanggo.Cmn, whatlanggo.Dan, whatlanggo.Deu, whatlanggo.Ell, whatlanggo.Eng,
		whatlanggo.Fin, whatlanggo.Fra, whatlanggo.Heb, whatlanggo.Hin, whatlanggo.Hun, whatlanggo.Ind, whatlanggo.Ita,
		whatlanggo.Jpn, whatlanggo.Kor, whatlanggo.Nld, whatlanggo.Nob, whatlanggo.Pes, whatlanggo.Pol, whatlanggo.Por,
		whatlanggo.Ron, whatlanggo.Rus, whatlanggo.Spa, whatlanggo.Swe, whatlanggo.Tha, whatlanggo.Tur, whatlanggo.Ukr,
		whatlanggo.Urd, whatlanggo.Vie,
	} {
		among[lang] = true
	}
	return among
}
