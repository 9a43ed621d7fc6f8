package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// instance is one of several that share a database.
type instance struct {
	*Relay
	hub    *Hub
	all    *Subscription
	dialed chan *pgx.Conn // every connection that the relay has opened
}

// connector dials the test's database.
type connector func(context.Context) (*pgx.Conn, error)

func dial(url string) connector {
	return func(ctx context.Context) (*pgx.Conn, error) { return pgx.Connect(ctx, url) }
}

// newInstance makes an instance at rest that watches topic "a" with a queue
// that these tests do not fill.
func newInstance(t *testing.T, connect connector) *instance {
	hub := NewHub()
	in := &instance{hub: hub, all: hub.Subscribe(20_000, "a"), dialed: make(chan *pgx.Conn, 100)}
	in.Relay = NewRelay(hub, func(ctx context.Context) (*pgx.Conn, error) {
		conn, err := connect(ctx)
		if err == nil {
			in.dialed <- conn
		}
		return conn, err
	}, nil)
	t.Cleanup(in.Stop)
	return in
}

// listening starts the instance and waits until it hears the others.
func listening(t *testing.T, connect connector) *instance {
	t.Helper()
	in := newInstance(t, connect)
	in.Start()
	in.await(t, Event{Name: Resync})
	return in
}

// await takes events until the wanted one comes, and returns those before it.
func (in *instance) await(t *testing.T, want Event) []Event {
	t.Helper()
	deadline := time.After(patience)
	var before []Event
	for {
		select {
		case e := <-in.all.Events():
			if *e == want {
				return before
			}
			before = append(before, *e)
		case <-deadline:
			t.Fatalf("%+v did not come; %d others did", want, len(before))
		}
	}
}

// kill ends the next connections that the relay has opened, from the server's
// side, once all of them stand.
func (in *instance) kill(t *testing.T, admin *pgx.Conn, count int) {
	t.Helper()
	var victims []*pgx.Conn
	for range count {
		select {
		case conn := <-in.dialed:
			victims = append(victims, conn)
		case <-time.After(patience):
			t.Fatalf("the relay opened %d connections of %d", len(victims), count)
		}
	}
	for _, conn := range victims {
		var killed bool
		err := admin.QueryRow(t.Context(), "select pg_terminate_backend($1, 5000)", int64(conn.PgConn().PID())).Scan(&killed)
		if err != nil || !killed {
			t.Fatalf("killed %t, %v", killed, err)
		}
	}
}

func adminOf(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := dial(url)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func nudge(i int) Event { return Event{Topic: "a", Name: "message.posted", Seq: int64(i)} }

func nudges(count int) []Event {
	var events []Event
	for i := range count {
		events = append(events, nudge(i+1))
	}
	return events
}

func TestInstancesTellEachOther(t *testing.T) {
	url := databaseURL(t)
	one, two := listening(t, dial(url)), listening(t, dial(url))
	one.Send([]Event{nudge(1)})
	expect(t, one.all, nudge(1))
	if before := two.await(t, nudge(1)); len(before) != 0 {
		t.Errorf("two got %+v first", before)
	}
	two.Send([]Event{{Topic: "a", Name: "customer.left", Key: "k\x00<é>", Seq: 2, Note: "o"}})
	if before := one.await(t, Event{Topic: "a", Name: "customer.left", Key: "k\x00<é>", Seq: 2, Note: "o"}); len(before) != 0 {
		t.Errorf("one heard itself: %+v", before)
	}
}

func TestABurstArrivesWholeAndInOrder(t *testing.T) {
	url := databaseURL(t)
	one, two := listening(t, dial(url)), listening(t, dial(url))
	sent := nudges(100)
	for i := range sent {
		sent[i].Note = strings.Repeat("x", 500)
	}
	one.Send(sent)
	if before := two.await(t, sent[99]); !slices.Equal(before, sent[:99]) {
		t.Errorf("%d events came before the last", len(before))
	}
}

func TestSendsInARowShareNotifications(t *testing.T) {
	url := databaseURL(t)
	one := listening(t, dial(url))
	raw, pace := adminOf(t, url), adminOf(t, url)
	if _, err := raw.Exec(t.Context(), "listen "+channel); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for _, e := range nudges(400) {
		one.Send([]Event{e})
		// One round trip each, so that a notifier that does not wait sends each by itself.
		if err := pace.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var heard []Event
	notifications := 0
	for len(heard) < 400 {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		notification, err := raw.WaitForNotification(ctx)
		cancel()
		if err != nil {
			t.Fatalf("after %d events: %v", len(heard), err)
		}
		events, err := unpack("", notification.Payload)
		if err != nil {
			t.Fatal(err)
		}
		heard = append(heard, events...)
		notifications++
	}
	if !slices.Equal(heard, nudges(400)) {
		t.Error("the events came in another order")
	}
	if most := 2*int(time.Since(began)/coalesce) + 2; notifications > min(most, 200) {
		t.Errorf("%d notifications for 400 sends, at most %d wanted", notifications, most)
	}
}

func TestAKilledListenerComesBackAndResyncs(t *testing.T) {
	url := databaseURL(t)
	one, two := listening(t, dial(url)), listening(t, dial(url))
	admin := adminOf(t, url)
	for _, connections := range []int{2, 1} { // the idle notifier has nothing to notice it by
		one.kill(t, admin, connections)
		one.await(t, Event{Name: Resync})
		two.Send([]Event{nudge(1)})
		one.await(t, nudge(1))
	}
}

func TestAKilledNotifierSendsAgain(t *testing.T) {
	url := databaseURL(t)
	one, two := listening(t, dial(url)), listening(t, dial(url))
	one.kill(t, adminOf(t, url), 2)
	one.Send(nudges(3))
	if before := two.await(t, nudge(3)); !slices.Equal(before, nudges(2)) {
		t.Errorf("before the last came %+v", before)
	}
}

func TestTheRelayOutlastsADeadDatabase(t *testing.T) {
	url := databaseURL(t)
	var mu sync.Mutex
	refusals := 6
	flaky := func(ctx context.Context) (*pgx.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		if refusals--; refusals >= 0 {
			return nil, errors.New("database is down")
		}
		return dial(url)(ctx)
	}
	two := listening(t, dial(url))
	one := newInstance(t, flaky)
	one.Send([]Event{nudge(1)})
	one.Start()
	one.await(t, Event{Name: Resync})
	two.await(t, nudge(1))
}

func TestAnOverflowIsOneResyncForTheOthers(t *testing.T) {
	url := databaseURL(t)
	two := listening(t, dial(url))
	one := newInstance(t, dial(url))
	for range 3 {
		one.Send(nudges(maxQueued))
	}
	one.Start()
	if before := two.await(t, Event{Name: Resync}); len(before) != 0 {
		t.Errorf("%d events came before the resync", len(before))
	}
	one.Send([]Event{nudge(7)})
	if before := two.await(t, nudge(7)); len(before) != 0 {
		t.Errorf("after the resync came %+v", before)
	}
}

func TestWhatTheDatabaseRefusesBecomesAResync(t *testing.T) {
	url := databaseURL(t)
	two := listening(t, dial(url))
	refusing := func(ctx context.Context) (*pgx.Conn, error) {
		config, err := pgx.ParseConfig(url)
		if err != nil {
			return nil, err
		}
		// This connection calls its UTF-8 something in which it is broken.
		config.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
			return conn.Exec(ctx, "set client_encoding = 'euc_kr'").Close()
		}
		return pgx.ConnectConfig(ctx, config)
	}
	one := listening(t, refusing)
	one.Send([]Event{{Topic: "a", Name: "x", Key: "😀"}})
	if before := two.await(t, Event{Name: Resync}); len(before) != 0 {
		t.Errorf("before the resync came %+v", before)
	}
}

func TestStopSendsWhatIsQueued(t *testing.T) {
	url := databaseURL(t)
	one, two := listening(t, dial(url)), listening(t, dial(url))
	one.Send([]Event{nudge(1)})
	two.await(t, nudge(1))
	one.Send(nudges(50))
	one.Stop()
	two.await(t, nudge(50))
}

func TestStartAndStopAreSafeTwice(t *testing.T) {
	url := databaseURL(t)
	one := newInstance(t, dial(url))
	one.Stop()
	for range 3 {
		one.Start()
		one.Start()
		one.await(t, Event{Name: Resync})
		if err := one.Run(t.Context()); !errors.Is(err, ErrRunning) {
			t.Errorf("a second run: %v", err)
		}
		one.Stop()
		one.Stop()
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 5 {
				one.Start()
				one.Send([]Event{nudge(1)})
				one.Stop()
			}
		})
	}
	all.Wait()
	one.Stop()
	for len(one.dialed) > 0 {
		if conn := <-one.dialed; !conn.IsClosed() {
			t.Error("a connection was left open")
		}
	}
}

func TestManyInstancesAllHearAll(t *testing.T) {
	url := databaseURL(t)
	var instances []*instance
	for range 4 {
		instances = append(instances, listening(t, dial(url)))
	}
	var sending sync.WaitGroup
	for i, in := range instances {
		sending.Go(func() {
			for n := range 300 {
				in.Send([]Event{{Topic: "a", Name: "x", Key: fmt.Sprint(i), Seq: int64(n)}})
			}
		})
	}
	sending.Wait()
	for _, in := range instances {
		heard := map[string]int64{}
		deadline := time.After(patience)
		for count := 0; count < 4*300; count++ {
			select {
			case e := <-in.all.Events():
				if heard[e.Key] != e.Seq {
					t.Fatalf("from %s came %d, expected %d", e.Key, e.Seq, heard[e.Key])
				}
				heard[e.Key]++
			case <-deadline:
				t.Fatalf("heard %v", heard)
			}
		}
	}
}
