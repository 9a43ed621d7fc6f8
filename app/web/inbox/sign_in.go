package inbox

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// showHome leads to the inbox, or tells where an empty install begins.
func (r *room) showHome(c echo.Context) error {
	needed, err := r.desk.SetupNeeded(c.Request().Context())
	if err != nil {
		return err
	}
	if needed {
		return web.Render(c, http.StatusOK, views.EmptyInstallPage(web.Locale(c)))
	}
	if r.demo {
		return web.SeeOther(c, views.DemoStart())
	}
	return web.SeeOther(c, views.Inbox())
}

func (r *room) showSignIn(c echo.Context) error {
	next := web.LocalPath(c.QueryParam("next"), "")
	caller, err := r.identify(c)
	if err != nil {
		return err
	}
	if caller != nil {
		return web.SeeOther(c, web.LocalPath(next, views.Inbox()))
	}
	needed, err := r.desk.SetupNeeded(c.Request().Context())
	if err != nil {
		return err
	}
	if needed {
		return web.SeeOther(c, views.Home())
	}
	return web.Render(c, http.StatusOK, views.SignInPage(views.SignInArgs{Locale: web.Locale(c), Next: next}))
}

func (r *room) signIn(c echo.Context) error {
	f := web.ReadForm(c)
	f.Required("email", "password")
	email, next := f.Text("email", 254), web.LocalPath(f.Values.Get("next"), "")
	if err := f.Err(); err != nil {
		return r.refuseSignIn(c, email, next, err)
	}
	token, caller, err := r.desk.SignIn(c.Request().Context(), chat.SignInInput{
		Email: email, Password: f.Values.Get("password"), Browser: c.Request().UserAgent(), IP: c.RealIP(),
	})
	if err != nil {
		return r.refuseSignIn(c, email, next, err)
	}
	r.sessions.Begin(c, token, caller.Session.ExpiresAt)
	return web.SeeOther(c, web.LocalPath(next, views.Inbox()))
}

// refuseSignIn shows the form again with what was typed, but the password; that too many tries were made is said in it too.
func (r *room) refuseSignIn(c echo.Context, email, next string, err error) error {
	l := web.Locale(c)
	args := views.SignInArgs{Locale: l, Email: email, Next: next}
	status := http.StatusUnprocessableEntity
	var form bool
	if args.Errors, form = web.FieldErrors(l, err); !form {
		slow, ok := asKind(err, chat.Busy)
		if !ok {
			return err
		}
		args.Errors, status = map[string]string{"": web.Say(l, slow)}, http.StatusTooManyRequests
	}
	return web.Render(c, status, views.SignInPage(args))
}

func (r *room) signOut(c echo.Context) error {
	if err := r.desk.SignOut(c.Request().Context(), callerOf(c)); err != nil {
		return err
	}
	r.sessions.End(c)
	return web.SeeOther(c, views.SignIn())
}

// begin gives the browser a session that was just opened and leads to its first page.
func (r *room) begin(c echo.Context, token, page string) error {
	r.sessions.Begin(c, token, r.desk.Now().Add(chat.SessionLife))
	return web.SeeOther(c, page)
}
