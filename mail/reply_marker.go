package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// drawn are the characters that lines are drawn with, dashes of every width among them.
const drawn = "-_=*~\u2010\u2011\u2012–—―−─━"

// isForward knows the line above a message that is passed on.
func isForward(text string) bool {
	words, dashed := undash(text)
	if !isListed(words, forwardWords) {
		return false
	}
	return dashed || strings.HasSuffix(strings.TrimSpace(text), ":") || strings.HasSuffix(strings.TrimSpace(text), "：")
}

// isSeparator knows the line above a whole quoted message: "-----Original Message-----", in any language when it is
// written as Outlook does, with five dashes and no space.
func isSeparator(text string) bool {
	words, dashed := undash(text)
	if dashed && (isListed(words, originalWords) || isLoneOriginal(text, words)) {
		return true
	}
	if isListed(words, replyAboveWords) {
		return true
	}
	inside, found := strings.CutPrefix(strings.TrimSpace(text), "-----")
	inside, closed := strings.CutSuffix(inside, "-----")
	if !found || !closed || inside == "" || strings.ContainsAny(inside[:1]+inside[len(inside)-1:], "- ") {
		return false
	}
	upper := strings.ToUpper(inside)
	armoured := strings.HasPrefix(upper, "BEGIN ") || strings.HasPrefix(upper, "END ")
	return !armoured && (strings.Contains(inside, " ") || !isASCII([]byte(inside))) && utf8.RuneCountInString(inside) < 80
}

// isBareOriginal is the same without dashes, as it may stand above a block of fields.
func isBareOriginal(text string) bool {
	words, _ := undash(text)
	return isListed(words, originalWords) || isLoneOriginal(text, words)
}

// isLoneOriginal knows "-------- Original --------", one word between long lines.
func isLoneOriginal(text, words string) bool {
	text = strings.TrimSpace(text)
	return words == "original" && strings.HasPrefix(text, "-----") && strings.HasSuffix(text, "-----")
}

// undash takes away the dashes, stars and marks around words.
func undash(text string) (words string, dashed bool) {
	if len(text) > 200 {
		return "", false
	}
	trimmed := strings.TrimSpace(withoutBidi(text))
	words = strings.Trim(trimmed, drawn+"#>+ \t:：")
	before, _, _ := strings.Cut(trimmed, words)
	return strings.ToLower(words), words != "" && len(strings.Trim(before, " \t>*#+")) >= 2
}

// isListed tells whether words are, or begin with, one of a list and little more.
func isListed(words string, list []string) bool {
	if words == "" {
		return false
	}
	for _, known := range list {
		if words == known || (strings.HasPrefix(words, known) && len(words)-len(known) < 30 && !isLetterAt(words, len(known))) {
			return true
		}
	}
	return false
}

func isLetterAt(text string, at int) bool {
	r, _ := utf8.DecodeRuneInString(text[at:])
	return unicode.IsLetter(r)
}

// isRule tells a drawn line: "______", "------", "=====".
func isRule(text string) bool {
	trimmed := strings.TrimSpace(text)
	return strings.Trim(trimmed, drawn) == "" && utf8.RuneCountInString(trimmed) >= 3
}

// withoutBidi drops the marks that tell screens which way to write.
func withoutBidi(text string) string {
	if isASCII([]byte(text)) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
			return -1
		case r == 0x00a0 || r == 0x202f || r == 0x3000:
			return ' '
		case r >= 0x0660 && r <= 0x0669:
			return '0' + r - 0x0660
		case r >= 0x06f0 && r <= 0x06f9:
			return '0' + r - 0x06f0
		case r >= 0xff10 && r <= 0xff19:
			return '0' + r - 0xff10
		}
		return r
	}, text)
}
