package mail

import (
	"net/url"
	"strings"

	"rejoin/locales"
)

// plainEnd is how the text part of every email closes: the links in full, each on a line of its own, the hours, the brand.
func (t Letter) plainEnd(l *locales.Locale, page frame, button string) []string {
	blocks := []string{button + "\n" + t.Link}
	if t.PageLink != "" {
		blocks = append(blocks, l.T("mail.invitation.page_text")+"\n"+t.PageLink)
	}
	if t.Answerable {
		blocks = append(blocks, l.T("mail.answerable"))
	}
	if t.HoursLine != "" || len(t.HoursTable) > 0 {
		lines := []string{l.T("mail.invitation.hours")}
		if t.HoursLine != "" {
			lines = append(lines, t.HoursLine)
		}
		blocks = append(blocks, strings.Join(append(lines, t.HoursTable...), "\n"))
	}
	end := []string{"-- ", t.Brand.Name} // the mark by which mail programs know a signature
	if t.Brand.Site != "" {
		end = append(end, t.Brand.Site)
	}
	if t.Brand.Footer != "" {
		end = append(end, t.Brand.Footer)
	}
	end = append(end, "", page.Why)
	if t.ReachLink != "" {
		end = append(end, "", l.T("mail.reach_text"), t.ReachLink)
	}
	return append(blocks, strings.Join(end, "\n"))
}

// siteName is an address as people say it: its host.
func siteName(site string) string {
	parsed, err := url.Parse(site)
	if err != nil {
		return site
	}
	return strings.TrimPrefix(parsed.Host, "www.")
}

func textLines(text string) []string { return strings.Split(text, "\n") }
