package db_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/db"
	"rejoin/db/dbtest"
)

// noon is when every test begins.
var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// house is a store over a fresh database with what it has published.
type house struct {
	*db.Store
	pools *db.Pools
	t     testing.TB

	mu        sync.Mutex
	published [][]chat.Event
	number    int
}

func newHouse(t testing.TB) *house { t.Helper(); return houseAt(t, dbtest.URL(t)) }

func houseAt(t testing.TB, url string) *house {
	t.Helper()
	pools, err := db.OpenPools(t.Context(), url, 12)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	h := &house{pools: pools, t: t}
	h.Store = db.New(pools, db.Options{
		Publish: func(events []chat.Event) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.published = append(h.published, events)
		},
		Enqueue: func(ctx context.Context, tx pgx.Tx, jobs ...chat.Job) error {
			for _, job := range jobs {
				if _, err := tx.Exec(ctx, "insert into sign_in_failures (key, at) values ($1, now())", fmt.Sprintf("job %s %d", job.Kind, job.ID)); err != nil {
					return err
				}
			}
			return nil
		},
	})
	return h
}

// do runs a transaction that must succeed.
func (h *house) do(act func(ctx context.Context, tx chat.Tx) error) {
	h.t.Helper()
	if err := h.Tx(h.t.Context(), act); err != nil {
		h.t.Fatal(err)
	}
}

// insert writes rows that must be taken.
func (h *house) insert(rows ...any) {
	h.t.Helper()
	h.do(func(ctx context.Context, tx chat.Tx) error {
		for _, row := range rows {
			if err := tx.Insert(ctx, row); err != nil {
				return err
			}
		}
		return nil
	})
}

func (h *house) key(noun string) string {
	h.number++
	return fmt.Sprintf("%s-%d", noun, h.number)
}

func (h *house) organization() *chat.Organization {
	h.t.Helper()
	o := &chat.Organization{Key: h.key("organization"), Name: "Maison", CreatedAt: noon}
	h.insert(o)
	return o
}

func (h *house) agent(o *chat.Organization) *chat.Agent {
	h.t.Helper()
	key := h.key("agent")
	a := &chat.Agent{OrganizationID: o.ID, Key: key, Name: "Ada", Email: key + "@example.org", Role: chat.RoleAgent, CreatedAt: noon}
	h.insert(a)
	return a
}

func (h *house) customer(o *chat.Organization, name string) *chat.Customer {
	h.t.Helper()
	c := &chat.Customer{OrganizationID: o.ID, Key: h.key("customer"), Name: name, CreatedAt: noon}
	h.insert(c)
	return c
}

func (h *house) point(c *chat.Customer, address string) *chat.ContactPoint {
	h.t.Helper()
	p := &chat.ContactPoint{OrganizationID: c.OrganizationID, CustomerID: c.ID, Channel: "email", Address: address, CreatedAt: noon}
	h.insert(p)
	return p
}

// conversation makes one of a customer, changed by the given functions before it is written.
func (h *house) conversation(c *chat.Customer, change ...func(*chat.Conversation)) *chat.Conversation {
	h.t.Helper()
	row := &chat.Conversation{
		OrganizationID: c.OrganizationID, Key: h.key("conversation"), CustomerID: c.ID,
		WaitingFor: chat.Us, Reach: followup.Unreachable, LastMessageAt: noon, CreatedAt: noon,
	}
	for _, f := range change {
		f(row)
	}
	h.insert(row)
	return row
}

// post writes the next message of a conversation as a use case does.
func (h *house) post(c *chat.Conversation, text string, change ...func(*chat.Message)) *chat.Message {
	h.t.Helper()
	var m *chat.Message
	h.do(func(ctx context.Context, tx chat.Tx) (err error) {
		m, err = post(ctx, tx, c.OrganizationID, c.ID, text, change...)
		return err
	})
	return m
}

func post(ctx context.Context, tx chat.Tx, organization, id int64, text string, change ...func(*chat.Message)) (*chat.Message, error) {
	c, err := tx.LockConversation(ctx, organization, id)
	if err != nil {
		return nil, err
	}
	c.LastSeq++
	c.AgentUnread++
	m := &chat.Message{Seq: c.LastSeq, Kind: chat.Public, By: chat.ByCustomer, Text: text, Via: "chat", CreatedAt: noon}
	for _, f := range change {
		f(m)
	}
	return m, tx.Post(ctx, c, m)
}

func (h *house) count(query string) int {
	h.t.Helper()
	var n int
	if err := h.pools.Jobs().QueryRow(h.t.Context(), query).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func wantKind(t testing.TB, err error, kind chat.Kind) {
	t.Helper()
	if got, ok := chat.KindOf(err); !ok || got != kind {
		t.Errorf("error is %v, want kind %s", err, kind)
	}
}
