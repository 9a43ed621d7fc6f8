package chat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The life of a session, and how often a session's last sign is written.
const (
	SessionLife    = 30 * 24 * time.Hour
	sessionRefresh = 5 * time.Minute
)

// Failures count for failureWindow; after freeFailures of them every next try has to wait, longer each time.
const (
	failureWindow = 15 * time.Minute
	freeFailures  = 5
	firstWait     = 5 * time.Second
)

// SignInInput is what the sign-in form and the browser tell.
type SignInInput struct {
	Email    string
	Password string
	Browser  string
	IP       string
}

// SignIn opens a session; what was wrong is never told, and failures slow the next tries down.
func (d *Desk) SignIn(ctx context.Context, in SignInInput) (string, *AgentCaller, error) {
	address, err := cleanLine("email", cut(in.Email, 320), MaxText)
	if err != nil {
		return "", nil, err
	}
	address = strings.ToLower(address)
	keys := []string{"email " + cut(address, 200), "ip " + in.IP}
	for _, key := range keys {
		if err := d.mustNotWait(ctx, key); err != nil {
			return "", nil, err
		}
	}
	agent, err := d.agentFor(ctx, address, in.Password)
	if err != nil {
		return "", nil, err
	}
	if agent == nil {
		for _, key := range keys {
			if err := d.throttle.AddSignInFailure(ctx, key, d.now()); err != nil {
				return "", nil, fmt.Errorf("count failure: %w", err)
			}
		}
		return "", nil, RefuseField("password", "chat.sign_in.wrong")
	}
	if err := d.throttle.ForgetSignInFailures(ctx, keys[0]); err != nil {
		return "", nil, fmt.Errorf("forget failures: %w", err)
	}
	token, err := d.openSession(ctx, agent, in.Browser, in.IP)
	if err != nil {
		return "", nil, err
	}
	caller, err := d.AgentBySession(ctx, token)
	return token, caller, err
}

func (d *Desk) mustNotWait(ctx context.Context, key string) error {
	now := d.now()
	failures, err := d.throttle.SignInFailures(ctx, key, now.Add(-failureWindow))
	if err != nil {
		return fmt.Errorf("read failures: %w", err)
	}
	if failures < freeFailures {
		return nil
	}
	wait := min(firstWait<<min(failures-freeFailures, 10), failureWindow)
	recent, err := d.throttle.SignInFailures(ctx, key, now.Add(-wait))
	if err != nil {
		return fmt.Errorf("read failures: %w", err)
	}
	if recent > 0 {
		return Refuse(Busy, "chat.sign_in.slow", "Seconds", int(wait.Seconds()))
	}
	return nil
}

// agentFor finds the agent whose password this is; nil when there is none, after the same work as when there is one.
func (d *Desk) agentFor(ctx context.Context, address, password string) (*Agent, error) {
	found, err := d.store.AgentsByEmail(ctx, address)
	if err != nil {
		return nil, err
	}
	able := slices.DeleteFunc(found, func(a Agent) bool { return a.DeactivatedAt != nil || a.PasswordHash == "" })
	if len(able) == 0 || len(password) > MaxPassword {
		_, err := d.passwords.Hash(ctx, cut(password, MaxPassword))
		return nil, err
	}
	for i := range able {
		same, err := d.passwords.Match(ctx, password, able[i].PasswordHash)
		if err != nil {
			return nil, err
		}
		if same {
			return &able[i], nil
		}
	}
	return nil, nil
}

func (d *Desk) openSession(ctx context.Context, agent *Agent, browser, ip string) (string, error) {
	token, now := NewToken(agent.OrganizationID, d.random), d.now()
	session := &Session{
		OrganizationID: agent.OrganizationID, TokenHash: HashToken(token), AgentID: agent.ID, Browser: cut(browser, 200), IP: ip,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(SessionLife),
	}
	err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return tx.Insert(ctx, session) })
	if err != nil {
		return "", fmt.Errorf("open session: %w", err)
	}
	return token, nil
}

// AgentBySession finds who holds a session; Missing when it has ended, expired, or the agent was deactivated.
func (d *Desk) AgentBySession(ctx context.Context, token string) (*AgentCaller, error) {
	organization, ok := SplitToken(token)
	if !ok {
		return nil, missing()
	}
	session, err := d.store.Session(ctx, organization, HashToken(token))
	if err != nil {
		return nil, err
	}
	now := d.now()
	if !now.Before(session.ExpiresAt) {
		return nil, missing()
	}
	agent, err := d.store.Agent(ctx, organization, session.AgentID)
	if err != nil {
		return nil, err
	}
	if agent.DeactivatedAt != nil {
		return nil, missing()
	}
	o, err := d.store.Organization(ctx, organization)
	if err != nil {
		return nil, err
	}
	if now.Sub(session.SeenAt) > sessionRefresh {
		session.SeenAt, session.ExpiresAt = now, now.Add(SessionLife)
		err := d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
			return tx.Update(ctx, session, "seen_at", "expires_at")
		})
		if err != nil {
			return nil, err
		}
	}
	return &AgentCaller{Organization: o, Agent: agent, Session: session}, nil
}

// SignOut ends this session.
func (d *Desk) SignOut(ctx context.Context, caller *AgentCaller) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return tx.Delete(ctx, caller.Session) })
}

// SignOutEverywhere ends every session of the agent, but this one when keepThis is set.
func (d *Desk) SignOutEverywhere(ctx context.Context, caller *AgentCaller, keepThis bool) error {
	var except []byte
	if keepThis {
		except = caller.Session.TokenHash
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		tx.Emit(Event{Topic: OrganizationTopic(caller.Organization.ID), Name: AgentChanged, Key: caller.Agent.Key, Note: "signed_out"})
		return tx.DeleteSessions(ctx, caller.Organization.ID, caller.Agent.ID, except)
	})
}

// The bounds of a password, in bytes.
const (
	MinPassword = 10
	MaxPassword = 200
)

func (d *Desk) hashPassword(ctx context.Context, field, password string) (string, error) {
	if len(password) < MinPassword || len(password) > MaxPassword {
		return "", RefuseField(field, "chat.password.length", "Min", MinPassword, "Max", MaxPassword)
	}
	hash, err := d.passwords.Hash(ctx, password)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

func (d *Desk) samePassword(ctx context.Context, agent *Agent, password string) error {
	same, err := d.passwords.Match(ctx, password, agent.PasswordHash)
	if err != nil {
		return err
	}
	if !same {
		return RefuseField("old", "chat.password.wrong")
	}
	return nil
}
