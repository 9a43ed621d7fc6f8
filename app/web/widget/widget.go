// Package widget is the audience room of customers: the widget on the brand's site, and the way back by a rejoin link.
// It owns the loader's and the panel's routes, the visitor token as a way in, and the page of our own behind a link. It
// refuses cookies as proof of who somebody is, and lets a GET change nothing about a customer.
package widget

import (
	"log/slog"
	"net"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/live"
	"rejoin/app/web"
)

// Options are what the room is made of; every field but Slack is required.
type Options struct {
	Desk    *chat.Desk
	Hub     *live.Hub
	BaseURL string // where the world reaches us, without a slash at the end
	Once    *web.Once
	Log     *slog.Logger
	Slack   int // multiplies every limit; 0 is 1, and a hundred on loopback, where all strangers share one address
}

// room is the handlers of this audience.
type room struct {
	desk   *chat.Desk
	hub    *live.Hub
	base   string
	origin string
	once   *web.Once
	log    *slog.Logger
	secure bool
	limits limits
	lobby  *lobby
}

// A customer's request carries a message of chat.MaxText, whatever its characters; a form writes most of them in nine
// bytes, and a text that is refused must still come through to be shown again.
const (
	most       = 64 << 10
	mostOfForm = 4 * most
	mostOfFile = chat.MaxFile + most // one that is a little too large is refused with words
)

// Routes puts this audience into the sitemap.
func Routes(s *web.Server, o Options) {
	r := &room{
		desk: o.Desk, hub: o.Hub, base: o.BaseURL, origin: originOf(o.BaseURL), once: o.Once, log: o.Log,
		secure: strings.HasPrefix(o.BaseURL, "https://"), limits: newLimits(slackOf(o), o.Desk.Now),
		lobby: newLobby(o.Hub),
	}
	r.publicRoutes(s)
	r.customerRoutes(s)
	r.linkRoutes(s)
}

func (r *room) publicRoutes(s *web.Server) {
	open := s.Group(web.Public, "", r.limits.pages, web.BodyLimit(0))
	open.GET("/widget.js", r.loader)
	open.GET("/widget/:organization/config.js", r.config)
	open.GET("/widget/:organization/panel", r.panel)
	open.GET("/widget/:organization/prompt", r.promptNow)
}

func (r *room) customerRoutes(s *web.Server) {
	const prefix = "/widget/:organization"
	read := s.Group(web.Customer, prefix, r.reader)
	read.GET("/thread", r.thread)
	read.GET("/messages", r.earlier)
	read.GET("/menu", r.menu)
	read.GET("/transcript", r.transcript)
	read.GET("/files/:key", r.fileLink)

	own := s.Group(web.Customer, prefix, r.customer, web.BodyLimit(most))
	own.Stream("/stream", r.stream)
	own.POST("/seen", r.seen)
	own.POST("/typing", r.typing)
	own.POST("/visit", r.visit)
	own.POST("/address", r.giveAddress, web.Limit(r.limits.address, byVisitor))
	own.POST("/address/skip", r.skipAddress)
	own.POST("/language", r.chooseLanguage)
	own.POST("/email", r.stopEmail)
	own.POST("/end", r.end)
	own.POST("/delete", r.deleteMe)

	// These name their token themselves: it may be new, or it stands in the body since a beacon has no headers.
	bearer := s.Group(web.Customer, prefix, r.limits.calls, web.BodyLimit(most))
	bearer.POST("/messages", r.post)
	bearer.POST("/address/check", r.checkAddress)
	bearer.POST("/presence", r.presence)
	bearer.POST("/rejoin", r.rejoin)
	bearer.POST("/opened", r.opened)
	bearer.POST("/fresh", r.freshInPanel)
	bearer.DELETE("/files/:key", r.dropFile)

	files := s.Group(web.Customer, prefix, r.limits.calls, web.BodyLimit(mostOfFile), web.Timeout(web.UploadTime))
	files.POST("/files", r.takeFile)
}

func (r *room) linkRoutes(s *web.Server) {
	link := s.Group(web.RejoinLink, "/r/:token", r.limits.links, web.BodyLimit(mostOfForm))
	link.GET("", r.follow)
	link.GET("/page", r.page)
	link.GET("/transcript", r.linkTranscript)
	link.POST("/fresh", r.fresh)
	link.GET("/reach", r.reach)
	link.POST("/reach", r.changeReach)
	link.POST("/address", r.correctByLink)

	files := s.Group(web.RejoinLink, "/r/:token", r.limits.links, web.BodyLimit(chat.MaxFilesDay+mostOfForm), web.Timeout(web.UploadTime))
	files.POST("/page", r.answer)

	// Mail providers unsubscribe for many customers from few addresses.
	machine := s.Group(web.RejoinLink, "/r/:token", r.limits.calls, web.BodyLimit(most))
	machine.GET("/unsubscribe", r.reach)
	machine.POST("/unsubscribe", r.unsubscribe)
}

func slackOf(o Options) int {
	if o.Slack > 0 {
		return o.Slack
	}
	u, err := url.Parse(o.BaseURL)
	if err != nil {
		return 1
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return 100
	}
	return 1
}

func originOf(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// organization finds the organization that the path names.
func (r *room) organization(c echo.Context) (*chat.Organization, error) {
	return r.desk.Store().OrganizationByKey(c.Request().Context(), c.Param("organization"))
}
