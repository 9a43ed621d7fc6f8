package mail

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const doorLinesPerMinute = 20

// doorLog writes what the door refused: a stranger decides how often, so at a pace, with the number of what was left
// out. No token of an address is ever written.
type doorLog struct {
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	pace    *rate.Limiter
	leftOut int
}

func newDoorLog(o DoorOptions) *doorLog {
	pace := rate.NewLimiter(rate.Every(time.Minute/doorLinesPerMinute), doorLinesPerMinute)
	return &doorLog{log: o.Log, now: o.Now, pace: pace}
}

func (l *doorLog) refused(what string, remote netip.Addr, why string) {
	l.write(slog.LevelInfo, "the mail door refused", "what", what, "from", remote, "why", why)
}

func (l *doorLog) failed(what string, err error) {
	l.write(slog.LevelError, what, "error", err)
}

func (l *doorLog) write(level slog.Level, what string, facts ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.pace.AllowN(l.now(), 1) {
		l.leftOut++
		return
	}
	if l.leftOut > 0 {
		facts = append(facts, "left_out", l.leftOut)
		l.leftOut = 0
	}
	l.log.Log(context.Background(), level, what, facts...)
}

// Printf writes what the SMTP library reports: connections that broke, and panics.
func (l *doorLog) Printf(format string, v ...any) {
	l.write(slog.LevelInfo, "the mail door's connection", "report", fmt.Sprintf(format, v...))
}

// Println is Printf without a format.
func (l *doorLog) Println(v ...any) { l.Printf("%s", fmt.Sprintln(v...)) }

// masked leaves out of an address what stands behind a plus: tokens live there.
func masked(address string) string {
	address = cutRunes(cleanLine(address), 100)
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		at = len(address)
	}
	if plus := strings.IndexByte(address[:at], '+'); plus >= 0 {
		return address[:plus+1] + "…" + address[at:]
	}
	return address
}
