package inbox

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
	"rejoin/views"
)

const auditPage = 50

// showAudit draws one page of the audit log; htmx gets the further lines alone.
func (r *room) showAudit(c echo.Context) error {
	after, err := cursorOf(c.QueryParam("after"))
	if err != nil {
		return err
	}
	entries, next, err := r.desk.AuditEntries(c.Request().Context(), callerOf(c), after, auditPage)
	if err != nil {
		return err
	}
	l := web.Locale(c)
	a := views.AuditArgs{Locale: l, Zone: web.Zone(c), Next: cursorText(next)}
	for _, entry := range entries {
		a.Entries = append(a.Entries, auditLine(l, entry))
	}
	if web.IsHTMX(c) && c.QueryParam("after") != "" {
		return web.RenderPartial(c, views.AuditEntries(a))
	}
	return web.Render(c, http.StatusOK, within(views.SettingsPage(r.settingsArgs(c, views.SubjectAudit)), views.AuditLog(a)))
}
