package views

import (
	"rejoin/app/chat"
	"rejoin/locales"
)

// AskSampleArgs is the card that asks for an address, in the states in which customers meet it.
type AskSampleArgs struct {
	Locale *locales.Locale // the customer's
	Reader *locales.Locale // the admin's
	Accent string
	States []AskState
	Thanks string
}

// AskState is the card while somebody or nobody is online; without a card, why there is none.
type AskState struct {
	Title string
	Ask   *WidgetAskArgs
	None  string
}

// EmailKind is which email a sample shows: the one asked for, else what goes out by itself.
func EmailKind(asked string) string {
	if asked == string(chat.KindInvitation) {
		return asked
	}
	return string(chat.KindFollowup)
}
