package inbox

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
	"rejoin/views"
)

// script is the one module of the inbox page; it imports the others.
const script = "js/inbox.js"

// showInbox is the page without a conversation; to htmx it is the list alone, beside whatever is open.
func (r *room) showInbox(c echo.Context) error {
	c.Response().Header().Add("Vary", "HX-Request-Type")
	if !web.WantsFullPage(c) {
		return r.showList(c)
	}
	list, err := r.listOf(c, "")
	if err != nil {
		return err
	}
	return r.page(c, http.StatusOK, list, nil)
}

// showList answers a click on a filter or a search; the address keeps the open conversation.
func (r *room) showList(c echo.Context) error {
	open, rest, _ := strings.Cut(openKey(c), "/")
	if rest != "" {
		open = ""
	}
	list, err := r.listOf(c, open)
	if err != nil {
		return err
	}
	address := views.InboxWith(list.Query)
	if open != "" {
		address = views.ConversationIn(open, list.Query)
	}
	header := "HX-Push-Url"
	if strings.HasPrefix(c.Request().Header.Get("HX-Source"), "form") {
		header = "HX-Replace-Url" // every letter typed is no place to go back to
	}
	c.Response().Header().Set(header, address)
	return web.RenderPartial(c, views.InboxList(list))
}

// openKey is the conversation that the asking page shows, by its address.
func openKey(c echo.Context) string {
	u, err := url.Parse(c.Request().Header.Get("HX-Current-URL"))
	if err != nil {
		return ""
	}
	key, found := strings.CutPrefix(u.Path, views.Conversation(""))
	if !found {
		return ""
	}
	return key
}

// page draws the three panes.
func (r *room) page(c echo.Context, status int, list views.InboxListArgs, open *views.ThreadArgs) error {
	shell := r.shell(c, list.Locale.T("inbox.title"), "inbox", script, "js/invitation.js")
	shell.Unread = views.UnreadText(list.Counts)
	return web.Render(c, status, views.InboxPage(views.InboxArgs{
		Shell: shell, Agent: callerOf(c).Agent.Key, List: list, Open: open,
	}))
}
