package mail

import (
	"fmt"
	"io"
	"time"
)

// Kind says who wrote an incoming mail: a person, or which machine.
type Kind string

// The kinds of incoming mail. Only a KindReply is a customer's message, and only it may get an automatic answer.
const (
	KindReply     Kind = "reply"      // a person's, whether it answers something or begins
	KindAutoReply Kind = "auto_reply" // out of office, "we got your mail", a loop's other half
	KindBounce    Kind = "bounce"     // an email was not delivered, or is late
	KindComplaint Kind = "complaint"  // the receiver called an email spam, or unsubscribed by machine
	KindReceipt   Kind = "receipt"    // an email was delivered, displayed or deleted
	KindList      Kind = "list"       // sent to many: mailing lists, newsletters
)

// What is read of one mail at most. A mail beyond a limit is still parsed: Damaged says what was left out.
const (
	MaxInbound        = 40 << 20 // bytes of a raw mail
	maxParts          = 1_000
	maxDepth          = 20
	maxInboundFiles   = 100
	maxAttachedBytes  = 30 << 20 // of all attachments together, decoded
	maxInboundText    = 2 << 20  // bytes of text, or of HTML
	maxReasons        = 20
	maxHeaderBytes    = 512 << 10
	maxHeaderFields   = 2_000
	maxLateFields     = 200 // of names of their own, beyond the limits of a header
	maxHeaderValue    = 16 << 10
	maxInboundAddress = 200 // addresses of one header
)

// Inbound is what a raw mail says. Nothing in it can be trusted: whoever wrote the mail wrote every field.
type Inbound struct {
	Kind    Kind
	Hard    bool              // a bounce that says: this address will never work
	Status  string            // enhanced status of the bounce, like "5.1.1", or empty
	Failed  []FailedRecipient // of a bounce, in the order of the mail
	Reasons []string          // why this Kind, in plain English, for admins
	List    bool              // it came through a mailing list or to many at once, whoever wrote it
	Perhaps bool              // a KindReply whose words read like an automatic answer, though nothing marks it as one
	Damaged []string          // what was broken or left out: "charset", "too many parts", …

	From, ReplyTo        Address
	Doubtful             bool // several From headers, or several addresses in it: readers would not agree on who wrote
	To, Cc               []Address
	Delivered            []string // Delivered-To, X-Original-To, Envelope-To and their kin
	ReturnPath           string   // without its angle brackets; empty also when there was none
	MessageID, InReplyTo string   // with their angle brackets
	References           []string
	Date                 time.Time // zero when there is none that can be read
	Subject              string

	Reply       string // the words that were written now; never HTML
	Signature   string // what stood below them: to be folded away, not to be lost
	Quote       string // what was quoted
	Attachments []Attachment
	Original    Original // of a bounce or complaint: the mail that it speaks of
}

// FailedRecipient is one address that a bounce speaks of.
type FailedRecipient struct {
	Address string // may be empty
	Status  string
	Hard    bool
	Delayed bool   // the server is still trying: nothing is decided, and another mail will say how it ended
	Detail  string // the receiving server's own words, one line
}

// Delayed tells of a bounce whether it only says that the mail is late: a server is still trying for every recipient.
func (in *Inbound) Delayed() bool {
	for _, one := range in.Failed {
		if !one.Delayed {
			return false
		}
	}
	return len(in.Failed) > 0
}

// Attachment is a file that came along, or an image of the text.
type Attachment struct {
	Name, Type string // a bare file name, never a path; a lower-case media type, as the sender claims it
	Size       int
	ContentID  string // without its angle brackets; empty for what is no part of the text
	Inline     bool
	Content    []byte // nil when the mail held more than we keep
}

// Original is what a bounce returned of the mail that failed.
type Original struct {
	MessageID string
	To        []string
	ReplyTo   []string
	From      []string
}

// Parse reads a raw mail to its end, or to MaxInbound. It fails only when reading fails; there is no mail that it refuses.
func Parse(r io.Reader) (*Inbound, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxInbound+1))
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	return ParseBytes(raw), nil
}

// ParseBytes is Parse for a mail that is at hand; the attachments may share its memory.
func ParseBytes(raw []byte) *Inbound {
	in := &Inbound{}
	if len(raw) > MaxInbound {
		raw = raw[:MaxInbound]
		in.damaged("the mail is longer than what is read")
	}
	head, body := readHeader(raw)
	in.readEnvelope(head)
	in.Doubtful = head != nil && (countFrom(raw) > 1 || severalAddresses(head.get("from")))
	tree := &walk{in: in}
	tree.visit(part{header: head, body: body, mediaType: "text/plain"}, 0)
	text := tree.text()
	in.judge(head, tree)
	in.Reply, in.Signature, in.Quote = withoutLinks(text.reply), withoutLinks(text.signature), text.quote
	if in.Perhaps = in.readsAutomatic(); in.Perhaps {
		in.because("its words read like an automatic answer")
	}
	return in
}

func (in *Inbound) damaged(what string) {
	for _, known := range in.Damaged {
		if known == what {
			return
		}
	}
	if len(in.Damaged) < maxReasons {
		in.Damaged = append(in.Damaged, what)
	}
}

func (in *Inbound) because(format string, args ...any) {
	if len(in.Reasons) < maxReasons {
		in.Reasons = append(in.Reasons, fmt.Sprintf(format, args...))
	}
}
