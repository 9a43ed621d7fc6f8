package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"rejoin/app/chat"
	"rejoin/db"
	"rejoin/db/dbtest"
)

func TestAFailedUseCaseLeavesNeitherRowNorJobNorEvent(t *testing.T) {
	h := newHouse(t)
	refused := errors.New("changed its mind")
	act := func(fail error) func(ctx context.Context, tx chat.Tx) error {
		return func(ctx context.Context, tx chat.Tx) error {
			tx.Emit(chat.Event{Topic: "org:1", Name: chat.AgentChanged})
			if err := tx.Insert(ctx, &chat.Organization{Key: "o", Name: "O", CreatedAt: noon}); err != nil {
				return err
			}
			return errors.Join(tx.Enqueue(ctx), tx.Enqueue(ctx, chat.Job{Kind: chat.JobDeliver, ID: 7}, chat.Job{Kind: chat.JobDeliver, ID: 8}), fail)
		}
	}
	if err := h.Tx(t.Context(), act(refused)); !errors.Is(err, refused) {
		t.Fatalf("error is %v", err)
	}
	if rows, jobs := h.count("select count(*) from organizations"), h.count("select count(*) from sign_in_failures"); rows+jobs != 0 {
		t.Errorf("%d rows and %d jobs are left", rows, jobs)
	}
	if len(h.published) != 0 {
		t.Errorf("published %v", h.published)
	}
	h.do(act(nil))
	if rows, jobs := h.count("select count(*) from organizations"), h.count("select count(*) from sign_in_failures"); rows != 1 || jobs != 2 {
		t.Errorf("%d rows and %d jobs are written", rows, jobs)
	}
}

func TestEventsGoOutAfterTheCommit(t *testing.T) {
	h := newHouse(t)
	h.do(func(_ context.Context, tx chat.Tx) error {
		tx.Emit(chat.Event{Name: chat.MessagePosted}, chat.Event{Name: chat.ConversationChanged})
		tx.Emit(chat.Event{Name: chat.AgentTyped})
		if len(h.published) != 0 {
			t.Error("published before the commit")
		}
		return nil
	})
	if len(h.published) != 1 || len(h.published[0]) != 3 {
		t.Errorf("published %v, want three events at once", h.published)
	}
}

type letter struct {
	Text string `json:"text"`
}

func (letter) Kind() string { return "letter" }

func TestTheJobLibraryInsertsIntoTheSameTransaction(t *testing.T) {
	pools, err := db.OpenPools(t.Context(), dbtest.URL(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	queue, err := river.NewClient(riverpgxv5.New(pools.Jobs()), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	store := db.New(pools, db.Options{Enqueue: func(ctx context.Context, tx pgx.Tx, _ ...chat.Job) error {
		_, err := queue.InsertTx(ctx, tx, letter{Text: "it's «it»"}, &river.InsertOpts{Tags: []string{"one", "two"}, ScheduledAt: noon})
		return err
	}})
	jobs := func() (n int) {
		if err := pools.Jobs().QueryRow(t.Context(), "select count(*) from river_job where args->>'text' = 'it''s «it»'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	undo := errors.New("undo")
	for want, fail := range []error{undo, nil} {
		err := store.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
			return errors.Join(tx.Enqueue(ctx, chat.Job{Kind: chat.JobDeliver}), fail)
		})
		if !errors.Is(err, fail) || jobs() != want {
			t.Errorf("after %v: error %v, %d jobs, want %d", fail, err, jobs(), want)
		}
	}
}

func TestADeadlockRunsAgainUntilBothAreDone(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	one, two := h.customer(o, "One"), h.customer(o, "Two")
	var met sync.WaitGroup
	met.Add(2)
	runs := make([]int, 2)
	lockBoth := func(i int, first, second int64) error {
		return h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
			if _, err := tx.LockCustomer(ctx, o.ID, first); err != nil {
				return err
			}
			if runs[i]++; runs[i] == 1 {
				met.Done()
				met.Wait()
			}
			c, err := tx.LockCustomer(ctx, o.ID, second)
			if err != nil {
				return fmt.Errorf("second: %w", err)
			}
			tx.Emit(chat.Event{Key: c.Key})
			return nil
		})
	}
	errs := make(chan error, 2)
	go func() { errs <- lockBoth(0, one.ID, two.ID) }()
	go func() { errs <- lockBoth(1, two.ID, one.ID) }()
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if runs[0]+runs[1] < 3 {
		t.Errorf("ran %v times, want one of them again", runs)
	}
	if len(h.published) != 2 {
		t.Errorf("published %v, want one event each", h.published)
	}
}

func TestALostConnectionBeforeTheCommitRunsAgain(t *testing.T) {
	h := newHouse(t)
	runs := 0
	h.do(func(ctx context.Context, tx chat.Tx) error {
		if runs++; runs == 1 {
			if _, err := tx.OrganizationCount(ctx); err != nil {
				return err
			}
			h.cutOff()
		}
		return tx.Insert(ctx, &chat.Organization{Key: "o", Name: "O", CreatedAt: noon})
	})
	if n := h.count("select count(*) from organizations"); runs != 2 || n != 1 {
		t.Errorf("ran %d times and wrote %d rows", runs, n)
	}
}

func TestAReadSurvivesALostConnection(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	for range 3 {
		h.cutOff()
		if _, err := h.Organization(t.Context(), o.ID); err != nil {
			t.Error(err)
		}
	}
}

// cutOff ends every other connection to this database.
func (h *house) cutOff() {
	h.t.Helper()
	h.count(`select count(pg_terminate_backend(pid)) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()`)
}

func TestAfterARestartOfPostgreSQLTheStoreGoesOn(t *testing.T) {
	private := dbtest.Private(t)
	h := houseAt(t, private.URL())
	o := h.organization()
	dbtest.Restart(t, private)
	if _, err := h.Organization(t.Context(), o.ID); err != nil {
		t.Errorf("read after the restart: %v", err)
	}
	dbtest.Restart(t, private)
	h.customer(o, "Eve")
}

func TestWhilePostgreSQLIsAwayEveryoneIsToldSo(t *testing.T) {
	private := dbtest.Private(t)
	h := houseAt(t, private.URL())
	o := h.organization()
	if err := private.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := h.Organization(t.Context(), o.ID)
	wantKind(t, err, chat.Busy)
	wantKind(t, h.Tx(t.Context(), func(context.Context, chat.Tx) error { return nil }), chat.Busy)
	wantKind(t, h.Ping(t.Context()), chat.Busy)
	_, err = h.RenewLease(t.Context(), "one", 1)
	wantKind(t, err, chat.Busy)
	_, err = h.pools.ListenConn(t.Context())
	wantKind(t, err, chat.Busy)
}

func TestACallerWhoLeavesIsNotToldThatPostgreSQLIsAway(t *testing.T) {
	h := newHouse(t)
	gone, leave := context.WithCancel(t.Context())
	leave()
	_, err := h.OrganizationCount(gone)
	if _, told := chat.KindOf(err); told || !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
