package mail

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/resend/resend-go/v2"
)

const (
	quotaPause = time.Hour   // a spent quota comes back with the next day or month: ask seldom
	ratePause  = time.Second // Resend counts by the second
	maxPause   = time.Hour
)

type resendSender struct {
	client *resend.Client
	key    string
	broken error // the base address cannot be used
}

// NewResend sends through Resend's API at baseURL ("https://api.resend.com" when empty), each attempt within timeout.
// Retries belong to the caller, who keeps the message and its key unchanged and ends them before 24 hours, since
// Resend remembers a key no longer. With a baseURL that is no http(s) address every send is a permanent failure.
func NewResend(key, baseURL string, timeout time.Duration) Sender {
	client := resend.NewCustomClient(&http.Client{
		Timeout:       timeout,
		Transport:     &answerKeeper{next: http.DefaultTransport.(*http.Transport).Clone()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, strings.TrimSpace(key))
	base, err := resendBase(baseURL)
	client.BaseURL = base
	return &resendSender{client: client, key: client.ApiKey, broken: err}
}

// resendBase gives the address with the slash at its end that the library builds on.
func resendBase(address string) (*url.URL, error) {
	if address == "" {
		address = "https://api.resend.com"
	}
	base, err := url.Parse(strings.TrimRight(address, "/") + "/")
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Errorf("resend: %q is no http(s) address", address)
	}
	return base, nil
}

func (s *resendSender) Send(ctx context.Context, m Message) (Receipt, error) {
	if s.broken != nil {
		return Receipt{}, &Failure{Code: "bad_base_url", Detail: s.broken.Error(), cause: s.broken}
	}
	if err := m.Check(); err != nil {
		return Receipt{}, invalidMessage(err)
	}
	ctx, kept := keepAnswer(ctx)
	sent, err := s.client.Emails.SendWithOptions(ctx, resendRequest(m), &resend.SendEmailOptions{IdempotencyKey: m.Key})
	if err == nil && sent.Id != "" {
		return Receipt{ProviderID: sent.Id}, nil
	}
	failure := resendFailure(*kept, err)
	if s.key != "" {
		failure.Detail = strings.ReplaceAll(failure.Detail, s.key, "***")
	}
	return Receipt{}, failure
}

// resendRequest is the same for the same message, down to the bytes: lists are sorted, and nothing comes from a clock.
func resendRequest(m Message) *resend.SendEmailRequest {
	headers := map[string]string{"Message-ID": m.MessageID}
	for name, value := range m.Headers {
		headers[name] = cleanLine(value)
	}
	request := &resend.SendEmailRequest{
		From:    m.From.readable(),
		To:      []string{m.To.readable()},
		Subject: cleanLine(m.Subject),
		Html:    m.HTML,
		Text:    m.Text,
		Headers: headers,
	}
	if !m.ReplyTo.IsZero() {
		request.ReplyTo = m.ReplyTo.readable()
	}
	for _, name := range slices.Sorted(maps.Keys(m.Tags)) {
		request.Tags = append(request.Tags, resend.Tag{Name: name, Value: m.Tags[name]})
	}
	return request
}

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

// unansweredFailure judges an attempt without an answer: whether the email was accepted is unknown, and asking again
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
