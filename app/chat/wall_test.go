package chat_test

import (
	"testing"

	"rejoin/app/chat"
	"rejoin/mail/resendtest"
)

// acts is every Desk method of an agent that takes a key.
func (h *house) acts(by *chat.AgentCaller, conversation, agent, delivery string) map[string]func() error {
	draft := chat.InvitationDraft{Key: h.desk.NewInvitationKey(), Text: "x", At: h.clock.now()}
	return map[string]func() error{
		"row":    func() error { _, err := h.desk.Row(h.ctx, by, conversation); return err },
		"thread": func() error { _, err := h.desk.Thread(h.ctx, by, conversation, 0, 0, 50); return err },
		"answer": func() error {
			_, err := h.desk.PostAsAgent(h.ctx, by, conversation, chat.AgentPost{ClientID: "x", Text: "x"})
			return err
		},
		"note": func() error {
			_, err := h.desk.PostAsAgent(h.ctx, by, conversation, chat.AgentPost{ClientID: "x", Text: "x", Note: true})
			return err
		},
		"draft":        func() error { return h.desk.SaveDraft(h.ctx, by, conversation, "x", false) },
		"blank draft":  func() error { return h.desk.SaveDraft(h.ctx, by, conversation, " ", false) },
		"see":          func() error { return h.desk.SeenByAgent(h.ctx, by, conversation, 9) },
		"type":         func() error { return h.desk.AgentTyping(h.ctx, by, conversation, false) },
		"assign":       func() error { return h.desk.Assign(h.ctx, by, conversation, "") },
		"close":        func() error { return h.desk.Close(h.ctx, by, conversation) },
		"reopen":       func() error { return h.desk.Reopen(h.ctx, by, conversation) },
		"spam":         func() error { return h.desk.MarkSpam(h.ctx, by, conversation) },
		"not spam":     func() error { return h.desk.NotSpam(h.ctx, by, conversation) },
		"language":     func() error { return h.desk.SetCustomerLanguage(h.ctx, by, conversation, "fr") },
		"edit":         func() error { return h.desk.EditCustomer(h.ctx, by, conversation, chat.CustomerEdit{Name: "x"}) },
		"revoke":       func() error { _, err := h.desk.RevokeLinks(h.ctx, by, conversation); return err },
		"invitability": func() error { _, err := h.desk.Invitability(h.ctx, by, conversation); return err },
		"preview":      func() error { _, err := h.desk.PreviewInvitation(h.ctx, by, conversation, draft); return err },
		"invite":       func() error { _, _, err := h.desk.Invite(h.ctx, by, conversation, draft); return err },
		"retry":        func() error { return h.desk.RetryDelivery(h.ctx, by, delivery) },
		"change agent": func() error {
			return h.desk.ChangeAgent(h.ctx, by, agent, chat.AgentChange{Name: "x", Role: chat.RoleAdmin})
		},
		"new join link": func() error { _, err := h.desk.RenewJoinLink(h.ctx, by, agent); return err },
		"deactivate": func() error {
			return h.desk.ChangeAgent(h.ctx, by, agent, chat.AgentChange{Name: "x", Role: chat.RoleAgent, Deactivated: true})
		},
		"demote": func() error {
			return h.desk.ChangeAgent(h.ctx, by, agent, chat.AgentChange{Name: "x", Role: chat.RoleAgent})
		},
		"a blank key": func() error { return h.desk.Close(h.ctx, by, "") },
		"a wild key":  func() error { return h.desk.Close(h.ctx, by, "' or 1=1 --\x00") },
	}
}

// guestActs is every Desk method of a customer that takes a key.
func (h *house) guestActs(by *chat.CustomerCaller, conversation string) map[string]func() error {
	return map[string]func() error{
		"find": func() error { _, err := h.desk.ConversationFor(h.ctx, by, conversation); return err },
		"post": func() error {
			_, _, err := h.desk.PostAsCustomer(h.ctx, by, chat.PostInput{ConversationKey: conversation, ClientID: "x", Text: "x"})
			return err
		},
		"see":     func() error { return h.desk.SeenByCustomer(h.ctx, by, conversation, 9) },
		"type":    func() error { return h.desk.CustomerTyping(h.ctx, by, conversation) },
		"address": func() error { _, err := h.desk.GiveAddress(h.ctx, by, conversation, "x@example.org"); return err },
		"skip":    func() error { return h.desk.SkipAddress(h.ctx, by, conversation) },
		"stop":    func() error { return h.desk.StopEmail(h.ctx, by, conversation, true) },
		"end":     func() error { return h.desk.EndConversation(h.ctx, by, conversation) },
	}
}

func TestNothingOfAnotherOrganizationIsReachedByItsKey(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	h.faulty(resendtest.Refused())
	h.deliver(d)
	_, spy := h.organization("Sud", "cy@sud.example")
	visitor := h.arriveAt(h.desk, spy.Organization, "Hello")
	before := h.dump()
	h.forget()
	for what, act := range h.acts(spy, g.key, h.agent.Agent.Key, d.Key) {
		if kind, _ := chat.KindOf(act()); kind != chat.Missing && !(what == "a wild key" && kind == chat.Invalid) {
			t.Errorf("%s over the wall is %q, want missing", what, kind)
		}
	}
	for what, act := range h.guestActs(visitor.CustomerCaller, g.key) {
		if kind, _ := chat.KindOf(act()); kind != chat.Missing {
			t.Errorf("a customer's %s over the wall is %q, want missing", what, kind)
		}
	}
	_, err := h.desk.MessagesFor(h.ctx, visitor.CustomerCaller, g.row(), 0, 0, 10)
	h.refused(err, chat.Missing)
	h.refused(h.desk.Assign(h.ctx, spy, visitor.key, h.agent.Agent.Key), chat.Missing) // a foreign assignee
	h.unchanged(before, "an act over the wall")
	if len(h.events) != 0 {
		t.Errorf("it is told of: %v", h.events)
	}
	rows, _, err := h.desk.List(h.ctx, spy, chat.ListQuery{View: chat.ViewAll, Search: "Hello"})
	h.must(err)
	if len(rows) != 1 || rows[0].Key != visitor.key {
		t.Errorf("the list over the wall shows %d rows", len(rows))
	}
	entries, _, err := h.desk.AuditEntries(h.ctx, spy, chat.Cursor{}, 50)
	h.must(err)
	for _, e := range entries {
		if e.OrganizationID != spy.Organization.ID {
			t.Error("the audit log shows another organization's entry")
		}
	}
}

func TestACustomerReachesNothingOfAnother(t *testing.T) {
	h := newHouse(t)
	g, other := h.arrive("Hello"), h.arrive("Hello")
	before := h.dump()
	for what, act := range h.guestActs(other.CustomerCaller, g.key) {
		if kind, _ := chat.KindOf(act()); kind != chat.Missing {
			t.Errorf("%s of another's conversation is %q, want missing", what, kind)
		}
	}
	h.unchanged(before, "another customer")
}

func TestAgentsMayNotDoWhatAdminsDo(t *testing.T) {
	h := newHouse(t)
	before := h.dump()
	for what, act := range map[string]func() error{
		"settings": func() error {
			return h.desk.ChangeSettings(h.ctx, h.agent, chat.Values{chat.ContinuousOn: []byte("false")})
		},
		"rename": func() error { return h.desk.RenameOrganization(h.ctx, h.agent, "Mine", "en") },
		"audit":  func() error { _, _, err := h.desk.AuditEntries(h.ctx, h.agent, chat.Cursor{}, 9); return err },
		"invite": func() error {
			_, _, err := h.desk.InviteAgent(h.ctx, h.agent, chat.AgentInput{Name: "x", Email: "x@nord.example", Role: chat.RoleAdmin})
			return err
		},
		"promote": func() error {
			return h.desk.ChangeAgent(h.ctx, h.agent, h.agent.Agent.Key, chat.AgentChange{Name: "Bo", Role: chat.RoleAdmin})
		},
		"join link": func() error { _, err := h.desk.RenewJoinLink(h.ctx, h.agent, h.admin.Agent.Key); return err },
	} {
		h.refused(act(), chat.Forbidden, "chat.admins_only")
		_ = what
	}
	h.unchanged(before, "an agent")
}
