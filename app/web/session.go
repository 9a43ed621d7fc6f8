package web

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/labstack/echo/v4"

	"rejoin/locales"
)

const (
	flashSeconds = 60
	flashMost    = 5
	hostPrefix   = "__Host-" // browsers keep such a cookie to this host, this path, and https
)

// Sessions keeps a browser's opaque token in a cookie; what the token opens is in PostgreSQL, under
// its hash, so that signing out everywhere works. It also carries a sentence over a redirect.
type Sessions struct {
	name, flash string
	secure      bool
	sealed      *securecookie.SecureCookie
	now         func() time.Time
}

// NewSessions derives the keys of the flash cookie from the house's secret.
func NewSessions(secret []byte, secure bool, now func() time.Time) (*Sessions, error) {
	sign, err := hkdf.Key(sha256.New, secret, nil, "rejoin flash signature", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the flash keys: %w", err)
	}
	seal, err := hkdf.Key(sha256.New, secret, nil, "rejoin flash encryption", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the flash keys: %w", err)
	}
	s := &Sessions{name: "rejoin_session", flash: "rejoin_flash", secure: secure, now: now}
	if secure {
		s.name, s.flash = hostPrefix+s.name, hostPrefix+s.flash
	}
	s.sealed = securecookie.New(sign, seal).MaxAge(flashSeconds).SetSerializer(securecookie.JSONEncoder{})
	return s, nil
}

// Begin gives the browser a token until it expires.
func (s *Sessions) Begin(c echo.Context, token string, expires time.Time) {
	left := max(int(expires.Sub(s.now()).Seconds()), 1)
	c.SetCookie(s.cookie(s.name, token, left))
}

// Token returns what the browser carries, "" when nothing.
func (s *Sessions) Token(c echo.Context) string {
	cookie, err := c.Cookie(s.name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// End takes the token out of the browser; its row must be deleted too.
func (s *Sessions) End(c echo.Context) { c.SetCookie(s.cookie(s.name, "", -1)) }

// Flash is one sentence to show on the next page.
type Flash struct {
	Tone string         `json:"t"` // "good", "warn" or "bad"
	Key  string         `json:"k"`
	Args map[string]any `json:"a,omitempty"`
}

// Say returns the sentence in a language.
func (f Flash) Say(l *locales.Locale) string {
	if count, ok := f.Args["Count"].(float64); ok { // as JSON brings it
		return l.N(f.Key, int(count), f.Args)
	}
	return l.T(f.Key, f.Args)
}

// SetFlash leaves a sentence, by its locale key, for the page after the redirect.
func (s *Sessions) SetFlash(c echo.Context, tone, key string, pairs ...any) error {
	args := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	waiting := append(s.peek(c), Flash{Tone: tone, Key: key, Args: args})
	if len(waiting) > flashMost {
		waiting = waiting[len(waiting)-flashMost:]
	}
	value, err := s.sealed.Encode(s.flash, waiting)
	if err != nil {
		return fmt.Errorf("seal flash: %w", err)
	}
	c.Set(s.flash, waiting)
	c.SetCookie(s.cookie(s.flash, value, flashSeconds))
	return nil
}

// TakeFlash returns what is to be shown, once; it must be called before the page is written.
func (s *Sessions) TakeFlash(c echo.Context) []Flash {
	waiting := s.peek(c)
	if _, err := c.Cookie(s.flash); err == nil || len(waiting) > 0 {
		c.SetCookie(s.cookie(s.flash, "", -1))
	}
	c.Set(s.flash, []Flash{})
	return waiting
}

// peek reads what this request has set already, else what the browser brought; anything broken is nothing.
func (s *Sessions) peek(c echo.Context) []Flash {
	if waiting, ok := c.Get(s.flash).([]Flash); ok {
		return waiting
	}
	cookie, err := c.Cookie(s.flash)
	if err != nil {
		return nil
	}
	var waiting []Flash
	if err := s.sealed.Decode(s.flash, cookie.Value, &waiting); err != nil {
		return nil
	}
	return waiting
}

func (s *Sessions) cookie(name, value string, seconds int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	}
}

// Bearer returns the token of the Authorization header, "" when there is none.
func Bearer(c echo.Context) string {
	const scheme = "Bearer "
	given := c.Request().Header.Get("Authorization")
	if len(given) <= len(scheme) || !strings.EqualFold(given[:len(scheme)], scheme) {
		return ""
	}
	return given[len(scheme):]
}
