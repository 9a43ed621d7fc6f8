package inbox

import (
	"context"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// mailRoutes mounts the mails of conversations: as they came, and what agents say to those of strangers.
func (r *room) mailRoutes(g *web.Group) {
	g.GET("/inbox/mail/:key", r.showOriginal)
	g.GET("/inbox/mail/:key/raw", r.rawMail)
	g.POST("/inbox/c/:key/messages/:seq/acceptance", r.decideHeld((*chat.Desk).AcceptMail))
	g.POST("/inbox/c/:key/messages/:seq/refusal", r.decideHeld((*chat.Desk).RefuseMail))
}

// showOriginal is one mail as it came.
func (r *room) showOriginal(c echo.Context) error {
	a, err := r.original(c)
	if err != nil {
		return err
	}
	if web.IsHTMX(c) {
		return web.RenderPartial(c, views.OriginalDialog(*a))
	}
	return web.Render(c, http.StatusOK, views.OriginalPage(r.shell(c, a.Locale.T("original.title"), "inbox"), views.Inbox(), *a))
}

// original reads the mail that the path names. One whose bytes cannot be read is shown by what is known of it.
func (r *room) original(c echo.Context) (*views.OriginalArgs, error) {
	ctx := c.Request().Context()
	m, in, err := r.desk.OpenMail(ctx, callerOf(c), c.Param("key"))
	if err != nil && m == nil {
		return nil, fmt.Errorf("open mail: %w", err)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("open mail: %w", err)
		}
		r.log.LogAttrs(ctx, slog.LevelWarn, "read mail", slog.String("mail", m.Key), slog.Any("error", err))
	}
	return &views.OriginalArgs{Locale: web.Locale(c), Zone: web.Zone(c), Mail: m, In: in}, nil
}

// rawMail gives the bytes of a mail as a file; whatever is in them, no browser shows it as a page of ours.
func (r *room) rawMail(c echo.Context) error {
	content, m, err := r.desk.RawMail(c.Request().Context(), callerOf(c), c.Param("key"))
	if err != nil {
		return fmt.Errorf("open raw mail: %w", err)
	}
	defer content.Close()
	h := c.Response().Header()
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": m.ReceivedAt.UTC().Format("2006-01-02-1504") + ".eml"}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "private, no-store")
	return c.Stream(http.StatusOK, "text/plain; charset=utf-8", content)
}

// decideHeld is an agent's word about a stranger's mail.
func (r *room) decideHeld(decide func(*chat.Desk, context.Context, *chat.AgentCaller, string, int64) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
		if err != nil || seq < 1 {
			return chat.Refuse(chat.Missing, "error.missing")
		}
		return r.act(c, func(*web.Form) error {
			return decide(r.desk, c.Request().Context(), callerOf(c), c.Param("key"), seq)
		})
	}
}
