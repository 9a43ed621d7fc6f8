package chat_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"rejoin/app/chat"
)

// walk does n random acts with a customer, and checks after each what must always hold.
func (h *house) walk(g *guest, n int, random *rand.Rand) {
	h.Helper()
	signals := []chat.Signal{chat.SignActive, chat.SignVisible, chat.SignHidden, chat.SignGone, chat.SignAlive}
	acts := []struct {
		name string
		act  func() error
	}{
		{"sign", func() error {
			g.sign(h.desk, name(random.IntN(3)), signals[random.IntN(len(signals))])
			return h.desk.TickPresence(h.ctx)
		}},
		{"wait", func() error {
			h.clock.advance(time.Duration(random.IntN(200)) * time.Second)
			return h.desk.TickPresence(h.ctx)
		}},
		{"give", func() error {
			_, err := h.desk.GiveAddress(h.ctx, g.CustomerCaller, "", name(random.IntN(3))+"@example.org")
			return err
		}},
		{"correct", func() error {
			return h.desk.EditCustomer(h.ctx, h.agent, g.key, chat.CustomerEdit{Address: name(random.IntN(3)) + "@example.org"})
		}},
		{"post", func() error {
			_, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{Text: "x"})
			return err
		}},
		{"end", func() error { return h.desk.EndConversation(h.ctx, g.CustomerCaller, "") }},
		{"close", func() error { return h.desk.Close(h.ctx, h.agent, g.key) }},
		{"spam", func() error { return h.desk.MarkSpam(h.ctx, h.agent, g.key) }},
		{"no spam", func() error { return h.desk.NotSpam(h.ctx, h.agent, g.key) }},
		{"note", func() error {
			_, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{Text: "x", Note: true})
			return err
		}},
		{"see", func() error { return h.desk.SeenByCustomer(h.ctx, g.CustomerCaller, "", int64(random.IntN(20))) }},
		{"agent sees", func() error { return h.desk.SeenByAgent(h.ctx, h.agent, g.key, int64(random.IntN(20))) }},
	}
	var done []string
	for range n {
		one := acts[random.IntN(len(acts))]
		done = append(done, one.name)
		if err := one.act(); err != nil {
			if _, refused := chat.KindOf(err); !refused {
				h.Fatalf("after %v: %v", done, err)
			}
		}
		if why := h.broken(g); why != "" {
			h.Fatalf("after %v: %s", done, why)
		}
	}
}

// broken tells which of the things that always hold does not.
func (h *house) broken(g *guest) string {
	h.Helper()
	customer, err := h.store.Customer(h.ctx, h.org.ID, g.Customer.ID)
	h.must(err)
	reach, _ := chat.Reach(customer, g.points())
	for query, why := range map[string]string{
		"select count(*) from conversations where reach <> '" + string(reach) + "'":                                           "a conversation is not " + string(reach),
		"select count(*) from conversations c where last_seq <> (select count(*) from messages where conversation_id = c.id)": "a seq has a gap",
		"select count(*) from conversations where greatest(customer_seen_seq, agent_seen_seq, covered_seq) > last_seq":        "a cursor is ahead",
		`select count(*) from conversations c where agent_unread <> (select count(*) from messages where conversation_id = c.id
			and seq > c.agent_seen_seq and kind = 'public' and author_kind = 'customer')`: "the agents' count is wrong",
		`select count(*) from conversations c where customer_unread <> (select count(*) from messages where conversation_id = c.id
			and seq > c.customer_seen_seq and kind = 'public' and author_kind <> 'customer')`: "the customer's count is wrong",
		"select count(*) from conversations where ended_at is not null and closed_at is null":       "an ended one is open",
		"select count(*) from customers where active <> (away_since is null)":                       "present and away at once",
		"select case when count(*) > 1 then 1 else 0 end from conversations where ended_at is null": "two conversations go on",
	} {
		if h.number(query) != 0 {
			return why
		}
	}
	return ""
}

func TestWhateverHappensTheConversationsStayInStep(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(name(int(seed)), func(t *testing.T) {
			h := newHouse(t)
			h.must(h.desk.RenewLease(h.ctx))
			h.walk(h.arrive("Hello"), 120, rand.New(rand.NewPCG(seed, 7)))
		})
	}
}
