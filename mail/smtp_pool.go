package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

// smtpPool keeps the connections to one mail server: each is used by one email at a time, and used again.
type smtpPool struct {
	options SMTPOptions
	closing context.Context // ends every connection
	slots   chan struct{}   // one for each email under way, and so for each connection in use

	mu     sync.Mutex
	idle   []*smtpConn // the last used last
	closed bool
	ending sync.WaitGroup // goodbyes under way
}

// envelope is one email as the server gets it.
type envelope struct {
	from, to string // ASCII, without angle brackets
	raw      []byte
}

func newSMTPPool(closing context.Context, options SMTPOptions) *smtpPool {
	return &smtpPool{options: options, closing: closing, slots: make(chan struct{}, options.Connections)}
}

// send makes one attempt at an email; nil means that the server has taken it.
func (p *smtpPool) send(ctx context.Context, e envelope) *Failure {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.closing, cancel)()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return p.untaken(ctx, stepConnect, ctx.Err())
	}
	if c := p.reuse(ctx); c != nil {
		failure, gone := c.send(ctx, e)
		p.give(c)
		if !gone || ctx.Err() != nil {
			return failure
		}
	}
	c, failure := p.connect(ctx)
	if failure != nil {
		return failure
	}
	failure, _ = c.send(ctx, e)
	p.give(c)
	return failure
}

// check opens a connection, sees that it works, and ends it.
func (p *smtpPool) check(ctx context.Context) *Failure {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.closing, cancel)()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return p.untaken(ctx, stepConnect, ctx.Err())
	}
	c, failure := p.connect(ctx)
	if failure != nil {
		return failure
	}
	defer c.quit()
	defer context.AfterFunc(ctx, c.abort)()
	if err := c.patiently(c.client.Noop); err != nil {
		c.broken = true
		return p.untaken(ctx, stepConnect, err)
	}
	return nil
}

// reuse gives an idle connection that still works, or nil.
func (p *smtpPool) reuse(ctx context.Context) *smtpConn {
	p.mu.Lock()
	var c *smtpConn
	if last := len(p.idle) - 1; last >= 0 {
		c, p.idle = p.idle[last], p.idle[:last]
	}
	p.mu.Unlock()
	if c == nil {
		return nil
	}
	c.idle.Stop()
	if c.ready(ctx) {
		return c
	}
	c.abort()
	p.dropIdle((*smtpConn).abort) // they waited at least as long
	return nil
}

// give takes a connection back; one that can be used no more is closed.
func (p *smtpPool) give(c *smtpConn) {
	p.mu.Lock()
	keep := !c.broken && !p.closed
	if keep {
		c.idle = time.AfterFunc(p.options.Idle, func() { p.expire(c) })
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !keep {
		c.quit()
	}
}

// expire closes a connection that nobody has used for a while.
func (p *smtpPool) expire(c *smtpConn) {
	p.mu.Lock()
	at := slices.Index(p.idle, c)
	if at >= 0 {
		p.idle = slices.Delete(p.idle, at, at+1)
		p.ending.Add(1)
	}
	p.mu.Unlock()
	if at < 0 {
		return
	}
	defer p.ending.Done()
	select {
	case p.slots <- struct{}{}: // it counts as one in use until the server has let it go
		c.quit()
		<-p.slots
	default:
		c.abort()
	}
}

func (p *smtpPool) dropIdle(end func(*smtpConn)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.idle {
		c.idle.Stop()
		p.ending.Go(func() { end(c) })
	}
	p.idle = nil
}

// close says goodbye on the idle connections, and keeps no other any more.
func (p *smtpPool) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.dropIdle((*smtpConn).quit)
	p.ending.Wait()
}

func (p *smtpPool) wait() { p.ending.Wait() }
