package mail

import (
	"regexp"
	"strings"
)

// ourLinkPattern is a rejoin link of ours: its path and the token that opens a conversation.
var ourLinkPattern = regexp.MustCompile(`(/r/)[0-9a-z]{1,13}-[A-Za-z0-9_-]{43}`)

// withoutLinks takes the tokens of our links out of words that go into a thread: quoted lines that hold one go, of the
// writer's own lines only the token does.
func withoutLinks(text string) string {
	if !ourLinkPattern.MatchString(text) {
		return text
	}
	var kept []string
	gone := false // the line above is
	for one := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(one), ">") && ourLinkPattern.MatchString(one) {
			gone = true
			continue
		}
		if gone && isInvisible(one) && len(kept) > 0 && isInvisible(kept[len(kept)-1]) {
			continue
		}
		gone = false
		kept = append(kept, ourLinkPattern.ReplaceAllString(one, "${1}…"))
	}
	return plainText(kept)
}

// wroteNothing tells for certain that a mail without words holds nothing but a quote: each of its lines is marked, and
// a line introduces it or it holds a link of ours.
func (c *cutter) wroteNothing() bool {
	from, ours := 0, false
	if c.at.start >= 0 {
		from = c.at.end
	}
	quoted := false
	for _, one := range c.lines[from:] {
		switch {
		case one.head || one.depth == 0 && one.blank():
		case one.depth == 0 || one.weak || one.tail:
			return false
		default:
			quoted = quoted || !one.blank()
			ours = ours || ourLinkPattern.MatchString(one.text)
		}
	}
	return quoted && (ours || c.at.start >= 0 && !c.at.toTheEnd)
}

// isSignatureOnly tells a mail in which nothing stands but what a program wrote below no words: one short paragraph
// behind the mark of signatures, or the line of a phone.
func isSignatureOnly(lines []string) bool {
	for len(lines) > 0 && isInvisible(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && isInvisible(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return false
	}
	for _, one := range lines {
		if isInvisible(one) {
			return false // words may stand below a signature
		}
	}
	if len(lines) == 1 && isSentFrom(lines[0]) {
		return true
	}
	return strings.TrimSpace(lines[0]) == "--" && isShort(lines[1:]) && !hasQuoteMark(lines)
}
