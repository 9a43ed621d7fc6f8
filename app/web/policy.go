package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// Policy is what a page may load, who may frame it, and what it tells others. The zero value is the
// strictest: our own script, style, images and connections, framed by nobody.
type Policy struct {
	Images    bool     // pictures from any https address, such as organizations' logos
	Frames    []string // who may frame it ("https://shop.example", "'self'"); nobody when empty
	Embeds    bool     // it may show frames of our own, such as the widget or an email
	Email     bool     // it is the HTML of an email: its own inline styles, nothing that runs
	Referrer  string   // Referrer-Policy; "same-origin" when empty
	Cacheable bool     // not marked no-store
}

// policyOf is what a group of the audience has unless told.
func (s *Server) policyOf(a Audience) Policy {
	if a == RejoinLink {
		return Policy{Referrer: "no-referrer", Images: true}
	}
	return Policy{}
}

// SetPolicy replaces the policy of this answer, as for the widget's frame, whose ancestors are the
// organization's sites.
func SetPolicy(c echo.Context, p Policy) {
	g := groupOf(c)
	p.compile(g != nil && g.server.options.Secure).write(c.Response().Header())
}

// PolicyOf returns the group's policy, to change a part of it for one answer.
func PolicyOf(c echo.Context) Policy {
	if g := groupOf(c); g != nil {
		return g.terms.policy
	}
	return Policy{}
}

// compiled is a policy as header lines. Their values are shared by all answers, which never change
// them in place: an open stream keeps its headers for hours.
type compiled []line

type line struct {
	name   string
	values []string // empty removes the line
}

func (p Policy) compile(secure bool) compiled {
	referrer, resource := p.Referrer, "same-origin"
	if referrer == "" {
		referrer = "same-origin"
	}
	if len(p.Frames) > 0 || p.Cacheable {
		resource = "cross-origin"
	}
	deny, transport, cache := []string{"DENY"}, []string(nil), []string{"no-store"}
	if len(p.Frames) > 0 {
		deny = nil
	}
	if secure {
		transport = []string{"max-age=31536000"}
	}
	if p.Cacheable {
		cache = nil
	}
	return compiled{
		{"Content-Security-Policy", []string{p.csp()}},
		{"Referrer-Policy", []string{referrer}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Permissions-Policy", []string{"camera=(), geolocation=(), microphone=(), payment=(), usb=()"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Resource-Policy", []string{resource}},
		{"X-Frame-Options", deny},
		{"Strict-Transport-Security", transport},
		{"Cache-Control", cache},
	}
}

func (p compiled) write(h http.Header) {
	for _, l := range p {
		if len(l.values) == 0 {
			delete(h, l.name)
			continue
		}
		h[l.name] = l.values
	}
}

func (p Policy) csp() string {
	ancestors := "'none'"
	if len(p.Frames) > 0 {
		ancestors = strings.Join(sources(p.Frames), " ")
	}
	if p.Email {
		return "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https:; base-uri 'none'; form-action 'none'; " +
			"sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors " + ancestors
	}
	images, frames := "'self' data:", "'none'"
	if p.Images {
		images += " https:"
	}
	if p.Embeds {
		frames = "'self'"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src " + images +
		"; connect-src 'self'; manifest-src 'self'; frame-src " + frames +
		"; form-action 'self'; base-uri 'none'; frame-ancestors " + ancestors
}

// sources drops what would open another directive of the header.
func sources(given []string) []string {
	var kept []string
	for _, source := range given {
		if source != "" && !strings.ContainsAny(source, "; ,\r\n\t\x00") {
			kept = append(kept, source)
		}
	}
	if len(kept) == 0 {
		return []string{"'none'"}
	}
	return kept
}
