package mail

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"rejoin/mail/resendtest"
)

func TestASpentWindowIsWaitedFor(t *testing.T) {
	const window = 200 * time.Millisecond
	server := resendtest.New(t)
	server.Script(func(n int, _ resendtest.Request) resendtest.Fault {
		if n == 1 {
			return resendtest.Spent(window)
		}
		return resendtest.None()
	})
	sender := newSender(server, time.Minute)
	send(t, sender, numbered(1))
	start := time.Now()
	var wait sync.WaitGroup
	for n := range 3 {
		wait.Go(func() {
			if _, err := sender.Send(t.Context(), numbered(2+n)); err != nil {
				t.Errorf("send: %v", err)
			}
		})
	}
	wait.Wait()
	if took := time.Since(start); took < window/2 || took > 20*window {
		t.Errorf("the next ones took %v, the window %v", took, window)
	}
	start = time.Now()
	send(t, sender, numbered(9))
	if took := time.Since(start); took >= window {
		t.Errorf("in a new window one took %v", took)
	}
	if n := len(server.Accepted()); n != 5 {
		t.Errorf("%d emails were accepted", n)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	server := resendtest.New(t)
	server.Script(func(int, resendtest.Request) resendtest.Fault { return resendtest.Spent(time.Hour) })
	sender := newSender(server, time.Minute)
	send(t, sender, numbered(1))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := sender.Send(ctx, numbered(2))
	var failure *Failure
	if !errors.As(err, &failure) || !failure.Temporary || failure.Code != "timeout" {
		t.Errorf("got %v", err)
	}
	if server.Requests() != 1 {
		t.Errorf("%d requests were made", server.Requests())
	}
}

func TestTheRestOfAWindowIsRead(t *testing.T) {
	for _, c := range []struct {
		remaining, reset string
		want             time.Duration
	}{
		{"0", "1", time.Second}, {"0", "0.5", 500 * time.Millisecond}, {"0", "3600", maxRest}, {"0", "-1", 0}, {"0", "NaN", 0}, {"0", "soon", 0},
		{"1", "1", 0}, {"", "1", 0}, {"0", "", 0},
	} {
		if got := restOf(http.Header{"Ratelimit-Remaining": {c.remaining}, "Ratelimit-Reset": {c.reset}}); got != c.want {
			t.Errorf("%s until %s: %v, want %v", c.remaining, c.reset, got, c.want)
		}
	}
}
