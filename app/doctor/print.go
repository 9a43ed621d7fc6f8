package doctor

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/width"

	"rejoin/app/chat"
	"rejoin/locales"
)

// Print writes the findings for a terminal: one line each with its mark, and below it what to do.
func Print(w io.Writer, l *locales.Locale, findings []chat.Finding) error {
	wide := 0
	for _, f := range findings {
		wide = max(wide, columns(Name(l, f)))
	}
	var text strings.Builder
	for _, f := range findings {
		text.WriteString(line(l, f, wide))
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("print the findings: %w", err)
	}
	return nil
}

// Line is one finding as Print writes it, below others that are not known yet.
func Line(l *locales.Locale, f chat.Finding) string {
	wide := 0
	for _, check := range chat.Checks() {
		wide = max(wide, columns(Name(l, chat.Finding{Check: check})))
	}
	return line(l, f, wide)
}

func line(l *locales.Locale, f chat.Finding, wide int) string {
	name := Name(l, f)
	text := fmt.Sprintf("%s %s%s  %s\n", mark(f.State), name, strings.Repeat(" ", wide-columns(name)), Sentence(l, f))
	if advice := Advice(l, f); advice != "" {
		text += fmt.Sprintf("  %s  → %s\n", strings.Repeat(" ", wide), advice)
	}
	return text
}

// Name is what a line is about.
func Name(l *locales.Locale, f chat.Finding) string { return l.T(names()[f.Check]) }

// Sentence is what came out.
func Sentence(l *locales.Locale, f chat.Finding) string {
	if f.State == chat.FindingWait {
		return l.T("doctor.wait")
	}
	return l.T(sentenceOf(f), variables(f))
}

// Advice is what to do, empty where nothing is.
func Advice(l *locales.Locale, f chat.Finding) string {
	key := sentences()[sentenceOf(f)]
	if key == "" {
		return ""
	}
	return l.T(key, variables(f))
}

func sentenceOf(f chat.Finding) string { return "doctor." + f.Check + "." + f.Outcome }

func variables(f chat.Finding) map[string]any {
	all := make(map[string]any, len(f.Values))
	for name, value := range f.Values {
		all[name] = value
	}
	return all
}

func mark(state chat.FindingState) string {
	switch state {
	case chat.FindingOK:
		return "✓"
	case chat.FindingWarn:
		return "!"
	case chat.FindingBad:
		return "✗"
	case chat.FindingWait:
		return "…"
	}
	return "–"
}

// columns is how wide a terminal shows a text.
func columns(text string) int {
	wide := 0
	for _, r := range text {
		wide++
		if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
			wide++
		}
	}
	return wide
}
