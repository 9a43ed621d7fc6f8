package mail

import (
	"slices"
	"strings"
)

// line is one line of a mail, from its text or from its HTML, with what its form says about it.
type line struct {
	text  string // without its quote marks
	raw   string // as it stood
	depth int    // how often it is quoted
	weak  bool   // indented as quotes are, but also as people indent their own words
	head  bool   // it introduces a quote, says the HTML
	sig   bool   // it belongs to a signature, says the HTML
	tail  bool   // all from it on is quoted, says the HTML: what was written below looks the same
	box   int    // the container of quotes that it is in, counted from 1
}

func (l line) blank() bool { return l.text == "" }

// quoted gives the line as it is written in plain text.
func (l line) quoted() string {
	if l.depth == 0 {
		return l.text
	}
	return strings.TrimSpace(strings.Repeat(">", min(l.depth, 9)) + " " + l.text)
}

// linesOfText reads plain text.
func linesOfText(text string) []line {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	lines := make([]line, 0, strings.Count(text, "\n")+1)
	for raw := range strings.SplitSeq(text, "\n") {
		raw = strings.TrimRight(raw, " \t\u00a0\u3000")
		rest, depth := raw, 0
		for {
			trimmed := strings.TrimLeft(rest, " \t")
			if !strings.HasPrefix(trimmed, ">") || len(rest)-len(trimmed) > 3 {
				break
			}
			rest = trimmed[1:]
			depth++
		}
		if depth > 0 {
			rest = strings.TrimPrefix(rest, " ")
		}
		if isInvisible(rest) {
			rest = ""
		}
		lines = append(lines, line{text: rest, raw: raw, depth: depth})
	}
	return lines
}

// isInvisible tells lines that only look like something to a program.
func isInvisible(text string) bool {
	return strings.Trim(text, " \t\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\u3000\ufeff\u00ad\ufffc") == ""
}

// plainText joins lines, without the empty ones around them and with at most two between them.
func plainText(lines []string) string {
	lines = slices.Clone(lines)
	var kept []string
	empty := 0
	for _, one := range lines {
		one = strings.TrimRight(one, " \t\u00a0")
		if isInvisible(one) {
			empty++
			continue
		}
		if len(kept) > 0 {
			for range min(empty, 2) {
				kept = append(kept, "")
			}
		}
		empty = 0
		kept = append(kept, one)
	}
	return strings.Join(kept, "\n")
}
