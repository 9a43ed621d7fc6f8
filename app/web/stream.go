package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// PingEvery is how often the loop of a stream calls Ping, so that proxies keep it open and a reader
// that is gone is noticed.
const PingEvery = 20 * time.Second

const writeTime = 10 * time.Second // a reader that takes nothing for so long is cut off

var ping = []byte(": ping\n\n")

// Stream is one open answer of server-sent events. It has no buffer of its own.
type Stream struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// OpenStream sends the headers, and lifts the server's bounds on reading and writing a request.
func OpenStream(c echo.Context) (*Stream, error) {
	s := &Stream{w: c.Response(), rc: http.NewResponseController(c.Response().Writer)}
	if err := s.rc.SetReadDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	streamHeaders(c.Response().Header())
	c.Response().WriteHeader(http.StatusOK)
	return s, s.write()
}

// streamHeaders takes away what only matters to pages, since each stream keeps its headers.
func streamHeaders(h http.Header) {
	for _, name := range []string{"Content-Security-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Referrer-Policy", "X-Frame-Options"} {
		delete(h, name)
	}
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
}

// Send writes one message at once. An empty event is swapped in by htmx, a named one is dispatched;
// the id, when given, comes back as Last-Event-ID.
func (s *Stream) Send(event, id, data string) error {
	return s.write(Frame(event, id, []byte(data)))
}

// Write sends frames made by Frame, as one batch: one deadline, one flush.
func (s *Stream) Write(frames ...[]byte) error { return s.write(frames...) }

// Ping writes a comment.
func (s *Stream) Ping() error { return s.write(ping) }

// Retry tells the reader how long to wait before it comes back.
func (s *Stream) Retry(wait time.Duration) error {
	return s.write(fmt.Appendf(nil, "retry: %d\n\n", wait.Milliseconds()))
}

func (s *Stream) write(frames ...[]byte) error {
	deadline := time.Now().Add(writeTime) //nolint:forbidigo // the socket's clock, not the application's
	if err := s.rc.SetWriteDeadline(deadline); err != nil {
		return fmt.Errorf("write to stream: %w", err)
	}
	for _, frame := range frames {
		if _, err := s.w.Write(frame); err != nil {
			return fmt.Errorf("write to stream: %w", err)
		}
	}
	if err := s.rc.Flush(); err != nil {
		return fmt.Errorf("write to stream: %w", err)
	}
	return nil
}

// Frame lays out one message, so that it can be made once and written to many streams. Data may
// have any number of lines; line breaks in event and id are dropped.
func Frame(event, id string, data []byte) []byte {
	frame := make([]byte, 0, len(data)+len(event)+len(id)+32)
	if event = oneLine(event); event != "" {
		frame = append(append(append(frame, "event: "...), event...), '\n')
	}
	if id = oneLine(id); id != "" {
		frame = append(append(append(frame, "id: "...), id...), '\n')
	}
	for {
		end := bytes.IndexAny(data, "\r\n")
		if end < 0 {
			break
		}
		frame = append(append(append(frame, "data: "...), data[:end]...), '\n')
		if data[end] == '\r' && end+1 < len(data) && data[end+1] == '\n' {
			end++
		}
		data = data[end+1:]
	}
	return append(append(append(frame, "data: "...), data...), "\n\n"...)
}

func oneLine(s string) string {
	if !strings.ContainsAny(s, "\r\n\x00") {
		return s
	}
	return strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(s)
}

// LastSeq is the seq after which a returning stream goes on, 0 for a new one.
func LastSeq(c echo.Context) int64 {
	seq, err := strconv.ParseInt(c.Request().Header.Get("Last-Event-ID"), 10, 64)
	if err != nil || seq < 0 {
		return 0
	}
	return seq
}
