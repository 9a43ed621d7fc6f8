package mail

import (
	"time"
	"unicode/utf8"

	"rejoin/locales"
)

// Invitation is the email by which an agent asks a customer back into the conversation.
type Invitation struct {
	Letter
	AgentName   string
	Text        string         // the agent's message: plain text, blank lines between paragraphs; may be empty beside a file
	Attachments []AttachedFile // what came with it
	WrittenAt   time.Time
}

// Compose writes the email. The same invitation gives the same bytes. The error is an *Invalid: no text and no
// file, a text that is too long (over MaxText characters, or over MaxHTML bytes once written), an unusable link, a malformed accent.
func (i Invitation) Compose() (Content, error) {
	i = i.cleaned()
	if err := i.check(); err != nil {
		return Content{}, err
	}
	colors, err := newPalette(i.Brand.Accent)
	if err != nil {
		return Content{}, err
	}
	locale := locales.For(i.Language)
	page := i.frame(locale, colors, locale.T("mail.invitation.subject", "Brand", i.Brand.Name),
		locale.T("mail.invitation.why", "Brand", isolate(i.Brand.Name)))
	pieces := []string{i.Text}
	if i.Text == "" {
		pieces = fileNames(i.Attachments)
	}
	page.Preheader = preheader(append(pieces, i.HoursLine, page.Why, locale.T("mail.invitation.button"))...)
	html, err := inline(page, invitationBody(locale, i, colors))
	if err != nil {
		return Content{}, err
	}
	if len(html) > MaxHTML {
		return Content{}, &Invalid{"text", "too_long"}
	}
	return Content{Subject: page.Subject, HTML: html, Text: i.plain(locale, page)}, nil
}

// cleaned is the invitation with every text made safe to write.
func (i Invitation) cleaned() Invitation {
	i.Letter = i.Letter.cleaned()
	i.AgentName = i.signed(i.AgentName)
	if utf8.RuneCountInString(i.Text) <= MaxText {
		i.Text = cleanText(i.Text)
	}
	i.Attachments = cleanedFiles(i.Attachments)
	return i
}

func (i Invitation) check() error {
	switch {
	case utf8.RuneCountInString(i.Text) > MaxText:
		return &Invalid{"text", "too_long"}
	case i.Text == "" && len(i.Attachments) == 0:
		return &Invalid{"text", "empty"}
	}
	return i.Letter.check()
}
