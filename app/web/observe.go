package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	requestIDKey    = "web.request_id"
	enteredKey      = "web.entered"
	statusWentAway  = 499 // logged only: the caller left before the answer
	headerRequestID = "X-Request-Id"
)

// RequestID returns the id that the log and the error pages name.
func RequestID(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
}

// observe is around everything: it names the request, catches panics, turns errors into answers,
// and writes one line. The line has the route's pattern, never the path, which may hold a token.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := s.options.Now()
		id := rand.Text()[:16]
		c.Set(requestIDKey, id)
		c.Response().Header().Set(headerRequestID, id)
		s.unrouted.write(c.Response().Header())
		err := s.attempt(c, next)
		if err != nil {
			s.fail(err, c)
		}
		s.log(c, err, s.options.Now().Sub(start))
		return nil
	}
}

// panicked is a panic that became an error.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func (s *Server) attempt(c echo.Context, next echo.HandlerFunc) (err error) {
	defer func() {
		if value := recover(); value != nil {
			if cut, ok := value.(error); ok && errors.Is(cut, http.ErrAbortHandler) {
				panic(value) // net/http's own way to cut a connection
			}
			err = &panicked{value: value, stack: debug.Stack()}
		}
	}()
	return next(c)
}

func (s *Server) log(c echo.Context, err error, took time.Duration) {
	status := c.Response().Status
	if err != nil && errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		status = statusWentAway
	}
	attrs := []slog.Attr{
		slog.String("method", c.Request().Method), slog.String("route", pattern(c)), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("bytes", c.Response().Size),
		slog.String("request", RequestID(c)),
	}
	level := slog.LevelInfo
	if g := groupOf(c); g != nil && g.audience == Operator {
		level = slog.LevelDebug
	}
	s.options.Log.LogAttrs(c.Request().Context(), level, "request", attrs...)
}

// pattern is the route as declared, and "-" for a path that is none.
func pattern(c echo.Context) string {
	if groupOf(c) == nil {
		return "-"
	}
	return c.Path()
}

func groupOf(c echo.Context) *Group {
	if place, ok := c.Get(enteredKey).(*entered); ok {
		return place.group
	}
	return nil
}

func isStream(c echo.Context) bool {
	place, ok := c.Get(enteredKey).(*entered)
	return ok && place.stream
}
