package browser

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// A complaint is what a page must not say: an error on its console, an
// exception that nobody caught, a refusal by the browser (its Content Security
// Policy, say), an answer of 500 or more, a missing file, a dialog.

var failedStatus = regexp.MustCompile(`responded with a status of (\d)(\d\d)`)

// complaint words an event as a complaint; an empty text is none.
func complaint(event any) string {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			return "console: " + words(e.Args)
		}
	case *runtime.EventExceptionThrown:
		return "exception: " + exception(e.ExceptionDetails)
	case *log.EventEntryAdded:
		return entry(e.Entry)
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument && e.Response.Status >= 500 {
			return fmt.Sprintf("%s answered %d", e.Response.URL, e.Response.Status)
		}
	case *page.EventJavascriptDialogOpening:
		if e.Type != page.DialogTypeBeforeunload {
			return "dialog: " + e.Message
		}
	}
	return ""
}

// entry judges a line of the browser's own log. A refusal of 4xx is an answer
// like any other, but a file of the page that is not there is not.
func entry(e *log.Entry) string {
	if e.Level != log.EntryLevelError {
		return ""
	}
	if status := failedStatus.FindStringSubmatch(e.Text); status != nil && status[1] == "4" && !isFile(e.URL) {
		return ""
	}
	return fmt.Sprintf("%s: %s %s", e.Source, e.Text, e.URL)
}

func isFile(address string) bool {
	at, err := url.Parse(address)
	return err == nil && slices.Contains([]string{
		".js", ".css", ".svg", ".png", ".jpg", ".webp", ".ico", ".woff2", ".webmanifest", ".mp3",
	}, path.Ext(at.Path))
}

// words renders console arguments.
func words(args []*runtime.RemoteObject) string {
	var all []string
	for _, arg := range args {
		text := string(arg.Value)
		if arg.Description != "" {
			text = arg.Description
		}
		all = append(all, strings.Trim(text, `"`))
	}
	return strings.Join(all, " ")
}

func exception(d *runtime.ExceptionDetails) string {
	text := d.Text
	if d.Exception != nil {
		text += " " + words([]*runtime.RemoteObject{d.Exception})
	}
	return fmt.Sprintf("%s (%s:%d)", text, d.URL, d.LineNumber+1)
}

// note keeps a complaint once, unless the network was cut and this is of it.
func (p *Person) note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wasOffline && strings.Contains(text, "net::ERR_") {
		return
	}
	if !slices.Contains(p.complaints, text) {
		p.complaints = append(p.complaints, text)
	}
}

// refused lists the complaints that nothing allows.
func (p *Person) refused() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, text := range p.complaints {
		if !slices.ContainsFunc(p.allowed, func(r *regexp.Regexp) bool { return r.MatchString(text) }) {
			all = append(all, text)
		}
	}
	return all
}
