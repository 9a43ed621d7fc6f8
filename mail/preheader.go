package mail

import (
	"strings"
	"unicode/utf8"
)

// What mail programs show beside the subject: shorter, and they fill up with the page; longer, and they cut it.
const (
	preheaderLeast = 85
	preheaderMost  = 100
)

// preheader joins the pieces until they are long enough and cuts between words: 85 to 100 characters wherever the
// pieces together have that many.
func preheader(pieces ...string) string {
	var line string
	for _, piece := range pieces {
		piece = cleanLine(piece)
		if piece == "" {
			continue
		}
		if line != "" {
			line += " · "
		}
		line += piece
		if utf8.RuneCountInString(line) >= preheaderLeast {
			break
		}
	}
	return cutWords(line)
}

func cutWords(line string) string {
	runes := []rune(line)
	if len(runes) <= preheaderMost {
		return line
	}
	cut := string(runes[:preheaderMost-1])
	if space := strings.LastIndexByte(cut, ' '); space > 0 && utf8.RuneCountInString(cut[:space]) >= preheaderLeast-1 {
		cut = cut[:space]
	}
	return strings.TrimRight(cut, " ·,;:-–—\u200d\ufe0f") + "…"
}

// preheaderEnd pushes the page's own first words out of the preview: nothing visible, but it takes room.
var preheaderEnd = strings.Repeat("\u200c\u00a0", 60)
