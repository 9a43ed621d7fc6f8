package db

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	maxWords      = 500 // of one message; a text of 20,000 bytes has seldom more that differ
	maxWordRunes  = 40
	minPhoneRunes = 5
	// blockBits cuts the ids into blocks of 8,192: a word's entry in the index is never longer than one block, so that
	// looking up a common word costs no more among a million conversations than among a thousand.
	blockBits = 13
)

// wordsOf cuts a text into the words by which it is found: folded in case and accents; of scripts that write without
// spaces, every pair of neighbours and the last character.
func wordsOf(text string) []string {
	var words []string
	seen := make(map[string]bool)
	eachWord(text, func(word []rune, dense bool) bool {
		if !dense {
			words = appendNew(words, seen, cut(word))
			return len(words) < maxWords
		}
		for i := range word {
			words = appendNew(words, seen, string(word[i:min(i+2, len(word))]))
		}
		return len(words) < maxWords
	})
	return words[:min(len(words), maxWords)]
}

// endingsOf are the endings of a phone number, so that it is found with and without its country's and area's code.
func endingsOf(phone string) []string {
	digits := digitsOf(phone)
	var endings []string
	for i := 0; i+minPhoneRunes <= min(len(digits), maxWordRunes); i++ {
		endings = append(endings, digits[i:])
	}
	return endings
}

// lexemes writes words as a PostgreSQL array of what the index holds: organization, block of the row's id, word.
func lexemes(organization, id int64, words []string) string {
	lead := strconv.FormatInt(organization, 10) + ":" + blockName(id>>blockBits) + ":"
	var b strings.Builder
	b.WriteByte('{')
	for i, word := range words {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(lead)
		b.WriteString(word) // letters, digits and marks only: nothing to quote
	}
	b.WriteByte('}')
	return b.String()
}

// blockName writes a block's number as to_hex does.
func blockName(block int64) string { return strconv.FormatInt(block, 16) }

func appendNew(words []string, seen map[string]bool, word string) []string {
	if seen[word] {
		return words
	}
	seen[word] = true
	return append(words, word)
}

func cut(word []rune) string { return string(word[:min(len(word), maxWordRunes)]) }

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// eachWord hands out the folded words of a text in order until told to stop; dense ones are runs of a script that
// writes without spaces.
func eachWord(text string, take func(word []rune, dense bool) bool) {
	var word []rune
	var dense bool
	for _, r := range fold(text) + " " {
		inWord := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && len(word) > 0
		inDense := inWord && (isDense(r) || dense && unicode.IsMark(r))
		if len(word) > 0 && (!inWord || inDense != dense) {
			if !take(word, dense) {
				return
			}
			word = word[:0]
		}
		if inWord {
			word, dense = append(word, r), inDense
		}
	}
}

// isDense tells whether a script writes without spaces, so that its words cannot be told apart.
func isDense(r rune) bool {
	if r < 0x0E00 { // Thai, the first of them
		return false
	}
	return r == 0x30FC || // the Japanese mark of a long vowel belongs to no script
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
			unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// fold takes case, accents and presentation forms away.
func fold(text string) string {
	lower := strings.ToLower(text)
	if isASCII(lower) {
		return lower
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(lower, " ")) {
		switch plain := plainLetter(r); {
		case plain != "":
			b.WriteString(plain)
		case !unicode.Is(unicode.Mn, r) || r == 0x3099 || r == 0x309A || isDense(r): // が is not か
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// plainLetter writes out the letters that Unicode does not take apart.
func plainLetter(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'þ':
		return "th"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'ı':
		return "i"
	}
	return ""
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}
