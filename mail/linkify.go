package mail

import (
	"net/url"
	"regexp"
	"strings"
)

// maxLinks bounds how many addresses in one text become links; further ones stay text.
const maxLinks = 100

// span is a piece of a line: text, and the address that it leads to where it is a link.
type span struct{ text, href string }

var addressForm = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"\x60{}|\\^]+`)

// paragraphs cuts text at blank lines, then into lines, then into spans.
func paragraphs(text string) [][][]span { return cutText(text, maxLinks) }

// unlinked does the same and makes no links.
func unlinked(text string) [][][]span { return cutText(text, 0) }

func cutText(text string, links int) [][][]span {
	var cut [][][]span
	var lines [][]span
	for _, line := range strings.Split(text+"\n", "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, linkify(line, &links))
		} else if len(lines) > 0 {
			cut, lines = append(cut, lines), nil
		}
	}
	return cut
}

func linkify(line string, left *int) []span {
	var spans []span
	rest := line
	for *left > 0 {
		at := addressForm.FindStringIndex(rest)
		if at == nil {
			break
		}
		address := trimAddress(rest[at[0]:at[1]])
		end := at[0] + len(address)
		if at[0] > 0 {
			spans = append(spans, span{text: rest[:at[0]]})
		}
		if isWebAddress(address) {
			spans = append(spans, span{text: address, href: address})
			*left--
		} else {
			spans = append(spans, span{text: address})
		}
		rest = rest[end:]
	}
	if rest != "" {
		spans = append(spans, span{text: rest})
	}
	return spans
}

// trimAddress leaves out the punctuation of the sentence around an address, and a bracket that was opened before it.
func trimAddress(address string) string {
	for len(address) > len("https://") {
		trimmed := strings.TrimRight(address, `.,;:!?'*_~`)
		for _, mark := range []string{"…", "»", "”", "’"} {
			trimmed = strings.TrimSuffix(trimmed, mark)
		}
		for _, pair := range []string{"()", "[]"} {
			if strings.HasSuffix(trimmed, pair[1:]) && strings.Count(trimmed, pair[1:]) > strings.Count(trimmed, pair[:1]) {
				trimmed = trimmed[:len(trimmed)-1]
			}
		}
		if trimmed == address {
			break
		}
		address = trimmed
	}
	return address
}

// isWebAddress takes http and https with a host, and refuses the user@host form, which hides where it leads.
func isWebAddress(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.User != nil || len(address) > 2000 {
		return false
	}
	scheme := strings.ToLower(parsed.Scheme)
	return (scheme == "http" || scheme == "https") && !strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f })
}
