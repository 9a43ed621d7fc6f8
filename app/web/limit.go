package web

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"rejoin/app/chat"
)

// Rate is how often something may happen: Events in Per, and Burst of them at once.
type Rate struct {
	Events int
	Per    time.Duration
	Burst  int
}

// Limiter counts by key, such as an address or a visitor. It remembers a bounded number of keys: the
// one that was quiet for longest is forgotten first, which by then has its full burst again unless
// more keys than that are busy.
type Limiter struct {
	rate  Rate
	most  int
	now   func() time.Time
	mu    sync.Mutex
	order *list.List // of *bucket, quiet ones first
	byKey map[string]*list.Element
}

type bucket struct {
	key    string
	tokens *rate.Limiter
}

// NewLimiter remembers at most size keys.
func NewLimiter(r Rate, size int, now func() time.Time) *Limiter {
	r.Burst = max(r.Burst, 1)
	return &Limiter{rate: r, most: size, now: now, order: list.New(), byKey: map[string]*list.Element{}}
}

// Allow takes one event of the key, or says how long until the next is free.
func (l *Limiter) Allow(key string) (ok bool, retryAfter time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	reservation := l.bucketOf(key).tokens.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return true, 0
	}
	reservation.CancelAt(now)
	return false, wait
}

func (l *Limiter) bucketOf(key string) *bucket {
	if at, ok := l.byKey[key]; ok {
		l.order.MoveToBack(at)
		return at.Value.(*bucket)
	}
	for l.order.Len() >= l.most {
		delete(l.byKey, l.order.Remove(l.order.Front()).(*bucket).key)
	}
	every := rate.Every(l.rate.Per / time.Duration(max(l.rate.Events, 1)))
	b := &bucket{key: key, tokens: rate.NewLimiter(every, l.rate.Burst)}
	l.byKey[key] = l.order.PushBack(b)
	return b
}

// Limit answers 429 where the limiter has no event left for the request's key.
func Limit(l *Limiter, keyOf func(echo.Context) string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := l.Check(keyOf(c)); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// Check is Allow as an error that is answered with 429 and Retry-After.
func (l *Limiter) Check(key string) error {
	ok, wait := l.Allow(key)
	if ok {
		return nil
	}
	return RetryAfter(chat.Refuse(chat.Busy, "error.limit", "Count", seconds(wait)), wait)
}

// ByAddress is the caller's address as a key: an IPv6 one by its /64, which is one household.
func ByAddress(c echo.Context) string { return AddressKey(c.RealIP()) }

// AddressKey shortens an address to what one stranger holds.
func AddressKey(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	address = address.Unmap().WithZone("")
	if address.Is4() {
		return address.String()
	}
	prefix, err := address.Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}

// Slots bounds what is held open at one time, such as streams: so many in all, so many by key.
type Slots struct {
	total, perKey int
	mu            sync.Mutex
	taken         int
	byKey         map[string]int
}

// NewSlots has total places, and perKey of them for each key.
func NewSlots(total, perKey int) *Slots {
	return &Slots{total: total, perKey: perKey, byKey: map[string]int{}}
}

// Take holds a place until release is called; with none free it returns an error answered with 429.
func (s *Slots) Take(key string) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken >= s.total || s.byKey[key] >= s.perKey {
		return nil, RetryAfter(chat.Refuse(chat.Busy, "error.slots"), busyWait)
	}
	s.taken++
	s.byKey[key]++
	return sync.OnceFunc(func() { s.release(key) }), nil
}

func (s *Slots) release(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.byKey[key]--; s.byKey[key] == 0 {
		delete(s.byKey, key)
	}
}
