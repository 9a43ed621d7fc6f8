package views

// Ids of elements that live updates and skip links point to.
const (
	IDMain          = "main"
	IDToasts        = "toasts"
	IDToastTemplate = "toast-template"
	IDConnection    = "connection"
	IDOwnStatus     = "own-status"
	IDOwnMark       = "own-mark"
	IDRailUnread    = "rail-unread"
)
