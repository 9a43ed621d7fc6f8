package smtptest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
)

// listener counts connections and plays the faults that come before the first word.
type listener struct {
	net.Listener
	server *Server

	mu          sync.Mutex
	open        map[*conn]bool
	total, most int
}

// conn is one connection with its number.
type conn struct {
	net.Conn
	number int
	gone   func()
	once   sync.Once
}

func listen(address string, s *Server) (*listener, error) {
	var listening net.ListenConfig
	inner, err := listening.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	return &listener{Listener: inner, server: s, open: map[*conn]bool{}}, nil
}

// Accept gives the next connection that is to be greeted.
func (l *listener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := l.count(accepted)
		fault := l.server.next(Greeting)
		if fault == (Fault{}) {
			return c, nil
		}
		go func() {
			defer func() { _ = c.Close() }() // the other side may have gone first
			l.server.hold(fault)
			if fault.Code != 0 {
				fmt.Fprintf(c, "%d %s\r\n", fault.Code, fault.Text)
			}
		}()
	}
}

func (l *listener) count(accepted net.Conn) *conn {
	l.mu.Lock()
	l.total++
	c := &conn{Conn: accepted, number: l.total}
	c.gone = func() { l.forget(c) }
	l.open[c] = true
	l.most = max(l.most, len(l.open))
	l.mu.Unlock()
	l.changed()
	return c
}

func (l *listener) forget(c *conn) {
	l.mu.Lock()
	delete(l.open, c)
	l.mu.Unlock()
	l.changed()
}

func (l *listener) changed() {
	l.server.mu.Lock()
	defer l.server.mu.Unlock()
	l.server.tell()
}

// Close ends the connection, once.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.gone)
	return err
}

// drop breaks every connection that is open.
func (l *listener) drop() {
	l.mu.Lock()
	var open []*conn
	for c := range l.open {
		open = append(open, c)
	}
	l.mu.Unlock()
	for _, c := range open {
		_ = c.Close() // it may be closed already
	}
}

// Drop breaks every connection that is open, without a word.
func (s *Server) Drop() { s.listener.drop() }

// Connections tells how many are open now, how many were at once at most, and how many there ever were.
func (s *Server) Connections() (open, most, total int) {
	s.listener.mu.Lock()
	defer s.listener.mu.Unlock()
	return len(s.listener.open), s.listener.most, s.listener.total
}

// numberOf finds the number of a connection, also under its TLS.
func numberOf(c net.Conn) int {
	if encrypted, ok := c.(*tls.Conn); ok {
		c = encrypted.NetConn()
	}
	if counted, ok := c.(*conn); ok {
		return counted.number
	}
	return 0
}
