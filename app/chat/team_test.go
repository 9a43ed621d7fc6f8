package chat_test

import (
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func (h *house) change(by *chat.AgentCaller, agent *chat.Agent, change chat.AgentChange) error {
	if change.Name == "" {
		change.Name = agent.Name
	}
	return h.desk.ChangeAgent(h.ctx, by, agent.Key, change)
}

func TestTheLastAdminStaysOne(t *testing.T) {
	h := newHouse(t)
	for _, change := range []chat.AgentChange{{Role: chat.RoleAgent}, {Role: chat.RoleAdmin, Deactivated: true}} {
		h.refused(h.change(h.admin, h.admin.Agent, change), chat.Invalid, "chat.agent.last_admin")
	}
	_, unborn, err := h.desk.InviteAgent(h.ctx, h.admin, chat.AgentInput{Name: "Di", Email: "di@nord.example", Role: chat.RoleAdmin})
	h.must(err)
	h.refused(h.change(h.admin, h.admin.Agent, chat.AgentChange{Role: chat.RoleAgent}), chat.Invalid, "chat.agent.last_admin")
	h.must(h.change(h.admin, unborn, chat.AgentChange{Role: chat.RoleAgent}))
	second := h.colleague(h.admin, "Ed", "ed@nord.example", chat.RoleAdmin)
	h.must(h.change(second, h.admin.Agent, chat.AgentChange{Role: chat.RoleAgent}))
	h.refused(h.change(second, second.Agent, chat.AgentChange{Role: chat.RoleAgent}), chat.Invalid, "chat.agent.last_admin")
}

func TestAdminsWhoDemoteEachOtherAtOnceLeaveOne(t *testing.T) {
	h := newHouse(t)
	second := h.colleague(h.admin, "Ed", "ed@nord.example", chat.RoleAdmin)
	third := h.colleague(h.admin, "Fi", "fi@nord.example", chat.RoleAdmin)
	all := []*chat.AgentCaller{h.admin, second, third}
	h.together(6, func(i int) error {
		return h.change(all[i%3], all[(i+1)%3].Agent, chat.AgentChange{Role: chat.RoleAgent, Deactivated: i >= 3})
	})
	if n := h.number("select count(*) from agents where role = 'admin' and deactivated_at is null"); n != 1 {
		t.Errorf("%d admins are left, want 1", n)
	}
}

func TestAJoinLinkIsSpentOnce(t *testing.T) {
	h := newHouse(t)
	link, agent, err := h.desk.InviteAgent(h.ctx, h.admin, chat.AgentInput{Name: " Di\r\n ", Email: "DI@Nord.Example", Role: chat.RoleAgent})
	h.must(err)
	if agent.Name != "Di" || agent.Email != "di@nord.example" {
		t.Errorf("invited %q %q", agent.Name, agent.Email)
	}
	_, err = h.desk.Join(h.ctx, link, "short", "", "")
	h.refused(err, chat.Invalid, "chat.password.length")
	_, err = h.desk.Join(h.ctx, link, strings.Repeat("x", chat.MaxPassword+1), "", "")
	h.refused(err, chat.Invalid, "chat.password.length")
	done, errs := h.together(8, func(int) error {
		_, err := h.desk.Join(h.ctx, link, "a new password", "Firefox", "192.0.2.9")
		return err
	})
	if done != 1 {
		t.Errorf("%d joined, want 1", done)
	}
	for _, err := range errs {
		h.refused(err, chat.Gone, "chat.join.gone")
	}
	_, _, err = h.desk.JoinLink(h.ctx, link)
	h.refused(err, chat.Gone, "chat.join.gone")
	for _, token := range []string{"", "x", "1-" + strings.Repeat("A", 43)} {
		_, _, err := h.desk.JoinLink(h.ctx, token)
		h.refused(err, chat.Missing, "chat.join.unknown")
	}
}

func TestAJoinLinkRunsOut(t *testing.T) {
	h := newHouse(t)
	link, agent, err := h.desk.InviteAgent(h.ctx, h.admin, chat.AgentInput{Name: "Di", Email: "di@nord.example", Role: chat.RoleAgent})
	h.must(err)
	h.clock.advance(chat.JoinLinkLife)
	_, err = h.desk.Join(h.ctx, link, "a new password", "", "")
	h.refused(err, chat.Gone, "chat.join.gone")
	fresh, err := h.desk.RenewJoinLink(h.ctx, h.admin, agent.Key)
	h.must(err)
	h.must(h.change(h.admin, agent, chat.AgentChange{Role: chat.RoleAgent, Deactivated: true}))
	_, err = h.desk.Join(h.ctx, fresh, "a new password", "", "")
	h.refused(err, chat.Gone, "chat.join.gone")
}

func TestAFreshJoinLinkEndsTheOlderOnes(t *testing.T) {
	h := newHouse(t)
	lost, agent, err := h.desk.InviteAgent(h.ctx, h.admin, chat.AgentInput{Name: "Di", Email: "di@nord.example", Role: chat.RoleAgent})
	h.must(err)
	fresh, err := h.desk.RenewJoinLink(h.ctx, h.admin, agent.Key)
	h.must(err)
	_, err = h.desk.Join(h.ctx, lost, "a thief's password", "", "")
	h.refused(err, chat.Gone, "chat.join.gone")
	_, err = h.desk.Join(h.ctx, fresh, "a new password", "", "")
	h.must(err)
}

func TestJoiningAgainEndsOlderSessions(t *testing.T) {
	h := newHouse(t)
	session := h.signIn("bo@nord.example", "another password")
	link, err := h.desk.RenewJoinLink(h.ctx, h.admin, h.agent.Agent.Key)
	h.must(err)
	fresh, err := h.desk.Join(h.ctx, link, "the third password", "", "")
	h.must(err)
	_, err = h.desk.AgentBySession(h.ctx, session)
	h.refused(err, chat.Missing)
	_, err = h.desk.AgentBySession(h.ctx, fresh)
	h.must(err)
}

func TestAnAddressIsOfOneAgentInAnOrganization(t *testing.T) {
	h := newHouse(t)
	before := h.dump()
	_, _, err := h.desk.InviteAgent(h.ctx, h.admin, chat.AgentInput{Name: "Di", Email: "BO@nord.example", Role: chat.RoleAgent})
	h.refused(err, chat.Invalid, "chat.agent.exists")
	for _, in := range []chat.AgentInput{
		{Email: "di@nord.example", Role: chat.RoleAgent}, {Name: "Di", Role: chat.RoleAgent}, {Name: "Di", Email: "di@nord.example"},
		{Name: "Di", Email: "nonsense", Role: chat.RoleAgent}, {Name: "Di", Email: "di@nord.example", Role: "owner"},
		{Name: strings.Repeat("x", 81), Email: "di@nord.example", Role: chat.RoleAgent},
	} {
		_, _, err := h.desk.InviteAgent(h.ctx, h.admin, in)
		h.refused(err, chat.Invalid)
	}
	h.unchanged(before, "a refused agent")
}

func TestEveryChangeOfTheTeamIsInTheAuditLogOnce(t *testing.T) {
	h := newHouse(t)
	h.clock.advance(time.Minute)
	h.must(h.change(h.admin, h.agent.Agent, chat.AgentChange{Name: "Bob", Role: chat.RoleAdmin}))
	h.must(h.change(h.admin, h.agent.Agent, chat.AgentChange{Name: "Bob", Role: chat.RoleAdmin}))
	h.must(h.desk.RenameOrganization(h.ctx, h.admin, "Sud", "fr"))
	h.must(h.desk.RenameOrganization(h.ctx, h.admin, "Sud", "fr"))
	_, err := h.desk.RenewJoinLink(h.ctx, h.admin, h.agent.Agent.Key)
	h.must(err)
	entries, _, err := h.desk.AuditEntries(h.ctx, h.admin, chat.Cursor{}, 3)
	h.must(err)
	want := []string{"agent.link_renewed  ", "organization.renamed Maison Nord · en Sud · fr", "agent.changed Bo · agent Bob · admin"}
	for i, e := range entries {
		if got := e.Action + " " + e.Before + " " + e.After; got != want[i] || e.AgentName != "Ada" {
			t.Errorf("entry %d by %s: %q, want %q", i, e.AgentName, got, want[i])
		}
	}
	page, next, err := h.desk.AuditEntries(h.ctx, h.admin, chat.Cursor{}, 2)
	h.must(err)
	rest, end, err := h.desk.AuditEntries(h.ctx, h.admin, next, 50)
	h.must(err)
	if all := h.number("select count(*) from audit_entries"); len(page)+len(rest) != all || next == (chat.Cursor{}) || end != (chat.Cursor{}) {
		t.Errorf("%d and %d entries of %d", len(page), len(rest), all)
	}
}

func TestAgentsEditThemselves(t *testing.T) {
	h := newHouse(t)
	h.refused(h.desk.EditSelf(h.ctx, h.agent, chat.SelfEdit{Name: " "}), chat.Invalid, "chat.name.empty")
	h.refused(h.desk.EditSelf(h.ctx, h.agent, chat.SelfEdit{Name: "Bo", Language: "xx"}), chat.Invalid, "chat.language.unknown")
	h.must(h.desk.EditSelf(h.ctx, h.agent, chat.SelfEdit{Name: "Böb", Language: "fr"}))
	a, err := h.store.Agent(h.ctx, h.org.ID, h.agent.Agent.ID)
	h.must(err)
	if a.Name != "Böb" || a.Language != "fr" || a.Role != chat.RoleAgent {
		t.Errorf("kept %+v", a)
	}
}
