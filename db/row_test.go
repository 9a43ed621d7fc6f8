package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestADuplicateIsAConflictOrNoNews(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c := h.customer(o, "Eve")
	token := &chat.VisitorToken{OrganizationID: o.ID, TokenHash: []byte{1}, CustomerID: c.ID, CreatedAt: noon}
	point := func() *chat.ContactPoint {
		return &chat.ContactPoint{OrganizationID: o.ID, CustomerID: c.ID, Channel: "email", Address: "eve@example.org", CreatedAt: noon}
	}
	for _, want := range []bool{true, false} {
		h.do(func(ctx context.Context, tx chat.Tx) error {
			first, err := tx.InsertIfNew(ctx, token)
			p := point()
			second, err2 := tx.InsertIfNew(ctx, p)
			if first != want || second != want || (p.ID != 0) != want {
				t.Errorf("inserted %v and %v (id %d), want %v", first, second, p.ID, want)
			}
			return errors.Join(err, err2)
		})
	}
	err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error { return tx.Insert(ctx, point()) })
	wantKind(t, err, chat.Conflict)
}

func TestManyRowsAreInsertedAtOnceAndKnowTheirIDs(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c := h.customer(o, "Eve")
	p, conversation := h.point(c, "eve@example.org"), h.conversation(c)
	rows := make([]chat.Delivery, 300)
	for i := range rows {
		rows[i] = chat.Delivery{OrganizationID: o.ID, Key: h.key("delivery"), ConversationID: conversation.ID, ContactPointID: p.ID,
			Kind: chat.KindFollowup, State: chat.Queued, FromSeq: 1, ToSeq: int64(i + 1), CreatedAt: noon}
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		return errors.Join(tx.InsertAll(ctx, &rows), tx.InsertAll(ctx, &[]chat.Delivery{}))
	})
	for i, row := range rows {
		got, err := h.Delivery(t.Context(), o.ID, row.ID)
		if err != nil || got.Key != row.Key || got.ToSeq != int64(i+1) || i > 0 && row.ID <= rows[i-1].ID {
			t.Fatalf("row %d is %+v, %v", i, got, err)
		}
	}
	message := chat.Message{OrganizationID: o.ID, ConversationID: conversation.ID, Seq: 1, Kind: chat.Public, By: chat.ByAgent, CreatedAt: noon}
	for _, wrong := range []any{rows, &message, &[]chat.Message{message}} {
		if err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error { return tx.InsertAll(ctx, wrong) }); err == nil {
			t.Errorf("%T was inserted", wrong)
		}
	}
}

func TestTheSameMessagesNeverGoOutByThemselvesTwice(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c := h.customer(o, "Eve")
	p, conversation, other := h.point(c, "eve@example.org"), h.conversation(c), h.conversation(c)
	send := func(to *chat.Conversation, kind chat.DeliveryKind, state chat.DeliveryState) error {
		return h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
			return tx.InsertAll(ctx, &[]chat.Delivery{{OrganizationID: o.ID, Key: h.key("delivery"), ConversationID: to.ID, ContactPointID: p.ID,
				Kind: kind, State: state, ToSeq: 3, CreatedAt: noon}})
		})
	}
	for _, ended := range []chat.DeliveryState{chat.Cancelled, chat.Failed, chat.Bounced} {
		if err := send(conversation, chat.KindFollowup, ended); err != nil {
			t.Errorf("after %s: %v", ended, err)
		}
	}
	for _, standing := range []chat.DeliveryState{chat.Queued, chat.Sending, chat.Sent, chat.Replied, chat.Complained} {
		h.count("with gone as (delete from deliveries where state not in ('cancelled', 'failed', 'bounced') returning 1) select count(*) from gone")
		if err := send(conversation, chat.KindFollowup, standing); err != nil {
			t.Errorf("%s: %v", standing, err)
		}
		wantKind(t, send(conversation, chat.KindFollowup, chat.Queued), chat.Conflict)
	}
	for _, free := range []error{send(conversation, chat.KindInvitation, chat.Queued), send(other, chat.KindFollowup, chat.Queued)} {
		if free != nil {
			t.Error(free)
		}
	}
}

func TestARowOfAForeignOrganizationCannotBeReferredTo(t *testing.T) {
	h := newHouse(t)
	mine, other := h.organization(), h.organization()
	c := h.customer(other, "Eve")
	err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		return tx.Insert(ctx, &chat.ContactPoint{OrganizationID: mine.ID, CustomerID: c.ID, Channel: "email", Address: "a@b.c", CreatedAt: noon})
	})
	wantKind(t, err, chat.Missing)
}

func TestUpdateWritesTheNamedColumnsOfOneRow(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	one, two := h.customer(o, "One"), h.customer(o, "Two")
	away := noon.Add(time.Minute)
	h.do(func(ctx context.Context, tx chat.Tx) error {
		changed := *one
		changed.Name, changed.Notes, changed.AwaySince = "Uno", "not written", &away
		changed.Fields, changed.Pages = map[string]string{"size": "M"}, []chat.PageVisit{{URL: "/a", At: noon}}
		return tx.Update(ctx, &changed, "name", "away_since", "fields", "pages")
	})
	got, err := h.Customer(t.Context(), o.ID, one.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "Uno" || got.Notes != "" || !got.AwaySince.Equal(away) || got.Fields["size"] != "M" || got.Pages[0].URL != "/a" {
		t.Errorf("row is %+v", got)
	}
	if same, _ := h.Customer(t.Context(), o.ID, two.ID); same.Name != "Two" {
		t.Errorf("another row was changed: %+v", same)
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		return tx.Update(ctx, &chat.Customer{OrganizationID: o.ID, ID: one.ID}, "fields", "pages", "away_since", "name")
	})
	if got, _ = h.Customer(t.Context(), o.ID, one.ID); got.AwaySince != nil || len(got.Fields)+len(got.Pages) != 0 || got.Name != "" {
		t.Errorf("emptied row is %+v", got)
	}
	missing := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		return tx.Update(ctx, &chat.Customer{OrganizationID: o.ID + 1, ID: one.ID}, "name")
	})
	wantKind(t, missing, chat.Missing)
	if err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error { return tx.Update(ctx, one) }); err == nil {
		t.Error("an update without columns was taken")
	}
}

func TestWhatPostgreSQLCannotStoreIsInvalid(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c := h.conversation(h.customer(o, "Eve"))
	const nul = "a\x00b"
	for name, act := range map[string]func(ctx context.Context, tx chat.Tx) error{
		"a text": func(ctx context.Context, tx chat.Tx) error {
			_, err := post(ctx, tx, o.ID, c.ID, nul)
			return err
		},
		"a variable": func(ctx context.Context, tx chat.Tx) error {
			_, err := post(ctx, tx, o.ID, c.ID, "a", func(m *chat.Message) { m.Meta = map[string]string{"Agent": nul} })
			return err
		},
		"a new name": func(ctx context.Context, tx chat.Tx) error {
			return tx.Insert(ctx, &chat.Organization{Key: "k", Name: nul, CreatedAt: noon})
		},
		"a changed name": func(ctx context.Context, tx chat.Tx) error {
			return tx.Update(ctx, &chat.Customer{OrganizationID: o.ID, ID: c.CustomerID, Name: nul}, "name")
		},
		"a key": func(ctx context.Context, tx chat.Tx) error {
			_, err := tx.ConversationByKey(ctx, o.ID, nul)
			return err
		},
	} {
		if kind, _ := chat.KindOf(h.Tx(t.Context(), act)); kind != chat.Invalid {
			t.Errorf("%s with NUL: %q, want invalid", name, kind)
		}
	}
	for _, text := range []string{nul, "a\xffb", `'; drop table messages; -- ?0 ? \ " {} ~ :* & | !`} {
		if _, err := h.ConversationRows(t.Context(), o.ID, chat.ListQuery{View: chat.ViewAll, Search: text}); err != nil {
			t.Errorf("search for %q: %v", text, err)
		}
	}
	h.post(c, "a\xffb")
	if m := h.post(c, `'; drop table messages; -- ?0 ? \ " {} ~ :* & | !`); m.Seq != 2 {
		t.Errorf("seq is %d", m.Seq)
	}
}

func TestDeletingACustomerTakesEverythingOfTheirs(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	a := h.agent(o)
	kept := h.conversation(h.customer(o, "Kept"))
	h.post(kept, "stays")
	c := h.customer(o, "Eve")
	fillCustomer(h, a, c)
	h.do(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteCustomer(ctx, o.ID, c.ID) })
	for table, want := range map[string]int{
		"customers": 1, "conversations": 1, "messages": 1, "contact_points": 0, "visitor_tokens": 0, "deliveries": 0,
		"rejoin_links": 0, "drafts": 0, "decisions": 0, "presence_rows": 0, "agents": 1,
	} {
		if n := h.count("select count(*) from " + table); n != want {
			t.Errorf("%s has %d rows, want %d", table, n, want)
		}
	}
}

// fillCustomer writes one row of everything that a customer can have.
func fillCustomer(h *house, a *chat.Agent, c *chat.Customer) (*chat.Conversation, *chat.Delivery) {
	h.t.Helper()
	o := c.OrganizationID
	p := h.point(c, "eve@example.org")
	conversation := h.conversation(c, func(row *chat.Conversation) { row.AssigneeID = &a.ID })
	h.post(conversation, "hello", func(m *chat.Message) { m.ClientID, m.Meta = "once", map[string]string{"Agent": "Ada"} })
	delivery := &chat.Delivery{OrganizationID: o, Key: h.key("delivery"), ConversationID: conversation.ID, ContactPointID: p.ID,
		Kind: chat.KindInvitation, State: chat.Queued, Frozen: []byte("bytes\x00"), ToSeq: 1, CreatedAt: noon}
	h.insert(delivery)
	h.insert(
		&chat.RejoinLink{OrganizationID: o, TokenHash: []byte("hash"), ConversationID: conversation.ID, CustomerID: c.ID,
			ContactPointID: p.ID, DeliveryID: delivery.ID, CreatedAt: noon, ExpiresAt: noon},
		&chat.VisitorToken{OrganizationID: o, TokenHash: []byte("hash"), CustomerID: c.ID, ConversationID: &conversation.ID, CreatedAt: noon},
		&chat.Decision{OrganizationID: o, ConversationID: conversation.ID, At: noon, Code: chat.DecidedSent},
		&chat.Draft{OrganizationID: o, ConversationID: conversation.ID, AgentID: a.ID, Text: "dra", UpdatedAt: noon},
		&chat.Site{OrganizationID: o, Origin: "https://shop.example", SeenAt: noon},
		&chat.Session{OrganizationID: o, TokenHash: []byte("hash"), AgentID: a.ID, CreatedAt: noon, SeenAt: noon, ExpiresAt: noon},
		&chat.JoinLink{OrganizationID: o, TokenHash: []byte("hash"), AgentID: a.ID, CreatedAt: noon, ExpiresAt: noon},
		&chat.AuditEntry{OrganizationID: o, AgentID: a.ID, AgentName: "Ada", Action: "setting.changed", At: noon},
		&chat.PresenceRow{OrganizationID: o, Subject: chat.SubjectCustomer, SubjectID: c.ID, Instance: "one", Active: true, ChangedAt: noon},
	)
	return conversation, delivery
}
