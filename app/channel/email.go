package channel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/mail"
)

// tokenPlace stands in the frozen bytes where the rejoin token will be, so that no token is stored in clear.
const tokenPlace = "0-REJOINTOKENREJOINTOKENREJOINTOKENREJOINTOKEN"

// Email writes to customers by email.
type Email struct {
	sender  mail.Sender
	from    mail.Address
	baseURL string
}

// NewEmail makes the channel; links are built from baseURL, and from is the operator's own address.
func NewEmail(sender mail.Sender, from mail.Address, baseURL string) *Email {
	return &Email{sender: sender, from: from, baseURL: strings.TrimRight(baseURL, "/")}
}

// Name is the contact points' channel.
func (e *Email) Name() string { return "email" }

// Compose renders the email; the same composition gives the same bytes.
func (e *Email) Compose(c chat.Composition) (chat.Content, error) {
	content, sender, err := e.write(c)
	if err != nil {
		return chat.Content{}, refusal(err)
	}
	message := mail.Message{
		Key:       "rejoin-" + strconv.FormatInt(c.Organization.ID, 36) + "-" + c.Key,
		MessageID: "<" + c.Key + "." + strconv.FormatInt(c.Organization.ID, 36) + "@" + e.domain() + ">",
		Date:      c.At.UTC().Truncate(time.Second),
		From:      mail.Address{Name: sender, Email: e.from.Email},
		To:        mail.Address{Name: c.Customer.Name, Email: c.Point.Address},
		Subject:   content.Subject, HTML: content.HTML, Text: content.Text,
		Tags:     map[string]string{"kind": string(c.Kind)},
		Headers:  e.headers(c),
		Language: locales.For(c.Language).Tag(),
	}
	if err := message.Check(); err != nil {
		return chat.Content{}, refusal(err)
	}
	whole := message.Encode()
	sum := sha256.Sum256(whole)
	return chat.Content{
		From: shown(message.From), Subject: content.Subject, HTML: content.HTML, Text: content.Text,
		Frozen: bytes.ReplaceAll(whole, []byte(c.Token), []byte(tokenPlace)),
		Digest: hex.EncodeToString(sum[:]),
	}, nil
}

// write composes the email of each kind and names its sender.
func (e *Email) write(c chat.Composition) (mail.Content, string, error) {
	letter := e.letter(c)
	if c.Kind == chat.KindFollowup {
		content, err := followup(c, letter).Compose()
		return content, mail.SenderName(c.AgentName, letter.Brand.Name), err
	}
	invitation := mail.Invitation{Letter: letter, AgentName: c.AgentName, Text: c.Text, WrittenAt: c.At}
	if c.Kind == chat.KindRenewal {
		invitation.AgentName = letter.Brand.Name
		invitation.Text = locales.For(c.Language).T("channel.renewal.text", "Brand", letter.Brand.Name)
	}
	content, err := invitation.Compose()
	return content, mail.SenderName(c.AgentName, letter.Brand.Name), err
}

// headers let a mail program stop these emails by itself (RFC 8058), an agent's too: whoever finds no such button says
// spam. What no person has sent is marked, so that machines do not answer it.
func (e *Email) headers(c chat.Composition) map[string]string {
	headers := map[string]string{
		"List-Unsubscribe": "<" + e.link(c) + "/unsubscribe>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	}
	switch c.Kind {
	case chat.KindRenewal:
		headers["Auto-Submitted"] = "auto-replied"
	case chat.KindFollowup:
		headers["Auto-Submitted"] = "auto-generated"
	}
	return headers
}

// link is the rejoin link of an email.
func (e *Email) link(c chat.Composition) string { return e.baseURL + "/r/" + c.Token }

// letter is what every email to the customer has.
func (e *Email) letter(c chat.Composition) mail.Letter {
	settings := c.Organization.Settings
	locale := locales.For(c.Language)
	name := settings.Text(chat.EmailName)
	if name == "" {
		name = c.Organization.Name
	}
	zone, hours := zoneOf(c), settings.Hours()
	status := hours.At(c.At)
	own := c.Customer.Zone != "" && c.Customer.Zone != hours.Zone
	return mail.Letter{
		Language: locale.Tag(),
		Brand: mail.Brand{
			Name: name, Accent: settings.Text(chat.EmailAccent), LogoURL: settings.Text(chat.EmailLogo),
			Footer: chat.Fill(settings.Localized(chat.EmailFooter, locale.Tag()), map[string]string{"brand": name}),
		},
		CustomerName: c.Customer.Name,
		Link:         e.link(c), PageLink: e.link(c) + "/page", ReachLink: e.link(c) + "/reach",
		HoursLine: locale.HoursSentence(status.Open, status.Until, status.Next, c.At, zone, own),
		Zone:      zone,
	}
}

// zoneOf is the customer's zone, else the brand's.
func zoneOf(c chat.Composition) *time.Location {
	for _, name := range []string{c.Customer.Zone, c.Organization.Settings.Hours().Zone} {
		if zone, err := time.LoadLocation(name); err == nil && name != "" {
			return zone
		}
	}
	return time.UTC
}

func (e *Email) domain() string {
	_, domain, _ := strings.Cut(e.from.Email, "@")
	return domain
}

// shown is an address for people to read.
func shown(a mail.Address) string {
	if a.Name == "" {
		return a.Email
	}
	return a.Name + " <" + a.Email + ">"
}

// Send hands the frozen bytes over, with the token back in its place.
func (e *Email) Send(ctx context.Context, frozen []byte, token string) (chat.Receipt, error) {
	message, err := mail.Decode(bytes.ReplaceAll(frozen, []byte(tokenPlace), []byte(token)))
	if err != nil {
		return chat.Receipt{}, &chat.SendFailure{Code: "invalid_message", Detail: err.Error()}
	}
	receipt, err := e.sender.Send(ctx, message)
	if err == nil {
		return chat.Receipt{ProviderID: receipt.ProviderID}, nil
	}
	var failure *mail.Failure
	if !errors.As(err, &failure) {
		return chat.Receipt{}, &chat.SendFailure{Temporary: true, Code: "unreachable", Detail: err.Error()}
	}
	return chat.Receipt{}, &chat.SendFailure{
		Temporary: failure.Temporary, Refused: failure.Untaken || failure.Status == 429, RetryAfter: failure.RetryAfter,
		Code: reasonOf(failure), Detail: failure.Detail,
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

// refusal puts a mail that cannot be written beside the dialog's text box.
func refusal(err error) error {
	var invalid *mail.Invalid
	if !errors.As(err, &invalid) {
		return fmt.Errorf("compose email: %w", err)
	}
	if invalid.Field == "text" || invalid.Field == "html" {
		return chat.RefuseField("text", "channel.email."+invalid.Reason)
	}
	return chat.Refuse(chat.Invalid, "channel.email.unusable", "Field", invalid.Field)
}
