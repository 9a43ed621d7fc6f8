package mail

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	maxAttribution      = 450 // bytes of a line that introduces a quote, with all its wrapped pieces
	maxAttributionLines = 6
)

var (
	datePattern = regexp.MustCompile(`\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\b\d{1,2}[:.h]\s?\d{2}\b|\b(?:19|20)\d\d\b|\d{1,2}[.\s-]{1,2}\pL{3,}|\d{1,2}\s?[年月日년월일时點点時시]`)
	timePattern = regexp.MustCompile(`\b\d{1,2}[:.h]\d{2}\b|\b(?:19|20)\d\d\b|\d\s?[年년]`)
	yearPattern = regexp.MustCompile(`\b(?:19|20)\d\d\b`)
	// <jo@example.com>, (jo@example.com), "jo@example.com", <mailto:…>, also with a wrapped space
	bracketPattern = regexp.MustCompile(`[<(\["]\s*(?:mailto:)?[^<>()\s]*\s?[^<>()\s@]*@[^<>()\s]*\s*[^<>]{0,80}[>)\]"]`)
	// a quote's introduction that shares its line with the reply: "Thanks! On Mon, 3 May 2026, Jo wrote:"
	sharedPattern = regexp.MustCompile(`(?:\s|-{2,}\s?)((?:On|Le|Am|El|Il|Em|Op|Den|På)\s+(?:\pL{2,10}\.?,?\s+)?(?:\pL{3,9}\.?\s+)?\d.*)$`)
)

// attribution tells how many lines, from the first and of at most so many, introduce a quote: "On … Jo wrote:",
// wrapped as it may be.
func attribution(lines []line, most int) int {
	joined, taken, gaps := "", 0, 0
	for i, one := range lines {
		if taken == most {
			return 0
		}
		text := strings.TrimSpace(one.text)
		if one.depth != lines[0].depth {
			if strings.Count(joined, "<") <= strings.Count(joined, ">") { // else the mark closes an address
				return 0
			}
			text = strings.TrimSpace(one.raw)
		}
		if text == "" {
			if gaps++; gaps > 2 || i == 0 {
				return 0
			}
			continue
		}
		joined = strings.TrimSpace(joined + " " + text)
		taken++
		if len(joined) > maxAttribution {
			return 0
		}
		if (taken == 1 || !strings.HasPrefix(joined, "--")) && introduces(joined, followedByQuote(lines[i+1:], lines[0].depth)) {
			if taken > 1 && beginsLater(lines[:i+1]) {
				return 0
			}
			return i + 1
		}
	}
	return 0
}

// beginsLater tells whether the introduction of a quote begins only below the first line, which is the reply's own then.
func beginsLater(lines []line) bool {
	own := hasLead(strings.ToLower(withoutBidi(strings.TrimSpace(lines[0].text))))
	for i := 1; i < len(lines); i++ {
		joined := ""
		for _, one := range lines[i:] {
			joined = strings.TrimSpace(joined + " " + strings.TrimSpace(one.text))
		}
		low := strings.ToLower(withoutBidi(joined))
		if (hasLead(low) || (!own && firstDigit(low) == 0)) && introduces(joined, false) {
			return true
		}
	}
	return false
}

// mayIntroduce is the cheap question before the dear one.
func mayIntroduce(text string) bool {
	if text == "" || len(text) > maxAttribution {
		return false
	}
	return strings.Contains(text, "@") || strings.ContainsAny(withoutBidi(text), "0123456789") || strings.HasPrefix(text, "--")
}

func followedByQuote(lines []line, depth int) bool {
	for i, one := range lines {
		if !one.blank() || one.depth > depth {
			return one.depth > depth
		}
		if i > 3 {
			return false
		}
	}
	return false
}

// introduces judges a whole line. A verb with a date, or an address with a date, must be there; a person's own
// sentence hardly ever begins with a date and ends with a colon behind an address.
func introduces(text string, quoteFollows bool) bool {
	text = strings.TrimSpace(withoutBidi(text))
	dashes := strings.HasPrefix(text, "--")
	bare := strings.TrimSpace(strings.Trim(text, "-*_ \t|"))
	low := strings.ToLower(bare)
	colon := strings.HasSuffix(low, ":") || strings.HasSuffix(low, "：")
	ended := strings.TrimSpace(strings.TrimRight(low, ":： "))
	verb := endsWithAny(ended, wroteWords)
	if dashes && verb && len(ended) < 150 {
		return true
	}
	if (!colon && !verb && !quoteFollows) || strings.Count(bare, "<") > strings.Count(bare, ">") {
		return false
	}
	address := bracketPattern.MatchString(bare)
	if address && verb && colon && len(bare) < 160 {
		return true
	}
	if !datePattern.MatchString(bare) {
		return false
	}
	lead, at := hasLead(low), firstDigit(bare)
	switch {
	case verb && (lead || at == 0 || (address && at <= 25)):
		return true
	case colon && containsVerb(low) && (lead || at == 0) && timePattern.MatchString(bare):
		return true
	case colon && address && (verb || containsVerb(low)) && strings.IndexByte(bare, '@') < strings.IndexAny(bare, "0123456789") && timePattern.MatchString(bare):
		return true // "Jo <jo@example.com> schrieb am 4. Mai 2026, 10:15:"
	case colon && address && (lead || at <= 25) && timePattern.MatchString(bare):
		return true
	}
	if quoteFollows && colon && emailPattern.MatchString(bare) && clockPattern.MatchString(bare) && yearPattern.MatchString(bare) {
		return true // of a language whose words are not known: an address, a day, a time and a quote are enough
	}
	return quoteFollows && address && at <= 12 && (strings.HasSuffix(low, ">") || colon) && timePattern.MatchString(bare)
}

func endsWithAny(text string, words []string) bool {
	for _, word := range words {
		if before, found := strings.CutSuffix(text, word); found && before != "" {
			r, _ := utf8.DecodeLastRuneInString(before)
			if r == ' ' || r == '>' || r == ')' || r > 0x2e80 || word[0] >= utf8.RuneSelf && (r == ',' || r >= '0' && r <= '9') {
				return true
			}
		}
	}
	return false
}

// containsVerb finds a verb in the middle, where some languages put it before the name.
func containsVerb(text string) bool {
	for _, word := range wroteWords {
		if at := strings.Index(text, word); at > 0 && text[at-1] == ' ' && (at+len(word) == len(text) || strings.IndexByte(" :,", text[at+len(word)]) >= 0) {
			return true
		}
	}
	return false
}

func hasLead(low string) bool {
	for _, lead := range leadWords {
		if rest, found := strings.CutPrefix(low, lead); found && rest != "" {
			r, _ := utf8.DecodeRuneInString(rest)
			if at := firstDigit(rest); (r == ' ' || r > 0x2e80 || r >= '0' && r <= '9') && at >= 0 && at <= 30 {
				return true
			}
		}
	}
	return false
}

// firstDigit counts the characters before the first digit; a large number when there is none.
func firstDigit(text string) int {
	at := strings.IndexAny(text, "0123456789")
	if at < 0 {
		return 1_000
	}
	return utf8.RuneCountInString(text[:at])
}

// shared splits a line whose end introduces the quote that follows.
func shared(one line, following []line) (before, after line, found bool) {
	if len(one.text) > maxAttribution || !followedByQuote(following, one.depth) {
		return one, one, false
	}
	match := sharedPattern.FindStringSubmatchIndex(one.text)
	if match == nil || strings.TrimSpace(one.text[:match[0]]) == "" || !introduces(one.text[match[2]:], true) {
		return one, one, false
	}
	before, after = one, one
	before.text, after.text = strings.TrimRight(one.text[:match[0]], " -"), one.text[match[2]:]
	before.raw, after.raw = before.text, after.text
	return before, after, true
}
