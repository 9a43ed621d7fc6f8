package chat

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// JoinLinkLife is how long a new agent has to choose a password.
const JoinLinkLife = 7 * 24 * time.Hour

// AgentInput is a new agent.
type AgentInput struct {
	Name  string
	Email string
	Role  Role
}

// AgentChange is what an admin may change of an agent.
type AgentChange struct {
	Name        string
	Role        Role
	Deactivated bool
}

// SelfEdit is what agents may change of themselves.
type SelfEdit struct {
	Name     string
	Language string // a shipped locale, or empty for the browser's
}

func (d *Desk) cleanAgent(in AgentInput) (AgentInput, error) {
	var refused Errors
	keep := func(text string, err error) string {
		if one := asError(err); one != nil {
			refused = append(refused, one)
		}
		return text
	}
	in.Name = keep(cleanLine("name", in.Name, 80))
	if in.Name == "" && len(refused) == 0 {
		refused = append(refused, RefuseField("name", "chat.name.empty"))
	}
	if channel, ok := d.channels[email]; ok {
		address, err := channel.CheckAddress(in.Email)
		if one := asError(err); one != nil {
			refused = append(refused, &Error{Kind: Invalid, Key: one.Key, Field: "email", Args: one.Args})
		}
		in.Email = strings.ToLower(address)
	}
	if in.Role != RoleAgent && in.Role != RoleAdmin {
		refused = append(refused, RefuseField("role", "chat.role.unknown"))
	}
	if len(refused) > 0 {
		return in, refused
	}
	return in, nil
}

// InviteAgent makes an agent and the one-time link with which they choose a password.
func (d *Desk) InviteAgent(ctx context.Context, caller *AgentCaller, in AgentInput) (string, *Agent, error) {
	if err := caller.mustAdmin(); err != nil {
		return "", nil, err
	}
	in, err := d.cleanAgent(in)
	if err != nil {
		return "", nil, err
	}
	agent := &Agent{
		OrganizationID: caller.Organization.ID, Key: d.newKey(), Name: in.Name, Email: in.Email, Role: in.Role, CreatedAt: d.now(),
	}
	var token string
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		agent.ID = 0 // it may run again
		if err := tx.Insert(ctx, agent); err != nil {
			if isKind(err, Conflict) {
				return RefuseField("email", "chat.agent.exists")
			}
			return fmt.Errorf("insert agent: %w", err)
		}
		if token, err = d.joinLink(ctx, tx, agent); err != nil {
			return err
		}
		return d.audit(ctx, tx, caller, "agent.invited", agent.Name, "", string(agent.Role))
	})
	return token, agent, err
}

func (d *Desk) joinLink(ctx context.Context, tx Tx, agent *Agent) (string, error) {
	token, now := NewToken(agent.OrganizationID, d.random), d.now()
	return token, tx.Insert(ctx, &JoinLink{
		OrganizationID: agent.OrganizationID, TokenHash: HashToken(token), AgentID: agent.ID,
		CreatedAt: now, ExpiresAt: now.Add(JoinLinkLife),
	})
}

// RenewJoinLink makes a fresh one-time link and ends the older ones: for an agent who lost theirs, or their password.
func (d *Desk) RenewJoinLink(ctx context.Context, caller *AgentCaller, agentKey string) (string, error) {
	if err := caller.mustAdmin(); err != nil {
		return "", err
	}
	var token string
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		agent, err := tx.AgentByKey(ctx, caller.Organization.ID, agentKey)
		if err != nil {
			return err
		}
		if err := tx.SpendJoinLinks(ctx, agent.OrganizationID, agent.ID, d.now()); err != nil {
			return err // a link that was lost must not work for whoever finds it
		}
		if token, err = d.joinLink(ctx, tx, agent); err != nil {
			return err
		}
		return d.audit(ctx, tx, caller, "agent.link_renewed", agent.Name, "", "")
	})
	return token, err
}

// ChangeAgent changes name, role and access; the last admin stays one.
func (d *Desk) ChangeAgent(ctx context.Context, caller *AgentCaller, agentKey string, change AgentChange) error {
	if err := caller.mustAdmin(); err != nil {
		return err
	}
	name, err := cleanLine("name", change.Name, 80)
	if err != nil {
		return err
	}
	if name == "" {
		return RefuseField("name", "chat.name.empty")
	}
	if change.Role != RoleAgent && change.Role != RoleAdmin {
		return RefuseField("role", "chat.role.unknown")
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.LockOrganization(ctx, caller.Organization.ID); err != nil {
			return err // two admins who demote each other wait here
		}
		agent, err := tx.AgentByKey(ctx, caller.Organization.ID, agentKey)
		if err != nil {
			return err
		}
		if err := mustKeepAdmin(ctx, tx, agent, change); err != nil {
			return err
		}
		before := describe(agent)
		agent.Name, agent.Role = name, change.Role
		if err := d.setDeactivated(ctx, tx, agent, change.Deactivated); err != nil {
			return err
		}
		if err := tx.Update(ctx, agent, "name", "role", "deactivated_at"); err != nil {
			return fmt.Errorf("change agent: %w", err)
		}
		tx.Emit(Event{Topic: OrganizationTopic(agent.OrganizationID), Name: AgentChanged, Key: agent.Key})
		if after := describe(agent); after != before {
			if err := d.audit(ctx, tx, caller, "agent.changed", agent.Name, before, after); err != nil {
				return err
			}
		}
		return d.settleOnline(ctx, tx, agent.OrganizationID)
	})
}

func (d *Desk) setDeactivated(ctx context.Context, tx Tx, agent *Agent, deactivated bool) error {
	if deactivated == (agent.DeactivatedAt != nil) {
		return nil
	}
	agent.DeactivatedAt = nil
	if !deactivated {
		return nil
	}
	now := d.now()
	agent.DeactivatedAt = &now
	return tx.DeleteSessions(ctx, agent.OrganizationID, agent.ID, nil)
}

func mustKeepAdmin(ctx context.Context, tx Tx, agent *Agent, change AgentChange) error {
	if !agent.Admin() || agent.DeactivatedAt != nil || change.Role == RoleAdmin && !change.Deactivated {
		return nil
	}
	all, err := tx.Agents(ctx, agent.OrganizationID)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != agent.ID && other.Admin() && other.DeactivatedAt == nil && other.PasswordHash != "" {
			return nil
		}
	}
	return RefuseField("role", "chat.agent.last_admin")
}

func describe(a *Agent) string {
	text := a.Name + " · " + string(a.Role)
	if a.DeactivatedAt != nil {
		text += " · ✕"
	}
	return text
}

// EditSelf changes the agent's own name and language.
func (d *Desk) EditSelf(ctx context.Context, caller *AgentCaller, edit SelfEdit) error {
	name, err := cleanLine("name", edit.Name, 80)
	if err != nil {
		return err
	}
	if name == "" {
		return RefuseField("name", "chat.name.empty")
	}
	if edit.Language != "" && !d.shipped[edit.Language] {
		return RefuseField("language", "chat.language.unknown")
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		agent, err := tx.Agent(ctx, caller.Organization.ID, caller.Agent.ID)
		if err != nil {
			return err
		}
		agent.Name, agent.Language = name, edit.Language
		tx.Emit(Event{Topic: OrganizationTopic(agent.OrganizationID), Name: AgentChanged, Key: agent.Key})
		return tx.Update(ctx, agent, "name", "language")
	})
}

// ChangePassword sets a new password and signs out everywhere else.
func (d *Desk) ChangePassword(ctx context.Context, caller *AgentCaller, old, fresh string) error {
	if err := d.samePassword(ctx, caller.Agent, old); err != nil {
		return err
	}
	hash, err := d.hashPassword(ctx, "new", fresh)
	if err != nil {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		agent := *caller.Agent
		agent.PasswordHash = hash
		if err := tx.Update(ctx, &agent, "password_hash"); err != nil {
			return fmt.Errorf("change password: %w", err)
		}
		return tx.DeleteSessions(ctx, agent.OrganizationID, agent.ID, caller.Session.TokenHash)
	})
}

func (d *Desk) audit(ctx context.Context, tx Tx, caller *AgentCaller, action, subject, before, after string) error {
	return tx.Insert(ctx, &AuditEntry{
		OrganizationID: caller.Organization.ID, AgentID: caller.Agent.ID, AgentName: caller.Agent.Name,
		Action: action, Subject: subject, Before: cut(before, 2000), After: cut(after, 2000), At: d.now(),
	})
}

// AuditEntries is one page of the audit log, newest first; next is zero on the last page.
func (d *Desk) AuditEntries(ctx context.Context, caller *AgentCaller, after Cursor, limit int) ([]AuditEntry, Cursor, error) {
	if err := caller.mustAdmin(); err != nil {
		return nil, Cursor{}, err
	}
	page := min(max(limit, 1), MaxPage)
	entries, err := d.store.AuditEntries(ctx, caller.Organization.ID, after, page+1)
	if err != nil || len(entries) <= page {
		return entries, Cursor{}, err
	}
	last := entries[page-1]
	return entries[:page], Cursor{At: last.At, ID: last.ID}, nil
}
