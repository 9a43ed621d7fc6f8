package mail

import (
	"strings"
	"unicode/utf8"
)

// cutter sorts lines into what is kept and what is quoted.
type cutter struct {
	lines  []line
	find   *finder
	kept   []int // lines of the reply, in their order
	quote  []string
	html   bool
	inline bool     // the reply stands between quotes, which are kept for their sense
	at     boundary // where the first quote begins
}

func (c *cutter) keep(from, to int) {
	for i := from; i < to; i++ {
		c.kept = append(c.kept, i)
	}
}

func (c *cutter) quoteAll(from, to int) {
	for i := from; i < to; i++ {
		c.quote = append(c.quote, c.lines[i].quoted())
	}
}

// cutIntroduced cuts a mail whose quote is introduced.
func (c *cutter) cutIntroduced(at boundary) {
	next := at.end
	for next < len(c.lines) && c.lines[next].blank() {
		next++
	}
	marked := next < len(c.lines) && c.lines[next].depth > 0
	if !marked || (at.toTheEnd && c.hasAbove(at.start)) {
		c.keep(0, at.start)
		c.quoteAll(at.start, len(c.lines))
		return
	}
	c.cutMarked(at.start, next)
}

func (c *cutter) hasAbove(end int) bool { return hasWords(c.lines[:end], 1) }

// cutUnintroduced cuts a mail in which only marks tell the quotes.
func (c *cutter) cutUnintroduced() {
	start := -1
	for i, one := range c.lines {
		if one.depth > 0 && !one.weak && !one.blank() {
			start = i
			break
		}
	}
	if start < 0 {
		c.keep(0, len(c.lines))
		return
	}
	if last := c.lastAnswer(start); !c.html && c.hasAbove(start) && last >= 0 {
		c.keepInline(last)
		return
	}
	c.cutMarked(start, start)
}

// cutMarked cuts quotes whose lines are marked: the first begins at quoted, introduced at start.
func (c *cutter) cutMarked(start, quoted int) {
	last := c.lastAnswer(quoted)
	if last < 0 {
		c.keep(0, start)
		c.quoteAll(start, len(c.lines))
		return
	}
	if c.between(quoted, last) || (c.hasAbove(start) && c.substantial(quoted, last)) {
		c.keepInline(last)
		return
	}
	c.keep(0, start)
	i := quoted
	for i <= last && (c.lines[i].depth > 0 || c.lines[i].blank()) {
		i++
	}
	c.quoteAll(start, i)
	c.keep(i, last+1)
	c.quoteAll(last+1, len(c.lines))
}

// lastAnswer finds the last line below a quote that was written by hand, or -1. A quote's introduction that is not
// followed by marks ends the search: what follows is a quote as well.
func (c *cutter) lastAnswer(quoted int) int {
	last := -1
	for i := quoted; i < len(c.lines); i++ {
		one := c.lines[i]
		if one.depth > 0 || one.blank() || one.head || one.sig {
			continue
		}
		if at, found := c.find.at(i); found {
			next := at.end
			for next < len(c.lines) && c.lines[next].blank() {
				next++
			}
			if at.toTheEnd || next >= len(c.lines) || c.lines[next].depth == 0 {
				break
			}
			i = next - 1
			continue
		}
		if isListFooter(c.lines, i) {
			break
		}
		last = i
	}
	return last
}

// between tells whether marked lines stand between answers.
func (c *cutter) between(quoted, last int) bool {
	answered := false
	for i := quoted; i < len(c.lines); i++ {
		one := c.lines[i]
		switch {
		case one.blank() || one.head || one.sig:
		case one.depth == 0 && i <= last:
			if at, found := c.find.at(i); found {
				i = at.end - 1
				continue
			}
			answered = true
		case one.depth > 0 && answered:
			return true
		}
	}
	return false
}

// substantial tells an answer below a quote from the greeting that ends a mail.
func (c *cutter) substantial(quoted, last int) bool {
	lines, runes := 0, 0
	for _, one := range c.lines[quoted : last+1] {
		if one.depth == 0 && !one.blank() && !one.sig {
			lines++
			runes += utf8.RuneCountInString(one.text)
		}
	}
	return lines > 3 || runes > 160
}

// finish gives the three pieces, and never an empty reply where there are words that may be one.
func (c *cutter) finish() cut {
	var reply, signature []string
	words := false
	for n, i := range c.kept {
		one := c.lines[i]
		switch {
		case one.sig && !c.inline:
			signature = append(signature, one.text)
		case one.blank() && c.inline && c.insideQuote(n):
		default:
			words = words || !one.blank()
			reply = append(reply, c.shown(one))
		}
	}
	result := cut{quote: plainText(c.quote)}
	if !words && len(signature) > 0 { // some programs let people write into their signature
		reply, signature = signature, nil
	}
	if !c.inline && !c.html {
		reply = unindented(reply)
	}
	var tail []string
	reply, tail = cutSignature(reply)
	if !c.inline && isSignatureOnly(reply) {
		reply, signature = nil, append(reply, signature...)
	}
	result.reply = plainText(trimRules(reply))
	result.signature = plainText(append(signature, tail...))
	if result.reply == "" && result.signature == "" {
		return c.nothing(result)
	}
	return result
}

// unindented takes away the space that some programs put before every line of their plain text.
func unindented(lines []string) []string {
	indent, some := "", false
	for _, one := range lines {
		if isInvisible(one) {
			continue
		}
		own := one[:len(one)-len(strings.TrimLeft(one, " \t\u00a0"))]
		if !some {
			indent, some = own, true
		}
		for !strings.HasPrefix(own, indent) {
			indent = indent[:len(indent)-1]
		}
	}
	if indent == "" || !utf8.ValidString(indent) {
		return lines
	}
	straight := make([]string, len(lines))
	for i, one := range lines {
		straight[i] = strings.TrimPrefix(one, indent)
	}
	return straight
}

// shown is a kept line as people read it.
func (c *cutter) shown(one line) string {
	if c.html && !c.inline {
		return one.text
	}
	return one.raw
}

// insideQuote tells the empty lines that double spacing put between quoted ones.
func (c *cutter) insideQuote(n int) bool {
	if n == 0 || n+1 >= len(c.kept) {
		return false
	}
	above, below := -1, -1
	for i := n - 1; i >= 0 && above < 0; i-- {
		if one := c.lines[c.kept[i]]; !one.blank() || one.depth > 0 {
			above = one.depth
		}
	}
	for i := n + 1; i < len(c.kept) && below < 0; i++ {
		if one := c.lines[c.kept[i]]; !one.blank() || one.depth > 0 {
			below = one.depth
		}
	}
	return c.lines[c.kept[n]].depth == 0 && above > 0 && below > 0
}

// nothing serves a mail in which everything looked like a quote: what is not one for certain is kept.
func (c *cutter) nothing(result cut) cut {
	if c.wroteNothing() {
		result.bare = true
		return result
	}
	all := make([]string, 0, len(c.lines))
	for _, one := range c.lines {
		all = append(all, one.text)
	}
	result.reply, result.quote, result.whole = plainText(all), "", true
	return result
}

// trimRules drops drawn lines at the end of a reply: they belonged to what was cut.
func trimRules(lines []string) []string {
	for len(lines) > 0 {
		last := strings.TrimSpace(lines[len(lines)-1])
		if !isInvisible(last) && !isRule(last) {
			break
		}
		lines = lines[:len(lines)-1]
	}
	return lines
}
