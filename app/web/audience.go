package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
)

// Audience is who a route is for; every route has one.
type Audience string

// The closed set of audiences.
const (
	Public     Audience = "public"      // anyone: sign-in, static files, the widget's loader
	Agent      Audience = "agent"       // signed in by cookie
	Admin      Audience = "admin"       // signed in by cookie, with the role
	Customer   Audience = "customer"    // the widget, by visitor token in the Authorization header
	RejoinLink Audience = "rejoin link" // whoever holds the link of an email
	Provider   Audience = "provider"    // signed webhooks
	Integrator Audience = "integrator"  // API keys
	Demo       Audience = "demo"        // the demo shop and mailbox, loopback only
	Operator   Audience = "operator"    // health
)

// cookies tells whether a browser may authenticate such a request by itself, so that one from
// another site must be refused.
func (a Audience) cookies() bool {
	return a != Customer && a != Provider && a != Integrator
}

// speaksJSON tells whether errors are JSON unless the caller asks for HTML.
func (a Audience) speaksJSON() bool {
	return a == Customer || a == Provider || a == Integrator || a == Operator
}

// Route is one line of the sitemap. HEAD is answered wherever GET is and has no line of its own.
type Route struct {
	Method   string
	Path     string // the pattern, as in "/conversations/:key"
	Audience Audience
	Writes   bool // it may change something: every method but GET and OPTIONS
	Stream   bool // it answers with server-sent events
}

// Anyone is the guard of what needs none; it must be said, since a group without a guard does not start.
func Anyone(next echo.HandlerFunc) echo.HandlerFunc { return next }

// Group is a part of the sitemap with one audience, one guard and one set of bounds.
type Group struct {
	server   *Server
	audience Audience
	prefix   string
	guard    echo.MiddlewareFunc
	terms    terms
}

// terms are the bounds of a group.
type terms struct {
	body      int64
	timeout   time.Duration
	policy    Policy
	origins   OriginAllowed
	errorPage ErrorPage
	packed    bool
}

// GroupOption changes one bound of a group.
type GroupOption func(*terms)

// BodyLimit sets how many bytes a request may carry; 256 kB unless told.
func BodyLimit(bytes int64) GroupOption { return func(t *terms) { t.body = bytes } }

// Timeout sets when the context of a request ends; 15 s unless told, never for streams.
func Timeout(d time.Duration) GroupOption { return func(t *terms) { t.timeout = d } }

// WithPolicy sets what the pages of the group may load and who may frame them.
func WithPolicy(p Policy) GroupOption { return func(t *terms) { t.policy = p } }

// WithCORS answers preflights and lets the allowed origins read the group's answers, without cookies.
func WithCORS(allowed OriginAllowed) GroupOption { return func(t *terms) { t.origins = allowed } }

// WithErrorPage draws the group's error pages.
func WithErrorPage(draw ErrorPage) GroupOption { return func(t *terms) { t.errorPage = draw } }

// Packed leaves compressing to the group's handlers, which keep their answers compressed.
func Packed() GroupOption { return func(t *terms) { t.packed = true } }

// Group opens a part of the sitemap. The guard decides who comes in (it also puts who it is into
// the context) and returns a chat.Error or redirects otherwise.
func (s *Server) Group(audience Audience, prefix string, guard echo.MiddlewareFunc, options ...GroupOption) *Group {
	if audience == "" || guard == nil {
		s.defects = append(s.defects, fmt.Errorf("group %q has no audience or no guard", prefix))
		guard = refuseAll
	}
	t := terms{body: defaultBody, timeout: defaultTimeout, policy: s.policyOf(audience), errorPage: s.options.ErrorPage}
	for _, option := range options {
		option(&t)
	}
	return &Group{server: s, audience: audience, prefix: prefix, guard: guard, terms: t}
}

func refuseAll(echo.HandlerFunc) echo.HandlerFunc {
	return func(echo.Context) error { return chat.Refuse(chat.Forbidden, "error.forbidden") }
}

// GET registers a route that changes nothing; HEAD comes with it.
func (g *Group) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	g.add(Route{Method: http.MethodGet, Path: path}, h, m)
}

// POST registers a route that writes.
func (g *Group) POST(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	g.add(Route{Method: http.MethodPost, Path: path}, h, m)
}

// PUT registers a route that writes.
func (g *Group) PUT(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	g.add(Route{Method: http.MethodPut, Path: path}, h, m)
}

// PATCH registers a route that writes.
func (g *Group) PATCH(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	g.add(Route{Method: http.MethodPatch, Path: path}, h, m)
}

// DELETE registers a route that writes.
func (g *Group) DELETE(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	g.add(Route{Method: http.MethodDelete, Path: path}, h, m)
}

// Stream registers a GET route of server-sent events: no timeout, no compression, and its context
// ends when the server stops.
func (g *Group) Stream(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	g.add(Route{Method: http.MethodGet, Path: path, Stream: true}, h, m)
}

func (g *Group) add(r Route, h echo.HandlerFunc, m []echo.MiddlewareFunc) {
	r.Path = g.prefix + r.Path
	r.Audience = g.audience
	r.Writes = r.Method != http.MethodGet
	s := g.server
	s.routes = append(s.routes, r)
	whole := g.chain(r, h, m)
	s.declare(r.Method, r.Path, whole)
	if r.Method == http.MethodGet {
		s.declare(http.MethodHead, r.Path, g.head(r, m, whole))
	}
	if g.terms.origins != nil && !s.declared[key(http.MethodOptions, r.Path)] {
		s.declare(http.MethodOptions, r.Path, s.preflight(g.terms.origins))
	}
}

// head answers like GET; of a stream only the headers, since it would never end.
func (g *Group) head(r Route, m []echo.MiddlewareFunc, whole echo.HandlerFunc) echo.HandlerFunc {
	if !r.Stream {
		return whole
	}
	return g.chain(r, func(c echo.Context) error {
		streamHeaders(c.Response().Header())
		c.Response().WriteHeader(http.StatusOK)
		return nil
	}, m)
}

// chain puts the group's bounds, then its guard, then the route's own middleware before a handler.
func (g *Group) chain(r Route, h echo.HandlerFunc, m []echo.MiddlewareFunc) echo.HandlerFunc {
	for _, wrap := range slices.Backward(m) {
		h = wrap(h)
	}
	h = g.guard(h)
	if r.Stream {
		h = g.server.untilStop(h)
	} else {
		h = bounded(g.terms.body, g.terms.timeout, h)
		if !g.terms.packed {
			h = g.server.gzip(h)
		}
	}
	return g.enter(r, h)
}

// entered is where a request came in.
type entered struct {
	group  *Group
	stream bool
}

// enter says which policy and format hold, and refuses writes from other sites, before the guard is asked.
func (g *Group) enter(r Route, next echo.HandlerFunc) echo.HandlerFunc {
	place := &entered{group: g, stream: r.Stream}
	s, protect := g.server, g.audience.cookies()
	policy := g.terms.policy.compile(s.options.Secure)
	return func(c echo.Context) error {
		c.Set(enteredKey, place)
		policy.write(c.Response().Header())
		if g.terms.origins != nil {
			allowOrigin(c, g.terms.origins)
		}
		if protect && !g.nameless(c.Request()) {
			if err := s.crossOrigin.Check(c.Request()); err != nil {
				return errCrossOrigin
			}
		}
		return next(c)
	}
}

// nameless tells of a form on a page behind a link in a browser without Sec-Fetch-Site: such a page tells nobody where
// it is, so its own form names no origin either. The token in the path, which no other site knows, is its proof.
func (g *Group) nameless(r *http.Request) bool {
	return g.audience == RejoinLink && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "null"
}

// Table is every declared route in the order of registration.
func (s *Server) Table() []Route { return slices.Clone(s.routes) }

// declare is the only way into the router.
func (s *Server) declare(method, path string, h echo.HandlerFunc) {
	if s.declared[key(method, path)] {
		s.defects = append(s.defects, fmt.Errorf("%s %s is declared twice", method, path))
		return
	}
	s.declared[key(method, path)] = true
	s.echo.Add(method, path, h)
}

// sound tells what is wrong with the sitemap: deny by default.
func (s *Server) sound() error {
	var names []string
	for _, router := range append([]*echo.Router{s.echo.Router()}, hosts(s.echo)...) {
		for _, r := range router.Routes() {
			if !s.declared[key(r.Method, r.Path)] {
				names = append(names, r.Method+" "+r.Path)
			}
		}
	}
	if len(names) == 0 {
		return errors.Join(s.defects...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return errors.Join(append(s.defects,
		fmt.Errorf("a route without a declared audience does not start: %s", strings.Join(names, ", ")))...)
}

func hosts(e *echo.Echo) []*echo.Router {
	var all []*echo.Router
	for _, router := range e.Routers() {
		all = append(all, router)
	}
	return all
}

func key(method, path string) string { return method + " " + path }
