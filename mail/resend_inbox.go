package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ResendInbox reads the mail that Resend has received. Its webhook tells of a mail and its id alone. Every error is a
// *Failure.
type ResendInbox struct {
	api   *resendAPI
	files *downloader
}

// NewResendInbox asks Resend's API at baseURL ("https://api.resend.com" when empty), each question and each download
// within timeout.
func NewResendInbox(key, baseURL string, timeout time.Duration) *ResendInbox {
	api := newResendAPI(key, baseURL, timeout, MaxInbound)
	return &ResendInbox{api: api, files: newDownloader(api.base, timeout)}
}

// ReceivedMail is one mail with its bytes.
type ReceivedMail struct {
	ID        string
	From      string
	To        []string // the addresses that it was received for, where Resend says so; else those of its header
	MessageID string   // with its angle brackets
	CreatedAt time.Time
	Raw       []byte // RFC 5322; at most MaxInbound
	Rebuilt   bool   // Resend had no raw mail any more: Raw was put together from what it knows
	Truncated bool   // something was too large or no longer there
}

// ReceivedHead is what a list says of a mail.
type ReceivedHead struct {
	ID        string
	CreatedAt time.Time
	To        []string
}

// received is a mail as Resend tells it.
type received struct {
	ID          string              `json:"id"`
	From        string              `json:"from"`
	To          []string            `json:"to"`
	Cc          []string            `json:"cc"`
	Bcc         []string            `json:"bcc"`
	ReplyTo     []string            `json:"reply_to"`
	ReceivedFor []string            `json:"received_for"`
	Subject     string              `json:"subject"`
	HTML        string              `json:"html"`
	Text        string              `json:"text"`
	Headers     map[string]oneValue `json:"headers"`
	MessageID   string              `json:"message_id"`
	CreatedAt   string              `json:"created_at"`
	Raw         *struct {
		DownloadURL string `json:"download_url"`
	} `json:"raw"`
}

// oneValue is a header's value; of several the first, and what is no text is empty, so that no mail is lost over it.
type oneValue string

// UnmarshalJSON never fails.
func (v *oneValue) UnmarshalJSON(raw []byte) error {
	var one string
	var several []string
	if json.Unmarshal(raw, &one) != nil && json.Unmarshal(raw, &several) == nil && len(several) > 0 {
		one = several[0]
	}
	*v = oneValue(one)
	return nil
}

// Received gives one mail. Its raw bytes are preferred; where there are none it is rebuilt from its parts.
func (i *ResendInbox) Received(ctx context.Context, id string) (ReceivedMail, error) {
	if failure := checkResendID(id); failure != nil {
		return ReceivedMail{}, failure
	}
	for attempt := 1; ; attempt++ {
		told, failure := i.told(ctx, id)
		if failure != nil {
			return ReceivedMail{}, failure
		}
		mail := told.mail()
		failure = i.fill(ctx, &mail, told)
		switch {
		case failure == nil:
			return mail, nil
		case failure.Code != "file_gone":
			return ReceivedMail{}, failure
		case attempt > 1:
			return i.rebuilt(ctx, mail, told)
		}
		// The address of the raw mail has expired meanwhile: a second answer brings a new one.
	}
}

func (i *ResendInbox) told(ctx context.Context, id string) (received, *Failure) {
	var told received
	failure := i.api.get(ctx, "emails/receiving/"+id, url.Values{"html_format": {"cid"}}, &told)
	if failure == nil && told.ID == "" {
		failure = resendFailure(answer{status: http.StatusOK}, errUnreadable)
	}
	return told, failure
}

// fill gets the bytes of a mail.
func (i *ResendInbox) fill(ctx context.Context, mail *ReceivedMail, told received) *Failure {
	if told.Raw == nil || told.Raw.DownloadURL == "" {
		return i.rebuild(ctx, mail, told)
	}
	var failure *Failure
	mail.Raw, mail.Truncated, failure = i.files.get(ctx, told.Raw.DownloadURL, MaxInbound)
	if failure == nil && len(mail.Raw) == 0 {
		failure = &Failure{Code: "file_gone", Detail: "the raw mail is empty"}
	}
	return failure
}

func (i *ResendInbox) rebuilt(ctx context.Context, mail ReceivedMail, told received) (ReceivedMail, error) {
	if failure := i.rebuild(ctx, &mail, told); failure != nil {
		return ReceivedMail{}, failure
	}
	return mail, nil
}

// List gives the mails that came before the one named after, newest first; an empty after begins with the newest. At
// most limit of them, 1 to 100; more tells whether there are older ones.
func (i *ResendInbox) List(ctx context.Context, after string, limit int) (heads []ReceivedHead, more bool, err error) {
	query := url.Values{"limit": {strconv.Itoa(min(max(limit, 1), 100))}}
	if after != "" {
		if failure := checkResendID(after); failure != nil {
			return nil, false, failure
		}
		query.Set("after", after)
	}
	var page struct {
		HasMore bool       `json:"has_more"`
		Data    []received `json:"data"`
	}
	if failure := i.api.get(ctx, "emails/receiving", query, &page); failure != nil {
		return nil, false, failure
	}
	for _, told := range page.Data {
		mail := told.mail()
		heads = append(heads, ReceivedHead{ID: mail.ID, CreatedAt: mail.CreatedAt, To: mail.To})
	}
	return heads, page.HasMore && len(heads) > 0, nil
}

func (r received) mail() ReceivedMail {
	mail := ReceivedMail{ID: r.ID, From: r.From, To: r.ReceivedFor, MessageID: bracketed(r.MessageID)}
	if len(mail.To) == 0 {
		mail.To = append(append(append(mail.To, r.To...), r.Cc...), r.Bcc...)
	}
	if mail.MessageID == "" {
		mail.MessageID = bracketed(r.header("Message-ID"))
	}
	mail.CreatedAt, _ = resendTime(r.CreatedAt) // zero when it cannot be read; nothing hangs on it
	return mail
}

func (r received) header(name string) string {
	for known, value := range r.Headers {
		if strings.EqualFold(known, name) {
			return string(value)
		}
	}
	return ""
}

func bracketed(id string) string {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	if id == "" {
		return ""
	}
	return "<" + id + ">"
}

// resendTime reads a time in any of the forms that Resend's answers have.
func resendTime(text string) (time.Time, error) {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z07"} {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("read time: %w", errors.New("unknown form"))
}
