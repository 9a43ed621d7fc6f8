package db_test

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func TestEightWritersLeaveNoGap(t *testing.T) {
	h := newHouse(t)
	c := h.conversation(h.customer(h.organization(), "Eve"))
	const writers, each = 8, 10
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
					_, err := post(ctx, tx, c.OrganizationID, c.ID, "hello")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	got, err := h.Messages(t.Context(), c.OrganizationID, c.ID, 0, 0, writers*each, false)
	if err != nil || len(got) != writers*each {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	for i, m := range got {
		if m.Seq != int64(i+1) {
			t.Fatalf("message %d has seq %d", i+1, m.Seq)
		}
	}
}

func TestPostMovesEveryCursorOfTheConversation(t *testing.T) {
	h := newHouse(t)
	c := h.conversation(h.customer(h.organization(), "Eve"))
	closed := noon.AddDate(0, 0, 1)
	want := *c
	want.LastSeq, want.AgentUnread, want.CustomerUnread, want.WaitingFor = 1, 2, 3, chat.Them
	want.LastMessageAt, want.LastMessageText, want.LastMessageBy = closed, "bonjour", chat.ByAgent
	want.CustomerSpokeAt, want.HumanAnsweredAt, want.ClosedAt = &closed, &closed, &closed
	want.CustomerSeenAt, want.AgentSeenAt = &closed, &closed
	want.Reach, want.CoveredSeq, want.AgentSeenSeq, want.CustomerSeenSeq = followup.Active, 4, 5, 6
	want.AgentSeq, want.WaitingSince, want.AutomationAt, want.AutomationDueAt = 7, &closed, &closed, &closed
	want.AutomationsSaid = []string{"out_of_office", "it's «it»"}
	m := &chat.Message{Seq: 1, Kind: chat.Happen, By: chat.ByAgent, AuthorID: 9, AuthorName: "Ada", Text: "closed", ClientID: "x",
		Via: "chat", Meta: map[string]string{"Agent": "Ada"}, CreatedAt: noon}
	h.do(func(ctx context.Context, tx chat.Tx) error { return tx.Post(ctx, &want, m) })

	got, err := h.Conversation(t.Context(), c.OrganizationID, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []**time.Time{&got.CustomerSpokeAt, &got.HumanAnsweredAt, &got.ClosedAt, &got.CustomerSeenAt, &got.AgentSeenAt,
		&got.WaitingSince, &got.AutomationAt, &got.AutomationDueAt} {
		if *at == nil || !(*at).Equal(closed) {
			t.Errorf("an instant is %v", *at)
		}
		*at = &closed
	}
	got.LastMessageAt, got.CreatedAt = got.LastMessageAt.UTC(), got.CreatedAt.UTC()
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("conversation is\n%+v\nwant\n%+v", *got, want)
	}
	want.LastSeq, want.AutomationsSaid, want.WaitingSince = 2, nil, nil
	h.do(func(ctx context.Context, tx chat.Tx) error {
		return tx.Post(ctx, &want, &chat.Message{Seq: 2, Kind: chat.Public, By: chat.ByAgent, Text: "text", CreatedAt: noon})
	})
	if got, err = h.Conversation(t.Context(), c.OrganizationID, c.ID); err != nil || len(got.AutomationsSaid) != 0 || got.WaitingSince != nil {
		t.Errorf("an answered conversation is %+v, %v", got, err)
	}
	if n := h.count("select count(*) from conversations where automations_said = '[]'"); n != 1 {
		t.Error("nothing said is not an empty list")
	}
	read, err := h.MessageByClientID(t.Context(), c.OrganizationID, c.ID, "x")
	if err != nil || read.Meta["Agent"] != "Ada" || read.By != chat.ByAgent || read.Text != "closed" || read.AuthorID != 9 {
		t.Errorf("message is %+v, %v", read, err)
	}
}

func TestAMessageOutOfTurnIsRefused(t *testing.T) {
	h := newHouse(t)
	c := h.conversation(h.customer(h.organization(), "Eve"))
	h.post(c, "one", func(m *chat.Message) { m.ClientID = "a" })
	for _, seq := range []int64{1, 3} {
		row := *c
		row.LastSeq = seq
		err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
			return tx.Post(ctx, &row, &chat.Message{Seq: seq, Kind: chat.Public, By: chat.ByAgent, Text: "x", CreatedAt: noon})
		})
		wantKind(t, err, chat.Conflict)
	}
	err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		_, err := post(ctx, tx, c.OrganizationID, c.ID, "two", func(m *chat.Message) { m.ClientID = "a" })
		return err
	})
	wantKind(t, err, chat.Conflict)
	if n := h.count("select count(*) from messages"); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

func TestAPieceOfAThreadIsReadFromEitherEnd(t *testing.T) {
	h := newHouse(t)
	c := h.conversation(h.customer(h.organization(), "Eve"))
	for i := range 6 {
		h.post(c, "hello", func(m *chat.Message) {
			if i%2 == 1 {
				m.Kind = chat.Note
			}
		})
	}
	for name, want := range map[string]struct {
		after, before int64
		limit         int
		public        bool
		seqs          []int64
	}{
		"the newest":           {0, 0, 2, false, []int64{5, 6}},
		"before one":           {0, 4, 2, false, []int64{2, 3}},
		"after one":            {2, 0, 2, false, []int64{3, 4}},
		"between two":          {1, 6, 3, false, []int64{3, 4, 5}},
		"public ones":          {0, 0, 9, true, []int64{1, 3, 5}},
		"after the last":       {6, 0, 9, false, nil},
		"everything, no limit": {0, 0, 0, false, []int64{1, 2, 3, 4, 5, 6}},
	} {
		got, err := h.Messages(t.Context(), c.OrganizationID, c.ID, want.after, want.before, want.limit, want.public)
		var seqs []int64
		for _, m := range got {
			seqs = append(seqs, m.Seq)
		}
		if err != nil || !slices.Equal(seqs, want.seqs) {
			t.Errorf("%s: %v, %v; want %v", name, seqs, err, want.seqs)
		}
	}
	latest, err := h.LatestSeqs(t.Context(), c.OrganizationID, []int64{c.ID, c.ID + 1})
	if err != nil || len(latest) != 1 || latest[c.ID] != 6 {
		t.Errorf("latest seqs %v, %v", latest, err)
	}
}
