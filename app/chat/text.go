package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanText takes what a person typed: NUL and other controls go, CRLF becomes LF, the ends are trimmed.
func cleanText(field, text string, max int) (string, error) {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.Map(func(r rune) rune {
		if r == '\r' {
			return '\n'
		}
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	if text == "" {
		return "", RefuseField(field, "chat.text.empty")
	}
	if len(text) > max {
		return "", RefuseField(field, "chat.text.long", "Max", max, "Over", len(text)-max)
	}
	return text, nil
}

// cleanLine takes a one-line value; line breaks become spaces, and it may be empty.
func cleanLine(field, text string, max int) (string, error) {
	line, err := cleanText(field, strings.Join(strings.Fields(text), " "), max)
	if refused := asError(err); refused != nil && refused.Key == "chat.text.empty" {
		return "", nil
	}
	return line, err
}

// firstLine is what a list shows of a message.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return cut(line, 200)
}

// cut shortens a text to at most max characters.
func cut(text string, max int) string {
	if utf8.RuneCountInString(text) <= max {
		return text
	}
	runes := []rune(text)
	return string(runes[:max-1]) + "…"
}
