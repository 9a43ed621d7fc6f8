package db_test

import (
	"context"
	"slices"
	"testing"

	"rejoin/app/chat"
)

func TestSearchFindsWordsOfMessagesAndOfTheCustomer(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	eve := h.conversation(h.customer(o, "Ève Müller"))
	h.post(eve, "Où est ma commande 4711 ?")
	h.post(eve, "Sous la fenêtre", func(m *chat.Message) { m.Kind = chat.Note })
	h.post(eve, "closed", func(m *chat.Message) { m.Kind = chat.Happen })
	c := &chat.Customer{OrganizationID: o.ID, Key: "bob", Name: "Bob", Phone: "+33612345678", CreatedAt: noon}
	h.insert(c)
	point := h.point(c, "bob.stone@example.org")
	bob := h.conversation(c)
	h.post(bob, "東京都に住んでいます")
	spam := h.conversation(h.customer(o, "Zoe"), func(row *chat.Conversation) { at := noon; row.SpamAt = &at })
	h.post(spam, "commande")

	find := func(search string, want ...string) {
		t.Helper()
		rows, err := h.ConversationRows(t.Context(), o.ID, chat.ListQuery{View: chat.ViewAll, Search: search})
		var keys []string
		for _, row := range rows {
			keys = append(keys, row.Key)
		}
		if err != nil || !slices.Equal(keys, want) {
			t.Errorf("search %q found %v, %v; want %v", search, keys, err, want)
		}
	}
	find("COMMANDE", eve.Key)
	find("ou comm", eve.Key)
	find("comm ou")
	find("4711", eve.Key)
	find("fenetre", eve.Key)
	find("closed")
	find("eve", eve.Key)
	find("muller è", eve.Key)
	find("東京", bob.Key)
	find("京東")
	find("都", bob.Key)
	find("06 12 34 56 78", bob.Key)
	find("+33 6 12 34 56 78", bob.Key)
	find("bob.stone@example.org", bob.Key)
	find("stone@exam", bob.Key)
	find("nobody")
	find("...")

	h.do(func(ctx context.Context, tx chat.Tx) error {
		c.Name, c.Phone, point.Address = "Robert", "", "rob@example.org"
		if err := tx.Update(ctx, c, "name", "phone"); err != nil {
			return err
		}
		return tx.Update(ctx, point, "address")
	})
	find("bob")
	find("612345678")
	find("robert", bob.Key)
	find("bob exam")
	find("rob@exam", bob.Key)
	h.do(func(ctx context.Context, tx chat.Tx) error { return tx.Delete(ctx, point) })
	find("rob@exam")
}

func TestSearchFindsRareWordsBehindTheNewestConversations(t *testing.T) {
	url := filled(t, 10_000)
	h := houseAt(t, url)
	for search, want := range map[string]int{"order1777": 1, "every": 50, "order": 50, "thousandth": 10, "name777": 10, "name77": 50, "absent": 0} {
		rows, err := h.ConversationRows(t.Context(), 1, chat.ListQuery{View: chat.ViewAll, Search: search, Limit: 50})
		if err != nil || len(rows) != want {
			t.Errorf("search %q found %d, %v; want %d", search, len(rows), err, want)
		}
		if !slices.IsSortedFunc(rows, func(a, b chat.ConversationRow) int { return b.LastMessageAt.Compare(a.LastMessageAt) }) {
			t.Errorf("search %q is not in order", search)
		}
	}
	var keys []string
	q := chat.ListQuery{View: chat.ViewAll, Search: "hundredth", Limit: 30}
	keys = pages(t, h, &chat.Organization{ID: 1}, q)
	if len(keys) != 100 {
		t.Errorf("pages found %d, want 100", len(keys))
	}
	slices.Sort(keys)
	if len(slices.Compact(keys)) != 100 {
		t.Error("pages repeat themselves")
	}
}

func TestSearchFindsTheFirstWordsOfALongConversation(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	long := h.conversation(h.customer(o, "Eve"))
	h.post(long, "elephant")
	for range 55 {
		h.post(long, "mouse")
	}
	for _, search := range []string{"elephant", "mouse"} {
		rows, err := h.ConversationRows(t.Context(), o.ID, chat.ListQuery{View: chat.ViewAll, Search: search})
		if err != nil || len(rows) != 1 {
			t.Errorf("search %q found %d, %v", search, len(rows), err)
		}
	}
}
