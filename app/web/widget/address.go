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
	p := placeOf(c)
	again, thanks, err := r.takeAddress(c.Request().Context(), callerOf(c), handed{in.Conversation, in.Address, in.Sure}, p)
	if err != nil {
		return err
	}
	if again != nil {
		return web.Render(c, http.StatusOK, views.WidgetAsk(*again))
	}
	return web.Render(c, http.StatusOK, views.WidgetThanks(thanks))
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
	if err := r.leaveAddress(c.Request().Context(), callerOf(c), in.Conversation); err != nil {
		return err
	}
	return c.HTML(http.StatusOK, "")
}
