package mail

import (
	"strings"

	"rejoin/locales"
)

// plain is the same email for people who read text; what came before is quoted, so that it steps back.
func (f Followup) plain(l *locales.Locale, page frame) string {
	blocks := []string{f.greeting(l)}
	more := l.T("mail.followup.more")
	if before := f.groups(l, true); len(before) > 0 {
		context := plainGroups(l, before)
		if f.Omitted {
			context = append([]string{more}, context...)
		}
		blocks = append(blocks, l.T("mail.followup.earlier")+"\n"+quoted(strings.Join(context, "\n\n")), l.T("mail.followup.new"))
	} else if f.Omitted {
		blocks = append(blocks, more)
	}
	blocks = append(blocks, plainGroups(l, f.groups(l, false))...)
	return strings.Join(append(blocks, f.plainEnd(l, page, l.T("mail.followup.button_text"))...), "\n\n") + "\n"
}

func plainGroups(l *locales.Locale, groups []group) []string {
	var blocks []string
	for _, g := range groups {
		if g.Day != "" {
			blocks = append(blocks, g.Day)
		}
		for n, m := range g.Messages {
			var lines []string
			if n == 0 {
				lines = append(lines, isolate(g.Author)+" · "+m.Time)
			} else if m.Time != "" {
				lines = append(lines, m.Time)
			}
			if m.Text != "" {
				lines = append(lines, unsigned(m.Text))
			}
			if m.Text != "" && len(m.Attachments) > 0 {
				lines = append(lines, "")
			}
			blocks = append(blocks, strings.Join(append(lines, plainFiles(l, m.Attachments)...), "\n"))
		}
	}
	return blocks
}

// unsigned takes away what a mail program would take for the start of a signature, and hide.
func unsigned(text string) string {
	lines := textLines(text)
	for i, line := range lines {
		if line == "-- " {
			lines[i] = "--"
		}
	}
	return strings.Join(lines, "\n")
}

func quoted(text string) string {
	lines := textLines(text)
	for i, line := range lines {
		lines[i] = strings.TrimRight("> "+line, " ")
	}
	return strings.Join(lines, "\n")
}
