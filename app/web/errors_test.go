package web_test

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
)

// sqlState stands for what a PostgreSQL driver returns.
type sqlState string

func (s sqlState) Error() string    { return "ERROR (SQLSTATE " + string(s) + ") secret_table" }
func (s sqlState) SQLState() string { return string(s) }

func TestEveryKindOfErrorHasItsStatusInEveryFormat(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
		kind   string
	}{
		"invalid":             {chat.RefuseField("email", "error.required"), 422, "invalid"},
		"several":             {chat.Errors{chat.RefuseField("a", "error.required")}, 422, "invalid"},
		"missing":             {fmt.Errorf("find: %w", chat.Refuse(chat.Missing, "error.missing")), 404, "missing"},
		"conflict":            {chat.Refuse(chat.Conflict, "error.conflict"), 409, "conflict"},
		"forbidden":           {chat.Refuse(chat.Forbidden, "error.forbidden"), 403, "forbidden"},
		"gone":                {chat.Refuse(chat.Gone, "error.gone"), 410, "gone"},
		"busy":                {chat.Refuse(chat.Busy, "error.busy"), 429, "busy"},
		"unknown":             {errors.New("secret_table"), 500, "failed"},
		"database shuts down": {fmt.Errorf("save: %w", sqlState("57P01")), 503, "away"},
		"database full":       {sqlState("53300"), 503, "away"},
		"the store says so":   {errors.Join(chat.Refuse(chat.Busy, "error.database_away"), errors.New("secret_table")), 503, "away"},
		"busy by shutdown":    {errors.Join(chat.Refuse(chat.Busy, "error.busy"), sqlState("57P03")), 503, "away"},
		"query wrong":         {sqlState("42703"), 500, "failed"},
		"cannot connect":      {fmt.Errorf("dial: %w", &net.OpError{Op: "dial", Err: errors.New("refused secret_table")}), 503, "away"},
		"bad connection":      {driver.ErrBadConn, 503, "away"},
		"deadline":            {context.DeadlineExceeded, 503, "away"},
		"echo's teapot":       {echo.NewHTTPError(http.StatusTeapot, "secret_table"), 418, "invalid"},
	} {
		h := newHouse(t)
		h.Group(web.Agent, "", web.Anyone).GET("/fails", failing(c.err))
		page := h.ask("GET", "/fails", "", "Accept", "text/html").wants(c.status)
		if page.page().Find("html[lang=en] h1").Length() != 1 {
			t.Errorf("%s: no page:\n%s", name, page.body)
		}
		toast := h.ask("GET", "/fails", "", "HX-Request", "true", "HX-Request-Type", "partial", "Accept", "text/html").wants(c.status).
			wantsHeader("HX-Retarget", "#toasts").wantsHeader("HX-Reswap", "beforeend")
		if toast.page().Find("[role=alert]").Length() != 1 || strings.Contains(toast.body, "<html") {
			t.Errorf("%s: no toast:\n%s", name, toast.body)
		}
		raw := h.ask("GET", "/fails", "", "Accept", "application/json").wants(c.status)
		var got struct {
			Error struct{ Kind, Message, Key, Request string }
		}
		if err := json.Unmarshal([]byte(raw.body), &got); err != nil || got.Error.Kind != c.kind || got.Error.Message == "" ||
			got.Error.Request != raw.Header.Get("X-Request-Id") {
			t.Errorf("%s: %v, %s", name, err, raw.body)
		}
		for _, a := range []answer{page, toast, raw} {
			if strings.Contains(a.body, "secret_table") {
				t.Errorf("%s: the inside shows:\n%s", name, a.body)
			}
			if again := a.Header.Get("Refresh") != ""; again != (c.kind == "away") {
				t.Errorf("the page looks again by itself is %v", again)
			}
			if waits := a.Header.Get("Retry-After") != ""; waits != (c.status == 429 || c.status == 503) {
				t.Errorf("%s: Retry-After is %q", name, a.Header.Get("Retry-After"))
			}
		}
	}
}

func TestARefusedFormNamesItsFieldsInJSON(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Integrator, "", web.Anyone).POST("/fails", failing(chat.Errors{
		chat.RefuseField("email", "error.required"), chat.RefuseField("name", "error.too_long", "Max", 80),
	}))
	var got struct {
		Error struct {
			Kind, Key, Field string
			Fields           map[string]string
		}
	}
	a := h.ask("POST", "/fails", "", "Accept-Language", "fr").wants(422)
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Error.Field != "email" || got.Error.Key != "error.required" || got.Error.Fields["name"] != "C’est trop long : 80 caractères au plus." {
		t.Errorf("got %+v", got)
	}
}

func TestAddressesThatAreNoneAreFriendly(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Public, "", web.Anyone).GET("/page", say(""))
	missing := h.ask("GET", "/nothing", "", "Accept-Language", "fr-CA, en;q=0.5").wants(404)
	if got := missing.page().Find("h1").Text(); got != "Rien ici" {
		t.Errorf("404 says %q", got)
	}
	method := h.ask("POST", "/page", "").wants(405)
	if !strings.Contains(method.Header.Get("Allow"), "GET") || method.page().Find("h1").Length() != 1 {
		t.Errorf("405 says %q, allows %q", method.body, method.Header.Get("Allow"))
	}
}

func TestAnUnknownErrorAndAPanicAreLoggedWithTheRequestID(t *testing.T) {
	h := newHouse(t)
	g := h.Group(web.Agent, "", web.Anyone)
	g.GET("/fails", failing(errors.New("disk on fire")))
	g.GET("/panics", func(echo.Context) error { panic("out of cheese") })
	for path, reason := range map[string]string{"/fails": "disk on fire", "/panics": "out of cheese"} {
		a := h.ask("GET", path, "").wants(500)
		id := a.Header.Get("X-Request-Id")
		if !strings.Contains(a.page().Text(), id) {
			t.Errorf("%s: the page does not name request %s", path, id)
		}
		found := false
		for line := range strings.Lines(h.log.String()) {
			found = found || strings.Contains(line, reason) && strings.Contains(line, id) && strings.Contains(line, `"ERROR"`)
		}
		if !found {
			t.Errorf("%s is not in the log:\n%s", path, h.log)
		}
	}
}

func TestBusySaysWhenToComeBack(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Customer, "", web.Anyone).GET("/busy", failing(web.RetryAfter(chat.Refuse(chat.Busy, "error.busy"), 1500*time.Millisecond)))
	a := h.ask("GET", "/busy", "").wants(429).wantsHeader("Retry-After", "2")
	if !strings.Contains(a.body, `"retry_after":2`) {
		t.Errorf("got %s", a.body)
	}
}

func TestFieldErrorsAreSentencesBesideTheirFields(t *testing.T) {
	fr := locales.For("fr")
	said, ok := web.FieldErrors(fr, chat.Errors{
		chat.RefuseField("gap", "error.duration_range", "Min", time.Minute, "Max", 2*time.Hour), chat.RefuseField("gap", "error.required"),
	})
	if !ok || said["gap"] != "Veuillez donner une durée entre "+fr.Duration(time.Minute)+" et "+fr.Duration(2*time.Hour)+"." {
		t.Errorf("got %v, %v", said, ok)
	}
	if _, ok := web.FieldErrors(fr, chat.Refuse(chat.Forbidden, "error.forbidden")); ok {
		t.Error("forbidden is no fault of a field")
	}
	if _, ok := web.FieldErrors(fr, errors.New("disk on fire")); ok {
		t.Error("a fault is no fault of a field")
	}
}

func TestAKeyWithoutATextIsStillASentence(t *testing.T) {
	en := locales.For("en")
	if got := web.Say(en, chat.Refuse(chat.Gone, "no.such.key")); got != en.T("error.gone") {
		t.Errorf("got %q", got)
	}
}

func TestACustomersErrorPageLeadsToNoAgentsPage(t *testing.T) {
	h := newHouse(t)
	h.Group(web.RejoinLink, "", web.Anyone).GET("/r/:token", failing(chat.Refuse(chat.Gone, "error.gone")))
	if h.ask("GET", "/r/x", "").wants(410).page().Find("main a[href]").Length() != 0 {
		t.Error("a customer is led to the agents' start page")
	}
}

func TestAGroupMayDrawItsOwnErrorPage(t *testing.T) {
	h := newHouse(t)
	own := web.WithErrorPage(func(v web.ErrorView) templ.Component { return paragraph("own "+v.Kind, nil) })
	h.Group(web.Customer, "", web.Anyone, own).GET("/frame", failing(chat.Refuse(chat.Gone, "error.gone")))
	if a := h.ask("GET", "/frame", "", "Accept", "text/html").wants(410); a.body != "<p>own gone</p>" {
		t.Errorf("got %s", a.body)
	}
}

func TestAStreamThatCannotOpenShowsNoToast(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Agent, "", web.Anyone).Stream("/stream", failing(sqlState("57P01")))
	a := h.ask("GET", "/stream", "", "HX-Request", "true", "Accept", "text/html, text/event-stream").wants(503).
		wantsHeader("HX-Reswap", "none").wantsHeader("HX-Retarget", "")
	if !strings.Contains(a.body, `"kind":"away"`) {
		t.Errorf("got %s", a.body)
	}
}
