package db_test

import (
	"context"
	"errors"
	"testing"

	"rejoin/app/chat"
)

func TestAUseCaseWhoseReaderLeftEndsWithAnErrorAndLeavesNothing(t *testing.T) {
	h := newHouse(t)
	ctx, leave := context.WithCancel(t.Context())
	err := h.Tx(ctx, func(_ context.Context, tx chat.Tx) error {
		if err := tx.Insert(t.Context(), &chat.Organization{Key: "o", Name: "O", CreatedAt: noon}); err != nil {
			return err
		}
		leave()
		// The cut connection is given up at some moment from now on, whatever is being asked of it.
		for {
			if err := tx.Enqueue(t.Context(), chat.Job{Kind: chat.JobDeliver, ID: 7}); err != nil {
				return err
			}
		}
	})
	if err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the use case ended with %v", err)
	}
	if n := h.count("select count(*) from organizations") + h.count("select count(*) from sign_in_failures"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}
