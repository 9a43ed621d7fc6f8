package live

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

func TestTheFirstEventAfterSilenceGoesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, began := newOutbox(), time.Now()
		box.put(nudges(1))
		if got := box.next(t.Context(), began.Add(-coalesce)); len(got) != 1 || time.Since(began) != 0 {
			t.Errorf("%d events after %s", len(got), time.Since(began))
		}
	})
}

func TestEventsInARowWaitForCompany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, began := newOutbox(), time.Now()
		box.put(nudges(3)[:1])
		time.AfterFunc(coalesce/2, func() { box.put(nudges(3)[1:]) })
		if got := box.next(t.Context(), began); !slices.Equal(got, nudges(3)) || time.Since(began) != coalesce {
			t.Errorf("%d events after %s", len(got), time.Since(began))
		}
	})
}

func TestTheEndDoesNotWaitForCompany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, began := newOutbox(), time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if got := box.next(ctx, began); got != nil {
			t.Errorf("an empty box gave %+v", got)
		}
		box.put(nudges(2))
		if got := box.next(ctx, began); len(got) != 2 || time.Since(began) != 0 {
			t.Errorf("%d events after %s", len(got), time.Since(began))
		}
	})
}

func TestAnOverflowingBoxKeepsOneResync(t *testing.T) {
	box := newOutbox()
	box.put(nudges(maxQueued))
	box.put(nudges(1))
	box.put(nudges(1))
	if len(box.queue) != 0 {
		t.Errorf("%d events still wait", len(box.queue))
	}
	if got := box.take(); !slices.Equal(got, []Event{{Name: Resync}}) {
		t.Errorf("got %+v", got)
	}
	if got := box.take(); got != nil {
		t.Errorf("the second time %+v", got)
	}
	box.put(nudges(maxQueued))
	if got := box.take(); len(got) != maxQueued {
		t.Errorf("a full box gave %d events", len(got))
	}
}
