package mail

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxSignatureLines = 15
	maxSignatureLine  = 120 // bytes; longer lines are sentences
)

// productLink is where a mail program advertises itself.
var productLink = regexp.MustCompile(`\(\s*https?://[^()\s]*\s*\)`)

var delimiterPattern = regexp.MustCompile(`^(?:-- ?|--|---|_{2,})$`)

// cutSignature cuts a reply where its signature begins.
func cutSignature(lines []string) (reply, signature []string) {
	if at := footerStart(lines); at > 0 {
		lines, signature = lines[:at], lines[at:]
	}
	if at := delimiterAt(lines); at > 0 {
		return lines[:at], append(append([]string{}, lines[at:]...), signature...)
	}
	if at := sentFromAt(lines); at > 0 {
		return lines[:at], append(append([]string{}, lines[at:]...), signature...)
	}
	return lines, signature
}

// delimiterAt finds the line that begins a signature, when what follows looks like one; -1 if there is none.
func delimiterAt(lines []string) int {
	for i := len(lines) - 1; i > 0; i-- {
		if !delimiterPattern.MatchString(strings.TrimSpace(lines[i])) && !isNamedDelimiter(lines[i]) {
			continue
		}
		if !anyWords(lines[:i]) {
			return -1
		}
		if isRule(lines[i]) && !anyWords(lines[i+1:]) {
			continue // a line below, not above
		}
		if isShort(lines[i+1:]) && !hasQuoteMark(lines[i+1:]) {
			for j := i - 1; j > 0 && j >= i-maxSignatureLines; j-- { // a box of two lines: from its upper one
				if strings.TrimSpace(lines[j]) == strings.TrimSpace(lines[i]) && len(strings.TrimSpace(lines[i])) > 4 && isShort(lines[j+1:i]) && anyWords(lines[:j]) {
					return j
				}
			}
			return i
		}
	}
	return -1
}

// isNamedDelimiter knows "-- Jo", written without the line's end.
func isNamedDelimiter(text string) bool {
	name, found := strings.CutPrefix(text, "-- ")
	initial, _ := utf8.DecodeRuneInString(name)
	return found && len(name) < 40 && !unicode.IsLower(initial) && unicode.IsLetter(initial) && len(strings.Fields(name)) <= 4 && !strings.ContainsAny(name, ".?!:;-")
}

func isShort(lines []string) bool {
	count := 0
	for _, one := range lines {
		if isInvisible(one) {
			continue
		}
		if count++; count > maxSignatureLines || len(one) > maxSignatureLine || strings.HasSuffix(one, "?") {
			return false
		}
	}
	return true
}

func hasQuoteMark(lines []string) bool {
	for _, one := range lines {
		if strings.HasPrefix(one, ">") {
			return true
		}
	}
	return false
}

func anyWords(lines []string) bool {
	for _, one := range lines {
		if !isInvisible(one) && !isRule(one) {
			return true
		}
	}
	return false
}

// sentFromAt finds the line that a phone wrote. Behind it nothing may follow but a few short lines, or the quote that
// some phones put there without a mark: that is a paragraph of its own.
func sentFromAt(lines []string) int {
	for i := len(lines) - 1; i > 0; i-- {
		if !isSentFrom(lines[i]) {
			continue
		}
		if !anyWords(lines[:i]) {
			return -1
		}
		words, runes := 0, 0
		for _, one := range lines[i+1:] {
			if !isInvisible(one) && !isSentFrom(one) {
				words++
				runes += utf8.RuneCountInString(one)
			}
		}
		apart := isInvisible(lines[i-1]) && i+1 < len(lines) && isInvisible(lines[i+1])
		if words == 0 || (apart && words >= 3 && runes > 200) {
			return i
		}
	}
	return -1
}

// isSentFrom tells the line of a phone or a mail program from a person's sentence.
func isSentFrom(text string) bool {
	text = strings.TrimSpace(withoutBidi(text))
	if before, _, found := strings.Cut(text, "<http"); found {
		text = strings.TrimSpace(before)
	}
	if strings.Contains(text, "://") {
		text = strings.TrimSpace(productLink.ReplaceAllString(text, ""))
	}
	if strings.EqualFold(text, "yahoo mail: search, organize, conquer") {
		return true
	}
	text = strings.Trim(strings.ReplaceAll(strings.ReplaceAll(text, "[", ""), "]", ""), "*_-. \t()!")
	if text == "" || len(text) > 90 || strings.ContainsAny(text, ",;:?،") || len(strings.Fields(text)) > 9 {
		return false
	}
	low := strings.ToLower(text)
	for _, start := range sentFromWords {
		if rest, found := strings.CutPrefix(low, start); found && rest != "" && !asksDevice(start, low) {
			return true
		}
	}
	for _, ending := range sentFromEndings {
		if before, found := strings.CutSuffix(low, ending); found && before != "" && namesDevice(low) {
			return true
		}
	}
	return false
}

// asksDevice tells the beginnings that are ordinary words: they need a device behind them.
func asksDevice(start, low string) bool {
	switch start {
	case "sent from": // "Sent from Lyon on Monday" is a person's
		return !namesDevice(low) && containsAny(low, []string{" on ", " yesterday", " today", " last ", " this "})
	case "von meinem", "나의", "내", "从我的", "從我的", "通过", "נשלח מ", "lähetetty", "küldve", "telefonumdan", "send fra", "enviado de", "inviato da", "envoyé de", "sent by my", "envoyé par", "gesendet von", "gesendet mit", "envoyé avec", "sent with", "sent via", "sent through":
		return !namesDevice(low)
	}
	return false
}

func namesDevice(low string) bool {
	for _, word := range deviceWords {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

// footerStart finds the lines that a mailing list adds below.
func footerStart(lines []string) int {
	for i := len(lines) - 1; i > 0; i-- {
		if isRule(lines[i]) && strings.HasPrefix(strings.TrimSpace(lines[i]), "__") && i+1 < len(lines) && namesList(lines[i+1]) && anyWords(lines[:i]) {
			return i
		}
	}
	return -1
}

func namesList(text string) bool {
	low := strings.ToLower(text)
	return strings.Contains(low, "mailing list") || strings.Contains(low, "mailman/listinfo") || strings.Contains(low, "mailinglist") || strings.Contains(low, "liste de diffusion")
}

// isListFooter is the same for lines that are not sorted yet.
func isListFooter(lines []line, i int) bool {
	return isRule(lines[i].text) && i+1 < len(lines) && namesList(lines[i+1].text)
}
