package work_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/work"
	"rejoin/db"
	"rejoin/db/dbtest"
)

// patience is how long a test waits for what happens in a moment.
const patience = 30 * time.Second

// call is one attempt that the queue has asked for.
type call struct {
	ctx                    context.Context
	organization, delivery int64
	answer                 chan answer
}

type answer struct {
	again time.Duration
	err   error
}

// script is a desk whose attempts are answered by the test.
type script struct{ calls chan call }

func (s script) Deliver(ctx context.Context, organization, delivery int64) (time.Duration, error) {
	c := call{ctx, organization, delivery, make(chan answer, 1)}
	select {
	case s.calls <- c:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case a := <-c.answer:
		return a.again, a.err
	case <-ctx.Done(): // a process that is told to go leaves in a moment
		return time.Minute, nil
	}
}

// Receive is an attempt at a mail: the delivery of no organization.
func (s script) Receive(ctx context.Context, mail int64) (time.Duration, error) {
	return s.Deliver(ctx, 0, mail)
}

// bench is a queue over a real PostgreSQL.
type bench struct {
	*testing.T
	pools *db.Pools
	store *db.Store
	queue *work.Queue
	script
}

func newBench(t *testing.T) *bench {
	t.Helper()
	t.Parallel()
	pools, err := db.OpenPools(t.Context(), dbtest.URL(t), 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	b := &bench{T: t, pools: pools, script: script{make(chan call)}}
	b.queue = b.another()
	b.store = db.New(pools, db.Options{Enqueue: b.queue.Enqueue})
	return b
}

// another is the queue of one more instance.
func (b *bench) another() *work.Queue {
	b.Helper()
	queue, err := work.NewQueue(b.pools.Jobs(), b.script, work.UsualTimes(), silent())
	b.must(err)
	return queue
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// start runs the queue until the end of the test.
func (b *bench) start() {
	b.Helper()
	b.must(b.queue.Start(b.Context()))
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := b.queue.Stop(ctx); err != nil {
			b.Error(err)
		}
	})
}

func (b *bench) enqueue(delivery int64, then error) error {
	return b.store.Tx(b.Context(), func(ctx context.Context, tx chat.Tx) error {
		if err := tx.Enqueue(ctx, chat.Job{Kind: chat.JobDeliver, OrganizationID: 7, ID: delivery}); err != nil {
			return err
		}
		return then
	})
}

// next waits for an attempt at a delivery.
func (b *bench) next(delivery int64) call {
	b.Helper()
	select {
	case c := <-b.calls:
		if c.organization != 7 || c.delivery != delivery {
			b.Fatalf("attempt at %d of %d, want %d", c.delivery, c.organization, delivery)
		}
		return c
	case <-time.After(patience):
		b.Fatalf("no attempt at %d", delivery)
		return call{}
	}
}

func (b *bench) jobs(state string) int {
	b.Helper()
	var n int
	b.must(b.pools.Jobs().QueryRow(b.Context(), "select count(*) from river_job where state::text = $1 or $1 = ''", state).Scan(&n))
	return n
}

func TestAJobIsPartOfItsTransaction(t *testing.T) {
	b := newBench(t)
	undo := errors.New("undo")
	if err := b.enqueue(1, undo); !errors.Is(err, undo) {
		t.Fatalf("got %v", err)
	}
	if n := b.jobs(""); n != 0 {
		t.Errorf("%d jobs after a rollback", n)
	}
	b.must(b.enqueue(2, nil))
	if n := b.jobs("available"); n != 1 {
		t.Errorf("%d jobs after a commit", n)
	}
	b.start() // a queue that starts later finds it
	b.next(2).answer <- answer{}
}

func TestManyJobsAreEnqueuedAtOnce(t *testing.T) {
	b := newBench(t)
	const many = 200
	jobs := make([]chat.Job, many)
	for i := range jobs {
		jobs[i] = chat.Job{Kind: chat.JobDeliver, OrganizationID: 7, ID: int64(i + 1)}
	}
	jobs[many-1].At = time.Now().Add(time.Hour)
	b.must(b.store.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		return errors.Join(tx.Enqueue(ctx, jobs...), tx.Enqueue(ctx))
	}))
	if now, then := b.jobs("available"), b.jobs("scheduled"); now != many-1 || then != 1 {
		t.Errorf("%d jobs now and %d later", now, then)
	}
	b.start()
	seen := map[int64]bool{}
	for range many - 1 {
		select {
		case c := <-b.calls:
			seen[c.delivery] = c.organization == 7
			c.answer <- answer{}
		case <-time.After(patience):
			t.Fatalf("only %d attempts", len(seen))
		}
	}
	if len(seen) != many-1 || !seen[1] || seen[many] {
		t.Errorf("%d different deliveries were attempted", len(seen))
	}
}

func TestAJobOfAnUnknownKindIsRefused(t *testing.T) {
	b := newBench(t)
	for _, jobs := range [][]chat.Job{
		{{Kind: "dance", OrganizationID: 7, ID: 1}},
		{{Kind: chat.JobDeliver, OrganizationID: 7, ID: 1}, {Kind: "dance", OrganizationID: 7, ID: 2}},
	} {
		err := b.store.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error { return tx.Enqueue(ctx, jobs...) })
		if err == nil || b.jobs("") != 0 {
			t.Errorf("got %v", err)
		}
	}
}

func TestAnAttemptThatAsksForAnotherGetsIt(t *testing.T) {
	b := newBench(t)
	b.start()
	b.must(b.enqueue(1, nil))
	before := time.Now()
	b.next(1).answer <- answer{again: 1500 * time.Millisecond}
	b.next(1).answer <- answer{}
	if waited := time.Since(before); waited < 1400*time.Millisecond {
		t.Errorf("came back after %s", waited)
	}
	b.must(b.enqueue(2, nil))
	b.next(2).answer <- answer{again: time.Hour} // comes back in an hour, and holds nobody up
	b.must(b.enqueue(3, nil))
	b.next(3).answer <- answer{}
}

func TestAnAttemptThatFailsComesBackSoon(t *testing.T) {
	b := newBench(t)
	b.start()
	b.must(b.enqueue(1, nil))
	for range 2 {
		b.next(1).answer <- answer{err: errors.New("the database is away")}
	}
	b.next(1).answer <- answer{}
}

func TestAJobThatFailsEveryMinuteOutlivesItsDelivery(t *testing.T) {
	b := newBench(t)
	b.must(b.enqueue(1, nil))
	var attempts int
	b.must(b.pools.Jobs().QueryRow(b.Context(), "select max_attempts from river_job").Scan(&attempts))
	if life := time.Duration(attempts) * time.Minute; life <= chat.DeliveryLife+time.Hour {
		t.Errorf("it is given up after %s, and the delivery stays as it was", life)
	}
}

func TestAnAttemptIsBoundedInTime(t *testing.T) {
	b := newBench(t)
	b.start()
	b.must(b.enqueue(1, nil))
	c := b.next(1)
	deadline, ok := c.ctx.Deadline()
	if left := time.Until(deadline); !ok || left > 45*time.Second {
		t.Errorf("an attempt may take %s", left)
	}
	c.answer <- answer{}
}

func TestStoppingWaitsForTheAttemptUnderWay(t *testing.T) {
	b := newBench(t)
	b.must(b.queue.Stop(t.Context())) // never started
	b.start()
	b.must(b.enqueue(1, nil))
	c := b.next(1)
	stopped := make(chan error, 1)
	go func() { stopped <- b.queue.Stop(context.WithoutCancel(t.Context())) }()
	select {
	case err := <-stopped:
		t.Fatalf("stopped in the middle of an attempt: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if c.ctx.Err() != nil {
		t.Error("the attempt was cancelled")
	}
	c.answer <- answer{}
	b.must(<-stopped)
	b.must(b.queue.Stop(t.Context())) // twice
	if n := b.jobs("completed"); n != 1 {
		t.Errorf("%d jobs are completed, want 1", n)
	}
}

func TestStoppingLosesItsPatience(t *testing.T) {
	b := newBench(t)
	b.start()
	b.must(b.enqueue(1, nil))
	c := b.next(1)
	impatient, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- b.queue.Stop(impatient) }()
	<-c.ctx.Done()
	b.must(<-stopped)
	if n := b.jobs("scheduled"); n != 1 {
		t.Errorf("%d jobs wait for another instance, want 1", n)
	}
}

func TestTwoInstancesTakeEachJobOnce(t *testing.T) {
	b := newBench(t)
	second := b.another()
	b.start()
	b.must(second.Start(t.Context()))
	const many = 30
	for i := range int64(many) {
		b.must(b.enqueue(i, nil))
	}
	seen := map[int64]int{}
	var all sync.WaitGroup
	for range many {
		select {
		case c := <-b.calls:
			seen[c.delivery]++
			all.Go(func() { c.answer <- answer{} })
		case <-time.After(patience):
			t.Fatalf("only %d attempts", len(seen))
		}
	}
	all.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	b.must(second.Stop(ctx))
	if len(seen) != many {
		t.Errorf("%d of %d jobs were taken", len(seen), many)
	}
}

func TestAJobWhoseProcessWasKilledIsTakenUpByAnother(t *testing.T) {
	b := newBench(t)
	b.must(b.enqueue(1, nil))
	_, err := b.pools.Jobs().Exec(t.Context(), `update river_job set state = 'running', attempt = 1, attempted_by = '{killed}',
		attempted_at = now() - interval '50 seconds'`)
	b.must(err)
	b.must(b.enqueue(2, nil))
	_, err = b.pools.Jobs().Exec(t.Context(), `update river_job set state = 'running', attempt = 1, attempted_by = '{slow}',
		attempted_at = now() - interval '5 seconds' where state = 'available'`)
	b.must(err)
	b.start()
	b.next(1).answer <- answer{} // and not the one that may still be worked on
	if n := b.jobs("running"); n < 1 {
		t.Error("a job under way was taken from its instance")
	}
}
