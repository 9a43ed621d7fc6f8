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

// compiled is a policy as header lines.
type compiled struct {
	csp, referrer, resource string
	framed, secure, cached  bool
}

func (p Policy) compile(secure bool) compiled {
	referrer := p.Referrer
	if referrer == "" {
		referrer = "same-origin"
	}
	resource := "same-origin"
	if len(p.Frames) > 0 || p.Cacheable {
		resource = "cross-origin"
	}
	return compiled{
		csp: p.csp(), referrer: referrer, resource: resource,
		framed: len(p.Frames) > 0, secure: secure, cached: p.Cacheable,
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

func (p compiled) write(h http.Header) {
	h.Set("Content-Security-Policy", p.csp)
	h.Set("Referrer-Policy", p.referrer)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", p.resource)
	if p.framed {
		h.Del("X-Frame-Options")
	} else {
		h.Set("X-Frame-Options", "DENY")
	}
	if p.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if p.cached {
		h.Del("Cache-Control")
	} else {
		h.Set("Cache-Control", "no-store")
	}
}
