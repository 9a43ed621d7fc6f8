package browser

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
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// logLines is how many of its last lines a Server keeps for a failure.
const logLines = 400

// Build compiles the application once for the test package and returns the
// path of the binary. A build with -race needs RACE=1 in the environment.
func (b *Browser) Build(t testing.TB) string {
	t.Helper()
	path, err := b.build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func build(dir string) (string, error) {
	module, err := root()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "app")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	args := []string{"build", "-buildvcs=false", "-o", path}
	if os.Getenv("RACE") == "1" {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./app")...) //nolint:gosec // its arguments are ours
	cmd.Dir = module
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the application: %w\n%s", err, out)
	}
	return path, nil
}

// Command says how to run a Server.
type Command struct {
	Args []string // such as "demo"
	Env  []string // KEY=value, beside the test's own environment
	URL  string   // answers below 500 when the server is up
	Log  string   // instead of URL: a part of the line that says that it is up
}

// Server is the application as a process of its own.
type Server struct {
	t       testing.TB
	bin     string
	command Command

	cmd  *exec.Cmd
	gone chan struct{} // closed when the process has ended
	end  error

	mu   sync.Mutex
	last []string
	news chan struct{} // closed and made anew with every line
}

// Run starts the binary and waits until it is up; the test's end stops it.
func Run(t testing.TB, bin string, command Command) *Server {
	t.Helper()
	s := &Server{t: t, bin: bin, command: command, news: make(chan struct{})}
	t.Cleanup(s.finish)
	s.Start()
	return s
}

// Start starts the process again after Stop or Kill9, and waits until it is up.
func (s *Server) Start() {
	s.t.Helper()
	s.cmd = exec.Command(s.bin, s.command.Args...) //nolint:gosec,noctx // the test's own binary; Stop and Kill9 end it
	s.cmd.Env = append(os.Environ(), s.command.Env...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C at the test is not one at the server
	read, write := io.Pipe()
	s.cmd.Stdout, s.cmd.Stderr = write, write
	if err := s.cmd.Start(); err != nil {
		s.t.Fatalf("start %s: %v", s.bin, err)
	}
	s.gone = make(chan struct{})
	go s.listen(read)
	go func(cmd *exec.Cmd, gone chan struct{}) {
		s.end = cmd.Wait()
		_ = write.Close()
		close(gone)
	}(s.cmd, s.gone)
	s.waitUp()
}

func (s *Server) listen(from io.Reader) {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			s.mu.Lock()
			s.last = append(s.last, strings.TrimRight(line, "\n"))
			if len(s.last) > logLines {
				s.last = s.last[len(s.last)-logLines:]
			}
			close(s.news)
			s.news = make(chan struct{})
			s.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

func (s *Server) waitUp() {
	s.t.Helper()
	if s.command.URL == "" {
		s.WaitLog(s.command.Log)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	reason, up := poll(ctx, func(ctx context.Context) (bool, string) {
		select {
		case <-s.gone:
			s.t.Fatalf("%s ended before it was up: %v\n%s", s.name(), s.end, s.Log())
		default:
		}
		return answers(ctx, s.command.URL)
	})
	if !up {
		s.t.Fatalf("%s is not up at %s: %s\n%s", s.name(), s.command.URL, reason, s.Log())
	}
}

func answers(ctx context.Context, url string) (bool, string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false, err.Error()
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, err.Error()
	}
	defer answer.Body.Close()
	return answer.StatusCode < 500, answer.Status
}

// WaitLog waits until a line of the log since the start holds the text.
func (s *Server) WaitLog(text string) {
	s.t.Helper()
	late := time.NewTimer(60 * time.Second)
	defer late.Stop()
	for {
		s.mu.Lock()
		all, news := strings.Join(s.last, "\n"), s.news
		s.mu.Unlock()
		if strings.Contains(all, text) {
			return
		}
		select {
		case <-news:
		case <-s.gone:
			s.t.Fatalf("%s ended before it said %q: %v\n%s", s.name(), text, s.end, s.Log())
		case <-late.C:
			s.t.Fatalf("%s never said %q:\n%s", s.name(), text, s.Log())
		}
	}
}

// Log returns the last lines that the process wrote.
func (s *Server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.last, "\n")
}

// Kill9 ends the process as a crash of its machine would.
func (s *Server) Kill9() {
	s.t.Helper()
	s.signal(syscall.SIGKILL)
	<-s.gone
}

// Stop ends the process as Ctrl-C does; it must end well within 20 seconds.
func (s *Server) Stop() {
	s.t.Helper()
	s.signal(syscall.SIGINT)
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	select {
	case <-s.gone:
		var exit *exec.ExitError
		if errors.As(s.end, &exit) {
			s.t.Errorf("%s did not end well: %v\n%s", s.name(), s.end, s.Log())
		}
	case <-late.C:
		s.t.Errorf("%s does not stop:\n%s", s.name(), s.Log())
		s.Kill9()
	}
}

// Restart stops the process and starts it again.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.Start()
}

func (s *Server) signal(which os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(which); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Fatalf("%s: send %v: %v", s.name(), which, err)
	}
}

// finish stops what still runs and keeps the log of a failed test.
func (s *Server) finish() {
	if s.gone == nil {
		return
	}
	select {
	case <-s.gone:
	default:
		s.Stop()
	}
	if !s.t.Failed() {
		return
	}
	if err := save(s.t.Name(), "server.log", []byte(s.Log()+"\n")); err != nil {
		s.t.Logf("%s: %v", s.name(), err)
	}
}

func (s *Server) name() string { return filepath.Base(s.bin) + " " + strings.Join(s.command.Args, " ") }

// Port returns a TCP port of 127.0.0.1 that is free right now.
func Port(t testing.TB) int {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	defer listener.Close()
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("find a free port: %v is no TCP address", listener.Addr())
	}
	return address.Port
}
