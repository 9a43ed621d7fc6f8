package chat

import "context"

// OutboundReader reads what the emails of a conversation are written from.
type OutboundReader interface {
	// EmailThread names the emails of a conversation, both ways.
	EmailThread(ctx context.Context, organization, conversation int64) (EmailThread, error)
}

// EmailThread is what went and came in a conversation by email.
type EmailThread struct {
	Begun      bool     // something did
	MessageIDs []string // the first and the newest, oldest first; some may stand there twice, and some emails have none
}
