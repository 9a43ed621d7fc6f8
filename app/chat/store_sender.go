package chat

import (
	"context"
	"time"
)

// SenderReader reads how emails go out.
type SenderReader interface {
	// Sender reads an organization's own way out; Missing where it has none.
	Sender(ctx context.Context, organization int64) (*Sender, error)
	// SendersDue lists those whose state is to be asked for again, the longest due first; it works over all organizations.
	SendersDue(ctx context.Context, now time.Time, limit int) ([]Sender, error)
}

// SenderTx changes how emails go out.
type SenderTx interface {
	// LockSender reads an organization's own way out FOR UPDATE.
	LockSender(ctx context.Context, organization int64) (*Sender, error)
	// LockSenderOf reads who has a domain FOR UPDATE, over all organizations: a domain is one organization's.
	LockSenderOf(ctx context.Context, domain string) (*Sender, error)
}
