package chat

import (
	"context"
	"time"
)

// UploadOwner is who has sent loose files: a customer, an agent, or a stranger who holds a token.
type UploadOwner struct {
	OrganizationID int64
	CustomerID     int64 // counts together with what they sent before their first message
	AgentID        int64
	Holder         []byte
}

// UploadReader finds files.
type UploadReader interface {
	Upload(ctx context.Context, organization int64, key string) (*Upload, error)
	// UploadedSince adds up the bytes that an owner has sent since an instant.
	UploadedSince(ctx context.Context, owner UploadOwner, since time.Time) (int64, error)
	// WaitingOfStrangers adds up the bytes of an organization's loose files that no customer or agent has sent.
	WaitingOfStrangers(ctx context.Context, organization int64) (int64, error)
	// DeadBlobs lists bytes that no row tells of, and whose time is over by the database's clock.
	DeadBlobs(ctx context.Context, limit int) ([]string, error)
}

// UploadTx changes files.
type UploadTx interface {
	// BindUploads makes an owner's loose files, sent since an instant, those of a message, and returns them in any
	// order; keys that are not such are left out.
	BindUploads(ctx context.Context, owner UploadOwner, keys []string, since time.Time, conversation, seq int64) ([]Upload, error)
	// DropUpload deletes an owner's loose file; none is a Missing error.
	DropUpload(ctx context.Context, owner UploadOwner, key string) error
	// DeleteLooseUploads deletes at most limit files that are older than an instant and loose, and counts them.
	DeleteLooseUploads(ctx context.Context, before time.Time, limit int) (int, error)
	// AwaitBlob notes bytes that are about to be written: they are dead in a day unless KeepBlobs takes that back.
	AwaitBlob(ctx context.Context, blob string) error
	// KeepBlobs takes bytes off the list of the dead.
	KeepBlobs(ctx context.Context, blobs []string) error
}
