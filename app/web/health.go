package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
)

const readyTime = 2 * time.Second

// HealthRoutes adds /healthz, which tells that the program runs, and /readyz, which asks whether it
// can serve; neither says why not.
func HealthRoutes(s *Server, ready func(context.Context) error) {
	g := s.Group(Operator, "", Anyone, Timeout(readyTime))
	g.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	g.GET("/readyz", func(c echo.Context) error {
		if s.stopping.Err() != nil {
			return &notReady{s.stopping.Err()}
		}
		if err := ready(c.Request().Context()); err != nil {
			return &notReady{err}
		}
		return c.String(http.StatusOK, "ready\n")
	})
}

const (
	maxNonce = 100    // bytes of the question of a ping
	pingers  = 10_000 // addresses whose pings are counted
)

// PingRoute adds a GET that proves who answers: whoever asks with a nonce hears what only this house can say of it.
func PingRoute(s *Server, path string, pong func(nonce string) string) {
	asked := NewLimiter(Rate{Events: 120, Per: time.Minute, Burst: 30}, pingers, s.options.Now)
	s.Group(Operator, "", Anyone, Timeout(readyTime)).GET(path, func(c echo.Context) error {
		nonce := c.QueryParam("nonce")
		if nonce == "" || len(nonce) > maxNonce {
			return chat.Refuse(chat.Invalid, "error.invalid")
		}
		c.Response().Header().Set("Cache-Control", "no-store")
		return c.String(http.StatusOK, pong(nonce))
	}, Limit(asked, ByAddress))
}

// notReady is answered with 503, whatever the reason is.
type notReady struct{ reason error }

func (e *notReady) Error() string { return fmt.Sprintf("not ready: %v", e.reason) }
func (e *notReady) Unwrap() error { return e.reason }

// Unavailable makes it the answer of a house that is away.
func (e *notReady) Unavailable() bool { return true }
