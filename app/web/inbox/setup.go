package inbox

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// showSetup draws the first page of an empty install for whoever holds the link of the log.
func (r *room) showSetup(c echo.Context) error {
	if err := r.desk.CheckSetup(c.Request().Context(), c.Param("token")); err != nil {
		return err
	}
	return r.drawSetup(c, http.StatusOK, url.Values{}, nil)
}

func (r *room) drawSetup(c echo.Context, status int, typed url.Values, errs map[string]string) error {
	return web.Render(c, status, views.SetupPage(views.SetupArgs{
		Locale: web.Locale(c), Token: c.Param("token"), Typed: typed, Errors: errs,
	}))
}

// setup makes the organization and its first admin, who is signed in at once.
func (r *room) setup(c echo.Context) error {
	if err := r.desk.CheckSetup(c.Request().Context(), c.Param("token")); err != nil {
		return err
	}
	f := web.ReadForm(c)
	in := chat.SetupInput{
		Organization: f.Text("organization", 80), Language: f.Text("language", 35), Zone: f.Text("zone", 64), Name: f.Text("name", 80),
		Email: f.Text("email", 254), Password: f.Values.Get("password"), Browser: c.Request().UserAgent(), IP: c.RealIP(),
	}
	f.Required("password")
	err := f.Err()
	if err == nil {
		var token string
		if token, err = r.desk.Setup(c.Request().Context(), c.Param("token"), in); err == nil {
			return r.begin(c, token, views.Settings(string(chat.SectionWidget)))
		}
	}
	errs, form := web.FieldErrors(web.Locale(c), err)
	if !form {
		return err
	}
	return r.drawSetup(c, http.StatusUnprocessableEntity, f.Values, errs)
}
