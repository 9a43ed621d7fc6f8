package mail

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

const crowdedCommand = 10 * time.Second

var errTooMuch = errors.New("far more was sent than is taken")

// entrance admits connections, or turns them away with a word.
type entrance struct {
	net.Listener
	door *Door
}

// Accept gives the next connection that is admitted.
func (e *entrance) Accept() (net.Conn, error) {
	for {
		conn, err := e.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := newCaller(conn, e.door)
		refusal := e.door.crowd.admit(c)
		if refusal == "" {
			return c, nil
		}
		e.door.log.refused("connection", c.remote, refusal)
		_ = conn.SetWriteDeadline(socketTime().Add(time.Second)) // the line fits into an empty buffer
		fmt.Fprintf(conn, "421 %s\r\n", refusal)
		_ = conn.Close()
	}
}

// caller is one connection, below whatever encrypts it. It decides how long each read may wait, and when the
// conversation is over: the library would go on with commands that it has already read.
type caller struct {
	net.Conn
	door   *Door
	remote netip.Addr
	host   netip.Prefix
	since  time.Time

	mu      sync.Mutex
	over    bool      // nothing more is read
	busy    bool      // a mail is under way
	reading bool      // of a mail, or of what is left of one that was refused
	ended   bool      // the other side said all it wanted
	wrote   bool      // an answer to the command that was read last
	mailEnd time.Time // until when the mail has to be here
	left    int64     // bytes that may still come with it
	once    sync.Once
}

func newCaller(conn net.Conn, d *Door) *caller {
	remote := netip.IPv6Unspecified()
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		remote = tcp.AddrPort().Addr().Unmap()
	}
	bits := 32
	if remote.Is6() {
		bits = 64
	}
	host, _ := remote.WithZone("").Prefix(bits) // it has as many
	return &caller{Conn: conn, door: d, remote: remote, host: host, since: socketTime()}
}

// SetReadDeadline is asked for before every command.
func (c *caller) SetReadDeadline(until time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrote = false
	if c.over {
		return net.ErrClosed
	}
	if c.busy {
		return c.Conn.SetReadDeadline(until)
	}
	now, timeouts := socketTime(), c.door.options.Timeouts
	if c.door.crowd.isClosing() || now.Sub(c.since) > timeouts.Visit {
		return os.ErrDeadlineExceeded // it is answered 421
	}
	c.reading = false
	if c.door.crowd.isCrowded() {
		until = earlier(until, now.Add(crowdedCommand))
	}
	return c.Conn.SetReadDeadline(until)
}

// Read waits for the next piece of a mail as long as a piece and the mail may take; commands have one deadline each.
func (c *caller) Read(b []byte) (int, error) {
	if err := c.beforeRead(); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left -= int64(n)
	c.ended = c.ended || errors.Is(err, io.EOF)
	return n, err
}

func (c *caller) beforeRead() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.over && !c.busy:
		return io.EOF
	case !c.reading:
		return nil
	case c.left <= 0:
		return errTooMuch
	case c.door.crowd.isClosing() && !c.busy:
		return net.ErrClosed
	}
	return c.Conn.SetReadDeadline(earlier(c.mailEnd, socketTime().Add(c.door.options.Timeouts.Block)))
}

// Write notes that an answer was given.
func (c *caller) Write(b []byte) (int, error) {
	c.mu.Lock()
	c.wrote = true
	c.mu.Unlock()
	return c.Conn.Write(b)
}

// Close ends the connection, once.
func (c *caller) Close() error {
	c.end()
	c.once.Do(func() { c.door.crowd.leave(c) })
	return c.Conn.Close()
}

// begin says that a mail comes now; false when the door is closing.
func (c *caller) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || c.door.crowd.isClosing() {
		return false
	}
	c.busy, c.reading = true, true
	c.mailEnd = socketTime().Add(c.door.options.Timeouts.Mail)
	c.left = 1 << 62
	if most := c.door.options.MaxBytes; most > 0 {
		c.left = 4*most + 1<<20 // whoever sends somewhat too much is to read that it was
	}
	return true
}

// done says that the mail was answered, or will be.
func (c *caller) done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy = false
}

// end lets the connection end after the answer that is being given.
func (c *caller) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
}

// wake ends the wait for the next command, unless a mail is under way.
func (c *caller) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.busy {
		_ = c.Conn.SetReadDeadline(time.Unix(1, 0)) // a closed connection waits for nothing
	}
}

func (c *caller) hasAnswered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wrote
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// socketTime is the clock that deadlines of connections go by, whatever the application's shows.
func socketTime() time.Time { return time.Now() } //nolint:forbidigo // connections know no other
