package channel

import (
	"io"
	"sync"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
)

// The bounds of the senders to organizations' own mail servers.
const (
	maxServers = 32
	// serverIdle is longer than a mail server's answer is ever waited for, so that no attempt under way is given up.
	serverIdle = 10 * time.Minute
)

// servers keeps senders to organizations' own mail servers, so that each one's connections and its memory of what was
// taken serve its next email too.
type servers struct {
	open func(chat.MailServer) (mail.Sender, error)

	mu      sync.Mutex
	kept    map[chat.MailServer]*server
	turn    uint64
	closed  bool
	closing sync.WaitGroup
}

// server is one of them; idle runs while nobody uses it.
type server struct {
	sender mail.Sender
	users  int
	since  uint64 // when it was last given back: the higher the later
	idle   *time.Timer
}

func newServers(open func(chat.MailServer) (mail.Sender, error)) *servers {
	return &servers{open: open, kept: make(map[chat.MailServer]*server)}
}

// take gives the sender to a mail server; release gives it back. Every error is a *mail.Failure.
func (s *servers) take(to chat.MailServer) (sender mail.Sender, release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, &mail.Failure{Temporary: true, Code: "cancelled", Detail: "the house is shutting down", Untaken: true}
	}
	one := s.kept[to]
	if one == nil {
		if one, err = s.add(to); err != nil {
			return nil, nil, err
		}
	}
	if one.idle != nil {
		one.idle.Stop()
	}
	one.users++
	return one.sender, sync.OnceFunc(func() { s.release(to, one) }), nil
}

func (s *servers) add(to chat.MailServer) (*server, error) {
	if s.open == nil {
		return nil, &mail.Failure{Code: "no_server", Detail: "organizations' own mail servers are not used here", Untaken: true}
	}
	if len(s.kept) >= maxServers && !s.dropOldest() {
		return nil, &mail.Failure{Temporary: true, RetryAfter: time.Minute, Code: "busy", Detail: "too many mail servers are in use", Untaken: true}
	}
	sender, err := s.open(to)
	if err != nil {
		return nil, &mail.Failure{Code: "no_server", Detail: err.Error(), Untaken: true}
	}
	one := &server{sender: sender}
	s.kept[to] = one
	return one, nil
}

// dropOldest makes room, and tells whether there was one that nobody uses.
func (s *servers) dropOldest() bool {
	var oldest *server
	var key chat.MailServer
	for to, one := range s.kept {
		if one.users == 0 && (oldest == nil || one.since < oldest.since) {
			oldest, key = one, to
		}
	}
	if oldest == nil {
		return false
	}
	s.drop(key, oldest)
	return true
}

func (s *servers) drop(to chat.MailServer, one *server) {
	delete(s.kept, to)
	if one.idle != nil {
		one.idle.Stop()
	}
	if closer, ok := one.sender.(io.Closer); ok {
		s.closing.Go(func() { _ = closer.Close() }) // it may say goodbye for a while
	}
}

func (s *servers) release(to chat.MailServer, one *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one.users--
	if one.users > 0 || s.kept[to] != one {
		return
	}
	s.turn++
	one.since = s.turn
	one.idle = time.AfterFunc(serverIdle, func() { s.expire(to, one) })
}

func (s *servers) expire(to chat.MailServer, one *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept[to] == one && one.users == 0 {
		s.drop(to, one)
	}
}

// close lets go of all of them and waits for it.
func (s *servers) close() error {
	s.mu.Lock()
	s.closed = true
	for to, one := range s.kept {
		s.drop(to, one)
	}
	s.mu.Unlock()
	s.closing.Wait()
	return nil
}
