package chat

import "context"

// Domains is where the operator's provider keeps the domains that organizations send from. Its errors are *SendFailure:
// Code "exists" when the provider knows the domain already, "missing" when it knows it no more, and Temporary where
// nobody can tell whether it was done.
type Domains interface {
	// Create registers a domain and tells which DNS records it needs.
	Create(ctx context.Context, name string) (ProviderDomain, error)
	// Find looks for a domain by its name, without records; nil when the provider does not know it.
	Find(ctx context.Context, name string) (*ProviderDomain, error)
	// Get tells what the provider has seen of a domain.
	Get(ctx context.Context, id string) (ProviderDomain, error)
	// Verify asks the provider to look at the DNS again; Get tells later what it saw.
	Verify(ctx context.Context, id string) error
	// Delete takes a domain away from the provider; one that is gone already is no error.
	Delete(ctx context.Context, id string) error
}

// ProviderDomain is a domain as the provider knows it.
type ProviderDomain struct {
	ID, Status string
	Records    []DNSRecord
}

// Trial tries how emails go out, without a customer. Its errors are *SendFailure, and Errors where a field of a mail
// server cannot be right.
type Trial interface {
	// Check connects to a mail server and signs in; nothing is sent.
	Check(ctx context.Context, server MailServer) error
	// Send hands over one test email.
	Send(ctx context.Context, t TestEmail) error
}

// TestEmail is an email that proves that emails go out.
type TestEmail struct {
	Key      string      // it is sent once, however often it is handed over
	From     string      // the organization's own address, empty for the operator's
	Server   *MailServer // that takes it, nil for the operator's
	To       string
	Brand    string
	Language string
}

// ServerInput is an organization's own mail server as an admin has typed it. An empty password keeps the stored one, as
// long as host, port and user stay the same.
type ServerInput struct {
	Address, Host, Security, User, Password string
	Port                                    int
}
