package browser

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// uplink is one person's way to the servers: a SOCKS5 proxy that leads every
// name ending in .test to this machine, and nowhere else. Cutting it ends open
// streams too, which Chromium's own offline emulation leaves running.
type uplink struct {
	listener net.Listener
	done     sync.WaitGroup

	mu   sync.Mutex
	cut  bool
	open map[net.Conn]struct{}
}

func newUplink() (*uplink, error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a person's network: %w", err)
	}
	u := &uplink{listener: listener, open: map[net.Conn]struct{}{}}
	u.done.Go(u.accept)
	return u, nil
}

func (u *uplink) url() string { return "socks5://" + u.listener.Addr().String() }

func (u *uplink) close() {
	_ = u.listener.Close()
	u.set(true)
	u.done.Wait()
}

// set cuts the network or mends it.
func (u *uplink) set(cut bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.cut = cut
	if !cut {
		return
	}
	for conn := range u.open {
		_ = conn.Close()
	}
}

// keep notes an open connection, or reports false when the network is cut.
func (u *uplink) keep(conn net.Conn) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.cut {
		return false
	}
	u.open[conn] = struct{}{}
	return true
}

func (u *uplink) drop(conn net.Conn) {
	_ = conn.Close()
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.open, conn)
}

func (u *uplink) accept() {
	for {
		conn, err := u.listener.Accept()
		if err != nil {
			return
		}
		u.done.Go(func() {
			defer u.drop(conn)
			if u.keep(conn) {
				u.serve(conn)
			}
		})
	}
}

func (u *uplink) serve(conn net.Conn) {
	address, err := greet(conn)
	if err != nil {
		return
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	server, err := dialer.DialContext(context.Background(), "tcp", address)
	if err != nil {
		_, _ = conn.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0}) // connection refused
		return
	}
	defer u.drop(server)
	if !u.keep(server) {
		return
	}
	if _, err := conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0}); err != nil {
		return
	}
	var up sync.WaitGroup
	up.Go(func() { pipe(server, conn) })
	pipe(conn, server)
	up.Wait()
}

// pipe copies one direction and passes its end on.
func pipe(to, from net.Conn) {
	_, err := io.Copy(to, from)
	half, ok := to.(*net.TCPConn)
	if err != nil || !ok {
		_ = to.Close()
		return
	}
	_ = half.CloseWrite()
}

// greet reads a SOCKS5 greeting and request (RFC 1928) and returns where to go.
func greet(conn net.Conn) (string, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil {
		return "", fmt.Errorf("read greeting: %w", err)
	}
	if _, err := io.ReadFull(conn, make([]byte, head[1])); err != nil {
		return "", fmt.Errorf("read methods: %w", err)
	}
	if _, err := conn.Write([]byte{5, 0}); err != nil {
		return "", fmt.Errorf("answer greeting: %w", err)
	}
	request := make([]byte, 4)
	if _, err := io.ReadFull(conn, request); err != nil {
		return "", fmt.Errorf("read request: %w", err)
	}
	if request[1] != 1 {
		return "", errors.New("read request: only CONNECT is spoken")
	}
	return destination(conn, request[3])
}

func destination(conn net.Conn, kind byte) (string, error) {
	size := map[byte]int{1: net.IPv4len, 4: net.IPv6len}[kind]
	if kind == 3 {
		length := make([]byte, 1)
		if _, err := io.ReadFull(conn, length); err != nil {
			return "", fmt.Errorf("read length of name: %w", err)
		}
		size = int(length[0])
	}
	if size == 0 {
		return "", errors.New("read address: of no known kind")
	}
	rest := make([]byte, size+2)
	if _, err := io.ReadFull(conn, rest); err != nil {
		return "", fmt.Errorf("read address: %w", err)
	}
	host := string(rest[:size])
	if kind != 3 {
		host = net.IP(rest[:size]).String()
	}
	if !here(host) {
		return "", fmt.Errorf("%s is not on this machine", host)
	}
	port := strconv.Itoa(int(binary.BigEndian.Uint16(rest[size:])))
	if strings.Contains(host, ":") {
		return net.JoinHostPort(host, port), nil
	}
	return net.JoinHostPort("127.0.0.1", port), nil
}

// here reports whether a name or address means this machine.
func here(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".test")
}
