package views

import (
	"time"

	"rejoin/locales"
	"rejoin/views/ui"
)

// IDs of the invitation dialog's parts that answers replace.
const (
	IDInvitation        = "invitation"
	IDInvitationForm    = "invitation-form"
	IDInvitationError   = "invitation-error"
	IDInvitationPreview = "invitation-preview"
	IDInvitationFoot    = "invitation-foot"
)

// InvitationArgs is the dialog that invites a customer back.
type InvitationArgs struct {
	Locale       *locales.Locale
	Conversation string // its key
	Customer     string // name, empty when unknown
	Reason       string // why it is not possible, empty when it is
	DraftKey     string
	Text         string
	Language     string
	Error        string // beside the text
	Preview      InvitationPreviewArgs
	Confirm      bool   // ask before it goes out
	Warning      string // an email went out a moment ago
	Changed      string // the email is another one than was shown
}

// InvitationPreviewArgs is what the email says about itself; At is zero before there is one.
type InvitationPreviewArgs struct {
	Locale  *locales.Locale
	Address string
	From    string
	Subject string
	Text    string
	At      time.Time
	Digest  string
	Refused string // why there is no preview
}

// Ready tells whether there is an email to look at.
func (p InvitationPreviewArgs) Ready() bool { return p.Digest != "" }

func (p InvitationPreviewArgs) at() string {
	if p.At.IsZero() {
		return ""
	}
	return p.At.UTC().Format(time.RFC3339)
}

func (a InvitationArgs) title() string {
	if a.Customer == "" {
		return a.Locale.T("invite.title")
	}
	return a.Locale.T("invite.title_of", "Name", a.Customer)
}

func (a InvitationArgs) language() ui.SelectArgs {
	return ui.SelectArgs{Options: languageOptions(), FieldArgs: ui.FieldArgs{
		Locale: a.Locale, ID: "invitation-language", Name: "language", Label: a.Locale.T("invite.language"), Value: a.Language,
	}}
}

func (a InvitationArgs) views() ui.SelectArgs {
	return ui.SelectArgs{
		FieldArgs: ui.FieldArgs{Name: "view", Label: a.Locale.T("invite.view"), Value: "desktop"},
		Options: []ui.Option{
			{Value: "desktop", Label: a.Locale.T("invite.view.desktop")},
			{Value: "phone", Label: a.Locale.T("invite.view.phone")},
			{Value: "text", Label: a.Locale.T("invite.view.text")},
		},
	}
}

func (a InvitationArgs) sides() ui.SelectArgs {
	return ui.SelectArgs{
		FieldArgs: ui.FieldArgs{Name: "side", Label: a.Locale.T("invite.side"), Value: "write"},
		Options: []ui.Option{
			{Value: "write", Label: a.Locale.T("invite.side.write")},
			{Value: "see", Label: a.Locale.T("invite.side.see")},
		},
	}
}
