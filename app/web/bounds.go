package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// OriginAllowed decides whether an origin ("https://shop.example") may read an answer.
type OriginAllowed func(c echo.Context, origin string) bool

const (
	corsMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
	corsHeaders = "Authorization, Content-Type, Accept, Accept-Language, Last-Event-ID, Idempotency-Key, " +
		"HX-Request, HX-Request-Type, HX-Source, HX-Target, HX-Current-URL, HX-Boosted"
	corsExposed = headerRequestID + ", Retry-After, HX-Redirect, HX-Location, HX-Retarget, HX-Reswap, HX-Trigger"
	corsSeconds = "600"
)

// bounded limits the body and the time of a request. The time ends the context, and so whatever
// waits on it; the handler itself is never abandoned half way.
func bounded(body int64, timeout time.Duration, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.ContentLength > body {
			c.Response().Header().Set("Connection", "close") // what is still to come is not worth reading
			return &http.MaxBytesError{Limit: body}
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		defer c.SetRequest(r) // an error is answered after this time is over
		limited := r.WithContext(ctx)
		limited.Body = http.MaxBytesReader(c.Response(), r.Body, body)
		c.SetRequest(limited)
		return next(c)
	}
}

// untilStop ends the context of a stream when the server stops.
func (s *Server) untilStop(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, cancel := context.WithCancel(c.Request().Context())
		defer cancel()
		defer context.AfterFunc(s.stopping, cancel)()
		r := c.Request()
		defer c.SetRequest(r)
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

// CORS lets the allowed origins read the answers of single routes; a group takes WithCORS, which
// also answers the preflight.
func CORS(allowed OriginAllowed) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			allowOrigin(c, allowed)
			return next(c)
		}
	}
}

func allowOrigin(c echo.Context, allowed OriginAllowed) bool {
	h := c.Response().Header()
	h.Add("Vary", "Origin")
	origin := c.Request().Header.Get("Origin")
	if origin == "" || !allowed(c, origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", corsExposed)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return true
}

func (s *Server) preflight(allowed OriginAllowed) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		if allowOrigin(c, allowed) {
			h.Set("Access-Control-Allow-Methods", corsMethods)
			h.Set("Access-Control-Allow-Headers", corsHeaders)
			h.Set("Access-Control-Max-Age", corsSeconds)
		}
		return c.NoContent(http.StatusNoContent)
	}
}
