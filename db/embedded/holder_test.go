package embedded

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const (
	holdIn   = "REJOIN_TEST_HOLD_IN"
	holdMode = "REJOIN_TEST_HOLD_THROWAWAY"
)

// TestMain lets the test program play another process that holds a cluster.
func TestMain(m *testing.M) {
	if dir := os.Getenv(holdIn); dir != "" {
		os.Exit(hold(dir, os.Getenv(holdMode) != ""))
	}
	os.Exit(m.Run())
}

// hold starts, says where, and stops when it is told to go.
func hold(dir string, throwaway bool) int {
	server, err := Start(context.Background(), Options{Dir: dir, Throwaway: throwaway})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("holds", server.URL())
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return 1
	}
	if err := server.Stop(context.Background()); err != nil {
		fmt.Println("error", err)
		return 1
	}
	return 0
}

// holder is such another process.
type holder struct {
	t       *testing.T
	command *exec.Cmd
	stdin   io.WriteCloser
	stdout  *bufio.Reader
}

func startHolder(t *testing.T, dir string, throwaway bool) *holder {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), holdIn+"="+dir)
	if throwaway {
		command.Env = append(command.Env, holdMode+"=yes")
	}
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	must(t, err)
	stdout, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill() })
	return &holder{t, command, stdin, bufio.NewReader(stdout)}
}

// url waits until the holder holds.
func (h *holder) url() string {
	h.t.Helper()
	line, err := h.stdout.ReadString('\n')
	must(h.t, err)
	word, url, _ := strings.Cut(strings.TrimSpace(line), " ")
	if word != "holds" {
		h.t.Fatalf("the holder said %q", line)
	}
	return url
}

func (h *holder) leave() {
	h.t.Helper()
	must(h.t, h.stdin.Close())
	must(h.t, h.command.Wait())
}

func (h *holder) die() {
	h.t.Helper()
	must(h.t, h.command.Process.Kill())
	_ = h.command.Wait()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
