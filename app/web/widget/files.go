package widget

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

// takeFile takes one file that waits for its sender's next message. The token may be new, as with a first message.
func (r *room) takeFile(c echo.Context) error {
	token, ctx := web.Bearer(c), c.Request().Context()
	if err := r.limits.uploads.Check(visitorKey(token)); err != nil {
		return err
	}
	release, err := r.limits.sending.Take(web.ByAddress(c))
	if err != nil {
		return err
	}
	defer release()
	if err := r.known(c, token); err != nil {
		return err
	}
	f, err := web.ReadFile(c)
	if err != nil {
		return err
	}
	u, err := r.desk.UploadByToken(ctx, c.Param("organization"), token, f)
	if err != nil {
		return err
	}
	return web.FileKept(c, u, r.desk.FileURL(u.OrganizationID, u.Key))
}

// known speaks the language of whoever holds the token; who holds none may send little from one address.
func (r *room) known(c echo.Context, token string) error {
	caller, err := r.desk.CustomerByToken(c.Request().Context(), token)
	if kind, _ := chat.KindOf(err); err != nil && kind == chat.Missing {
		return r.limits.unknown.Check(web.ByAddress(c))
	}
	if err == nil {
		welcome(c, caller)
	}
	return err
}

// dropFile forgets a file that its sender has thought better of.
func (r *room) dropFile(c echo.Context) error {
	token := web.Bearer(c)
	if err := r.limits.own.Check(visitorKey(token)); err != nil {
		return err
	}
	if err := r.desk.DropByToken(c.Request().Context(), c.Param("organization"), token, c.Param("key")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// fileLink is where a file of the conversation can be seen from now on for a while.
func (r *room) fileLink(c echo.Context) error {
	link, err := r.desk.LinkForCustomer(c.Request().Context(), callerOf(c), c.Param("key"))
	if err != nil {
		return err
	}
	return c.String(http.StatusOK, link)
}

// fileURL makes the links of the files that a page shows.
func (r *room) fileURL(organization int64) func(key string) string {
	return func(key string) string { return r.desk.FileURL(organization, key) }
}
