package inbox

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

const callerKey = "caller"

// agentGuard lets signed-in agents in and leads everyone else to the sign-in page.
func (r *room) agentGuard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		caller, err := r.identify(c)
		if err != nil {
			return err
		}
		if caller == nil {
			return r.mustSignIn(c)
		}
		return next(c)
	}
}

// adminGuard lets admins in; agents read why not.
func (r *room) adminGuard(next echo.HandlerFunc) echo.HandlerFunc {
	return r.agentGuard(func(c echo.Context) error {
		if !callerOf(c).Agent.Admin() {
			return chat.Refuse(chat.Forbidden, "chat.admins_only")
		}
		return next(c)
	})
}

// callerOf returns who is signed in; only handlers behind agentGuard or adminGuard may ask.
func callerOf(c echo.Context) *chat.AgentCaller {
	caller, _ := c.Get(callerKey).(*chat.AgentCaller)
	return caller
}

// identify finds who holds the session of this browser, nil when nobody does.
func (r *room) identify(c echo.Context) (*chat.AgentCaller, error) {
	caller, err := r.desk.AgentBySession(c.Request().Context(), r.sessions.Token(c))
	if kind, known := chat.KindOf(err); known && kind == chat.Missing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c.Set(callerKey, caller)
	web.SetLocale(c, caller.Agent.Language)
	web.SetZone(c, caller.Organization.Settings.Hours().Zone)
	return caller, nil
}

// mustSignIn sends a page to the sign-in page; a fragment or a stream is told where to go.
func (r *room) mustSignIn(c echo.Context) error {
	if web.IsHTMX(c) || c.Request().Header.Get("Accept") == "text/event-stream" {
		c.Response().Header().Set("HX-Redirect", signInFor(pathOf(c.Request().Header.Get("HX-Current-URL"))))
		return c.NoContent(http.StatusUnauthorized)
	}
	back := ""
	if c.Request().Method == http.MethodGet {
		back = c.Request().URL.RequestURI()
	}
	return c.Redirect(http.StatusSeeOther, signInFor(back))
}

func signInFor(back string) string {
	if web.LocalPath(back, "") == "" || back == "/" {
		return views.SignIn()
	}
	return views.SignIn() + "?next=" + url.QueryEscape(back)
}

// pathOf cuts the origin off the address of a page.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.RequestURI()
}
