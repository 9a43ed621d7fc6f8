package widget

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/app/web"
	"rejoin/views"
)

// giveAddress takes an email address; a likely typo, and one that is meant to be thrown away, is asked about once.
func (r *room) giveAddress(c echo.Context) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	caller, p, ctx := callerOf(c), placeOf(c), c.Request().Context()
	hint, note := r.desk.HintAddress(in.Address), r.desk.NoteAddress(in.Address)
	if !in.Sure && hint+note != "" {
		conversation, err := r.desk.Current(ctx, caller)
		if err != nil {
			return err
		}
		ask := r.askIn(caller.Organization, conversation, p)
		ask.Address, ask.Hint = in.Address, hint
		if note != "" {
			ask.Note = p.locale.T(note)
		}
		return web.Render(c, http.StatusOK, views.WidgetAsk(*ask))
	}
	if _, err := r.desk.GiveAddress(ctx, caller, in.Conversation, in.Address); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.WidgetThanks(thanksOf(caller.Organization, p)))
}

// askIn is the card below a conversation: where an automation has just asked in words, it does not ask again.
func (r *room) askIn(o *chat.Organization, c *chat.Conversation, p place) *views.WidgetAskArgs {
	ask := r.ask(o, p)
	if slices.Contains(c.AutomationsSaid, string(followup.RequestEmail)) {
		ask.Prompt = p.locale.T("widget.ask.label")
	}
	return ask
}

// skipAddress puts the card away.
func (r *room) skipAddress(c echo.Context) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	if err := r.desk.SkipAddress(c.Request().Context(), callerOf(c), in.Conversation); err != nil {
		return err
	}
	return c.HTML(http.StatusOK, "")
}
