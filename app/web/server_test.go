package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
)

func TestTheLogHasThePatternAndNoTokenOrQuery(t *testing.T) {
	h := newHouse(t)
	h.Group(web.RejoinLink, "", web.Anyone).GET("/r/:token", say(""))
	id := h.ask("GET", "/r/1-hush?lang=fr&code=hush", "").Header.Get("X-Request-Id")
	h.ask("GET", "/mistyped/1-hush", "")
	h.http.Close()
	logged := h.log.String()
	if strings.Contains(logged, "hush") {
		t.Errorf("the log has the token:\n%s", logged)
	}
	for _, want := range []string{`"route":"/r/:token"`, `"status":200`, `"request":"` + id + `"`, `"route":"-"`, `"status":404`} {
		if !strings.Contains(logged, want) {
			t.Errorf("the log lacks %s:\n%s", want, logged)
		}
	}
}

func TestAddressesOfStrangersInXForwardedForAreNotBelieved(t *testing.T) {
	address := func(c echo.Context) error { return c.String(http.StatusOK, c.RealIP()) }
	alone := newHouse(t)
	alone.Group(web.Public, "", web.Anyone).GET("/ip", address)
	if a := alone.ask("GET", "/ip", "", "X-Forwarded-For", "6.6.6.6", "X-Real-IP", "6.6.6.6"); a.body != "127.0.0.1" {
		t.Errorf("without a proxy the caller is %s", a.body)
	}
	behind := newHouse(t, func(o *web.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8"), netip.MustParsePrefix("fd00::/8")}
	})
	behind.Group(web.Public, "", web.Anyone).GET("/ip", address)
	if a := behind.ask("GET", "/ip", "", "X-Forwarded-For", "6.6.6.6, 9.9.9.9"); a.body != "9.9.9.9" {
		t.Errorf("behind the proxy the caller is %s", a.body)
	}
}

func TestATooLargeBodyIs413AndLeavesTheHandlerAnError(t *testing.T) {
	h := newHouse(t)
	g := h.Group(web.Integrator, "", web.Anyone, web.BodyLimit(100))
	g.POST("/read", func(c echo.Context) error {
		_, err := io.ReadAll(c.Request().Body)
		return err
	})
	h.ask("POST", "/read", strings.Repeat("x", 100)).wants(200)
	h.ask("POST", "/read", strings.Repeat("x", 101)).wants(http.StatusRequestEntityTooLarge)
	chunked, err := http.NewRequest(http.MethodPost, h.http.URL+"/read", io.MultiReader(strings.NewReader(strings.Repeat("x", 101))))
	if err != nil {
		t.Fatal(err)
	}
	res, err := h.http.Client().Do(chunked)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("without a length it is %d", res.StatusCode)
	}
}

func TestARequestThatTakesTooLongIs503(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Agent, "", web.Anyone, web.Timeout(time.Millisecond)).GET("/slow", func(c echo.Context) error {
		<-c.Request().Context().Done()
		return c.Request().Context().Err()
	})
	a := h.ask("GET", "/slow", "").wants(http.StatusServiceUnavailable)
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if a.page().Find("h1").Text() != "Back in a moment" {
		t.Errorf("the page says %q", a.page().Find("h1").Text())
	}
}

func TestPagesAreCompressedAndStreamsAreNot(t *testing.T) {
	h := newHouse(t)
	g := h.Group(web.Public, "", web.Anyone)
	g.GET("/long", say(strings.Repeat("hello ", 1000)))
	g.GET("/short", say("hello"))
	g.Stream("/stream", func(c echo.Context) error {
		s, err := web.OpenStream(c)
		if err != nil {
			return err
		}
		return s.Send("", "", strings.Repeat("hello ", 1000))
	})
	h.ask("GET", "/long", "", "Accept-Encoding", "gzip").wantsHeader("Content-Encoding", "gzip")
	h.ask("GET", "/short", "", "Accept-Encoding", "gzip").wantsHeader("Content-Encoding", "")
	h.ask("GET", "/stream", "", "Accept-Encoding", "gzip").wantsHeader("Content-Encoding", "")
}

func TestOnlyAllowedOriginsReadAcrossOrigins(t *testing.T) {
	h := newHouse(t)
	only := func(_ echo.Context, origin string) bool { return origin == "https://shop.example" }
	g := h.Group(web.Customer, "", web.Anyone, web.WithCORS(only))
	g.POST("/messages", say("posted"))
	h.ask("POST", "/messages", "", "Origin", "https://shop.example").wants(200).
		wantsHeader("Access-Control-Allow-Origin", "https://shop.example").wantsHeader("Access-Control-Allow-Credentials", "")
	h.ask("POST", "/messages", "", "Origin", "https://evil.example").wantsHeader("Access-Control-Allow-Origin", "")
	a := h.ask("OPTIONS", "/messages", "", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST").wants(204)
	if !strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Error("the preflight does not allow Authorization")
	}
	h.ask("OPTIONS", "/messages", "", "Origin", "https://evil.example").wants(204).wantsHeader("Access-Control-Allow-Methods", "")
}

func TestStoppingEndsStreamsAndLetsRequestsFinish(t *testing.T) {
	h := newHouse(t)
	begun, release := make(chan struct{}), make(chan struct{})
	g := h.Group(web.Public, "", web.Anyone)
	g.Stream("/stream", func(c echo.Context) error {
		if _, err := web.OpenStream(c); err != nil {
			return err
		}
		<-c.Request().Context().Done()
		return nil
	})
	g.GET("/slow", func(c echo.Context) error {
		close(begun)
		<-release
		return c.String(http.StatusOK, "done")
	})
	var order []string
	h.BeforeStop(func() { order = append(order, "hub"); close(release) })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- h.Start(ctx, listener, 5*time.Second) }()
	base := "http://" + listener.Addr().String()

	stream, err := http.Get(base + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.Body.Close() }()
	finished := make(chan string, 1)
	go func() {
		res, err := http.Get(base + "/slow")
		if err != nil {
			finished <- err.Error()
			return
		}
		defer func() { _ = res.Body.Close() }()
		body, _ := io.ReadAll(res.Body)
		finished <- string(body)
	}()
	<-begun
	stop()
	if got := <-finished; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if _, err := bufio.NewReader(stream.Body).ReadString('\n'); !errors.Is(err, io.EOF) {
		t.Errorf("the stream ended with %v", err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
	if len(order) != 1 {
		t.Error("the hub was not closed")
	}
}

func TestAnAnswerThatIsCompressedAlreadyIsNotCompressedAgain(t *testing.T) {
	h := newHouse(t)
	packed := strings.Repeat("packed", 1000)
	h.Group(web.Public, "", web.Anyone, web.Packed()).GET("/packed", func(c echo.Context) error {
		c.Response().Header().Set("Content-Encoding", "gzip")
		return c.Blob(http.StatusOK, "text/css", []byte(packed))
	})
	if got := h.ask("GET", "/packed", "", "Accept-Encoding", "gzip"); got.body != packed {
		t.Errorf("the answer was changed: %d bytes", len(got.body))
	}
}
