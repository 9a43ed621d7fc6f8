package web

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/locales"
)

const (
	kindFailed = "failed"              // an error that nobody foresaw
	kindAway   = "away"                // PostgreSQL does not answer
	keyAway    = "error.database_away" // also how a store says it
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

// judge classifies any error.
func judge(err error) verdict {
	var many chat.Errors
	var one *chat.Error
	var framework *echo.HTTPError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &many) && len(many) > 0:
		return domain(many[0].Kind, err, many)
	case errors.As(err, &one) && one.Kind == chat.Busy && (one.Key == keyAway || isAway(err)):
		return away()
	case errors.As(err, &one):
		return domain(one.Kind, err, []*chat.Error{one})
	case errors.As(err, &large):
		return outside(http.StatusRequestEntityTooLarge, chat.Invalid, "error.too_large")
	case isAway(err):
		return away()
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

func away() verdict {
	v := outside(http.StatusServiceUnavailable, kindAway, keyAway)
	v.wait = awayWait
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

// patientError is an error with the time after which another try makes sense.
type patientError struct {
	error
	wait time.Duration
}

// Unwrap returns the error itself.
func (e *patientError) Unwrap() error { return e.error }

// RetryAfter returns how long to wait.
func (e *patientError) RetryAfter() time.Duration { return e.wait }

// RetryAfter says with a Busy error when to come back.
func RetryAfter(err error, wait time.Duration) error { return &patientError{error: err, wait: wait} }
