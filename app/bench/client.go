package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const answerWithin = 15 * time.Second

// wire is one open connection that requests are written to by hand: a client that leaves the machine to the server.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	host string
	out  []byte
}

func dial(ctx context.Context, base string) (*wire, error) {
	host := strings.TrimPrefix(base, "http://")
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &wire{conn: conn, in: bufio.NewReader(conn), host: host}, nil
}

// send makes one request and reads the whole answer; what is not 2xx is an error. Head is whole header lines.
func (w *wire) send(method, path, head string, body []byte) (http.Header, []byte, error) {
	if err := w.conn.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return nil, nil, fmt.Errorf("send: %w", err)
	}
	w.out = append(w.out[:0], method+" "+path+" HTTP/1.1\r\nHost: "+w.host+"\r\n"+head...)
	if method != http.MethodGet {
		w.out = append(append(append(w.out, "Content-Length: "...), strconv.Itoa(len(body))...), "\r\n"...)
	}
	w.out = append(append(w.out, "\r\n"...), body...)
	if _, err := w.conn.Write(w.out); err != nil {
		return nil, nil, fmt.Errorf("send: %w", err)
	}
	answer, err := http.ReadResponse(w.in, &http.Request{Method: method})
	if err != nil {
		return nil, nil, fmt.Errorf("read answer: %w", err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("read answer: %w", err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return nil, nil, fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, firstLine(string(content[:min(len(content), 300)])))
	}
	return answer.Header, content, nil
}

func (w *wire) close() { _ = w.conn.Close() } // whatever is lost now is not measured

// wires lends connections out to calls that overlap, and opens another when none is free.
type wires struct {
	base string
	free chan *wire
}

func newWires(base string) *wires { return &wires{base: base, free: make(chan *wire, 256)} }

func (p *wires) send(ctx context.Context, method, path, head string, body []byte) ([]byte, error) {
	var w *wire
	select {
	case w = <-p.free:
	default:
		var err error
		if w, err = dial(ctx, p.base); err != nil {
			return nil, err
		}
	}
	_, content, err := w.send(method, path, head, body)
	if err != nil {
		w.close()
		return nil, err
	}
	select {
	case p.free <- w:
	default:
		w.close()
	}
	return content, nil
}

func (p *wires) close() {
	for {
		select {
		case w := <-p.free:
			w.close()
		default:
			return
		}
	}
}

// openStreamOf opens a stream of server-sent events and returns once its headers are there; hear gets every line.
func openStreamOf(ctx context.Context, base, path, head string, hear func(line []byte)) (*wire, error) {
	w, err := dial(ctx, base)
	if err != nil {
		return nil, err
	}
	if err := w.begin(path, head, hear); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *wire) begin(path, head string, hear func(line []byte)) error {
	if err := w.conn.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return fmt.Errorf("open stream: %w", err)
	}
	if _, err := io.WriteString(w.conn, "GET "+path+" HTTP/1.1\r\nHost: "+w.host+"\r\nAccept: text/event-stream\r\n"+head+"\r\n"); err != nil {
		return fmt.Errorf("open stream: %w", err)
	}
	answer, err := http.ReadResponse(w.in, nil) //nolint:bodyclose // it ends with the connection
	if err != nil {
		return fmt.Errorf("open stream: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("open stream: %s", answer.Status)
	}
	if err := w.conn.SetDeadline(time.Time{}); err != nil {
		return fmt.Errorf("open stream: %w", err)
	}
	go func() { // until the connection closes
		lines := bufio.NewReaderSize(answer.Body, 16<<10) // a line that is cut could hide a number
		for {
			line, err := lines.ReadSlice('\n')
			if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
				return
			}
			hear(line)
		}
	}()
	return nil
}

// openStreams opens many, some at a time, and returns when each has said that it stands.
func openStreams(ctx context.Context, count int, open func(i int, stands func()) (*wire, error)) ([]*wire, error) {
	streams := make([]*wire, count)
	err := inParallel(count, 32, func(i int) error {
		stands, once := make(chan struct{}), false
		var err error
		streams[i], err = open(i, func() {
			if !once { // only the reader of this stream calls it
				once = true
				close(stands)
			}
		})
		if err != nil {
			return err
		}
		late := time.NewTimer(answerWithin)
		defer late.Stop()
		select {
		case <-stands:
			return nil
		case <-late.C:
			return errors.New("a stream says nothing")
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err != nil {
		closeAll(streams)
		return nil, err
	}
	return streams, nil
}

func closeAll(streams []*wire) {
	for _, s := range streams {
		if s != nil {
			s.close()
		}
	}
}

// numberIn finds the number of a message of ours in a line of a stream.
func numberIn(line []byte) (int, bool) {
	at := bytes.Index(line, []byte(mark))
	if at < 0 || len(line) < at+len(mark)+markDigits {
		return 0, false
	}
	n, err := strconv.Atoi(string(line[at+len(mark) : at+len(mark)+markDigits]))
	return n, err == nil
}

const (
	mark       = "zqx"
	markDigits = 9
)

// marked is a text that a customer might write, with a number that a stream can be searched for.
func marked(n int) string {
	return fmt.Sprintf("Hello, where is my parcel %s%0*d? I would like to change the address.", mark, markDigits, n)
}
