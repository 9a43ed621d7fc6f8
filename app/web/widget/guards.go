package widget

import (
	"strings"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

const (
	callerKey  = "widget.caller"
	zoneHeader = "Rejoin-Zone"
	linkScheme = "Rejoin " // Authorization of who reads by a rejoin token
)

// customer lets a customer in by the visitor token of their browser.
func (r *room) customer(next echo.HandlerFunc) echo.HandlerFunc {
	return r.limits.calls(func(c echo.Context) error {
		token := web.Bearer(c)
		if err := r.limits.own.Check(visitorKey(token)); err != nil {
			return err
		}
		caller, err := r.desk.CustomerByToken(c.Request().Context(), token)
		if err != nil {
			return err
		}
		return r.enter(c, caller, next)
	})
}

// reader also lets in who holds a rejoin token: they may read that one conversation, and nothing is marked.
func (r *room) reader(next echo.HandlerFunc) echo.HandlerFunc {
	byToken := r.customer(next)
	byLink := r.limits.calls(func(c echo.Context) error {
		if err := r.limits.rejoins.Check(web.ByAddress(c)); err != nil {
			return err
		}
		token := c.Request().Header.Get("Authorization")[len(linkScheme):]
		caller, _, err := r.desk.CustomerByLink(c.Request().Context(), token)
		if err != nil {
			return err
		}
		return r.enter(c, caller, next)
	})
	return func(c echo.Context) error {
		if strings.HasPrefix(c.Request().Header.Get("Authorization"), linkScheme) {
			return byLink(c)
		}
		return byToken(c)
	}
}

// enter refuses a token of another organization than the path names.
func (r *room) enter(c echo.Context, caller *chat.CustomerCaller, next echo.HandlerFunc) error {
	if caller.Organization.Key != c.Param("organization") {
		return chat.Refuse(chat.Missing, "error.missing")
	}
	welcome(c, caller)
	return next(c)
}

// welcome makes the answer speak the customer's language, in the zone where they are now.
func welcome(c echo.Context, caller *chat.CustomerCaller) {
	c.Set(callerKey, caller)
	web.SetZone(c, caller.Customer.Zone)
	web.SetZone(c, c.Request().Header.Get(zoneHeader))
	speak(c, caller.Customer.Language)
}

// speak says the language of the answer, which the panel then speaks too.
func speak(c echo.Context, tag string) {
	web.SetLocale(c, tag)
	c.Response().Header().Set("Content-Language", web.Locale(c).Tag())
}

// callerOf is who a guard let in.
func callerOf(c echo.Context) *chat.CustomerCaller {
	caller, ok := c.Get(callerKey).(*chat.CustomerCaller)
	if !ok {
		panic("widget: a route of customers without their guard")
	}
	return caller
}
