package views

import (
	"encoding/json"
	"net/http"
	"strings"

	"rejoin/locales"
)

// PageArgs describes an HTML page. Its scripts are modules of static/js; there are no inline ones.
type PageArgs struct {
	Locale  *locales.Locale
	Title   string
	Class   string   // of the body
	Styles  []string // further files of static, "widget/panel.css"
	Scripts []string // further modules of static, "js/inbox.js"
	Accent  string   // #RRGGBB of an organization; empty for our own
	Bare    bool     // no htmx and no scripts of ours: a page that must work without any
	Locked  bool     // must not be kept or indexed: adds robots and referrer metas
}

// ShellArgs describes the frame around a signed-in agent's page.
type ShellArgs struct {
	Page         PageArgs
	Current      string // "inbox", "unmatched" or "settings"
	Agent        string // the agent's own name
	Organization string
	Online       bool
	DemoURL      string // set in the demo only
	MailboxURL   string // set in the demo only
	Unread       string // count beside the inbox, empty for none
	Admin        bool   // sees the mails that wait for admins
	Unmatched    int    // how many of them
}

// PlainArgs describes a page of one centred card: sign-in, set-up, errors, expired links.
type PlainArgs struct {
	Page  PageArgs
	Icon  string // above the title, empty for the logo
	Title string
	Intro string
	Brand string // the organization's name instead of ours, on customers' pages
}

// Action is a link that a page offers as the next step.
type Action struct {
	Label string
	Href  string
}

// htmxConfig is what the browser's htmx is told: it adds no style of its own (the policy forbids
// inline ones), evaluates nothing, and swaps only what the server meant to be shown.
func htmxConfig() string {
	raw, err := json.Marshal(map[string]any{
		"includeIndicatorCSS": false,
		"defaultTimeout":      20000,
		"defaultSwap":         "innerHTML",
		"noSwap":              []any{204, 304}, // toast.js drops errors that are not from our own pages
		"extensions":          "sse",
	})
	if err != nil {
		return "{}"
	}
	return string(raw)
}

func (a ShellArgs) shellPage() PageArgs {
	a.Page.Class = strings.TrimSpace("with-rail " + a.Page.Class)
	return a.Page
}

func (a PlainArgs) plainPage() PageArgs {
	if a.Page.Title == "" {
		a.Page.Title = a.Title
	}
	a.Page.Class = strings.TrimSpace("with-plain " + a.Page.Class)
	return a.Page
}

func ownStatus(l *locales.Locale, online bool) string {
	if online {
		return l.T("nav.online")
	}
	return l.T("nav.away")
}

func errorIcon(status int) string {
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		return "search"
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return "shield"
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return "clock"
	}
	return "warning"
}

func (a PageArgs) title() string {
	name := a.Locale.T("app.name")
	if a.Title == "" || a.Title == name {
		return name
	}
	return a.Title + " · " + name
}
