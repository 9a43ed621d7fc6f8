package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"rejoin/app/web"
)

// logbook is what a server logged.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// house is a server under test.
type house struct {
	*web.Server
	t    *testing.T
	log  *logbook
	http *httptest.Server
}

func newHouse(t *testing.T, change ...func(*web.Options)) *house {
	t.Helper()
	book := &logbook{}
	options := web.Options{
		BaseURL: "https://chat.example", Log: slog.New(slog.NewJSONHandler(book, nil)), Now: time.Now,
	}
	for _, f := range change {
		f(&options)
	}
	return &house{Server: web.NewServer(options), t: t, log: book}
}

// open serves what was declared until now.
func (h *house) open() {
	h.t.Helper()
	if h.http != nil {
		return
	}
	handler, err := h.Handler()
	if err != nil {
		h.t.Fatal(err)
	}
	h.http = httptest.NewServer(handler)
	h.t.Cleanup(h.http.Close)
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	t    *testing.T
	body string
}

// ask sends a request with pairs of header name and value, and follows no redirect.
func (h *house) ask(method, path, body string, headers ...string) answer {
	h.t.Helper()
	h.open()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, h.http.URL+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{
		Transport:     h.http.Client().Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	read, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{Response: res, t: h.t, body: string(read)}
}

func (a answer) wants(status int) answer {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Fatalf("%s %s: %d, want %d\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	return a
}

func (a answer) wantsHeader(name, want string) answer {
	a.t.Helper()
	if got := a.Header.Get(name); got != want {
		a.t.Errorf("%s %s: %s is %q, want %q", a.Request.Method, a.Request.URL.Path, name, got, want)
	}
	return a
}

func (a answer) page() *goquery.Document {
	a.t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	return page
}

func say(words string) echo.HandlerFunc {
	return func(c echo.Context) error { return c.String(http.StatusOK, words) }
}

func failing(err error) echo.HandlerFunc {
	return func(echo.Context) error { return err }
}
