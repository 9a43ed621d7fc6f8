package db_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func TestHistoryIsReadInPagesInTheOrderOfTheConversations(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c := h.customer(o, "Eve")
	p := h.point(c, "eve@example.org")
	var conversations []*chat.Conversation
	for range 5 {
		conversations = append(conversations, h.conversation(c))
	}
	moment := func(of *chat.Conversation, minute int, to int64) chat.Decision {
		return chat.Decision{OrganizationID: o.ID, ConversationID: of.ID, At: later(minute), Code: "held", State: &followup.State{To: to, AwaySince: noon}}
	}
	first, second, old, third := conversations[0], conversations[1], conversations[2], conversations[4]
	silent := moment(conversations[3], 5, 1)
	silent.State = nil // a line without a state is no moment
	h.savePlans(nil, moment(third, 9, 1), moment(first, 2, 1), moment(first, 1, 2), moment(first, 1, 3), moment(first, -1, 4), moment(old, -1, 1),
		moment(second, 0, 1), silent)
	for seq, by := range []chat.AuthorKind{chat.ByCustomer, chat.ByAgent, chat.ByAutomation, chat.ByAgent, chat.ByAgent} {
		h.post(first, "text", func(m *chat.Message) {
			m.By, m.CreatedAt = by, later(seq)
			if seq == 4 {
				m.Kind = chat.Note
			}
		})
	}
	for i, state := range []chat.DeliveryState{chat.Sent, chat.Cancelled, chat.Failed, chat.Bounced, chat.Opened, chat.Sent, chat.Sent} {
		d := &chat.Delivery{OrganizationID: o.ID, Key: h.key("delivery"), ConversationID: first.ID, ContactPointID: p.ID, Kind: chat.KindFollowup,
			State: state, FromSeq: int64(i), ToSeq: int64(i + 1), CreatedAt: later(i)}
		if i == 5 {
			d.Kind = chat.KindInvitation
		}
		if i == 6 {
			d.CreatedAt = later(-1)
		}
		h.insert(d)
	}
	page, err := h.History(t.Context(), o.ID, noon, 0, 2)
	if err != nil || len(page) != 2 || page[0].ConversationID != first.ID || page[1].ConversationID != second.ID {
		t.Fatalf("first page is %+v, %v", page, err)
	}
	var seen []string
	for _, m := range page[0].Moments {
		seen = append(seen, fmt.Sprint("moment ", m.At.Sub(noon), " ", m.State.To, " ", m.State.AwaySince.Equal(noon)))
	}
	for _, w := range page[0].Written {
		seen = append(seen, fmt.Sprint("written ", w.Seq, " ", w.At.Sub(noon)))
	}
	for _, e := range page[0].Emails {
		seen = append(seen, fmt.Sprint("email ", e.At.Sub(noon), " ", e.From, " ", e.To))
	}
	want := []string{"moment 1m0s 2 true", "moment 1m0s 3 true", "moment 2m0s 1 true", "written 2 1m0s", "written 4 3m0s", "email 0s 0 1", "email 4m0s 4 5"}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("history is %v, want %v", seen, want)
	}
	if len(page[1].Moments) != 1 || len(page[1].Written)+len(page[1].Emails) != 0 {
		t.Errorf("the second has %+v", page[1])
	}
	page, err = h.History(t.Context(), o.ID, noon, second.ID, 2)
	if err != nil || len(page) != 1 || page[0].ConversationID != third.ID {
		t.Errorf("second page is %+v, %v", page, err)
	}
	if page, err = h.History(t.Context(), o.ID, noon, third.ID, 2); err != nil || len(page) != 0 {
		t.Errorf("third page is %+v, %v", page, err)
	}
}

func TestAMonthOfAGreatOrganizationIsReadInSeconds(t *testing.T) {
	url := filled(t, 20_000)
	run(t, url, `insert into decisions (organization_id, conversation_id, at, code, told, state)
		select 1, c, timestamptz '2026-03-01' + s * interval '1 minute', 'held', true,
			jsonb_build_object('spoke', true, 'agent', 2, 'from', 2, 'to', 2, 'oldest_at', '2026-03-01T12:00:00Z', 'newest_at', '2026-03-01T12:00:00Z',
				'away_since', '2026-03-01T12:00:00Z', 'away_cause', 'closed', 'channel', 'email', 'point', 'point_works')
		from generate_series(1, 5) s, generate_series(1, 20000) c`)
	h := houseAt(t, url)
	began := time.Now()
	pasts, moments, after := 0, 0, int64(0)
	for {
		page, err := h.History(t.Context(), 1, noon.AddDate(0, -1, 0), after, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].ConversationID
		pasts += len(page)
		for _, past := range page {
			moments += len(past.Moments)
			if len(past.Written) != 1 {
				t.Fatalf("history of %d is %+v", past.ConversationID, past)
			}
		}
	}
	took := time.Since(began)
	if pasts != 20_000 || moments != 100_000 {
		t.Errorf("%d conversations with %d moments", pasts, moments)
	}
	if took > 15*time.Second { // a few seconds on an idle machine
		t.Errorf("it took %s", took)
	}
	t.Logf("20,000 conversations with 100,000 moments in %s", took)
	h.reads(t, 1600, "decisions_pkey", func(ctx context.Context, tx chat.Tx) error {
		_, err := tx.History(ctx, 1, noon.AddDate(0, -1, 0), 10_000, 100)
		return err
	})
}
