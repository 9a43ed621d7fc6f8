package mail

import (
	"net/netip"
	"slices"
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
	open    int
	pace    *rate.Limiter
	volume  *rate.Limiter // of bytes
	trusted bool
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
	case w.options.MaxPerHost > 0 && h.open >= w.options.MaxPerHost && !h.trusted:
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

// mayMail counts one mail of a host; false when it brought too many of late, or too much.
func (w *crowd) mayMail(from netip.Prefix, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.host(from)
	switch {
	case h.trusted:
		return true
	case w.options.BytesPerHost > 0 && h.volume.TokensAt(now) <= 0:
		return false
	}
	return w.options.PerHost <= 0 || h.pace.AllowN(now, 1)
}

// brought counts the bytes that a host made us keep; what is beyond its volume is taken off later mails.
func (w *crowd) brought(from netip.Prefix, bytes int64, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.host(from)
	for left := bytes; left > 0; left -= int64(h.volume.Burst()) {
		h.volume.ReserveN(now, int(min(left, int64(h.volume.Burst()))))
	}
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
	perHour := max(w.options.BytesPerHost, 4)
	h := &host{
		pace:    rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), perMinute),
		volume:  rate.NewLimiter(rate.Limit(float64(perHour)/time.Hour.Seconds()), int(perHour/4)),
		trusted: slices.ContainsFunc(w.options.Trusted, func(network netip.Prefix) bool { return network.Contains(from.Addr()) }),
	}
	w.hosts[from] = h
	return h
}

// forget makes room for new hosts: those who are rested first, then any who are away.
func (w *crowd) forget() {
	now := w.options.Now()
	for from, h := range w.hosts {
		if h.open == 0 && h.pace.TokensAt(now) >= float64(h.pace.Burst()) && h.volume.TokensAt(now) >= float64(h.volume.Burst()) {
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
