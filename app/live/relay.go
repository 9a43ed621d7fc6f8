package live

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	channel      = "rejoin_live"
	maxQueued    = 8192                  // events that wait for the other instances
	coalesce     = 10 * time.Millisecond // the longest that an event waits for company
	callTimeout  = 3 * time.Second       // one statement or one connection attempt
	pingEvery    = 30 * time.Second      // on a silent LISTEN connection
	firstBackoff = 50 * time.Millisecond
	maxBackoff   = 5 * time.Second
)

// ErrRunning says that the relay runs already.
var ErrRunning = errors.New("relay is running")

// Relay passes events between the hubs of all instances on one database, by
// LISTEN and NOTIFY on two connections of its own.
type Relay struct {
	hub     *Hub
	connect func(context.Context) (*pgx.Conn, error)
	log     *slog.Logger
	origin  string // names this instance, which ignores its own notifications
	running sync.Mutex
	outbox  outbox
	company company

	mu   sync.Mutex
	stop context.CancelFunc
	done chan struct{}
}

// NewRelay returns a relay at rest. Each connection that connect returns belongs
// to the relay and must reach PostgreSQL directly, not through a pooler.
func NewRelay(hub *Hub, connect func(context.Context) (*pgx.Conn, error), log *slog.Logger) *Relay {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Relay{
		hub:     hub,
		connect: connect,
		log:     log,
		origin:  rand.Text(),
		outbox:  outbox{wake: make(chan struct{}, 1)},
	}
}

// Send tells the own hub at once and the other instances, where there may be
// any, within moments. Call it after the commit; it never waits. When more has
// to wait than the queue holds, the other instances are told to resync instead.
func (r *Relay) Send(events []Event) {
	if len(events) == 0 {
		return
	}
	r.hub.Publish(events...)
	if !r.company.spare(time.Now()) {
		r.outbox.put(events)
	}
}

// Together says how many instances there are, this one included; call it every
// few seconds. While it is the only one, Send spares the database. Others are
// told to resync when they are first heard of, after the commit of whatever
// they were not told.
func (r *Relay) Together(instances int) {
	if r.company.count(instances, time.Now()) {
		r.outbox.put([]Event{{Name: Resync}})
	}
}

// Start runs the relay in the background until Stop; a second call does nothing.
func (r *Relay) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	r.stop, r.done = cancel, done
	go func() {
		defer close(done)
		if err := r.Run(ctx); err != nil {
			r.log.Error("relay did not start", "error", err)
		}
	}()
}

// Stop sends what is queued if a connection stands, ends the relay and waits
// for it; it may be called twice, or without Start.
func (r *Relay) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop == nil {
		return
	}
	r.stop()
	<-r.done
	r.stop = nil
}

// Run relays until the context ends and then returns nil. Lost connections are
// taken up again with growing pauses; whenever listening has begun anew, every
// subscriber of the own hub is told to Resync. The only error is ErrRunning.
func (r *Relay) Run(ctx context.Context) error {
	if !r.running.TryLock() {
		return ErrRunning
	}
	defer r.running.Unlock()
	var both sync.WaitGroup
	both.Go(func() { r.keep(ctx, "listen", r.listen) })
	both.Go(func() { r.keep(ctx, "notify", r.notifier()) })
	both.Wait()
	return nil
}
