package doctor

import (
	"context"
	"errors"
	"strconv"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
)

// trip sends a real email and follows it back; it reports three lines.
func (e *examination) trip(ctx context.Context, report func(chat.Finding)) {
	if e.patient.Trip == nil {
		report(none("trip_out", "untried"))
		report(none("trip_back", "unsent"))
		report(none("verdict", "unsent"))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, e.TripTime)
	defer cancel()
	began := e.Now()
	key, err := e.patient.Trip.Send(ctx)
	if err != nil {
		report(e.refusedTrip(err))
		report(none("trip_back", "unsent"))
		report(none("verdict", "unsent"))
		return
	}
	report(good("trip_out", "ok", "Way", e.wayName(), "Seconds", seconds(e.Now().Sub(began))))
	if e.patient.InboundDoor == "" {
		report(none("trip_back", "doorless"))
		report(none("verdict", "unsent"))
		return
	}
	at, verdict, err := e.follow(ctx, key)
	switch {
	case err == nil:
		report(good("trip_back", "ok", "Seconds", seconds(max(0, at.Sub(began)))))
		report(judged(verdict))
		return
	case errors.Is(err, errNotBack):
		report(bad("trip_back", "lost", "Way", e.wayName(), "Seconds", seconds(e.TripTime)))
	default:
		report(bad("trip_back", "failed", "Reason", err.Error()))
	}
	report(none("verdict", "unsent"))
}

// refusedTrip says why the email did not go out.
func (e *examination) refusedTrip(err error) chat.Finding {
	var failure *mail.Failure
	outcome := "refused"
	switch {
	case isUnreached(err) || errors.Is(err, context.DeadlineExceeded):
		outcome = "unreachable"
	case errors.As(err, &failure) && failure.Temporary:
		outcome = "deferred"
	}
	return bad("trip_out", outcome, "Way", e.wayName(), "Reason", reasonOf(err))
}

var errNotBack = errors.New("it has not come back in time")

// follow waits until the email is back. A question that fails is asked again; the last failure counts.
func (e *examination) follow(ctx context.Context, key string) (time.Time, chat.Verdict, error) {
	again := time.NewTicker(e.Poll)
	defer again.Stop()
	for {
		at, verdict, back, err := e.patient.Trip.Arrived(ctx, key)
		if err == nil && back {
			return at, verdict, nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			if err != nil && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
				return time.Time{}, chat.Verdict{}, err
			}
			return time.Time{}, chat.Verdict{}, errNotBack
		}
	}
}

// judged says how our own receiver saw the email.
func judged(v chat.Verdict) chat.Finding {
	if v.SPF == "" && v.DKIM == "" && v.DMARC == "" {
		return none("verdict", "unknown")
	}
	word := func(result string) string {
		if result == "" {
			return "none"
		}
		return result
	}
	values := []string{"SPF", word(v.SPF), "DKIM", word(v.DKIM), "DMARC", word(v.DMARC)}
	switch {
	case v.SPF == "pass" && v.DKIM == "pass" && v.DMARC == "pass":
		return good("verdict", "ok", values...)
	case v.DMARC == "pass" || v.DMARC != "fail" && (v.SPF == "pass" || v.DKIM == "pass"):
		return warn("verdict", "partly", values...)
	}
	return bad("verdict", "fail", values...)
}

// seconds is a duration in seconds with one digit after the point.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64)
}
