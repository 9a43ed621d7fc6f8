package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanText takes what a person typed, of at most max bytes: NUL and other controls go, CRLF becomes LF, the ends are
// trimmed.
func cleanText(field, text string, max int) (string, error) {
	text = tidy(text)
	return text, refuseLength(field, "chat.text.long", len(text), max)
}

// cleanShort takes a text of at most max characters, whatever the language.
func cleanShort(field, text string, max int) (string, error) {
	text = tidy(text)
	return text, refuseLength(field, "chat.line.long", utf8.RuneCountInString(text), max)
}

// cleanLine takes a one-line value of at most max characters; line breaks become spaces, and it may be empty.
func cleanLine(field, text string, max int) (string, error) {
	line, err := cleanShort(field, strings.Join(strings.Fields(text), " "), max)
	if line == "" {
		return "", nil
	}
	return line, err
}

func tidy(text string) string {
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
	return strings.TrimSpace(text)
}

func refuseLength(field, key string, length, max int) error {
	switch {
	case length == 0:
		return RefuseField(field, "chat.text.empty")
	case length > max:
		return RefuseField(field, key, "Max", max, "Over", length-max)
	}
	return nil
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

// fileNames is what a list shows of a message without words.
func fileNames(files []Attachment) string {
	if len(files) == 0 {
		return ""
	}
	names := make([]string, len(files))
	for i := range files {
		names[i] = files[i].Name
	}
	return "📎 " + strings.Join(names, ", ")
}
