package smtptest

import (
	"errors"

	"github.com/emersion/go-smtp"
)

// Step is where in a conversation a fault happens.
type Step string

// The steps of a conversation, in their order.
const (
	Greeting Step = "greeting" // instead of the server's first line
	Auth     Step = "auth"     // as the answer to a sign-in
	Mail     Step = "mail"     // as the answer to MAIL FROM
	Rcpt     Step = "rcpt"     // as the answer to RCPT TO
	Body     Step = "body"     // after the server has asked for the email, before it reads it
	Answer   Step = "answer"   // as the answer to the email's last byte
)

// Fault is what the server does instead of going on; the zero one goes on.
type Fault struct {
	Code     int             // answers with this code
	Enhanced [3]int          // and this status
	Text     string          // and these words
	Drop     bool            // breaks the connection without a word
	Hold     <-chan struct{} // says nothing before this is closed, or the server is
	Taken    bool            // at Answer: the email is taken all the same
}

// Script decides what happens at the nth time (from 1) that a step is reached on this server; nil lets all go well.
func (s *Server) Script(script func(step Step, n int) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.counts = script, map[Step]int{}
}

// Times makes a script of the first faults at one step.
func Times(at Step, faults ...Fault) func(Step, int) Fault {
	return func(step Step, n int) Fault {
		if step == at && n <= len(faults) {
			return faults[n-1]
		}
		return Fault{}
	}
}

// Reached tells how often a step was reached since the script began.
func (s *Server) Reached(step Step) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[step]
}

// WaitFor waits until a step was reached n times since the script began; false when the server was closed.
func (s *Server) WaitFor(step Step, n int) bool {
	return s.wait(func() bool { return s.Reached(step) >= n })
}

// WaitConnections waits until exactly n connections are open; false when the server was closed.
func (s *Server) WaitConnections(n int) bool {
	return s.wait(func() bool { open, _, _ := s.Connections(); return open == n })
}

func (s *Server) wait(done func() bool) bool {
	for {
		news := s.news()
		if done() {
			return true
		}
		select {
		case <-news:
		case <-s.closing:
			return false
		}
	}
}

func (s *Server) next(step Step) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[step]++
	s.tell()
	if s.script == nil {
		return Fault{}
	}
	return s.script(step, s.counts[step])
}

func (s *session) act(step Step) error { return s.suffer(s.server.next(step)) }

var errDropped = errors.New("smtptest: the connection was dropped")

func (s *session) suffer(f Fault) error {
	s.server.hold(f)
	if f.Drop {
		_ = s.conn.Conn().Close() // it may be closed already
		return errDropped
	}
	if f.Code == 0 {
		return nil
	}
	answer := &smtp.SMTPError{Code: f.Code, EnhancedCode: smtp.EnhancedCode(f.Enhanced), Message: f.Text}
	if f.Enhanced == [3]int{} {
		answer.EnhancedCode = smtp.NoEnhancedCode
	}
	return answer
}

func (s *Server) hold(f Fault) {
	if f.Hold == nil {
		return
	}
	select {
	case <-f.Hold:
	case <-s.closing:
	}
}
