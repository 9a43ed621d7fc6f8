package views

import (
	"strings"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
)

// BounceReason says in plain words what an enhanced status code (RFC 3463) tells of an address.
func BounceReason(l *locales.Locale, status string) string {
	return l.T("customer.bounce." + bounceKind(status))
}

func bounceKind(status string) string {
	class, rest, _ := strings.Cut(status, ".")
	if class != "5" && class != "4" {
		return "other"
	}
	switch rest {
	case "1.0", "1.1", "1.3", "1.6", "1.9":
		return "no_address"
	case "1.2", "1.10", "4.4":
		return "no_domain"
	case "2.1":
		return "disabled"
	case "2.2":
		return "full"
	case "2.3", "3.4":
		return "too_large"
	}
	if strings.HasPrefix(rest, "7.") {
		return "refused"
	}
	return "other"
}

// bounce is why the customer's newest address cannot be reached, empty when that is not known.
func (a ThreadArgs) bounce() string {
	if a.Thread.ReachReason != followup.ReasonBounced || len(a.Thread.Points) == 0 {
		return ""
	}
	if p := &a.Thread.Points[0]; p.BouncedAt != nil && p.BounceStatus != "" {
		return BounceReason(a.Locale, p.BounceStatus)
	}
	return ""
}

// acceptedBy names the agent who let somebody in, empty when they are gone.
func (a ThreadArgs) acceptedBy(p *chat.Participant) string {
	for i := range a.Agents {
		if a.Agents[i].ID == p.AgentID {
			return a.Agents[i].Name
		}
	}
	return ""
}
