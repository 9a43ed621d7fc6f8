package chat

import "context"

// AgentCaller is a signed-in agent.
type AgentCaller struct {
	Organization *Organization
	Agent        *Agent
	Session      *Session
}

func (c *AgentCaller) mustAdmin() error {
	if !c.Agent.Admin() {
		return Refuse(Forbidden, "chat.admins_only")
	}
	return nil
}

// CustomerCaller is a customer's browser; Only limits it to one conversation, Link means that it may read and nothing else.
type CustomerCaller struct {
	Organization *Organization
	Customer     *Customer
	Only         *int64
	Link         *RejoinLink
}

func (c *CustomerCaller) mustWrite() error {
	if c.Link != nil {
		return Refuse(Forbidden, "chat.link.read_only")
	}
	return nil
}

func (c *CustomerCaller) mustOwnAll() error {
	if err := c.mustWrite(); err != nil {
		return err
	}
	if c.Only != nil {
		return Refuse(Forbidden, "chat.link.this_conversation_only")
	}
	return nil
}

func (c *CustomerCaller) may(conversation *Conversation) bool {
	return conversation.CustomerID == c.Customer.ID && (c.Only == nil || *c.Only == conversation.ID)
}

// CustomerByToken finds who holds a visitor token; Missing when nobody does.
func (d *Desk) CustomerByToken(ctx context.Context, token string) (*CustomerCaller, error) {
	return callerByToken(ctx, d.store, token)
}

// callerByToken reads through the transaction that the caller holds, if any.
func callerByToken(ctx context.Context, read Reader, token string) (*CustomerCaller, error) {
	organization, ok := SplitToken(token)
	if !ok {
		return nil, missing()
	}
	held, err := read.TokenHolder(ctx, organization, HashToken(token))
	if err != nil {
		return nil, err
	}
	return &CustomerCaller{Organization: &held.Organization, Customer: &held.Customer, Only: held.Token.ConversationID}, nil
}

// CustomerByLink reads by a rejoin token: nothing is marked. Gone when expired or revoked, Missing when unknown.
func (d *Desk) CustomerByLink(ctx context.Context, token string) (*CustomerCaller, *Conversation, error) {
	link, err := d.workingLink(ctx, d.store, token)
	if err != nil {
		return nil, nil, err
	}
	caller, err := d.customerCaller(ctx, link.OrganizationID, link.CustomerID)
	if err != nil {
		return nil, nil, err
	}
	caller.Only, caller.Link = &link.ConversationID, link
	conversation, err := d.store.Conversation(ctx, link.OrganizationID, link.ConversationID)
	return caller, conversation, err
}

func (d *Desk) customerCaller(ctx context.Context, organization, customer int64) (*CustomerCaller, error) {
	o, err := d.store.Organization(ctx, organization)
	if err != nil {
		return nil, err
	}
	c, err := d.store.Customer(ctx, organization, customer)
	if err != nil {
		return nil, err
	}
	return &CustomerCaller{Organization: o, Customer: c}, nil
}

func (d *Desk) workingLink(ctx context.Context, read Reader, token string) (*RejoinLink, error) {
	organization, ok := SplitToken(token)
	if !ok {
		return nil, Refuse(Missing, "chat.link.unknown")
	}
	link, err := read.RejoinLink(ctx, organization, HashToken(token))
	switch {
	case isKind(err, Missing):
		return nil, Refuse(Missing, "chat.link.unknown")
	case err != nil:
		return nil, err
	case link.RevokedAt != nil:
		return nil, Refuse(Gone, "chat.link.revoked")
	case !d.now().Before(link.ExpiresAt):
		return nil, Refuse(Gone, "chat.link.expired")
	}
	return link, nil
}
