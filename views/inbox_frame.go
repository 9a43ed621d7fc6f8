package views

import (
	"time"

	"github.com/a-h/templ"

	"rejoin/locales"
)

// FrameArgs describes one event of the inbox stream with what it changed.
type FrameArgs struct {
	Key     string
	Seq     int64
	Note    string
	At      time.Time
	Row     templ.Component // nil when no row changed
	Message templ.Component // nil when there is none
	Notice  templ.Component // nil when nobody is to be told
}

// NoticeArgs describes what agents are told wherever in the inbox they are.
type NoticeArgs struct {
	Locale *locales.Locale
	Key    string // of the conversation
	About  string // one kind of notice of a conversation replaces the one before
	Bad    bool
	Text   string
	Name   string // of the customer
	For    string // key of the agent whom it concerns, empty for all
}

func (a NoticeArgs) kind() string {
	if a.Bad {
		return "error"
	}
	return ""
}

func (a NoticeArgs) icon() string {
	if a.Bad {
		return "warning"
	}
	return "reopen"
}
