package widget

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
	"rejoin/views"
)

// giveAddress takes an email address; a likely typo is asked about once.
func (r *room) giveAddress(c echo.Context) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	caller, p := callerOf(c), placeOf(c)
	if hint := r.desk.HintAddress(in.Address); hint != "" && !in.Sure {
		ask := r.ask(caller.Organization, p)
		ask.Address, ask.Hint = in.Address, hint
		return web.Render(c, http.StatusOK, views.WidgetAsk(*ask))
	}
	if _, err := r.desk.GiveAddress(c.Request().Context(), caller, in.Conversation, in.Address); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.WidgetThanks(thanksOf(caller.Organization, p)))
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
