package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

const keepBuffer = 256 << 10 // a larger buffer is not kept for the next page

// sheets are buffers between two pages; they hold nothing that outlives a request.
var sheets = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render answers with a component, whole or not at all: one that fails becomes an error page.
func Render(c echo.Context, status int, component templ.Component) error {
	return render(c, status, component)
}

// RenderPartial answers 200 with fragments one after the other: the target's new content, then any
// that name their own place (hx-swap-oob).
func RenderPartial(c echo.Context, components ...templ.Component) error {
	return render(c, http.StatusOK, components...)
}

func render(c echo.Context, status int, components ...templ.Component) error {
	sheet := sheets.Get().(*bytes.Buffer)
	sheet.Reset()
	defer func() {
		if sheet.Cap() <= keepBuffer {
			sheets.Put(sheet)
		}
	}()
	for _, component := range components {
		if err := component.Render(c.Request().Context(), sheet); err != nil {
			return fmt.Errorf("render: %w", err)
		}
	}
	c.Response().Header().Add("Vary", "HX-Request")
	return c.HTMLBlob(status, sheet.Bytes())
}

// RenderBytes renders a component for a stream or a cache, also when this reader leaves meanwhile:
// others may wait for the same bytes.
func RenderBytes(c echo.Context, component templ.Component) ([]byte, error) {
	var sheet bytes.Buffer
	if err := component.Render(context.WithoutCancel(c.Request().Context()), &sheet); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return sheet.Bytes(), nil
}

// IsHTMX tells whether htmx asked, and a fragment is the answer.
func IsHTMX(c echo.Context) bool { return c.Request().Header.Get("HX-Request") == "true" }

// WantsFullPage tells whether the body is the target: a plain request, or htmx swapping all of it.
func WantsFullPage(c echo.Context) bool {
	return !IsHTMX(c) || c.Request().Header.Get("HX-Request-Type") == "full"
}

// SeeOther sends the reader to a page of ours after a form: 303, and for htmx the header that loads it.
func SeeOther(c echo.Context, path string) error {
	if !isLocal(path) {
		return fmt.Errorf("see other: %q is no path of ours", path)
	}
	if IsHTMX(c) {
		c.Response().Header().Set("HX-Redirect", path)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, path)
}

// Go is SeeOther without a page load where htmx asked: the page is fetched and swapped in.
func Go(c echo.Context, path string) error {
	if !IsHTMX(c) || !isLocal(path) {
		return SeeOther(c, path)
	}
	c.Response().Header().Set("HX-Location", path)
	return c.NoContent(http.StatusNoContent)
}

// Refresh makes htmx load the current page again, and a plain form go to the fallback path.
func Refresh(c echo.Context, fallback string) error {
	if !IsHTMX(c) {
		return SeeOther(c, fallback)
	}
	c.Response().Header().Set("HX-Refresh", "true")
	return c.NoContent(http.StatusNoContent)
}

// Elsewhere redirects to another site, whose address must come from settings and never from the request.
func Elsewhere(c echo.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("redirect elsewhere: no web address")
	}
	return c.Redirect(http.StatusSeeOther, u.String())
}

// LocalPath returns a path that a form or query named as the way back, or the fallback when it
// would leave our origin.
func LocalPath(given, fallback string) string {
	if isLocal(given) {
		return given
	}
	return fallback
}

// isLocal refuses "//host" and "/\host", which browsers take for another origin.
func isLocal(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Scheme == "" && u.Host == ""
}
