package channel

import (
	"bytes"
	"context"
	"errors"

	"rejoin/app/chat"
	"rejoin/mail"
)

// Send hands the frozen bytes over, with the tokens back in their places.
func (e *Email) Send(ctx context.Context, out chat.Outgoing) (chat.Receipt, error) {
	message, err := thawed(out)
	if err != nil {
		return chat.Receipt{}, &chat.SendFailure{Code: "invalid_message", Detail: err.Error()}
	}
	sender, release, err := e.senderOf(&message, out)
	if err != nil {
		return chat.Receipt{}, failureOf(err)
	}
	defer release()
	receipt, err := sender.Send(ctx, message)
	if err != nil {
		return chat.Receipt{}, failureOf(err)
	}
	return chat.Receipt{ProviderID: receipt.ProviderID}, nil
}

func thawed(out chat.Outgoing) (mail.Message, error) {
	whole := bytes.ReplaceAll(out.Frozen, []byte(tokenPlace), []byte(out.Token))
	if out.ReplyToken != "" {
		whole = bytes.ReplaceAll(whole, []byte(replyPlace), []byte(out.ReplyToken))
	}
	message, err := mail.Decode(whole)
	message.Round = out.Round
	return message, err
}

// senderOf picks who takes the message. An organization's own address is used only while it may be: what was written
// before it was verified, or was taken back, goes out by the operator's. Its own mail server gets its bounces itself.
func (e *Email) senderOf(message *mail.Message, out chat.Outgoing) (sender mail.Sender, release func(), err error) {
	if message.From.Email != out.From || out.From == "" {
		message.From.Email = e.from.Email
		return e.sender, func() {}, nil
	}
	if out.Server == nil {
		return e.sender, func() {}, nil
	}
	message.Bounce = ""
	return e.servers.take(*out.Server)
}

// failureOf says in the domain's words why a message was not taken.
func failureOf(err error) *chat.SendFailure {
	var failure *mail.Failure
	if !errors.As(err, &failure) {
		return &chat.SendFailure{Temporary: true, Code: "unreachable", Detail: err.Error()}
	}
	return &chat.SendFailure{
		Temporary: failure.Temporary, Refused: failure.Untaken || failure.Status == 429, RetryAfter: failure.RetryAfter,
		Dead: failure.Dead(), Status: failure.Enhanced, Code: reasonOf(failure), Detail: failure.Detail,
	}
}

// reasonOf names a failure by one of the sentences that agents read.
func reasonOf(f *mail.Failure) string {
	switch {
	case f.Code == "daily_quota_exceeded" || f.Code == "monthly_quota_exceeded":
		return "quota"
	case f.Status == 429, f.Temporary && f.Status >= 450 && f.Status <= 452: // of HTTP, and of SMTP: too much, or later
		return "rate"
	case f.Status == 401 || f.Status == 403 || f.Code == "auth_failed":
		return "key"
	case f.Code == "invalid_message":
		return "invalid_message"
	case f.Status == 0 || f.Temporary:
		return "unreachable"
	}
	return "refused"
}
