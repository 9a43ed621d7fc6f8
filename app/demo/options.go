package demo

import (
	"log/slog"

	"rejoin/app/chat"
	"rejoin/mail"
	"rejoin/views"
)

// Options is what the demo is made of; every field is required.
type Options struct {
	Desk            *chat.Desk
	Mailbox         *mail.Mailbox
	Clock           *Clock
	OrganizationKey string        // public key of the demo brand, as Seed returned it
	BaseURL         string        // the origin that the snippet names
	Door            func() string // host:port of our own SMTP server, which takes answers
	Log             *slog.Logger
}

// Banner is what a terminal shows when the demo is ready.
func Banner(baseURL, door string) string {
	return `
  Rejoin is running with a demo brand.

    Start here   ` + baseURL + views.DemoStart() + `   a walk of two minutes
    Shop         ` + baseURL + views.Demo() + `   the brand's site with the chat
    Inbox        ` + baseURL + views.Inbox() + `   where agents answer
    Mailbox      ` + baseURL + views.DemoMailbox() + `   every email that was sent
    Answers      ` + door + `   SMTP: answer an email from any mail program

    Sign in as   ` + MayaEmail + ` (admin) or ` + LucEmail + `
    Password     ` + DemoPassword + `

  Ctrl-C stops it.
`
}
