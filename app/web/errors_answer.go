package web

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"rejoin/locales"
)

// ErrorView is what an error page or toast shows.
type ErrorView struct {
	Locale     *locales.Locale
	Status     int
	Kind       string // a chat.Kind, or "failed" and "away" for our own faults
	Title      string
	Text       string
	RequestID  string
	RetryAfter time.Duration // zero when waiting does not help
	Home       bool          // the reader has a start page here, unlike customers of an organization
}

// ErrorPage draws an error, as a page or as a toast.
type ErrorPage func(ErrorView) templ.Component

// fail is the one place where an error becomes an answer: a page, a toast or JSON.
func (s *Server) fail(err error, c echo.Context) {
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil && s.stopping.Err() == nil {
		return // the reader left
	}
	v := judge(err)
	s.logFault(c, err, v)
	if c.Response().Committed {
		return // a stream or half a page: nothing can be said any more
	}
	if answerErr := s.answer(c, v); answerErr != nil {
		s.options.Log.LogAttrs(c.Request().Context(), slog.LevelError, "answer an error",
			slog.Any("error", answerErr), slog.String("request", RequestID(c)))
	}
}

// awayRefresh is how often a page that says "back in a moment" looks again, in seconds.
const awayRefresh = 3

// logFault writes down what is our fault; what a person did wrong is in the request's own line.
func (s *Server) logFault(c echo.Context, err error, v verdict) {
	if v.status < 500 {
		return
	}
	level := slog.LevelError
	if v.kind == kindAway {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.String("error", err.Error()), slog.String("route", pattern(c)), slog.String("request", RequestID(c))}
	var p *panicked
	if errors.As(err, &p) {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	s.options.Log.LogAttrs(c.Request().Context(), level, "request failed", attrs...)
}

func (s *Server) answer(c echo.Context, v verdict) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept")
	h.Add("Vary", "Accept-Language")
	if v.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds(v.wait)))
	}
	if v.kind == kindAway && c.Request().Method == http.MethodGet {
		h.Set("Refresh", strconv.Itoa(max(seconds(v.wait), awayRefresh))) // the page comes back by itself, without a script
	}
	view := v.view(c)
	if isStream(c) {
		h.Set("HX-Reswap", "none") // the page says by itself that its stream is away, and comes back
		return c.JSON(v.status, v.asJSON(view))
	}
	if wantsJSON(c) {
		return c.JSON(v.status, v.asJSON(view))
	}
	if !WantsFullPage(c) {
		h.Set("HX-Retarget", s.options.ToastTarget)
		h.Set("HX-Reswap", "beforeend")
		return Render(c, v.status, s.options.ErrorToast(view))
	}
	draw := s.options.ErrorPage
	if g := groupOf(c); g != nil {
		draw = g.terms.errorPage
	}
	return Render(c, v.status, draw(view))
}

func (v verdict) view(c echo.Context) ErrorView {
	l := Locale(c)
	g := groupOf(c)
	return ErrorView{
		Home: g == nil || g.audience.cookies() && g.audience != RejoinLink, Locale: l, Status: v.status, Kind: v.kind, RequestID: RequestID(c), RetryAfter: v.wait,
		Title: l.T("error.title." + v.kind), Text: Say(l, v.errs[0]),
	}
}

// jsonError is the shape of every refusal in JSON.
type jsonError struct {
	Kind       string            `json:"kind"`
	Message    string            `json:"message"`
	Key        string            `json:"key"`
	Field      string            `json:"field,omitempty"`
	Fields     map[string]string `json:"fields,omitempty"`
	RetryAfter int               `json:"retry_after,omitempty"`
	Request    string            `json:"request"`
}

func (v verdict) asJSON(view ErrorView) map[string]jsonError {
	first := v.errs[0]
	e := jsonError{
		Kind: v.kind, Message: view.Text, Key: first.Key, Field: first.Field,
		RetryAfter: seconds(v.wait), Request: view.RequestID,
	}
	for _, one := range v.errs {
		if one.Field == "" {
			continue
		}
		if e.Fields == nil {
			e.Fields = map[string]string{}
		}
		e.Fields[one.Field] = Say(view.Locale, one)
	}
	return map[string]jsonError{"error": e}
}

// wantsJSON goes by Accept, and by the audience where the caller takes anything.
func wantsJSON(c echo.Context) bool {
	accept := c.Request().Header.Get("Accept")
	json, html := strings.Index(accept, "application/json"), strings.Index(accept, "text/html")
	if json >= 0 || html >= 0 {
		return json >= 0 && (html < 0 || json < html)
	}
	g := groupOf(c)
	return g != nil && g.audience.speaksJSON() && !IsHTMX(c)
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
