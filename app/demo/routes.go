package demo

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// room is the demo behind its routes.
type room struct {
	Options
	origin string // of BaseURL
	host   string
}

// Routes mounts the demo; it must never be called where customers come.
func Routes(s *web.Server, o Options) {
	r := &room{Options: o}
	if base, err := url.Parse(o.BaseURL); err == nil && base.Host != "" {
		r.host, r.origin = base.Host, base.Scheme+"://"+base.Host
	}
	own := s.Group(web.Demo, "", r.guard)
	own.GET(views.DemoStart(), r.start)
	own.Stream(views.DemoLive(), r.startLive)
	own.GET(views.DemoClock(), r.clock)
	own.POST(views.DemoClock(), r.advance)
	own.GET(views.DemoMailboxJSON(), r.mailboxJSON)

	post := s.Group(web.Demo, "", r.guard, web.WithPolicy(web.Policy{Embeds: true}))
	post.GET(views.DemoMailbox(), r.mailbox)
	post.Stream(views.DemoMailbox()+"/live", r.mailboxLive)
	post.GET(views.DemoMailbox()+"/:id", r.mail)
	post.POST(views.DemoMailbox()+"/:id/answer", r.answer)
	post.GET(views.DemoMailbox()+"/:id/html", r.mailHTML)
	post.GET(views.DemoMailbox()+"/:id/raw", r.mailRaw)

	for _, tag := range views.ShopLanguages() {
		r.shop(s.Group(web.Demo, views.DemoShop(tag, ""), near), tag)
	}
}

// near answers this machine only. The shop is open under any name, as a site of its own would be.
func near(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !isLoopback(c.Request().RemoteAddr) || !isLoopback(c.RealIP()) {
			return chat.Refuse(chat.Forbidden, "demo.loopback_only")
		}
		return next(c)
	}
}

// guard answers this machine under its own names, in a language of the demo: a page elsewhere whose name leads here reads
// no email.
func (r *room) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return near(func(c echo.Context) error {
		if !r.isOwnHost(c.Request().Host) {
			return chat.Refuse(chat.Forbidden, "demo.loopback_only")
		}
		web.SetLocale(c, views.ShopLanguage(web.Locale(c).Tag()))
		return next(c)
	})
}

func (r *room) isOwnHost(host string) bool {
	if host == r.host {
		return true
	}
	name := host
	if at := strings.LastIndexByte(host, ':'); at > strings.LastIndexByte(host, ']') {
		name = host[:at]
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || isLoopback(strings.Trim(name, "[]"))
}

func isLoopback(address string) bool {
	if with, err := netip.ParseAddrPort(address); err == nil {
		return with.Addr().Unmap().IsLoopback()
	}
	bare, err := netip.ParseAddr(address)
	return err == nil && bare.Unmap().IsLoopback()
}
