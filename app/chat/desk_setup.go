package chat

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// SetupInput is what the first page of an empty install asks for.
type SetupInput struct {
	Organization string
	Language     string
	Zone         string
	Name         string
	Email        string
	Password     string
	Browser      string
	IP           string
}

// SetupNeeded tells whether no organization exists yet.
func (d *Desk) SetupNeeded(ctx context.Context) (bool, error) {
	count, err := d.store.OrganizationCount(ctx)
	return count == 0, err
}

// SetupToken is the secret of the one-time setup page; it works while no organization exists.
func (d *Desk) SetupToken() string { return d.derive(0, "setup", "") }

// CheckSetup refuses a wrong token, and any token once an organization exists.
func (d *Desk) CheckSetup(ctx context.Context, token string) error {
	needed, err := d.SetupNeeded(ctx)
	if err != nil {
		return err
	}
	if !needed || subtle.ConstantTimeCompare([]byte(token), []byte(d.SetupToken())) != 1 {
		return missing()
	}
	return nil
}

// Setup makes the organization and its first admin, and signs them in.
func (d *Desk) Setup(ctx context.Context, token string, in SetupInput) (string, error) {
	if err := d.CheckSetup(ctx, token); err != nil {
		return "", err
	}
	_, agent, err := d.CreateOrganization(ctx, in, d.derive(0, "first organization", "")[2:24])
	if err != nil {
		if isKind(err, Conflict) {
			return "", missing() // somebody else was first
		}
		return "", err
	}
	return d.openSession(ctx, agent, in.Browser, in.IP)
}

// CreateOrganization makes an organization with its first admin; two with the same key are a Conflict.
func (d *Desk) CreateOrganization(ctx context.Context, in SetupInput, key string) (*Organization, *Agent, error) {
	o, person, err := d.cleanSetup(in)
	if err != nil {
		return nil, nil, err
	}
	hash, err := d.hashPassword(ctx, "password", in.Password)
	if err != nil {
		return nil, nil, err
	}
	o.Key = key
	agent := &Agent{Key: d.newKey(), Name: person.Name, Email: person.Email, Role: RoleAdmin, PasswordHash: hash, CreatedAt: d.now()}
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		o.ID, agent.ID = 0, 0 // it may run again
		if err := tx.Insert(ctx, o); err != nil {
			return err
		}
		agent.OrganizationID = o.ID
		if err := tx.Insert(ctx, agent); err != nil {
			return fmt.Errorf("insert first admin: %w", err)
		}
		return nil
	})
	return o, agent, err
}

func (d *Desk) cleanSetup(in SetupInput) (*Organization, AgentInput, error) {
	var refused Errors
	name, err := cleanLine("organization", in.Organization, 80)
	if one := asError(err); one != nil {
		refused = append(refused, one)
	} else if name == "" {
		refused = append(refused, RefuseField("organization", "chat.name.empty"))
	}
	if !d.shipped[in.Language] {
		refused = append(refused, RefuseField("language", "chat.language.unknown"))
	}
	if _, err := time.LoadLocation(in.Zone); err != nil || in.Zone == "" || in.Zone == "Local" {
		refused = append(refused, RefuseField("zone", "chat.hours.zone"))
	}
	person, err := d.cleanAgent(AgentInput{Name: in.Name, Email: in.Email, Role: RoleAdmin})
	var many Errors
	if errors.As(err, &many) {
		refused = append(refused, many...)
	}
	if len(in.Password) < MinPassword || len(in.Password) > MaxPassword {
		refused = append(refused, RefuseField("password", "chat.password.length", "Min", MinPassword, "Max", MaxPassword))
	}
	if len(refused) > 0 {
		return nil, person, refused
	}
	hours := defaultHours()
	hours.Zone = in.Zone
	stored, err := json.Marshal(hours)
	if err != nil {
		return nil, person, fmt.Errorf("encode hours: %w", err)
	}
	now := d.now()
	return &Organization{
		Name: name, Language: in.Language, Settings: Values{HoursWeek: stored}, AgentsOfflineAt: &now, CreatedAt: now,
	}, person, nil
}

// JoinLink finds a one-time link that still works; Gone when it was used or has expired.
func (d *Desk) JoinLink(ctx context.Context, token string) (*JoinLink, *Agent, error) {
	organization, ok := SplitToken(token)
	if !ok {
		return nil, nil, Refuse(Missing, "chat.join.unknown")
	}
	link, err := d.store.JoinLink(ctx, organization, HashToken(token))
	if isKind(err, Missing) {
		return nil, nil, Refuse(Missing, "chat.join.unknown")
	}
	if err != nil {
		return nil, nil, err
	}
	if link.UsedAt != nil || !d.now().Before(link.ExpiresAt) {
		return nil, nil, Refuse(Gone, "chat.join.gone")
	}
	agent, err := d.store.Agent(ctx, organization, link.AgentID)
	if err != nil {
		return nil, nil, err
	}
	if agent.DeactivatedAt != nil {
		return nil, nil, Refuse(Gone, "chat.join.gone")
	}
	return link, agent, nil
}

// Join sets the password that the agent chose, spends the link, ends older sessions and signs in.
func (d *Desk) Join(ctx context.Context, token, password, browser, ip string) (string, error) {
	link, agent, err := d.JoinLink(ctx, token)
	if err != nil {
		return "", err
	}
	hash, err := d.hashPassword(ctx, "password", password)
	if err != nil {
		return "", err
	}
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.LockOrganization(ctx, agent.OrganizationID); err != nil {
			return err // the same link in two tabs is spent once
		}
		fresh, err := tx.JoinLink(ctx, agent.OrganizationID, link.TokenHash)
		if err != nil {
			return err
		}
		if fresh.UsedAt != nil {
			return Refuse(Gone, "chat.join.gone")
		}
		agent.PasswordHash = hash
		if err := tx.SpendJoinLinks(ctx, agent.OrganizationID, agent.ID, d.now()); err != nil {
			return err
		}
		if err := tx.Update(ctx, agent, "password_hash"); err != nil {
			return fmt.Errorf("set password: %w", err)
		}
		return tx.DeleteSessions(ctx, agent.OrganizationID, agent.ID, nil)
	})
	if err != nil {
		return "", err
	}
	return d.openSession(ctx, agent, browser, ip)
}
