package widget

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// The cookie remembers, in the browser alone, that a link has just led to the brand's site. A widget that opens there
// takes it away; if the same link is followed again while it is there, that site blocks scripts, and our page is shown.
const (
	wayCookie = "rejoin_way"
	wayLife   = 10 * time.Minute
)

// follow is the link of an email: it leads to the brand's site, or to our own page, and changes nothing.
func (r *room) follow(c echo.Context) error {
	token, ctx := c.Param("token"), c.Request().Context()
	caller, conversation, err := r.desk.CustomerByLink(ctx, token)
	if err != nil {
		return r.gone(c, token, err)
	}
	target, err := r.desk.LinkTarget(ctx, token)
	if err != nil {
		return r.gone(c, token, err)
	}
	if target.URL != "" && !r.stranded(c, token, caller.Link) {
		c.SetCookie(r.way(wayValue(token, r.desk.Now()), int(wayLife.Seconds())))
		return web.Elsewhere(c, target.URL+"#rejoin="+token)
	}
	anchor := "#end"
	if conversation.CustomerUnread > 0 {
		anchor = "#new"
	}
	return c.Redirect(http.StatusSeeOther, views.RejoinPage(token)+anchor)
}

// stranded tells whether this browser followed the link a moment ago and no widget opened it.
func (r *room) stranded(c echo.Context, token string, link *chat.RejoinLink) bool {
	cookie, err := c.Cookie(wayCookie)
	if err != nil {
		return false
	}
	name, when, _ := strings.Cut(cookie.Value, ".")
	seconds, err := strconv.ParseInt(when, 10, 64)
	if err != nil || name != wayName(token) {
		return false
	}
	at := time.Unix(seconds, 0)
	if r.desk.Now().Sub(at) > wayLife {
		return false
	}
	// A frame on another site may not touch our cookie: that the link was opened is then known from its first gesture.
	return link.RejoinedAt == nil || link.RejoinedAt.Before(at)
}

func wayName(token string) string { return hex.EncodeToString(chat.HashToken(token)[:8]) }

func wayValue(token string, now time.Time) string {
	return wayName(token) + "." + strconv.FormatInt(now.Unix(), 10)
}

func (r *room) way(value string, seconds int) *http.Cookie {
	cookie := &http.Cookie{
		Name: wayCookie, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: r.secure, SameSite: http.SameSiteLaxMode,
	}
	if r.secure {
		cookie.SameSite = http.SameSiteNoneMode // else the frame on the brand's site could never take it away
	}
	return cookie
}

// opened takes the cookie away: the widget has opened the link.
func (r *room) opened(c echo.Context) error {
	c.SetCookie(r.way("", -1))
	return c.NoContent(http.StatusNoContent)
}

// rejoining is the first real gesture after a link: which link, and the token that this browser has made.
type rejoining struct {
	Link  string `json:"link"`
	Token string `json:"token"`
	Page  string `json:"page"`
}

// rejoin lets the browser's own token open the conversation from now on.
func (r *room) rejoin(c echo.Context) error {
	if err := r.limits.rejoins.Check(web.ByAddress(c)); err != nil {
		return err
	}
	var in rejoining
	if err := web.ReadJSON(c, &in); err != nil {
		return err
	}
	if !isID(in.Page) {
		return chat.RefuseField("page", "error.invalid")
	}
	o, err := r.organization(c)
	if err != nil {
		return err
	}
	if named, ok := chat.SplitToken(in.Link); !ok || named != o.ID {
		return chat.Refuse(chat.Missing, "chat.link.unknown")
	}
	caller, _, err := r.desk.Rejoin(c.Request().Context(), in.Link, in.Token)
	if err != nil {
		return err
	}
	r.here(caller, in.Page)
	return c.NoContent(http.StatusNoContent)
}

// here notes that a person is on a page of theirs.
func (r *room) here(caller *chat.CustomerCaller, page string) {
	person := chat.CustomerPerson(caller.Organization.ID, caller.Customer.ID)
	r.desk.Tracker().Sign(person, page, chat.SignActive, r.desk.Now())
}

// gone shows the page of a link that does not work, whatever the reason; any other error is returned.
func (r *room) gone(c echo.Context, token string, err error) error {
	kind, known := chat.KindOf(err)
	if !known || kind != chat.Gone && kind != chat.Missing {
		return err
	}
	if checked := r.limits.rejoins.Check(web.ByAddress(c)); checked != nil {
		return checked
	}
	if len(token) > 80 {
		return fmt.Errorf("follow link: %w", err)
	}
	return web.Render(c, web.StatusOf(kind), views.RejoinGone(web.Locale(c), token))
}

// fresh asks for another email to the same address; the answer is the same whatever the link was.
func (r *room) fresh(c echo.Context) error {
	if err := r.renew(c, c.Param("token")); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.RejoinAsked(web.Locale(c)))
}

// freshInPanel is the same, asked for in the widget.
func (r *room) freshInPanel(c echo.Context) error {
	var in rejoining
	if err := web.ReadJSON(c, &in); err != nil {
		return err
	}
	if err := r.renew(c, in.Link); err != nil {
		return err
	}
	return c.String(http.StatusOK, web.Locale(c).T("rejoin.asked.text"))
}

func (r *room) renew(c echo.Context, token string) error {
	if err := r.limits.fresh.Check(web.ByAddress(c)); err != nil {
		return err
	}
	if err := r.desk.RenewLink(c.Request().Context(), token); err != nil {
		return fmt.Errorf("renew link: %w", err)
	}
	return nil
}
