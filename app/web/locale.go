package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/locales"
)

const (
	localeKey = "web.locale"
	zoneKey   = "web.zone"
)

// Locale is the reader's language: ?lang= of a GET, else what SetLocale said (an agent's setting, a
// conversation's language), else the browser's.
func Locale(c echo.Context) *locales.Locale {
	r := c.Request()
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if tag := c.QueryParam("lang"); tag != "" && locales.IsShipped(tag) {
			return locales.For(tag)
		}
	}
	if l, ok := c.Get(localeKey).(*locales.Locale); ok {
		return l
	}
	return locales.Match(r.Header.Get("Accept-Language"))
}

// SetLocale says the reader's own language; an empty tag leaves it to the browser.
func SetLocale(c echo.Context, tag string) {
	if tag != "" {
		c.Set(localeKey, locales.For(tag))
	}
}

// Zone is the reader's zone: what SetZone said, else UTC.
func Zone(c echo.Context) *time.Location {
	if zone, ok := c.Get(zoneKey).(*time.Location); ok {
		return zone
	}
	return time.UTC
}

// SetZone says the reader's zone by its IANA name; an unknown or empty one is ignored.
func SetZone(c echo.Context, name string) {
	known := &zones{}
	if g := groupOf(c); g != nil {
		known = &g.server.zones
	}
	if zone := known.of(name); zone != nil {
		c.Set(zoneKey, zone)
	}
}
