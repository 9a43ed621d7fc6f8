package inbox

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
	"rejoin/views"
)

// showJoin draws the page behind a one-time link; looking at it spends nothing.
func (r *room) showJoin(c echo.Context) error {
	args, err := r.joining(c)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.JoinPage(args))
}

func (r *room) joining(c echo.Context) (views.JoinArgs, error) {
	ctx := c.Request().Context()
	_, agent, err := r.desk.JoinLink(ctx, c.Param("token"))
	if err != nil {
		return views.JoinArgs{}, err
	}
	o, err := r.desk.Store().Organization(ctx, agent.OrganizationID)
	if err != nil {
		return views.JoinArgs{}, err
	}
	return views.JoinArgs{
		Locale: web.Locale(c), Token: c.Param("token"), Organization: o.Name, Name: agent.Name, Email: agent.Email,
	}, nil
}

// join sets the chosen password, spends the link and signs in.
func (r *room) join(c echo.Context) error {
	args, err := r.joining(c)
	if err != nil {
		return err
	}
	f := web.ReadForm(c)
	f.Required("password")
	if err = f.Err(); err == nil {
		var token string
		token, err = r.desk.Join(c.Request().Context(), args.Token, f.Values.Get("password"), c.Request().UserAgent(), c.RealIP())
		if err == nil {
			return r.begin(c, token, views.Inbox())
		}
	}
	var form bool
	if args.Errors, form = web.FieldErrors(args.Locale, err); !form {
		return err
	}
	return web.Render(c, http.StatusUnprocessableEntity, views.JoinPage(args))
}
