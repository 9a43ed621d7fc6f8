package channel

import (
	_ "embed" // the list
	"strings"
)

// throwaways are domains whose mailboxes anyone may read, or that are gone within minutes or hours: one a line, sorted.
//
//go:embed disposable.txt
var throwaways string

// NoteAddress warns of an address that is meant to be thrown away. It is taken all the same: it may still be read.
func (e *Email) NoteAddress(address string) string {
	canonical, err := e.CheckAddress(address)
	if err != nil {
		return ""
	}
	if isThrowaway(canonical[strings.LastIndexByte(canonical, '@')+1:]) {
		return "channel.address.disposable"
	}
	return ""
}

// isThrowaway finds a domain in the list, or one that it belongs to.
func isThrowaway(domain string) bool {
	for strings.Contains(domain, ".") {
		if strings.Contains("\n"+throwaways, "\n"+domain+"\n") {
			return true
		}
		_, domain, _ = strings.Cut(domain, ".")
	}
	return false
}
