package mail

import (
	"bufio"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// shelf keeps what came through a door.
type shelf struct {
	mu   sync.Mutex
	kept []Arrival
}

func (s *shelf) take(_ context.Context, a Arrival) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, a)
	return nil
}

func (s *shelf) all() []Arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.kept)
}

func (s *shelf) only(t *testing.T) Arrival {
	t.Helper()
	all := s.all()
	if len(all) != 1 {
		t.Fatalf("%d mails were kept, want one", len(all))
	}
	return all[0]
}

var testTime = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// openDoor opens a door on loopback that is closed with the test; a nil Take keeps mails on the shelf.
func openDoor(t *testing.T, o DoorOptions) (*Door, *shelf) {
	t.Helper()
	kept := &shelf{}
	if o.Take == nil {
		o.Take = kept.take
	}
	if o.Now == nil {
		o.Now = func() time.Time { return testTime }
	}
	o.Addr, o.Name = "127.0.0.1:0", "mx.rejoin.example"
	if o.Domain == "" {
		o.Domain = "in.example"
	}
	d, err := OpenDoor(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := d.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d, kept
}

// talk is one conversation with a door, word by word.
type talk struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

func call(t *testing.T, d *Door) *talk {
	t.Helper()
	conn, err := net.Dial("tcp", d.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return talkOver(t, conn)
}

func talkOver(t *testing.T, conn net.Conn) *talk {
	t.Helper()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &talk{t, conn, bufio.NewReader(conn)}
}

// greeted is a conversation after its greeting.
func greeted(t *testing.T, d *Door) *talk {
	t.Helper()
	c := call(t, d)
	c.hear("220 ")
	c.say("EHLO mail.shop.example", "250")
	return c
}

func (c *talk) send(raw string) {
	c.t.Helper()
	if _, err := c.conn.Write([]byte(raw)); err != nil {
		c.t.Fatalf("send %.40q: %v", raw, err)
	}
}

// hear reads one answer, which must begin as told; it gives all its lines.
func (c *talk) hear(want string) string {
	c.t.Helper()
	var all strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			c.t.Fatalf("hear %q: %v after %q", want, err, all.String())
		}
		all.WriteString(line)
		if len(line) < 4 || line[3] != '-' {
			break
		}
	}
	if !strings.HasPrefix(all.String(), want) {
		c.t.Fatalf("heard %q, want %q", all.String(), want)
	}
	return all.String()
}

func (c *talk) say(line, want string) string {
	c.t.Helper()
	c.send(line + "\r\n")
	return c.hear(want)
}

// begin says who writes to whom, up to the mail itself.
func (c *talk) begin(to ...string) {
	c.t.Helper()
	c.say("MAIL FROM:<jo@shop.example>", "250 ")
	for _, one := range to {
		c.say("RCPT TO:<"+one+">", "250 ")
	}
}

func (c *talk) mail(raw, want string) string {
	c.t.Helper()
	c.begin("reply+abc@in.example")
	c.say("DATA", "354 ")
	c.send(raw + ".\r\n")
	return c.hear(want)
}

// gone waits for the end of the connection, and fails when there is one more answer.
func (c *talk) gone() {
	c.t.Helper()
	line, err := c.r.ReadString('\n')
	if err == nil {
		c.t.Fatalf("the connection goes on: %q", line)
	}
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		c.t.Fatal("the connection did not end")
	}
}
