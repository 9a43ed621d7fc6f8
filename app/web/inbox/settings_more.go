package inbox

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
	"rejoin/views"
)

// showWidgetDemo is a blank page of the brand that carries the widget by the snippet itself.
func (r *room) showWidgetDemo(c echo.Context) error {
	policy := web.PolicyOf(c)
	policy.Frames = []string{"'self'"}
	web.SetPolicy(c, policy)
	o := callerOf(c).Organization
	return web.Render(c, http.StatusOK, views.WidgetDemoPage(web.Locale(c), o.Name, r.baseURL+"/widget.js", o.Key))
}

func (r *room) showOrganization(c echo.Context) error {
	o := callerOf(c).Organization
	return r.drawOrganization(c, http.StatusOK, url.Values{"name": {o.Name}, "language": {o.Language}}, nil)
}

func (r *room) drawOrganization(c echo.Context, status int, typed url.Values, errs map[string]string) error {
	form := views.OrganizationForm(views.SettingsForm{Locale: web.Locale(c), Typed: typed, Errors: errs})
	if web.IsHTMX(c) && c.Request().Method == http.MethodPost {
		return web.Render(c, status, form)
	}
	return web.Render(c, status, within(views.SettingsPage(r.settingsArgs(c, views.SubjectOrganization)), form))
}

func (r *room) renameOrganization(c echo.Context) error {
	f := web.ReadForm(c)
	name, language := f.Text("name", 80), f.Text("language", 35)
	err := f.Err()
	if err == nil {
		err = r.desk.RenameOrganization(c.Request().Context(), callerOf(c), name, language)
	}
	if err != nil {
		errs, form := web.FieldErrors(web.Locale(c), err)
		if !form {
			return err
		}
		return r.drawOrganization(c, http.StatusUnprocessableEntity, f.Values, errs)
	}
	return r.saved(c, views.Settings(views.SubjectOrganization), func(c echo.Context) error {
		form := views.OrganizationForm(views.SettingsForm{Locale: web.Locale(c), Typed: f.Values})
		return web.RenderPartial(c, form, toastSaved(web.Locale(c)))
	})
}
