package inbox

import (
	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/views"
)

// senderLine says one change of where emails come from; some happen by themselves, when DNS records come and go.
func senderLine(l *locales.Locale, e chat.AuditEntry, line views.AuditLine) views.AuditLine {
	switch e.Action {
	case "sender.domain_chosen":
		line.Text = l.T("audit.sender.domain_chosen", "Agent", e.AgentName, "Address", e.After)
	case "sender.readdressed":
		line.Text = l.T("audit.sender.readdressed", "Agent", e.AgentName, "Before", e.Before, "After", e.After)
	case "sender.server_chosen":
		line.Text = l.T("audit.sender.server_chosen", "Agent", e.AgentName, "Host", e.Subject)
		line.Before, line.After = e.Before, e.After
	case "sender.dropped":
		line.Text = l.T("audit.sender.dropped", "Agent", e.AgentName, "Subject", e.Subject)
	default:
		key := "audit.sender.domain_lost"
		if e.After == chat.DomainVerified {
			key = "audit.sender.domain_found"
		}
		line.Text = l.T(key, "Domain", e.Subject)
	}
	return line
}
