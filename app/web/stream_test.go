package web_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/web"
)

func TestAMessageSurvivesAnyLineBreak(t *testing.T) {
	for _, c := range []struct{ event, id, data, want string }{
		{"", "", "hello", "data: hello\n\n"},
		{"message.posted", "42", "a\nb", "event: message.posted\nid: 42\ndata: a\ndata: b\n\n"},
		{"", "", "a\r\nb\rc\n", "data: a\ndata: b\ndata: c\ndata: \n\n"},
		{"x\nid: 9", "1\r\n2\x00", "", "event: xid: 9\nid: 12\ndata: \n\n"},
		{"", "", "a\n\nevent: evil\ndata: b", "data: a\ndata: \ndata: event: evil\ndata: data: b\n\n"},
	} {
		if got := string(web.Frame(c.event, c.id, []byte(c.data))); got != c.want {
			t.Errorf("%q, %q, %q is laid out as %q, want %q", c.event, c.id, c.data, got, c.want)
		}
	}
}

func TestAStreamSendsAtOnce(t *testing.T) {
	h := newHouse(t)
	next := make(chan string)
	h.Group(web.Agent, "", web.Anyone).Stream("/stream", func(c echo.Context) error {
		s, err := web.OpenStream(c)
		if err != nil {
			return err
		}
		if err := s.Retry(1500 * time.Millisecond); err != nil {
			return err
		}
		for words := range next {
			if words == "ping" {
				err = s.Ping()
			} else {
				err = s.Write(web.Frame("", "7", []byte(words)), web.Frame("done", "", nil))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	h.open()
	res, err := h.http.Client().Get(h.http.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	lines := bufio.NewReader(res.Body)
	expect := func(want string) {
		t.Helper()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(lines, got); err != nil || string(got) != want {
			t.Fatalf("got %q, %v; want %q", got, err, want)
		}
	}
	expect("retry: 1500\n\n")
	next <- "hello"
	expect("id: 7\ndata: hello\n\nevent: done\ndata: \n\n")
	next <- "ping"
	expect(": ping\n\n")
	close(next)
	if _, err := lines.ReadByte(); err != io.EOF {
		t.Errorf("the end is %v", err)
	}
}

func TestAStreamEndsWhenItsReaderLeaves(t *testing.T) {
	h := newHouse(t)
	left := make(chan struct{})
	h.Group(web.Agent, "", web.Anyone).Stream("/stream", func(c echo.Context) error {
		if _, err := web.OpenStream(c); err != nil {
			return err
		}
		<-c.Request().Context().Done()
		close(left)
		return c.Request().Context().Err()
	})
	h.open()
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.http.URL+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := h.http.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	_ = res.Body.Close()
	<-left
}

func TestWhereAStreamGoesOn(t *testing.T) {
	h := newHouse(t)
	var got int64
	h.Group(web.Agent, "", web.Anyone).GET("/seq", func(c echo.Context) error { got = web.LastSeq(c); return c.NoContent(204) })
	for header, want := range map[string]int64{"": 0, "42": 42, "-1": 0, "x": 0, strings.Repeat("9", 30): 0} {
		if h.ask("GET", "/seq", "", "Last-Event-ID", header); got != want {
			t.Errorf("%q goes on after %d, want %d", header, got, want)
		}
	}
}

const idleStreams = 1000

// TestAnIdleStreamCostsLittle measures the server's side of open streams; the readers are bare
// sockets, whose cost is subtracted by opening as many without a request first.
func TestAnIdleStreamCostsLittle(t *testing.T) {
	if raceOn {
		t.Log("measured without the race detector only")
		return
	}
	h := newHouse(t)
	opened := make(chan struct{}, idleStreams)
	h.Group(web.Agent, "", web.Anyone).Stream("/stream", func(c echo.Context) error {
		s, err := web.OpenStream(c)
		if err != nil {
			return err
		}
		if err := s.Send("", "1", strings.Repeat("state ", 500)); err != nil {
			return err
		}
		opened <- struct{}{}
		<-c.Request().Context().Done()
		return nil
	})
	h.open()
	address := strings.TrimPrefix(h.http.URL, "http://")
	before := inUse()
	for range idleStreams {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := io.WriteString(conn, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		<-opened
	}
	each := (inUse() - before) / idleStreams
	t.Logf("%d bytes for each idle stream", each)
	if each > 30<<10 {
		t.Errorf("an idle stream costs %d bytes, goal 30 KiB", each)
	}
}

func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
