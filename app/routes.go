package main

import (
	"github.com/labstack/echo/v4"

	"rejoin/app/demo"
	"rejoin/app/doctor"
	"rejoin/app/web"
	"rejoin/app/web/files"
	"rejoin/app/web/hooks"
	"rejoin/app/web/inbox"
	"rejoin/app/web/widget"
	"rejoin/static"
)

// routes is the sitemap: each audience mounts its own; the demo's exist only when shop is given.
func (h *house) routes(shop *demo.Options) {
	web.HealthRoutes(h.server, h.store.Ping)
	web.PingRoute(h.server, doctor.PingPath, h.pong)
	h.server.Group(web.Public, "", web.Anyone, web.WithPolicy(web.Policy{Cacheable: true}), web.Packed()).
		GET("/static/*", echo.WrapHandler(static.Handler()))
	inbox.Routes(h.server, inbox.Options{
		Desk: h.desk, Hub: h.hub, Sessions: h.sessions, Once: h.once, Log: h.log,
		BaseURL: h.config.BaseURL, Secure: h.config.secure(), Demo: shop != nil, MailFrom: h.from.Email, Checkup: h.checkup,
	})
	widget.Routes(h.server, widget.Options{
		Desk: h.desk, Hub: h.hub, BaseURL: h.config.BaseURL, Once: h.once, Log: h.log, Slack: h.slack,
	})
	files.Routes(h.server, files.Options{Desk: h.desk, Slack: h.slack})
	hooks.Routes(h.server, hooks.Options{Desk: h.desk, Resend: h.resend, Log: h.log, Now: h.now})
	if shop != nil {
		demo.Routes(h.server, *shop)
	}
}
