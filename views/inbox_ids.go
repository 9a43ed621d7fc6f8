package views

import "strconv"

// Ids of the inbox that scripts and live updates point to.
const (
	IDInbox        = "inbox"
	IDList         = "list"
	IDViews        = "views"
	IDRows         = "rows"
	IDSearch       = "search"
	IDDueChip      = "due"
	IDOpen         = "open"
	IDThread       = "thread"
	IDThreadHead   = "thread-head"
	IDThreadScroll = "thread-scroll"
	IDComposer     = "composer"
	IDComposerSays = "composer-says"
	IDInviteReason = "invite-reason"
	IDCustomer     = "customer"
	IDCustomerForm = "customer-form"
	IDDialog       = "dialog"
	IDKeys         = "keys"
	IDRevoke       = "revoke"
	IDSaid         = "said"
	IDInboxWords   = "inbox-words"
	IDOriginal     = "original"
	IDUnmatched    = "unmatched"
	IDMailActs     = "mail-acts"
)

// idRow is the element of a conversation in the list.
func idRow(key string) string { return "row-" + key }

// idFate is what became of a message, under its bubble.
func idFate(seq int64) string { return "fate-" + strconv.FormatInt(seq, 10) }

// inboxKey is one line of the list of keys; its words are "inbox.keys.<name>".
type inboxKey struct {
	Name string
	Keys []string
}

func inboxKeyList() []inboxKey {
	return []inboxKey{
		{"move", []string{"J", "K"}}, {"reply", []string{"R"}}, {"note", []string{"N"}}, {"invite", []string{"I"}},
		{"assign", []string{"A"}}, {"close", []string{"E"}}, {"search", []string{"/"}}, {"help", []string{"?"}},
		{"leave", []string{"Esc"}},
	}
}
