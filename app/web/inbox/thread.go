package inbox

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// pageMessages is how many entries of a thread come at once.
const pageMessages = 50

// showConversation is the page with a conversation open; to htmx it is thread and customer alone.
func (r *room) showConversation(c echo.Context) error {
	c.Response().Header().Add("Vary", "HX-Request-Type")
	open, err := r.threadOf(c, 0, 0)
	if err != nil {
		return err
	}
	if !web.WantsFullPage(c) {
		return web.RenderPartial(c, views.ThreadOpen(*open))
	}
	return r.pageWith(c, http.StatusOK, open)
}

// pageWith draws the whole page around a conversation.
func (r *room) pageWith(c echo.Context, status int, open *views.ThreadArgs) error {
	list, err := r.listOf(c, c.Param("key"))
	if err != nil {
		return err
	}
	return r.page(c, status, list, open)
}

// threadOf reads the conversation of the address, with its newest entries unless told otherwise.
func (r *room) threadOf(c echo.Context, after, before int64) (*views.ThreadArgs, error) {
	ctx, caller := c.Request().Context(), callerOf(c)
	thread, err := r.desk.Thread(ctx, caller, c.Param("key"), after, before, pageMessages)
	if err != nil {
		return nil, err
	}
	agents, err := r.desk.Store().Agents(ctx, caller.Organization.ID)
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	open := &views.ThreadArgs{
		Locale: web.Locale(c), Zone: web.Zone(c), Now: r.desk.Now(), Query: queryOf(c),
		Agent: caller.Agent, Agents: agents, Thread: thread, Rules: caller.Organization.Settings,
		Post: views.ThreadPost{ClientID: r.desk.NewInvitationKey()}, FileURL: r.fileURL(caller),
	}
	if thread.Draft != nil {
		open.Post.Text, open.Post.Note = thread.Draft.Text, thread.Draft.Note
	}
	if open.Others, err = r.desk.Store().Participants(ctx, caller.Organization.ID, thread.Conversation.ID); err != nil {
		return nil, fmt.Errorf("read participants: %w", err)
	}
	return open, r.nameActors(ctx, caller, open)
}

// showMessages is a page of entries: those before one that is shown, or those after the last that arrived.
func (r *room) showMessages(c echo.Context) error {
	after, err := seqOf(c, "after")
	if err != nil {
		return err
	}
	before, err := seqOf(c, "before")
	if err != nil {
		return err
	}
	open, err := r.threadOf(c, after, before)
	if err != nil {
		return err
	}
	if web.WantsFullPage(c) {
		return r.pageWith(c, http.StatusOK, open)
	}
	if before > 0 {
		return web.RenderPartial(c, views.ThreadEarlier(*open), views.ThreadMessages(*open))
	}
	return web.RenderPartial(c, views.ThreadMessages(*open))
}

// showNow is what a live update of an open conversation replaces.
func (r *room) showNow(c echo.Context) error {
	if !web.IsHTMX(c) {
		return r.showConversation(c)
	}
	open, err := r.openFrom(c)
	if err != nil {
		return err
	}
	return web.RenderPartial(c, views.ThreadNow(*open, c.QueryParam("editing") == ""))
}

// openFrom reads the conversation with those of its newest entries that the asking page shows.
func (r *room) openFrom(c echo.Context) (*views.ThreadArgs, error) {
	first, err := seqOf(c, "first")
	if err != nil {
		return nil, err
	}
	open, err := r.threadOf(c, 0, 0)
	if err != nil {
		return nil, err
	}
	open.Thread.Messages = from(open.Thread.Messages, first)
	return open, nil
}

// from leaves out what the asking page does not show.
func from(messages []chat.Message, first int64) []chat.Message {
	for i := range messages {
		if messages[i].Seq >= first {
			return messages[i:]
		}
	}
	return nil
}

// done answers an act on a conversation: htmx gets what has changed, a plain form its page again.
func (r *room) done(c echo.Context) error {
	if !web.IsHTMX(c) {
		return c.Redirect(http.StatusSeeOther, views.Conversation(c.Param("key")))
	}
	return r.showNow(c)
}

// seqOf reads the number of an entry from the address, 0 when it is not given.
func seqOf(c echo.Context, name string) (int64, error) {
	text := c.QueryParam(name)
	if text == "" {
		return 0, nil
	}
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seq < 0 {
		return 0, chat.Refuse(chat.Invalid, "error.invalid")
	}
	return seq, nil
}
