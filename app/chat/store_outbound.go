package chat

import (
	"context"
	"time"
)

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

// OutboundTx keeps the bounds of what goes out over all instances.
type OutboundTx interface {
	// LockAutomatic tells how many emails have gone by themselves to each address of each organization since an instant;
	// others who ask for the same address wait until this Tx ends.
	LockAutomatic(ctx context.Context, organizations []int64, addresses []string, since time.Time) ([]int, error)
	// LockReturned locks deliveries whose next round has come, the longest due first; those that others hold are skipped.
	// It works over all organizations.
	LockReturned(ctx context.Context, now time.Time, limit int) ([]Delivery, error)
	// ReserveSlots gives the instants at which an organization's next n emails may go out, rising: at most one and all of
	// them in a second, of the organization and of all organizations together, where 0 is without a bound.
	ReserveSlots(ctx context.Context, organization int64, n int, now time.Time, one, all float64) ([]time.Time, error)
}
