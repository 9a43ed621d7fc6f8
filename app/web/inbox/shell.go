package inbox

import (
	"github.com/labstack/echo/v4"

	"rejoin/app/web"
	"rejoin/views"
)

// presence is the module that every page of an agent runs: it holds the stream.
const presence = "js/inbox_stream.js"

// shell describes the frame around a page of this room; current is "inbox", "unmatched" or "settings".
func (r *room) shell(c echo.Context, title, current string, scripts ...string) views.ShellArgs {
	caller := callerOf(c)
	shell := views.ShellArgs{
		Page:         views.PageArgs{Locale: web.Locale(c), Title: title, Scripts: append([]string{presence}, scripts...)},
		Current:      current,
		Agent:        caller.Agent.Name,
		Organization: caller.Organization.Name,
		Online:       caller.Agent.AwayAt == nil,
	}
	if shell.Admin = caller.Agent.Admin(); shell.Admin {
		shell.Unmatched = r.unmatchedCount(c)
		shell.Page.Scripts = append(shell.Page.Scripts, "js/unmatched.js")
	}
	if r.demo {
		shell.DemoURL, shell.MailboxURL = views.Demo(), views.Demo()+"/mailbox"
	}
	return shell
}
