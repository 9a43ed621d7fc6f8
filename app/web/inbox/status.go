package inbox

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
	"rejoin/views"
)

// showStatus draws the agent's own status for a tab that heard of a change.
func (r *room) showStatus(c echo.Context) error {
	return web.RenderPartial(c, views.OwnStatusChanged(web.Locale(c), callerOf(c).Agent.AwayAt == nil))
}

// setStatus is the agent's own choice to be online or away.
func (r *room) setStatus(c echo.Context) error {
	form := web.ReadForm(c)
	status := form.Choice("status", "online", "away")
	if err := form.Err(); err != nil {
		return err
	}
	if err := r.desk.SetAway(c.Request().Context(), callerOf(c), status == "away"); err != nil {
		return err
	}
	if !web.IsHTMX(c) {
		return c.Redirect(http.StatusSeeOther, views.Inbox())
	}
	return r.showStatus(c)
}
