package web_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rejoin/app/web"
)

// clock stands still until it is moved.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time       { return time.Unix(0, c.at.Load()) }
func (c *clock) move(d time.Duration) { c.at.Add(int64(d)) }
func always(s string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(s), nil }
}

func TestAThousandSubscribersShareOneRendering(t *testing.T) {
	once := web.NewOnce(time.Second, 1<<20, time.Now)
	var renders atomic.Int32
	var begun, all sync.WaitGroup
	release := make(chan struct{})
	for range 1000 {
		begun.Add(1)
		all.Go(func() {
			begun.Done()
			got, err := once.Do("message:1:en", func() ([]byte, error) {
				renders.Add(1)
				<-release // so that the others come while it renders
				return []byte("hello"), nil
			})
			if err != nil || string(got) != "hello" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	begun.Wait()
	close(release)
	all.Wait()
	if n := renders.Load(); n != 1 {
		t.Errorf("rendered %d times", n)
	}
}

func TestARenderingIsKeptForItsTimeAndByItsKey(t *testing.T) {
	var c clock
	once := web.NewOnce(2*time.Second, 1<<20, c.now)
	expect := func(key, fresh, want string) {
		t.Helper()
		if got, err := once.Do(key, always(fresh)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v; want %q", key, got, err, want)
		}
	}
	expect("en", "hello", "hello")
	expect("fr", "bonjour", "bonjour")
	c.move(time.Second)
	expect("en", "newer", "hello")
	c.move(time.Second)
	expect("en", "newer", "newer")
}

func TestRenderingsStayWithinTheirBytes(t *testing.T) {
	var c clock
	once := web.NewOnce(time.Hour, 10, c.now)
	renders := 0
	do := func(key, value string) {
		if _, err := once.Do(key, func() ([]byte, error) { renders++; return []byte(value), nil }); err != nil {
			t.Fatal(err)
		}
	}
	do("a", "12345")
	do("b", "12345")
	do("b", "12345")
	do("c", "1") // a has to go
	do("b", "12345")
	if renders != 3 {
		t.Errorf("rendered %d times, want 3", renders)
	}
	if do("a", "12345"); renders != 4 {
		t.Error("the oldest was kept beyond the bound")
	}
	do("large", "12345678901")
	if do("large", "12345678901"); renders != 6 {
		t.Error("what is larger than all was kept")
	}
}

func TestAnErrorIsNotKept(t *testing.T) {
	once := web.NewOnce(time.Hour, 1<<20, time.Now)
	broken := errors.New("no ink")
	if _, err := once.Do("a", func() ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if got, err := once.Do("a", always("fine")); err != nil || string(got) != "fine" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestOnceUnderManyHands(t *testing.T) {
	var c clock
	once := web.NewOnce(time.Millisecond, 100, c.now)
	var all sync.WaitGroup
	for hand := range 8 {
		all.Go(func() {
			for i := range 500 {
				key := fmt.Sprint((hand + i) % 20)
				if got, err := once.Do(key, always(key)); err != nil || string(got) != key {
					t.Errorf("%s is %q, %v", key, got, err)
				}
				c.move(100 * time.Microsecond)
			}
		})
	}
	all.Wait()
}

func TestWhoeverWaitedRendersWhenTheFirstOneLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		once := web.NewOnce(time.Second, 1<<20, time.Now)
		leave := make(chan struct{})
		go func() {
			_, err := once.Do("head:en", func() ([]byte, error) {
				<-leave
				return nil, context.Canceled
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the one who left is told %v", err)
			}
		}()
		synctest.Wait()
		go func() {
			if got, err := once.Do("head:en", always("hello")); err != nil || string(got) != "hello" {
				t.Errorf("the other one got %q, %v", got, err)
			}
		}()
		synctest.Wait()
		close(leave)
	})
}
