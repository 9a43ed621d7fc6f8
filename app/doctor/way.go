package doctor

import "rejoin/app/chat"

// way asks the provider whether it takes our credentials.
func (e *examination) way() chat.Finding {
	if e.isDemo() || e.patient.Verify == nil {
		return none("way", "mailbox")
	}
	err := e.patient.Verify(e.ctx)
	switch {
	case err == nil:
		return good("way", "ok", "Way", e.wayName())
	case isUnreached(err):
		return bad("way", "unreachable", "Way", e.wayName(), "Reason", reasonOf(err))
	case e.patient.Way == OwnSMTP:
		return bad("way", "refused_own", "Way", e.wayName(), "Reason", reasonOf(err))
	}
	setting := "SMTP_URL"
	if e.patient.Way == Resend {
		setting = "RESEND_API_KEY"
	}
	return bad("way", "refused", "Way", e.wayName(), "Reason", reasonOf(err), "Setting", setting)
}
