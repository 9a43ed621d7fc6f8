package widget

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// reach shows the holder of an email's link how the brand may reach them; it changes and marks nothing.
func (r *room) reach(c echo.Context) error { return r.drawReach(c, c.QueryParam("done")) }

func (r *room) drawReach(c echo.Context, done string) error {
	me, err := r.desk.ReachByLink(c.Request().Context(), c.Param("token"))
	if err != nil {
		return r.unknown(c, err)
	}
	speak(c, me.Customer.Language)
	settings := me.Organization.Settings
	brand := settings.Text(chat.EmailName)
	if brand == "" {
		brand = me.Organization.Name
	}
	return web.Render(c, http.StatusOK, views.ReachPage(views.ReachArgs{
		Locale: web.Locale(c), Token: c.Param("token"), Brand: brand, Accent: settings.Text(chat.WidgetAccent), Address: me.Point.Address,
		Language: me.Customer.Language, Theirs: me.Theirs, Stopped: me.Conversation.EmailStoppedAt != nil,
		StoppedAll: me.Point.StoppedAt != nil, Done: done,
	}))
}

// unknown counts a token that is none against the address that tries it.
func (r *room) unknown(c echo.Context, err error) error {
	if kind, known := chat.KindOf(err); !known || kind != chat.Missing {
		return fmt.Errorf("open reach page: %w", err)
	}
	if checked := r.limits.rejoins.Check(web.ByAddress(c)); checked != nil {
		return checked
	}
	return err
}

// changeReach does what one of the page's forms asks for.
func (r *room) changeReach(c echo.Context) error {
	form := web.ReadForm(c)
	act := form.Choice("act", "stop", "resume", "stop_all", "resume_all", "language")
	if err := form.Err(); err != nil {
		return err
	}
	done, err := r.change(c, act, form.Values.Get("language"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.RejoinReach(c.Param("token"))+"?done="+done)
}

// change carries one act out and names what was done.
func (r *room) change(c echo.Context, act, language string) (string, error) {
	token, ctx := c.Param("token"), c.Request().Context()
	if err := r.limits.reach.Check(visitorKey(token)); err != nil {
		return "", err
	}
	done, err := r.carryOut(ctx, token, act, language)
	if err != nil {
		return "", r.unknown(c, err)
	}
	return done, nil
}

func (r *room) carryOut(ctx context.Context, token, act, language string) (string, error) {
	switch act {
	case "stop":
		return "stopped", r.desk.StopConversationByLink(ctx, token, true)
	case "resume":
		return "resumed", r.desk.StopConversationByLink(ctx, token, false)
	case "stop_all":
		return "stopped_all", r.desk.StopAddressByLink(ctx, token, true)
	case "resume_all":
		return "resumed_all", r.desk.StopAddressByLink(ctx, token, false)
	}
	return "language", r.desk.ChooseLanguageByLink(ctx, token, language)
}

// unsubscribe stops all email to the address at once: a mail program posts here, with no cookie and no origin. Whatever
// its body is, the address means nothing else.
func (r *room) unsubscribe(c echo.Context) error {
	done, err := r.change(c, "stop_all", "")
	if err != nil {
		return err
	}
	return r.drawReach(c, done)
}
