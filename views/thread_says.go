package views

import (
	"time"

	"github.com/a-h/templ"

	"rejoin/app/followup"
	"rejoin/views/ui"
)

// says is what happens with an answer that is written now, in one or two sentences.
func (a ThreadArgs) says() templ.Component {
	c := a.Thread.Conversation
	if c.SpamAt != nil {
		return sentence(a.Locale.T("thread.says.spam"), nil)
	}
	state, next := "", a.saysNext()
	switch {
	case c.EndedAt != nil:
		state = a.Locale.T("thread.says.ended", "Name", a.CustomerName())
	case c.ClosedAt != nil:
		state = a.Locale.T("thread.says.closed")
	case a.Thread.Reach != followup.Active && a.Thread.Forecast.Code != followup.CodeEmailHold:
		state = a.Locale.T("thread.says.away."+string(a.cause()), "Name", a.CustomerName())
	}
	if state != "" {
		next = a.Locale.T("thread.says.both", "Away", state, "Next", next)
	}
	return sentence(next, ui.Time(a.Thread.Forecast.Due, a.Locale, a.Zone))
}

// saysNext tells how the answer reaches the customer.
func (a ThreadArgs) saysNext() string {
	forecast, hold := a.Thread.Forecast, a.Thread.Forecast.Due.Sub(a.Now)
	switch {
	case a.Thread.Reach == followup.Active:
		return a.Locale.T("thread.says.held", "Name", a.CustomerName())
	case forecast.Due.IsZero():
		if key := "thread.says.next." + string(forecast.Code); a.Locale.Has(key) {
			return a.Locale.T(key)
		}
		return a.Locale.T("plan.code." + string(forecast.Code))
	case forecast.Code == followup.CodeEmailHold && hold < time.Second:
		return a.Locale.T("thread.says.email.at_once", "Name", a.CustomerName())
	case forecast.Code == followup.CodeEmailHold:
		return a.Locale.T("thread.says.email.in", "Name", a.CustomerName(), "Time", a.Locale.Duration(hold.Round(time.Second)))
	case hold < time.Second:
		return a.Locale.T("thread.says.next.at_once")
	case forecast.Code == followup.CodeMinGap || forecast.Code == followup.CodeMaxHold || forecast.Code == followup.CodeCapped:
		return a.Locale.T("thread.says.next.at", "Due", slot)
	}
	return a.Locale.T("thread.says.next.in", "Time", a.Locale.Duration(hold.Round(time.Second)))
}

func (a ThreadArgs) cause() followup.Cause {
	if a.Thread.Customer.AwayCause == "" {
		return followup.Closed
	}
	return a.Thread.Customer.AwayCause
}
