package views

import (
	"strings"
	"unicode/utf8"

	"rejoin/locales"
	"rejoin/views/ui"
)

// ReachArgs is the page on which the holder of an email's link says how the brand may reach them.
type ReachArgs struct {
	Locale     *locales.Locale
	Token      string
	Brand      string
	Accent     string
	Address    string // the whole; the page shows it masked
	Language   string // the customer's
	Theirs     bool   // they may decide about the conversation and the language too
	Stopped    bool   // emails of this conversation
	StoppedAll bool   // emails of the brand to this address
	Done       string // what was changed just now: an end of "reach.done."
}

// Masked is an address as its owner knows it again and nobody else: its first letter and its domain.
func Masked(address string) string {
	name, domain, found := strings.Cut(address, "@")
	if !found || name == "" {
		return "…"
	}
	first, _ := utf8.DecodeRuneInString(name)
	return string(first) + "…@" + domain
}

// address is the masked one, in its own direction and on one line.
func (a ReachArgs) address() string {
	const isolated, joined, end = "\u2068", "\u2060", "\u2069"
	return isolated + strings.Replace(Masked(a.Address), "@", joined+"@", 1) + end
}

// done is the confirmation, only where it is true.
func (a ReachArgs) done() string {
	holds := map[string]bool{
		"stopped": a.Stopped, "resumed": !a.Stopped, "stopped_all": a.StoppedAll, "resumed_all": !a.StoppedAll,
		"language": a.Theirs && a.Language == a.Locale.Tag(),
	}
	switch {
	case !holds[a.Done]:
		return ""
	case strings.HasSuffix(a.Done, "_all"):
		return a.Locale.T("reach.done."+a.Done, "Brand", a.Brand)
	}
	return a.Locale.T("reach.done." + a.Done)
}

func (a ReachArgs) languages() []ui.Option {
	var all []ui.Option
	for _, choice := range locales.Choices() {
		all = append(all, ui.Option{Value: choice.Tag, Label: choice.Name, Lang: choice.Tag})
	}
	return all
}
