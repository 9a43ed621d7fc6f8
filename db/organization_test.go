package db_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestSettingsAreMergedByKey(t *testing.T) {
	h := newHouse(t)
	o, other := h.organization(), h.organization()
	for _, changed := range []chat.Values{
		{"email.name": json.RawMessage(`"Maison"`), "email.footer": json.RawMessage(`{"en":"x"}`)},
		{"email.name": json.RawMessage(`"L'Été ?"`)},
	} {
		h.do(func(ctx context.Context, tx chat.Tx) error { return tx.SaveSettings(ctx, o.ID, changed) })
	}
	got, err := h.OrganizationByKey(t.Context(), o.Key)
	if err != nil || got.Settings.Text("email.name") != "L'Été ?" || got.Settings.Localized("email.footer", "en") != "x" {
		t.Errorf("settings are %s, %v", got.Settings, err)
	}
	if same, _ := h.Organization(t.Context(), other.ID); len(same.Settings) != 0 {
		t.Errorf("settings of another are %s", same.Settings)
	}
	wantKind(t, h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		return tx.SaveSettings(ctx, 999, chat.Values{})
	}), chat.Missing)
}

func TestOrganizationsAndTheAuditLogAreReadInPages(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	h.organization()
	h.organization()
	var names []string
	for after := int64(0); ; {
		page, err := h.Organizations(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page {
			names, after = append(names, row.Key), row.ID
		}
		if len(page) < 2 {
			break
		}
	}
	if n, err := h.OrganizationCount(t.Context()); err != nil || n != 2 || len(names) != 3 {
		t.Errorf("%d organizations, listed %v, %v", n, names, err)
	}
	for i := range 5 {
		h.insert(&chat.AuditEntry{OrganizationID: o.ID, AgentID: 1, AgentName: "Ada", Action: "a", Subject: string(rune('a' + i)), At: noon.Add(time.Duration(i/2) * time.Second)})
	}
	subjects := ""
	for after := (chat.Cursor{}); ; {
		page, err := h.AuditEntries(t.Context(), o.ID, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range page {
			subjects, after = subjects+entry.Subject, chat.Cursor{At: entry.At, ID: entry.ID}
		}
		if len(page) < 2 {
			break
		}
	}
	if subjects != "edcba" {
		t.Errorf("entries in the order %q", subjects)
	}
}

func TestSessionsEndAllButOne(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	a, b := h.agent(o), h.agent(o)
	for i, agent := range []*chat.Agent{a, a, a, b} {
		h.insert(&chat.Session{OrganizationID: o.ID, TokenHash: []byte{byte(i)}, AgentID: agent.ID, CreatedAt: noon, SeenAt: noon, ExpiresAt: noon})
	}
	for _, end := range []struct {
		except []byte
		left   int
	}{{[]byte{1}, 1}, {nil, 0}} {
		h.do(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteSessions(ctx, o.ID, a.ID, end.except) })
		if left, err := h.Sessions(t.Context(), o.ID, a.ID); err != nil || len(left) != end.left {
			t.Errorf("%d sessions are left, %v; want %d", len(left), err, end.left)
		}
	}
	if left, _ := h.Sessions(t.Context(), o.ID, b.ID); len(left) != 1 {
		t.Error("another agent's session was ended")
	}
}

func TestADraftIsReplaced(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	a := h.agent(o)
	c := h.conversation(h.customer(o, "Eve"))
	for _, text := range []string{"one", "two"} {
		h.do(func(ctx context.Context, tx chat.Tx) error {
			return tx.SaveDraft(ctx, &chat.Draft{OrganizationID: o.ID, ConversationID: c.ID, AgentID: a.ID, Text: text, Note: text == "two", UpdatedAt: noon})
		})
	}
	if d, err := h.Draft(t.Context(), o.ID, c.ID, a.ID); err != nil || d.Text != "two" || !d.Note {
		t.Errorf("draft is %+v, %v", d, err)
	}
}

func TestTheLastDeliveryAndTheCoveredSeqPassOverWhatFailed(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	c := h.customer(o, "Eve")
	p := h.point(c, "eve@example.org")
	conversation := h.conversation(c)
	var second *chat.Delivery
	for i, state := range []chat.DeliveryState{chat.Sent, chat.Complained, chat.Bounced, chat.Failed, chat.Cancelled} {
		d := &chat.Delivery{OrganizationID: o.ID, Key: h.key("delivery"), ConversationID: conversation.ID, ContactPointID: p.ID,
			Kind: chat.KindInvitation, State: state, ToSeq: int64(i + 1), CreatedAt: noon}
		if h.insert(d); i == 1 {
			second = d
		}
	}
	last, err := h.LastDelivery(t.Context(), o.ID, conversation.ID)
	if err != nil || last.Key != second.Key {
		t.Errorf("last is %+v, %v", last, err)
	}
	h.do(func(ctx context.Context, tx chat.Tx) error {
		if seq, err := tx.Covered(ctx, o.ID, conversation.ID); err != nil || seq != 2 {
			t.Errorf("covered is %d, %v", seq, err)
		}
		if seq, err := tx.Covered(ctx, o.ID, conversation.ID+1); err != nil || seq != 0 {
			t.Errorf("covered of nothing is %d, %v", seq, err)
		}
		return nil
	})
	all, err := h.Deliveries(t.Context(), o.ID, conversation.ID)
	if err != nil || len(all) != 5 || all[4].ToSeq != 1 {
		t.Errorf("deliveries are %+v, %v", all, err)
	}
}
