package doctor

import (
	"time"

	"rejoin/app/chat"
)

// webhookPatience is how long after an email Resend may take to tell us of it.
const webhookPatience = 10 * time.Minute

// webhook tells whether Resend tells us what became of the emails.
func (e *examination) webhook() chat.Finding {
	p := e.patient
	address := p.BaseURL + "/hooks/resend"
	needed := p.Way == Resend || p.InboundDoor == ResendDoor
	switch {
	case !needed:
		return none("webhook", "unneeded")
	case !p.Webhook:
		return bad("webhook", "unset", "URL", address)
	case p.LastSentAt == nil && p.LastWebhookAt == nil:
		return none("webhook", "fresh", "URL", address)
	case p.LastWebhookAt == nil:
		if e.Now().Sub(*p.LastSentAt) < webhookPatience {
			return none("webhook", "fresh", "URL", address)
		}
		return warn("webhook", "silent", "URL", address, "Sent", instant(*p.LastSentAt))
	case p.LastSentAt != nil && p.LastSentAt.After(*p.LastWebhookAt) && e.Now().Sub(*p.LastSentAt) > webhookPatience:
		return warn("webhook", "silent", "URL", address, "Sent", instant(*p.LastSentAt))
	}
	return good("webhook", "ok", "At", instant(*p.LastWebhookAt))
}

// instant is a time that reads the same in every language.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
