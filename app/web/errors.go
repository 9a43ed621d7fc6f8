package web

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
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

const (
	kindFailed = "failed" // an error that nobody foresaw
	kindAway   = "away"   // PostgreSQL does not answer
	busyWait   = 5 * time.Second
	awayWait   = 5 * time.Second
)

var errCrossOrigin = chat.Refuse(chat.Forbidden, "error.cross_origin")

// verdict is an error as the outside sees it.
type verdict struct {
	status int
	kind   string
	errs   []*chat.Error // at least one
	wait   time.Duration
}

// StatusOf is the one map from kinds to HTTP statuses.
func StatusOf(kind chat.Kind) int {
	switch kind {
	case chat.Invalid:
		return http.StatusUnprocessableEntity
	case chat.Missing:
		return http.StatusNotFound
	case chat.Conflict:
		return http.StatusConflict
	case chat.Forbidden:
		return http.StatusForbidden
	case chat.Gone:
		return http.StatusGone
	case chat.Busy:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

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

// judge classifies any error.
func judge(err error) verdict {
	var many chat.Errors
	var one *chat.Error
	var framework *echo.HTTPError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &many) && len(many) > 0:
		return domain(many[0].Kind, err, many)
	case errors.As(err, &one):
		return domain(one.Kind, err, []*chat.Error{one})
	case errors.As(err, &large):
		return outside(http.StatusRequestEntityTooLarge, chat.Invalid, "error.too_large")
	case isAway(err):
		v := outside(http.StatusServiceUnavailable, kindAway, "error.away")
		v.wait = awayWait
		return v
	case errors.As(err, &framework):
		return fromEcho(framework)
	}
	return outside(http.StatusInternalServerError, kindFailed, "error.failed")
}

func domain(kind chat.Kind, err error, errs []*chat.Error) verdict {
	v := verdict{status: StatusOf(kind), kind: string(kind), errs: errs}
	if kind == chat.Busy {
		v.wait = busyWait
	}
	var patient interface{ RetryAfter() time.Duration }
	if errors.As(err, &patient) {
		v.wait = patient.RetryAfter()
	}
	return v
}

func outside(status int, kind chat.Kind, key string) verdict {
	return verdict{status: status, kind: string(kind), errs: []*chat.Error{chat.Refuse(kind, key)}}
}

func fromEcho(err *echo.HTTPError) verdict {
	switch err.Code {
	case http.StatusNotFound:
		return outside(err.Code, chat.Missing, "error.missing")
	case http.StatusMethodNotAllowed:
		return outside(err.Code, chat.Invalid, "error.method")
	case http.StatusUnauthorized, http.StatusForbidden:
		return outside(err.Code, chat.Forbidden, "error.forbidden")
	case http.StatusRequestEntityTooLarge:
		return outside(err.Code, chat.Invalid, "error.too_large")
	}
	if err.Code >= 400 && err.Code < 500 {
		return outside(err.Code, chat.Invalid, "error.invalid")
	}
	return outside(http.StatusInternalServerError, kindFailed, "error.failed")
}

// isAway tells whether PostgreSQL, or whatever we waited for, does not answer at the moment.
func isAway(err error) bool {
	var said interface{ Unavailable() bool }
	if errors.As(err, &said) {
		return said.Unavailable()
	}
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		code := state.SQLState()
		return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57P") || code == "53300" || code == "25006"
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

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
	view := v.view(c)
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

// Say returns the sentence of a domain error in a language: a variable Count picks the plural, and
// durations are said in words.
func Say(l *locales.Locale, err *chat.Error) string {
	if !l.Has(err.Key) {
		return l.T("error." + string(err.Kind))
	}
	args := make(map[string]any, len(err.Args))
	for name, value := range err.Args {
		if d, ok := value.(time.Duration); ok {
			value = l.Duration(d)
		}
		args[name] = value
	}
	if count, ok := err.Args["Count"].(int); ok {
		return l.N(err.Key, count, args)
	}
	return l.T(err.Key, args)
}

// FieldErrors returns the sentences of a refused form by field, and those that belong to none under
// ""; false when the error is not the form's fault and must be returned instead.
func FieldErrors(l *locales.Locale, err error) (map[string]string, bool) {
	v := judge(err)
	if v.kind != string(chat.Invalid) || v.status != http.StatusUnprocessableEntity {
		return nil, false
	}
	said := map[string]string{}
	for _, e := range v.errs {
		if _, taken := said[e.Field]; !taken {
			said[e.Field] = Say(l, e)
		}
	}
	return said, true
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

// patientError is an error with the time after which another try makes sense.
type patientError struct {
	error
	wait time.Duration
}

func (e *patientError) Unwrap() error             { return e.error }
func (e *patientError) RetryAfter() time.Duration { return e.wait }

// RetryAfter says with a Busy error when to come back.
func RetryAfter(err error, wait time.Duration) error { return &patientError{error: err, wait: wait} }

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
