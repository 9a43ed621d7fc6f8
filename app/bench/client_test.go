package bench

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestANumberIsFoundInALineOfAStream(t *testing.T) {
	for line, want := range map[string]int{
		`data: <p>` + marked(42) + `</p>`: 42,
		marked(987654321):                 987654321,
	} {
		if got, found := numberIn([]byte(line)); !found || got != want {
			t.Errorf("%q: %d, %v", line, got, found)
		}
	}
	for _, line := range []string{"", "data: hello", "data: " + mark + "12", "data: " + mark + "12345678x"} {
		if n, found := numberIn([]byte(line)); found {
			t.Errorf("%q: %d", line, n)
		}
	}
}

func TestAMessageIsSeenOnceAndFirst(t *testing.T) {
	b := newBoard()
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() {
		b.hear([]byte("event: messages\n"))
		b.hear([]byte("data: " + marked(7) + "\n"))
	})
	first, err := b.await(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	b.hear([]byte("data: " + marked(7) + "\n"))
	if again, err := b.await(t.Context(), 7); err != nil || !again.Equal(first) {
		t.Errorf("%v and %v, %v", first, again, err)
	}
}

func TestATallyEndsWithTheLastSubscriber(t *testing.T) {
	tally := newTally(3)
	took, err := tally.time(t.Context(), 5, func(n int) error {
		for range 2 {
			tally.hear([]byte(marked(n - 1))) // an older one does not count
			tally.hear([]byte(marked(n)))
		}
		tally.hear([]byte(marked(n)))
		return nil
	})
	if err != nil || took <= 0 || took > time.Minute {
		t.Errorf("%v, %v", took, err)
	}
}

func TestAfterTheFirstFaultNothingBegins(t *testing.T) {
	broken := errors.New("broken")
	var begun atomic.Int64
	err := inParallel(1000, 4, func(i int) error {
		begun.Add(1)
		return broken
	})
	if !errors.Is(err, broken) || begun.Load() > 4 {
		t.Errorf("%v after %d", err, begun.Load())
	}
}

func TestTheYardstickEchoesToItsTopicOnly(t *testing.T) {
	addresses, err := freeAddresses(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + addresses[0]
	served := make(chan error, 1)
	ctx, stop := UntilClosed(t.Context(), strings.NewReader(""))
	stop()
	<-ctx.Done()
	if err := ServeBare(ctx, "192.0.2.1:1"); err == nil {
		t.Error("it listens beyond loopback")
	}
	go func() { served <- ServeBare(t.Context(), addresses[0]) }()
	b := newBoard()
	var stream *wire
	for stream == nil { // until it listens
		stream, _ = openStreamOf(t.Context(), base, "/stream/a", "", b.hear)
	}
	defer stream.close()
	to := newWires(base)
	defer to.close()
	for topic, n := range map[string]int{"b": 1, "a": 2} {
		if _, err := to.send(t.Context(), http.MethodPost, "/post/"+topic, "", []byte(marked(n))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.await(t.Context(), 2); err != nil {
		t.Error(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, other := b.seen[1]; other {
		t.Error("another topic's message came")
	}
}
