package inbox

import (
	"bytes"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

func (r *room) showMe(c echo.Context) error {
	agent := callerOf(c).Agent
	return r.drawMe(c, http.StatusOK, url.Values{"name": {agent.Name}, "language": {agent.Language}}, nil)
}

func (r *room) drawMe(c echo.Context, status int, typed url.Values, errs map[string]string) error {
	caller := callerOf(c)
	sessions, err := r.desk.Store().Sessions(c.Request().Context(), caller.Organization.ID, caller.Agent.ID)
	if err != nil {
		return err
	}
	a := views.MeArgs{
		Locale: web.Locale(c), Zone: web.Zone(c), Now: r.desk.Now(), Typed: typed, Errors: errs, Email: caller.Agent.Email,
	}
	for _, s := range sessions {
		if !r.desk.Now().Before(s.ExpiresAt) {
			continue
		}
		a.Sessions = append(a.Sessions, views.MeSession{
			Session: s, Name: browserName(a.Locale, s.Browser), This: bytes.Equal(s.TokenHash, caller.Session.TokenHash),
		})
	}
	return web.Render(c, status, within(views.SettingsPage(r.settingsArgs(c, views.SubjectMe)), views.Me(a)))
}

// editMe changes the agent's own name and language.
func (r *room) editMe(c echo.Context) error {
	f := web.ReadForm(c)
	edit := chat.SelfEdit{Name: f.Text("name", 80), Language: f.Text("language", 35)}
	err := f.Err()
	if err == nil {
		err = r.desk.EditSelf(c.Request().Context(), callerOf(c), edit)
	}
	if err != nil {
		return r.refuseMe(c, f.Values, err)
	}
	return r.saved(c, views.Settings(views.SubjectMe), nil)
}

// changePassword takes the old password and a new one; every other browser is signed out.
func (r *room) changePassword(c echo.Context) error {
	f := web.ReadForm(c)
	f.Required("old", "new")
	err := f.Err()
	if err == nil {
		err = r.desk.ChangePassword(c.Request().Context(), callerOf(c), f.Values.Get("old"), f.Values.Get("new"))
	}
	if err != nil {
		agent := callerOf(c).Agent
		return r.refuseMe(c, url.Values{"name": {agent.Name}, "language": {agent.Language}}, err)
	}
	if err := r.sessions.SetFlash(c, "good", "me.password.changed"); err != nil {
		return err
	}
	return web.SeeOther(c, views.Settings(views.SubjectMe))
}

func (r *room) refuseMe(c echo.Context, typed url.Values, err error) error {
	errs, form := web.FieldErrors(web.Locale(c), err)
	if !form {
		return err
	}
	return r.drawMe(c, http.StatusUnprocessableEntity, typed, errs)
}

// signOutElsewhere ends every other session, or all of them.
func (r *room) signOutElsewhere(c echo.Context) error {
	keep := web.ReadForm(c).Values.Get("keep") == "this"
	if err := r.desk.SignOutEverywhere(c.Request().Context(), callerOf(c), keep); err != nil {
		return err
	}
	if !keep {
		r.sessions.End(c)
		return web.SeeOther(c, views.SignIn())
	}
	if err := r.sessions.SetFlash(c, "good", "me.sessions.ended"); err != nil {
		return err
	}
	return web.SeeOther(c, views.Settings(views.SubjectMe))
}
