package mail

import (
	"slices"
	"strings"
)

// cut is a mail's text in its three pieces.
type cut struct {
	reply, signature, quote string
	marked                  bool // the HTML itself said what the quote is
	bare                    bool // for certain nothing was written
	whole                   bool // all looked like a quote, and was kept
}

// boundary is where a quote begins: the lines [start, end) introduce it.
type boundary struct {
	start, end int
	toTheEnd   bool // all that follows is the quote, whether it is marked or not
}

// cutReply finds the words that were written now. When in doubt it keeps: a quoted line that is shown is ugly, a
// customer's word that is hidden is lost.
func cutReply(lines []line, html bool) cut {
	find := &finder{lines: unwrapQuotes(lines), known: map[int]boundary{}}
	at := find.first()
	c := &cutter{lines: find.lines, find: find, html: html, at: at}
	switch {
	case at.start == forwards:
		c.keep(0, len(c.lines))
	case at.start < 0:
		c.cutUnintroduced()
	default:
		c.cutIntroduced(at)
	}
	return c.finish()
}

// forwards is the start of a mail that passes on another one: nothing of it is cut.
const forwards = -2

// none is the start of a boundary where there is none.
const none = -1

// maxTries is how many lines of a mail are looked at as the beginning of a wrapped introduction; behind them one must
// stand on a line of its own.
const maxTries = 1_000

// finder looks for the lines where quotes begin, at each line once.
type finder struct {
	lines []line
	known map[int]boundary
	tries int
}

// first finds where the first quote begins, and splits the line that a reply shares with it.
func (f *finder) first() boundary {
	for i := 0; i < len(f.lines); i++ {
		one := f.lines[i]
		if one.blank() {
			continue
		}
		if isForward(one.text) && (one.depth == 0 || startsQuote(f.lines, i)) {
			return boundary{start: forwards}
		}
		if one.depth > 0 && !one.weak {
			continue
		}
		if before, after, found := shared(one, f.lines[i+1:]); found {
			f.lines = slices.Concat(f.lines[:i], []line{before, after}, f.lines[i+1:])
			continue
		}
		if at, found := f.at(i); found {
			return at
		}
	}
	return boundary{start: none}
}

// at tells whether a quote begins at a line.
func (f *finder) at(i int) (boundary, bool) {
	at, known := f.known[i]
	if !known {
		at = f.look(i)
		f.known[i] = at
	}
	return at, at.start != none
}

func startsQuote(lines []line, i int) bool {
	for j := i - 1; j >= 0; j-- {
		if lines[j].depth > 0 && !lines[j].blank() {
			return false
		}
	}
	return true
}

func (f *finder) look(i int) boundary {
	lines := f.lines
	one := lines[i]
	if one.head {
		end := i + 1
		for end < len(lines) && lines[end].head {
			end++
		}
		return boundary{start: i, end: end}
	}
	if isSeparator(one.text) {
		end := i + 1
		for end < len(lines) && lines[end].blank() {
			end++
		}
		if end == len(lines) {
			return boundary{start: none}
		}
		return boundary{start: i, end: end + fieldBlock(lines[end:]), toTheEnd: true}
	}
	if n := fieldBlock(lines[i:]); n > 0 {
		return boundary{start: aboveFields(lines, i), end: i + n, toTheEnd: true}
	}
	if !mayIntroduce(strings.TrimSpace(one.text)) {
		return boundary{start: none}
	}
	most := maxAttributionLines
	if f.tries++; f.tries > maxTries {
		most = 1
	}
	if n := attribution(lines[i:], most); n > 0 {
		return boundary{start: i, end: i + n}
	}
	return boundary{start: none}
}

// aboveFields takes the drawn lines and titles above a block of fields along.
func aboveFields(lines []line, i int) int {
	start := i
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		if lines[j].blank() {
			continue
		}
		if !isRule(lines[j].text) && !isBareOriginal(lines[j].text) {
			break
		}
		start = j
	}
	return start
}

func hasWords(lines []line, atLeast int) bool {
	for _, one := range lines {
		if one.depth == 0 && !one.head && !one.blank() {
			if atLeast--; atLeast <= 0 {
				return true
			}
		}
	}
	return false
}

// unwrapQuotes mends quotes whose long lines were wrapped, so that their ends lost the mark.
func unwrapQuotes(lines []line) []line {
	for i := 1; i+1 < len(lines); i++ {
		above, one, below := lines[i-1], lines[i], lines[i+1]
		if one.depth > 0 || one.blank() || one.head || above.depth == 0 || below.depth == 0 || above.weak {
			continue
		}
		if isWrapped(above.text, one.text) {
			lines[i].depth = above.depth
		}
	}
	return lines
}

// isWrapped tells whether a line is the rest of the one above: a link's end, or the end of a long line.
func isWrapped(above, text string) bool {
	text = strings.TrimSpace(text)
	single := !strings.Contains(text, " ")
	switch {
	case strings.Count(above, "(") > strings.Count(above, ")") && strings.Contains(text, ")"):
		return true
	case strings.Count(above, "<") > strings.Count(above, ">") && strings.Contains(text, ">"):
		return true
	case strings.HasPrefix(text, "(http") || strings.HasPrefix(text, "<http"):
		return true
	case single && strings.ContainsAny(text, "/=&_") && len(text) > 8:
		return true
	}
	return len(above) >= 68 && len(text) < 30 && text[0] >= 'a' && text[0] <= 'z'
}
