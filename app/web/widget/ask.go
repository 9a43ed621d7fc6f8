package widget

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// promptNow tells how customers are asked for an address now: a message that waits for one may go as soon as it is not
// required any more.
func (r *room) promptNow(c echo.Context) error {
	o, err := r.organization(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.String(http.StatusOK, o.PromptMode())
}

// checkAddress looks at an address before it goes along with a message: a likely typo, and one that is meant to be thrown
// away, is asked about once; all else is for the message itself to be refused for. Nothing is stored.
func (r *room) checkAddress(c echo.Context) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	o, err := r.organization(c)
	if err != nil {
		return err
	}
	hint, note := r.desk.HintAddress(in.Address), r.desk.NoteAddress(in.Address)
	if in.Sure || hint+note == "" {
		return c.NoContent(http.StatusNoContent)
	}
	ask := r.required(o, placeOf(c))
	ask.Address, ask.Hint = in.Address, hint
	if note != "" {
		ask.Note = web.Locale(c).T(note)
	}
	return web.Render(c, http.StatusOK, views.WidgetAsk(*ask))
}

// ask is the card as it stands in a thread now.
func (r *room) ask(o *chat.Organization, p place) *views.WidgetAskArgs {
	return &views.WidgetAskArgs{
		Locale: p.locale, Prompt: textOf(o, p.locale, chat.PromptText, "widget.prompt"), Required: o.PromptMode() == chat.PromptRequired,
	}
}

// required is the card below a message that waits for an address.
func (r *room) required(o *chat.Organization, p place) *views.WidgetAskArgs {
	ask := r.ask(o, p)
	ask.Required = true
	return ask
}
