package mail

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// maxRest bounds how long a request is held back; a longer window answers 429 and is the caller's to wait for.
const maxRest = 2 * time.Second

// resendPace holds requests back for the rest of a rate window of which Resend has said that nothing remains.
type resendPace struct {
	mu   sync.Mutex
	open chan struct{} // nil while nothing is held back; closed at the window's end
}

// wait returns at the window's end, or with the context's error.
func (p *resendPace) wait(ctx context.Context) error {
	p.mu.Lock()
	open := p.open
	p.mu.Unlock()
	if open == nil {
		return nil
	}
	select {
	case <-open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// heed reads the headers of an answer. A window that is being waited for already ends first.
func (p *resendPace) heed(h http.Header) {
	rest := restOf(h)
	p.mu.Lock()
	defer p.mu.Unlock()
	if rest == 0 || p.open != nil {
		return
	}
	open := make(chan struct{})
	p.open = open
	time.AfterFunc(rest, func() {
		p.mu.Lock()
		p.open = nil
		p.mu.Unlock()
		close(open)
	})
}

// restOf is how long nothing more should be asked, as the headers of an answer say.
func restOf(h http.Header) time.Duration {
	if h.Get("Ratelimit-Remaining") != "0" {
		return 0
	}
	seconds, err := strconv.ParseFloat(h.Get("Ratelimit-Reset"), 64)
	if err != nil {
		return 0
	}
	return min(boundedPause(seconds), maxRest)
}
