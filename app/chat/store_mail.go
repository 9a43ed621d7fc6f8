package chat

import (
	"context"
	"time"
)

// MailReader reads incoming mail.
type MailReader interface {
	MailByKey(ctx context.Context, organization int64, key string) (*Mail, error)
	MailByDoor(ctx context.Context, door, doorID string) (*Mail, error) // over all organizations
	// MailByReason finds the newest mail in a state with a reason.
	MailByReason(ctx context.Context, organization int64, state MailState, reason string) (*Mail, error)
	// SameMail finds another mail with the same Message-ID that has done its work in a conversation.
	SameMail(ctx context.Context, m *Mail, conversation int64) (*Mail, error)
	// MachineMail finds a machine's mail from an address (empty is any) that a conversation has shown since an instant.
	MachineMail(ctx context.Context, organization, conversation int64, from string, since time.Time) (*Mail, error)
	// UnmatchedMails lists those of some organizations that nobody has assigned, newest first; 0 is nobody's.
	UnmatchedMails(ctx context.Context, organizations []int64, after Cursor, limit int) ([]Mail, error)
	// UnmatchedCount counts them, at most CountCap.
	UnmatchedCount(ctx context.Context, organizations []int64) (int, error)

	ReplyAddress(ctx context.Context, organization int64, tokenHash []byte) (*ReplyAddress, error)
	Participants(ctx context.Context, organization, conversation int64) ([]Participant, error) // by address, at most 100
	// Continuation finds the newest conversation that goes on from one.
	Continuation(ctx context.Context, organization, conversation int64) (*Conversation, error)
	// SentTo finds the newest delivery of a conversation to an address, in any case of its letters, that went out before an
	// instant; an empty address is any. Its bytes are left out.
	SentTo(ctx context.Context, organization, conversation int64, address string, before time.Time) (*Delivery, error)
	// EmailBefore finds the newest delivery of a conversation to an address, in any case of its letters, that had gone out
	// by an instant and is not known to be lost. Its bytes are left out.
	EmailBefore(ctx context.Context, organization, conversation int64, address string, at time.Time) (*Delivery, error)
	// MailImages lists the hashes of the images that mails have brought into a conversation, at most 1000.
	MailImages(ctx context.Context, organization, conversation int64) ([][]byte, error)
}

// MailTx writes incoming mail.
type MailTx interface {
	// LockMail reads a mail FOR UPDATE, over all organizations.
	LockMail(ctx context.Context, id int64) (*Mail, error)
	// MoveMail makes a locked mail another organization's.
	MoveMail(ctx context.Context, m *Mail, organization int64) error
	// MoveUploads makes the files of one message those of another of the same conversation.
	MoveUploads(ctx context.Context, organization, conversation, from, to int64) error
}

// MailStore is what work on mail needs outside of a use case's transaction; it works over all organizations.
type MailStore interface {
	// ClaimMail counts an attempt at a kept mail and reads it; Missing when it is settled.
	ClaimMail(ctx context.Context, id int64) (*Mail, error)
	// ForgiveMail takes an attempt back that was not the mail's fault.
	ForgiveMail(ctx context.Context, id int64) error
	// KeptMails lists mails that came before an instant and are not settled behind an id: by id, without their texts.
	KeptMails(ctx context.Context, before time.Time, after int64, limit int) ([]Mail, error)
	// ForgetMails deletes what nobody has matched before an instant, and what was the doctor's or came twice before
	// another, in batches.
	ForgetMails(ctx context.Context, unmatched, spent time.Time) error
	// KnownBlobs tells which of some blobs a row tells of.
	KnownBlobs(ctx context.Context, blobs []string) (map[string]bool, error)
}

// MailImage is one image that a mail has brought into a conversation.
type MailImage struct {
	OrganizationID int64  `bun:",pk"`
	ConversationID int64  `bun:",pk"`
	Hash           []byte `bun:",pk"` // SHA-256
}
