package mail

import (
	"strings"

	"rejoin/locales"
)

// plain is the same email for people who read text.
func (i Invitation) plain(l *locales.Locale, page frame) string {
	blocks := []string{signature(l, i) + "\n" + writtenLine(l, i)}
	if i.Text != "" {
		blocks = append(blocks, unsigned(i.Text))
	}
	if len(i.Attachments) > 0 {
		blocks = append(blocks, strings.Join(plainFiles(l, i.Attachments), "\n"))
	}
	return strings.Join(append(blocks, i.plainEnd(l, page, l.T("mail.invitation.button_text"))...), "\n\n") + "\n"
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
