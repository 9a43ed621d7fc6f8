package web_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rejoin/app/web"
)

func TestAKeyHasItsBurstAndThenItsRate(t *testing.T) {
	var c clock
	l := web.NewLimiter(web.Rate{Events: 6, Per: time.Minute, Burst: 3}, 100, c.now)
	for i := range 3 {
		if ok, _ := l.Allow("a"); !ok {
			t.Fatalf("refused within the burst, at %d", i)
		}
	}
	for range 5 { // refusals cost nothing
		if ok, wait := l.Allow("a"); ok || wait != 10*time.Second {
			t.Fatalf("beyond the burst: %v, %s", ok, wait)
		}
	}
	if ok, _ := l.Allow("b"); !ok {
		t.Error("another key pays for it")
	}
	c.move(10 * time.Second)
	if ok, _ := l.Allow("a"); !ok {
		t.Error("the next is not free in time")
	}
	if ok, _ := l.Allow("a"); ok {
		t.Error("one more than the rate")
	}
}

func TestTheKeysAreBounded(t *testing.T) {
	var c clock
	l := web.NewLimiter(web.Rate{Events: 1, Per: time.Hour, Burst: 1}, 2, c.now)
	l.Allow("a")
	l.Allow("b")
	l.Allow("a") // refused, but busy
	l.Allow("c") // the quiet b is forgotten
	if ok, _ := l.Allow("a"); ok {
		t.Error("the busy key was forgotten")
	}
	if ok, _ := l.Allow("b"); !ok {
		t.Error("more keys are remembered than allowed")
	}
}

func TestAStrangerBeyondTheLimitIsToldSo(t *testing.T) {
	h := newHouse(t)
	l := web.NewLimiter(web.Rate{Events: 1, Per: time.Minute, Burst: 1}, 100, func() time.Time { return time.Unix(0, 0) })
	h.Group(web.Public, "", web.Anyone).POST("/sign-in", say("in"), web.Limit(l, web.ByAddress))
	h.ask("POST", "/sign-in", "").wants(200)
	a := h.ask("POST", "/sign-in", "", "X-Forwarded-For", "9.9.9.9").wants(429).wantsHeader("Retry-After", "60")
	if !strings.Contains(a.page().Text(), "Please try again in 60 seconds.") {
		t.Errorf("the page says %s", a.page().Text())
	}
}

func TestOneHouseholdIsOneAddress(t *testing.T) {
	for ip, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9",
		"2001:db8:1:2:aaaa::1": "2001:db8:1:2::/64", "2001:db8:1:2:bbbb::2": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "nonsense": "nonsense",
	} {
		if got := web.AddressKey(ip); got != want {
			t.Errorf("%s is %s, want %s", ip, got, want)
		}
	}
}

func TestSlotsAreHeldUntilReleased(t *testing.T) {
	s := web.NewSlots(3, 2)
	release, err := s.Take("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Take("a"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Take("a"); err == nil {
		t.Error("a third for one key")
	}
	if _, err := s.Take("b"); err != nil {
		t.Error("another key pays for it")
	}
	if _, err := s.Take("c"); err == nil {
		t.Error("a fourth in all")
	}
	release()
	release()
	if _, err := s.Take("a"); err != nil {
		t.Error("a released place is not free")
	}
	if _, err := s.Take("c"); err == nil {
		t.Error("a place released twice counts twice")
	}
}

func TestLimitsUnderManyHands(t *testing.T) {
	l := web.NewLimiter(web.Rate{Events: 1, Per: time.Hour, Burst: 50}, 100, time.Now)
	s := web.NewSlots(5, 5)
	var allowed, held atomic.Int32
	var all sync.WaitGroup
	for hand := range 8 {
		all.Go(func() {
			for i := range 100 {
				if ok, _ := l.Allow("shared"); ok {
					allowed.Add(1)
				}
				l.Allow(fmt.Sprint("own", hand, i%5))
				if release, err := s.Take("shared"); err == nil {
					if held.Add(1) > 5 {
						t.Error("more held than there are places")
					}
					held.Add(-1)
					release()
				}
			}
		})
	}
	all.Wait()
	if n := allowed.Load(); n != 50 {
		t.Errorf("%d allowed, want 50", n)
	}
}
