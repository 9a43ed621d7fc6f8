package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	startWithin = 60 * time.Second
	lastLines   = 20
	secret      = "the bench's own secret, which opens nothing else"
)

// child is a server that runs as a program of its own, so that what it uses is not mixed with what the client uses.
type child struct {
	base    string // http://127.0.0.1:port
	control string
	door    string // where it takes mail
	cmd     *exec.Cmd
	hold    io.WriteCloser // the child ends when this closes, also when we are killed
	gone    chan struct{}
	started time.Duration // from its start to its first answer

	mu   sync.Mutex
	said []string
}

// startServer starts the real routes on a database.
func (b *bench) startServer(ctx context.Context, databaseURL, dir string) (*child, error) {
	return b.startChild(ctx, databaseURL, dir)
}

// startBare starts the yardstick: net/http alone.
func (b *bench) startBare(ctx context.Context) (*child, error) {
	return b.startChild(ctx, "", "", "--bare")
}

func (b *bench) startChild(ctx context.Context, databaseURL, dir string, args ...string) (*child, error) {
	return launch(ctx, b.Binary, args, io.Discard, "DATABASE_URL="+databaseURL, "DATA_DIR="+dir)
}

// launch starts the hidden command of a binary on free addresses and waits for its first answer; log gets what it says.
func launch(ctx context.Context, binary string, args []string, log io.Writer, env ...string) (*child, error) {
	addresses, err := freeAddresses(ctx, 3)
	if err != nil {
		return nil, err
	}
	c := &child{base: "http://" + addresses[0], control: "http://" + addresses[1], door: addresses[2], gone: make(chan struct{})}
	c.cmd = exec.Command(binary, append([]string{"bench-server", "--control", addresses[1]}, args...)...) //nolint:gosec,noctx // our own program; stop ends it
	c.cmd.Env = environment(append([]string{"ADDR=" + addresses[0], "BASE_URL=" + c.base, "SECRET_KEY=" + secret, "LOG_LEVEL=warn",
		"INBOUND_SMTP_ADDR=" + c.door, "INBOUND_DOMAIN=" + mailDomain}, env...)...)
	if c.hold, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	said, write := io.Pipe()
	c.cmd.Stdout, c.cmd.Stderr = write, write
	begun := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	go c.listen(io.TeeReader(said, log))
	go func() {
		_ = c.cmd.Wait() // how it ended is told by what it said
		_ = write.Close()
		close(c.gone)
	}()
	if err := c.waitUp(ctx); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	c.started = time.Since(begun)
	return c, nil
}

// environment is what a program needs to run, and nothing that would change what is measured.
func environment(own ...string) []string {
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "USER", "GOMAXPROCS", "GOGC", "GOMEMLIMIT"} {
		if value, set := os.LookupEnv(name); set {
			own = append(own, name+"="+value)
		}
	}
	return own
}

// freeAddresses are addresses of loopback that nobody listens on right now.
func freeAddresses(ctx context.Context, number int) ([]string, error) {
	var config net.ListenConfig
	var addresses []string
	for range number {
		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close()
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses, nil
}

func (c *child) listen(from io.Reader) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		c.mu.Lock()
		c.said = append(c.said, lines.Text())
		c.said = c.said[max(0, len(c.said)-lastLines):]
		c.mu.Unlock()
	}
	_, _ = io.Copy(io.Discard, from) // a line too long to keep must not stop it
}

// waitUp asks until it answers, every millisecond.
func (c *child) waitUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	asking := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	pause := time.NewTicker(time.Millisecond)
	defer pause.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/healthz", http.NoBody)
		if err != nil {
			return fmt.Errorf("ask the server: %w", err)
		}
		answer, err := asking.Do(request)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-pause.C:
		case <-c.gone:
			return fmt.Errorf("the server ended before it answered: %s", c.words())
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %s", c.words())
		}
	}
}

// words are the last ones that the server said, on one line.
func (c *child) words() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.said, " | ")
}

// usage is what a server has used until now.
type usage struct {
	cpu    time.Duration
	memory int64
}

func (c *child) usage() (usage, error) {
	cpu, err := cpuOf(c.cmd.Process.Pid)
	if err != nil {
		return usage{}, err
	}
	memory, err := memoryOf(c.cmd.Process.Pid)
	return usage{cpu: cpu, memory: memory}, err
}

// settled is what it uses once everything that it no longer needs has gone back to the system.
func (c *child) settled(ctx context.Context) (usage, error) {
	if err := c.ask(ctx, "/settle", io.Discard); err != nil {
		return usage{}, err
	}
	return c.usage()
}

// ask calls a path of the child's control.
func (c *child) ask(ctx context.Context, path string, to io.Writer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.control+path, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask the server's control: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask the server's control: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("ask the server's control: %s", answer.Status)
	}
	if _, err = io.Copy(to, answer.Body); err != nil {
		return fmt.Errorf("ask the server's control: %w", err)
	}
	return nil
}

// stop ends it as Ctrl-C does, and waits; after a while it is cut off.
func (c *child) stop() error {
	_ = c.hold.Close() // it may have gone already
	late := time.NewTimer(stopWithin)
	defer late.Stop()
	select {
	case <-c.gone:
		return nil
	case <-late.C:
		_ = c.cmd.Process.Kill() // nothing else is left
		<-c.gone
		return errors.New("the server did not stop by itself")
	}
}
