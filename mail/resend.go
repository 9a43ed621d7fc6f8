package mail

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/resend/resend-go/v2"
)

type resendSender struct{ api *resendAPI }

// NewResend sends through Resend's API at baseURL ("https://api.resend.com" when empty), each attempt within timeout.
// Once Resend has said that nothing remains of its rate window, the next sends wait for the window's end, but never
// longer than two seconds. Retries belong to the caller, who keeps the message and its key unchanged and ends them
// before 24 hours, since Resend remembers a key no longer. With a baseURL that is no http(s) address every send is a
// permanent failure.
func NewResend(key, baseURL string, timeout time.Duration) Sender {
	return &resendSender{newResendAPI(key, baseURL, timeout, maxAnswer)}
}

func (s *resendSender) Send(ctx context.Context, m Message) (Receipt, error) {
	if err := m.Check(); err != nil {
		return Receipt{}, invalidMessage(err)
	}
	var id string
	failure := s.api.ask(ctx, func(ctx context.Context, client *resend.Client) error {
		sent, err := client.Emails.SendWithOptions(ctx, resendRequest(m), &resend.SendEmailOptions{IdempotencyKey: m.RoundKey()})
		if err == nil && sent.Id == "" {
			err = errUnreadable
		}
		if err == nil {
			id = sent.Id
		}
		return err
	})
	if failure != nil {
		return Receipt{}, failure
	}
	return Receipt{ProviderID: id}, nil
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
