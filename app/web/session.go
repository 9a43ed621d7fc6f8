package web

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/sessions"
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
	tokens      tokenStore
	flashes     *sessions.CookieStore
	now         func() time.Time
}

// tokenStore is a sessions.Store whose cookie is the session's id and nothing else.
type tokenStore struct{ options sessions.Options }

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
	options := sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	s := &Sessions{name: "rejoin_session", flash: "rejoin_flash", tokens: tokenStore{options}, now: now}
	if secure {
		s.name, s.flash = hostPrefix+s.name, hostPrefix+s.flash
	}
	s.flashes = sessions.NewCookieStore(sign, seal)
	s.flashes.Options = &options
	s.flashes.MaxAge(flashSeconds)
	return s, nil
}

// Get returns the request's session, read once.
func (t tokenStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(t, name)
}

// New reads the session's id from the cookie; an empty id is no session.
func (t tokenStore) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(t, name)
	options := t.options
	session.Options, session.IsNew = &options, true
	if cookie, err := r.Cookie(name); err == nil {
		session.ID, session.IsNew = cookie.Value, false
	}
	return session, nil
}

// Save writes the id into the cookie.
func (t tokenStore) Save(_ *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	http.SetCookie(w, sessions.NewCookie(session.Name(), session.ID, session.Options))
	return nil
}

// Begin gives the browser a token until it expires.
func (s *Sessions) Begin(c echo.Context, token string, expires time.Time) {
	s.put(c, token, max(int(expires.Sub(s.now()).Seconds()), 1))
}

// End takes the token out of the browser; its row must be deleted too.
func (s *Sessions) End(c echo.Context) { s.put(c, "", -1) }

func (s *Sessions) put(c echo.Context, token string, seconds int) {
	session, _ := s.tokens.Get(c.Request(), s.name) // this store refuses nothing
	session.ID, session.Options.MaxAge = token, seconds
	_ = s.tokens.Save(c.Request(), c.Response(), session)
}

// Token returns what the browser carries, "" when nothing.
func (s *Sessions) Token(c echo.Context) string {
	session, _ := s.tokens.Get(c.Request(), s.name)
	return session.ID
}

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
	encoded, err := json.Marshal(Flash{Tone: tone, Key: key, Args: args})
	if err != nil {
		return fmt.Errorf("encode flash: %w", err)
	}
	session, _ := s.flashes.Get(c.Request(), s.flash) // a broken cookie is an empty session
	waiting := append(session.Flashes(), string(encoded))
	for _, one := range waiting[max(len(waiting)-flashMost, 0):] {
		session.AddFlash(one)
	}
	if err := session.Save(c.Request(), c.Response()); err != nil {
		return fmt.Errorf("seal flash: %w", err)
	}
	return nil
}

// TakeFlash returns what is to be shown, once; it must be called before the page is written.
func (s *Sessions) TakeFlash(c echo.Context) []Flash {
	session, _ := s.flashes.Get(c.Request(), s.flash)
	var waiting []Flash
	for _, one := range session.Flashes() {
		var flash Flash
		if encoded, ok := one.(string); ok && json.Unmarshal([]byte(encoded), &flash) == nil {
			waiting = append(waiting, flash)
		}
	}
	if _, err := c.Cookie(s.flash); err == nil || len(waiting) > 0 {
		gone := *session.Options
		gone.MaxAge = -1
		http.SetCookie(c.Response(), sessions.NewCookie(s.flash, "", &gone))
	}
	return waiting
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
