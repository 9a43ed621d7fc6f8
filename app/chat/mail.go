package chat

import "time"

// Arrival is one mail as a door has taken it.
type Arrival struct {
	Door    string // smtp, resend
	DoorID  string // the door's own name for it: the same one twice counts once
	From    string // of the envelope; empty is the null sender of bounces
	To      []string
	Verdict Verdict
	Raw     []byte
}

// Verdict is what the sender's own domain says of a mail, in the words of RFC 8601; empty is not judged.
type Verdict struct {
	SPF    string `json:"spf,omitzero"`
	DKIM   string `json:"dkim,omitzero"`
	DMARC  string `json:"dmarc,omitzero"`
	Forged bool   `json:"forged,omitzero"` // the From header is not to be believed
	Proven bool   `json:"proven,omitzero"` // it is
}

// MailState is what has become of an incoming mail.
type MailState string

// The states.
const (
	MailKept      MailState = "kept"      // not settled yet
	MailPosted    MailState = "posted"    // a message of the conversation
	MailHeld      MailState = "held"      // from a stranger, and waits for an agent's accept
	MailRefused   MailState = "refused"   // an agent did not accept it
	MailMachine   MailState = "machine"   // a machine's: it has done its work, and is no message
	MailCheck     MailState = "check"     // the doctor's own
	MailUnmatched MailState = "unmatched" // no conversation is its own: admins assign or delete it
	MailDuplicate MailState = "duplicate" // the same mail has come before, by another way
	MailFailed    MailState = "failed"    // it could not be settled; shown with the unmatched ones
)

// MailKind says who wrote a mail.
type MailKind string

// The kinds of mail.
const (
	MailReply     MailKind = "reply"
	MailAutoReply MailKind = "auto_reply"
	MailBounce    MailKind = "bounce"
	MailComplaint MailKind = "complaint"
	MailReceipt   MailKind = "receipt"
	MailList      MailKind = "list"
)

// Mail is one incoming mail; its raw bytes lie in Blob.
type Mail struct {
	OrganizationID int64 `bun:",pk"` // 0 = nobody's
	ID             int64 `bun:",pk,autoincrement"`
	Key            string
	Door           string
	DoorID         string
	Blob           string
	Size           int64
	EnvelopeFrom   string
	EnvelopeTo     []string `bun:"type:jsonb,nullzero,default:'[]'"`
	Verdict        Verdict  `bun:"type:jsonb"`
	Kind           MailKind
	State          MailState
	Reason         string   // why it is where it is: locale key "mail.reason.<code>"
	Reasons        []string `bun:"type:jsonb,nullzero,default:'[]'"` // the parser's own words
	FromName       string
	FromAddress    string // in lower case
	Subject        string
	Excerpt        string // its first words, at most 200 characters
	MessageID      string
	ConversationID *int64
	MessageSeq     int64 // where it stands in the conversation; 0 = nowhere
	DeliveryID     *int64
	Attempts       int
	ReceivedAt     time.Time
	SettledAt      *time.Time
}

// Incoming is what a raw mail says. Nothing in it can be trusted: whoever wrote the mail wrote every field.
type Incoming struct {
	Kind        MailKind
	Hard        bool // a bounce that says: this address will never work
	Delayed     bool // a bounce that says: not yet
	Status      string
	Failed      []FailedRecipient
	Reasons     []string
	FromName    string
	FromAddress string
	Perhaps     bool     // a person's by its form, but it reads like an automatic answer
	Doubtful    bool     // it names several authors: From is only the first
	Recipients  []string // every address that it was sent to, the envelope's first
	Cc          []string // To and Cc as the writer named them
	MessageID   string
	InReplyTo   string
	References  []string
	Subject     string
	BaseSubject string // without "Re:" and its like in any language
	Date        time.Time
	Reply       string // the words that were written now; never HTML
	Signature   string
	Quote       string
	Files       []IncomingFile
	OriginalID  string   // of a bounce or complaint: Message-ID of the mail that it speaks of
	OriginalTo  []string // and where that went
}

// FailedRecipient is one address that a bounce speaks of.
type FailedRecipient struct {
	Address string
	Status  string
	Hard    bool
	Delayed bool
	Words   string
}

// IncomingFile is a file that came along, or an image of the text.
type IncomingFile struct {
	Name, Type string
	Inline     bool
	Content    []byte // nil when the mail held more than is kept
}

// Participant is somebody besides the customer whose mails an agent has accepted into a conversation.
type Participant struct {
	OrganizationID int64  `bun:",pk"`
	ConversationID int64  `bun:",pk"`
	Address        string `bun:",pk"` // in lower case
	Name           string
	AgentID        int64
	CreatedAt      time.Time
}

// ReplyAddress lets an answer by email find its conversation; only the token's hash is kept.
type ReplyAddress struct {
	OrganizationID int64  `bun:",pk"`
	TokenHash      []byte `bun:",pk"`
	ConversationID int64
	CreatedAt      time.Time
}
