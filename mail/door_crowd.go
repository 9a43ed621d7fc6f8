package mail

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const maxHosts = 20_000 // remembered for their pace

// crowd counts who stands at the door, how many mails each host brought lately, and how many bytes are under way.
type crowd struct {
	options DoorOptions

	mu      sync.Mutex
	closing bool
	callers map[*caller]bool
	hosts   map[netip.Prefix]*host
	bytes   int64
}

type host struct {
	open int
	pace *rate.Limiter
}

func newCrowd(o DoorOptions) *crowd {
	return &crowd{options: o, callers: map[*caller]bool{}, hosts: map[netip.Prefix]*host{}}
}

// admit lets a connection in, or says why not.
func (w *crowd) admit(c *caller) (refusal string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.host(c.host)
	switch {
	case w.closing:
		return "4.3.2 Closing; try again later"
	case w.options.MaxConnections > 0 && len(w.callers) >= w.options.MaxConnections:
		return "4.3.2 Too many connections; try again later"
	case w.options.MaxPerHost > 0 && h.open >= w.options.MaxPerHost:
		return "4.7.0 Too many connections from your address; try again later"
	}
	w.callers[c] = true
	h.open++
	return ""
}

// leave forgets a connection.
func (w *crowd) leave(c *caller) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.callers[c] {
		delete(w.callers, c)
		w.host(c.host).open--
	}
}

// mayMail counts one mail of a host; false when it brought too many of late.
func (w *crowd) mayMail(from netip.Prefix, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.options.PerHost <= 0 || w.host(from).pace.AllowN(now, 1)
}

// host finds a host; the lock is held.
func (w *crowd) host(from netip.Prefix) *host {
	if known := w.hosts[from]; known != nil {
		return known
	}
	if len(w.hosts) >= maxHosts {
		w.forget()
	}
	perMinute := max(w.options.PerHost, 1)
	h := &host{pace: rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), perMinute)}
	w.hosts[from] = h
	return h
}

// forget makes room for new hosts: those who are rested first, then any who are away.
func (w *crowd) forget() {
	now := w.options.Now()
	for from, h := range w.hosts {
		if h.open == 0 && h.pace.TokensAt(now) >= float64(h.pace.Burst()) {
			delete(w.hosts, from)
		}
	}
	for from, h := range w.hosts {
		if len(w.hosts) < maxHosts/2 {
			return
		}
		if h.open == 0 {
			delete(w.hosts, from)
		}
	}
}

// reserve takes room for bytes of a mail; false when too many are under way.
func (w *crowd) reserve(bytes int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.options.MaxBuffered > 0 && w.bytes+bytes > w.options.MaxBuffered {
		return false
	}
	w.bytes += bytes
	return true
}

// release gives the room back.
func (w *crowd) release(bytes int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bytes -= bytes
}

func (w *crowd) isClosing() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closing
}

func (w *crowd) isCrowded() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.options.MaxConnections > 0 && 4*len(w.callers) >= 3*w.options.MaxConnections
}

// close admits nobody any more, and ends the waits for commands.
func (w *crowd) close() {
	w.mu.Lock()
	w.closing = true
	w.mu.Unlock()
	for _, c := range w.all() {
		c.wake()
	}
}

// drop breaks every connection.
func (w *crowd) drop() {
	for _, c := range w.all() {
		_ = c.Close() // it may be closed already
	}
}

func (w *crowd) all() (callers []*caller) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.callers {
		callers = append(callers, c)
	}
	return callers
}
