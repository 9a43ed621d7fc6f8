package chat

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
)

// serverTime bounds one try of a mail server.
const serverTime = 15 * time.Second

// TestServer connects to a mail server and signs in; nothing is sent or saved. Errors name the fields address, host, port,
// security, user and password.
func (d *Desk) TestServer(ctx context.Context, caller *AgentCaller, input ServerInput) error {
	_, err := d.triedServer(ctx, caller, input)
	return err
}

// UseServer lets emails go out by the organization's own mail server, after it has signed in there and sent a test email
// to the admin. Until both have worked nothing changes. Errors are as TestServer's.
func (d *Desk) UseServer(ctx context.Context, caller *AgentCaller, input ServerInput) error {
	tried, err := d.triedServer(ctx, caller, input)
	if err != nil {
		return err
	}
	if err := d.sendTest(ctx, caller, tried.address, &tried.server); err != nil {
		return refusedServer(err)
	}
	if err := d.giveBack(ctx, tried.before); err != nil {
		return err
	}
	sealed, err := d.sealed(caller.Organization.ID, tried.server)
	if err != nil {
		return err
	}
	now := d.now()
	next := now.Add(senderDaily)
	s := &Sender{
		OrganizationID: caller.Organization.ID, Way: WaySMTP, Address: tried.address, Host: tried.server.Host, Port: tried.server.Port,
		Security: tried.server.Security, Username: tried.server.Username, Password: sealed,
		VerifiedAt: &now, CheckedAt: &now, NextAt: &next, CreatedAt: now,
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		before, err := orNil(tx.LockSender(ctx, s.OrganizationID))
		if err != nil {
			return err
		}
		was := ""
		if before != nil {
			was = serverWords(before)
			if before.Way == WayDomain {
				return Refuse(Conflict, "error.conflict") // somebody else has just chosen it
			}
			if err := tx.Delete(ctx, before); err != nil {
				return err
			}
		}
		if err := tx.Insert(ctx, s); err != nil {
			return err
		}
		return d.auditSender(ctx, tx, caller, "sender.server_chosen", s.Host, was, serverWords(s))
	})
}

// serverWords is a way by a mail server in an audit line: without the password.
func serverWords(s *Sender) string {
	words := s.Address + " · " + s.Host + ":" + strconv.Itoa(s.Port) + " · " + s.Security
	if s.Username != "" {
		words += " · " + s.Username
	}
	return words
}

func (d *Desk) sealed(organization int64, server MailServer) ([]byte, error) {
	if server.Username == "" {
		return nil, nil
	}
	return d.seal(organization, server.Password)
}

// triedServer is a mail server that has let us sign in.
type triedServer struct {
	address string
	server  MailServer
	before  *Sender
}

func (d *Desk) triedServer(ctx context.Context, caller *AgentCaller, input ServerInput) (*triedServer, error) {
	if err := caller.mustAdmin(); err != nil {
		return nil, err
	}
	if d.trial == nil {
		return nil, Refuse(Missing, "chat.sender.no_servers")
	}
	var refused Errors
	address, err := d.ownAddress(input.Address)
	if one := asError(err); one != nil {
		refused = append(refused, one)
	} else if err != nil {
		return nil, err
	}
	before, err := orNil(d.store.Sender(ctx, caller.Organization.ID))
	if err != nil {
		return nil, err
	}
	server, err := d.serverTyped(input, before)
	if one := asError(err); one != nil {
		refused = append(refused, one)
	} else if err != nil {
		return nil, err
	}
	if len(refused) > 0 {
		return nil, refused
	}
	ctx, cancel := context.WithTimeout(ctx, serverTime)
	defer cancel()
	if err := d.trial.Check(ctx, server); err != nil {
		return nil, refusedServer(err)
	}
	return &triedServer{address: address, server: server, before: before}, nil
}

// serverTyped is what was typed, with the stored password where none was. A password goes to no host that it was not
// typed for.
func (d *Desk) serverTyped(input ServerInput, before *Sender) (MailServer, error) {
	server := MailServer{
		Host: strings.ToLower(strings.TrimSpace(input.Host)), Port: input.Port, Security: input.Security,
		Username: strings.TrimSpace(input.User), Password: input.Password,
	}
	if server.Password != "" || server.Username == "" {
		return server, nil
	}
	same := before != nil && before.Way == WaySMTP && len(before.Password) > 0 && before.Host == server.Host && before.Port == server.Port &&
		before.Username == server.Username && before.Security == server.Security
	if !same {
		return server, RefuseField("password", "chat.sender.password_needed")
	}
	stored, err := d.serverOf(before)
	if err != nil {
		return server, RefuseField("password", "chat.sender.password_lost")
	}
	server.Password = stored.Password
	return server, nil
}

// refusedServer says beside which field what a mail server said belongs.
func refusedServer(err error) error {
	var failure *SendFailure
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code {
	case "key":
		return Errors{RefuseField("password", "chat.sender.login", "Reason", failure.Detail)}
	case "tls":
		return Errors{RefuseField("security", "chat.sender.tls", "Reason", failure.Detail)}
	case "private":
		return Errors{RefuseField("host", "chat.sender.private")}
	case "refused", "rejected":
		return Errors{RefuseField("address", "chat.sender.test_refused", "Reason", failure.Detail)}
	}
	return Errors{RefuseField("host", "chat.sender.unreachable", "Reason", failure.Detail)}
}

// SendTest sends a test email to the admin, by the way that emails go out now. Busy when it is not taken.
func (d *Desk) SendTest(ctx context.Context, caller *AgentCaller) error {
	if err := caller.mustAdmin(); err != nil {
		return err
	}
	if d.trial == nil {
		return Refuse(Missing, "chat.sender.no_servers")
	}
	s, server, err := d.senderOf(ctx, d.store, caller.Organization.ID)
	from := ""
	if s != nil {
		from = s.Address
	}
	if err == nil {
		err = d.sendTest(ctx, caller, from, server)
	}
	var failure *SendFailure
	if errors.As(err, &failure) {
		return Refuse(Busy, "chat.sender.test_failed", "Reason", failure.Detail)
	}
	return err
}

func (d *Desk) sendTest(ctx context.Context, caller *AgentCaller, from string, server *MailServer) error {
	ctx, cancel := context.WithTimeout(ctx, serverTime)
	defer cancel()
	language := caller.Agent.Language
	if language == "" {
		language = caller.Organization.Language
	}
	return d.trial.Send(ctx, TestEmail{
		Key: d.newKey(), From: from, Server: server, To: caller.Agent.Email, Brand: caller.Organization.Brand(), Language: language,
	})
}
