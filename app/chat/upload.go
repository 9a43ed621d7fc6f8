package chat

import "time"

// Attachment is a file of a message, as the message carries it.
type Attachment struct {
	Key    string `json:"key"` // of the Upload
	Name   string `json:"name"`
	Type   string `json:"type"` // a media type that was looked at, not believed
	Size   int64  `json:"size"`
	Width  int    `json:"width,omitzero"` // of an image that can be shown
	Height int    `json:"height,omitzero"`
}

// Upload is a file that was sent: loose until a message carries it. Its bytes lie in Blob.
type Upload struct {
	OrganizationID int64 `bun:",pk"`
	ID             int64 `bun:",pk,autoincrement"`
	Key            string
	Blob           string
	Name           string
	Type           string
	Size           int64
	Width          int
	Height         int
	CustomerID     *int64
	AgentID        *int64
	Holder         []byte // of a stranger: the hash of the token that their first message will bring
	ConversationID *int64
	MessageSeq     int64
	CreatedAt      time.Time
}
