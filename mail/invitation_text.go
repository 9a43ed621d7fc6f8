package mail

import (
	"net/url"
	"strings"

	"rejoin/locales"
)

// plain is the same email for people who read text: the links in full, each on a line of its own.
func (i Invitation) plain(l *locales.Locale, page frame) string {
	blocks := []string{
		signature(l, i) + "\n" + writtenLine(l, i),
		i.Text,
		l.T("mail.invitation.button_text") + "\n" + i.Link,
	}
	if i.PageLink != "" {
		blocks = append(blocks, l.T("mail.invitation.page_text")+"\n"+i.PageLink)
	}
	if i.HoursLine != "" || len(i.HoursTable) > 0 {
		lines := []string{l.T("mail.invitation.hours")}
		if i.HoursLine != "" {
			lines = append(lines, i.HoursLine)
		}
		blocks = append(blocks, strings.Join(append(lines, i.HoursTable...), "\n"))
	}
	end := []string{"-- ", i.Brand.Name} // the mark by which mail programs know a signature
	if i.Brand.Site != "" {
		end = append(end, i.Brand.Site)
	}
	if i.Brand.Footer != "" {
		end = append(end, i.Brand.Footer)
	}
	blocks = append(blocks, strings.Join(append(end, "", page.Why), "\n"))
	return strings.Join(blocks, "\n\n") + "\n"
}

// signature names the person and the brand, or the brand alone where it writes itself.
func signature(l *locales.Locale, i Invitation) string {
	if i.AgentName == i.Brand.Name {
		return i.Brand.Name
	}
	return l.T("mail.invitation.from", "Agent", isolate(i.AgentName), "Brand", isolate(i.Brand.Name))
}

// writtenLine says for whom and when, in the customer's zone.
func writtenLine(l *locales.Locale, i Invitation) string {
	when := l.DateTime(i.WrittenAt, i.Zone)
	if i.CustomerName == "" {
		return when
	}
	return l.T("mail.invitation.for", "Customer", isolate(i.CustomerName), "When", when)
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
