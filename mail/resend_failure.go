package mail

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

const (
	quotaPause = time.Hour   // a spent quota comes back with the next day or month: ask seldom
	ratePause  = time.Second // Resend counts by the second
	maxPause   = time.Hour
)

var errUnreadable = errors.New("resend: the answer could not be read")

// resendFailure judges an attempt by what came over the wire; the library's own error has lost it.
func resendFailure(a answer, err error) *Failure {
	if a.status == 0 {
		return unansweredFailure(err)
	}
	failure := &Failure{Status: a.status, Code: a.name, Detail: a.message, RetryAfter: a.retryAfter, cause: err}
	if failure.Code == "" {
		failure.Code = "http_error"
	}
	if failure.Detail == "" {
		failure.Detail = http.StatusText(a.status)
	}
	switch {
	case a.status < 300: // accepted perhaps, but unreadable: asking again with the same key tells
		failure.Temporary, failure.Code, failure.Detail = true, "unreadable_answer", "the answer could not be read"
	case a.name == "daily_quota_exceeded" || a.name == "monthly_quota_exceeded":
		failure.Temporary, failure.RetryAfter = true, quotaPause
	case a.status == http.StatusTooManyRequests:
		failure.Temporary = true
		failure.RetryAfter = max(failure.RetryAfter, ratePause)
	case a.status == http.StatusConflict:
		failure.Temporary = a.name == "concurrent_idempotent_requests"
	case a.status == http.StatusRequestTimeout || a.status == http.StatusTooEarly:
		failure.Temporary = true
	default:
		failure.Temporary = a.status < 400 || a.status >= 500
	}
	return failure
}

// unansweredFailure judges an attempt without an answer: whether an email was accepted is unknown, and asking again
// with the same key finds out.
func unansweredFailure(err error) *Failure {
	failure := &Failure{Temporary: true, Code: "network", Detail: "no answer", cause: err}
	if err == nil {
		return failure
	}
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		failure.Code, failure.Detail = "cancelled", "the attempt was cancelled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		failure.Code, failure.Detail = "timeout", "no answer in time"
	default:
		failure.Detail = cutRunes(cleanLine(err.Error()), 300)
	}
	return failure
}
