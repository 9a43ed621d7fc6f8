package channel

import (
	"bytes"
	"cmp"
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

// What stands in the frozen bytes where the tokens will be, so that none is stored in clear.
const (
	tokenPlace = "0-REJOINTOKENREJOINTOKENREJOINTOKENREJOINTOKEN"
	replyPlace = "0-replytokenreplytokenreplytokenreplytoken"
)

// EmailOptions is what the channel is made of.
type EmailOptions struct {
	Sender mail.Sender // the operator's
	// Own makes a sender to an organization's own mail server; nil refuses them. It is closed when it is used no more.
	Own     func(chat.MailServer) (mail.Sender, error)
	From    mail.Address // the operator's
	BaseURL string       // that links are built from
	Inbound string       // the domain of the addresses that answers come back to; empty when none can
}

// Email writes to customers by email.
type Email struct {
	sender  mail.Sender
	servers *servers
	from    mail.Address
	baseURL string
	inbound string
}

// NewEmail makes the channel; Close ends it.
func NewEmail(o EmailOptions) *Email {
	return &Email{
		sender: o.Sender, servers: newServers(o.Own), from: o.From, baseURL: strings.TrimRight(o.BaseURL, "/"), inbound: o.Inbound,
	}
}

// Close lets go of the organizations' own mail servers; the operator's sender is its maker's.
func (e *Email) Close() error { return e.servers.close() }

// Name is the contact points' channel.
func (e *Email) Name() string { return "email" }

// Compose renders the email; the same composition gives the same bytes.
func (e *Email) Compose(c chat.Composition) (chat.Content, error) {
	content, sender, err := e.write(c)
	if err != nil {
		return chat.Content{}, refusal(err)
	}
	base := mail.BaseSubject(content.Subject)
	if c.Subject != "" {
		base = c.Subject
		content.Subject = mail.AnsweringSubject(base)
	}
	message := mail.Message{
		Key:       "rejoin-" + strconv.FormatInt(c.Organization.ID, 36) + "-" + c.Key,
		MessageID: "<" + c.Key + "." + strconv.FormatInt(c.Organization.ID, 36) + "@" + e.domain() + ">",
		Date:      c.At.UTC().Truncate(time.Second),
		From:      mail.Address{Name: sender, Email: cmp.Or(c.From, e.from.Email)},
		To:        mail.Address{Name: c.Customer.Name, Email: c.Point.Address},
		Bounce:    e.answerAddress(c),
		Subject:   content.Subject, HTML: content.HTML, Text: content.Text,
		Tags:     map[string]string{"kind": string(c.Kind)},
		Headers:  e.headers(c),
		Language: locales.For(c.Language).Tag(),
	}
	if e.answerable(c) {
		message.ReplyTo = mail.Address{Name: sender, Email: message.Bounce}
	}
	if err := message.Check(); err != nil {
		return chat.Content{}, refusal(err)
	}
	whole := message.Encode()
	sum := sha256.Sum256(whole)
	return chat.Content{
		From: shown(message.From), Subject: content.Subject, Base: base, HTML: content.HTML, Text: content.Text,
		Frozen: emptied(whole, c), Digest: hex.EncodeToString(sum[:]), MessageID: message.MessageID,
	}, nil
}

// emptied puts placeholders where the tokens stand.
func emptied(whole []byte, c chat.Composition) []byte {
	frozen := bytes.ReplaceAll(whole, []byte(c.Token), []byte(tokenPlace))
	if c.ReplyToken != "" {
		frozen = bytes.ReplaceAll(frozen, []byte(c.ReplyToken), []byte(replyPlace))
	}
	return frozen
}

// answerable tells whether an answer to the email comes back into its conversation.
func (e *Email) answerable(c chat.Composition) bool { return e.inbound != "" && c.ReplyToken != "" }

// answerAddress is the conversation's own, for answers and for what comes back, empty when there is none.
func (e *Email) answerAddress(c chat.Composition) string {
	if !e.answerable(c) {
		return ""
	}
	return "reply+" + c.ReplyToken + "@" + e.inbound
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
// spam. What no person has sent is marked, so that machines do not answer it; the delivery's own mark tells our own mail
// from a customer's, should it ever come back.
func (e *Email) headers(c chat.Composition) map[string]string {
	headers := mail.ThreadHeaders(c.Thread)
	headers["List-Unsubscribe"], headers["List-Unsubscribe-Post"] = "<"+e.link(c)+"/unsubscribe>", "List-Unsubscribe=One-Click"
	headers[mail.DeliveryHeader] = c.Key
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
		Link:         e.link(c), PageLink: e.link(c) + "/page", ReachLink: e.link(c) + "/reach", Answerable: e.answerable(c),
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
