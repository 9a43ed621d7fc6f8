package mail

import "strings"

// text cuts what the parts of a mail say: from its plain text or from its HTML, whichever loses less.
func (w *walk) text() cut {
	plain, html := strings.Join(w.plain, "\n"), strings.Join(w.html, "\n")
	switch {
	case isInvisible(strings.TrimSpace(html)):
		return cutReply(linesOfText(plain), false)
	case isInvisible(strings.TrimSpace(plain)):
		return cutHTML(html)
	}
	return choose(cutReply(linesOfText(plain), false), cutHTML(html))
}

// cutHTML cuts HTML; one that shows nothing is read once more as the text between its tags.
func cutHTML(source string) cut {
	lines := linesOfHTML(source)
	marked := false
	for _, one := range lines {
		if one.box > 0 || (one.depth > 0 && !one.weak) {
			marked = true
			break
		}
	}
	result := cutReply(lines, true)
	result.marked = marked && result.quote != ""
	return result
}

// choose compares what both parts of one mail gave. Normally they hold the same words, and plain text keeps its shape
// better. Where they differ: the HTML knows its quote for sure if it marked one; otherwise more words win.
func choose(plain, html cut) cut {
	inPlain, inHTML := words(plain.reply), words(html.reply)
	switch {
	case plain.bare && html.whole, signs(plain, inHTML):
		return plain
	case html.bare && plain.whole, signs(html, inPlain):
		return html
	case len(inHTML) == 0:
		return plain
	case len(inPlain) == 0:
		return html
	}
	onlyHTML, onlyPlain := missing(inHTML, inPlain), missing(inPlain, inHTML)
	const few = 3 // words by which two drawings of one text may differ: links, list marks
	switch {
	case !share(inHTML, inPlain): // not one word in common: two mails in one
		return plain
	case onlyHTML <= few && onlyPlain <= few:
		return plain
	case onlyHTML > few && onlyPlain <= few: // the plain text lost some of it
		return html
	case onlyPlain > few && html.marked && onlyHTML <= few:
		return html // the plain text still holds the quote
	case html.marked:
		return html
	}
	return plain
}

// signs tells whether one drawing says that there is only a signature, and the other takes the same for words.
func signs(one cut, other map[string]int) bool {
	return one.reply == "" && one.signature != "" && len(other) > 0 && missing(other, words(one.signature)) == 0
}

func words(text string) map[string]int {
	count := map[string]int{}
	for _, word := range strings.Fields(text) {
		if word = strings.Trim(strings.ToLower(word), `<>()[]*_.,;:!?"'-`); word != "" {
			count[word]++
		}
	}
	return count
}

// missing counts the words of one text that the other lacks.
func missing(from, in map[string]int) (count int) {
	for word, n := range from {
		if !strings.HasPrefix(word, "http") && n > in[word] {
			count += n - in[word]
		}
	}
	return count
}

func share(one, other map[string]int) bool {
	for word := range one {
		if other[word] > 0 {
			return true
		}
	}
	return false
}
