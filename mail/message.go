package mail

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxKey     = 256     // what Resend takes as an idempotency key
	maxSubject = 250     // runes
	maxBody    = 1 << 20 // bytes of either part; the emails that we compose are far smaller
	maxHeaders = 30
	maxHeader  = 8_000 // bytes of one header's value
	maxTags    = 10
	maxRound   = 99
)

// Message is one email, ready to go. Its bytes depend on its fields alone, so that a retry sends the same ones.
type Message struct {
	Key       string            `json:"key"`           // idempotency key, 1 to 256 printable ASCII characters
	MessageID string            `json:"message_id"`    // with its angle brackets, fixed before the first attempt
	Date      time.Time         `json:"date,omitzero"` // fixed before the first attempt
	From      Address           `json:"from"`
	To        Address           `json:"to"`
	Bounce    string            `json:"bounce,omitempty"` // where SMTP sends bounces: the envelope's sender; empty = From's address. Resend has its own
	ReplyTo   Address           `json:"reply_to,omitzero"`
	Subject   string            `json:"subject"`
	HTML      string            `json:"html"`
	Text      string            `json:"text"`
	Headers   map[string]string `json:"headers,omitempty"`  // further headers: In-Reply-To, References, Auto-Submitted …
	Tags      map[string]string `json:"tags,omitempty"`     // for the provider's own search; ASCII letters, digits, _ and -
	Language  string            `json:"language,omitempty"` // BCP 47
	Round     int               `json:"round,omitzero"`     // counts the fresh attempts long after a soft bounce: each is sent anew, with the same bytes
}

// RoundKey is what a sender knows an attempt by: the Key, and the Round where there is one.
func (m Message) RoundKey() string {
	if m.Round == 0 {
		return m.Key
	}
	return m.Key + "-r" + strconv.Itoa(m.Round)
}

// Encode gives the message as JSON; the same message gives the same bytes.
func (m Message) Encode() []byte {
	encoded, err := json.Marshal(m)
	if err != nil {
		panic("mail: strings and maps of strings always encode: " + err.Error())
	}
	return encoded
}

// Decode reads what Encode wrote.
func Decode(encoded []byte) (Message, error) {
	var m Message
	if err := json.Unmarshal(encoded, &m); err != nil {
		return Message{}, fmt.Errorf("decode mail: %w", err)
	}
	return m, nil
}

// Check returns an *Invalid for the first thing that no provider would carry.
func (m Message) Check() error {
	if err := m.checkIdentity(); err != nil {
		return err
	}
	if err := m.From.Check("from"); err != nil {
		return err
	}
	if err := m.To.Check("to"); err != nil {
		return err
	}
	if !m.ReplyTo.IsZero() {
		if err := m.ReplyTo.Check("reply_to"); err != nil {
			return err
		}
	}
	if _, ok := asciiAddress(m.Bounce); m.Bounce != "" && !ok {
		return &Invalid{"bounce", "malformed"}
	}
	if err := m.checkContent(); err != nil {
		return err
	}
	if err := checkHeaders(m.Headers); err != nil {
		return err
	}
	return checkTags(m.Tags)
}

var (
	messageIDForm = regexp.MustCompile(`^<[!-;=?A-~]{1,180}@[0-9A-Za-z.\-\[\]:]{1,180}>$`)
	keyForm       = regexp.MustCompile(`^[!-~]+$`)
	headerForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,60}$`)
	tagForm       = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
	languageForm  = regexp.MustCompile(`^[A-Za-z0-9-]{0,35}$`)
)

func (m Message) checkIdentity() error {
	switch {
	case m.Key == "":
		return &Invalid{"key", "empty"}
	case len(m.RoundKey()) > maxKey:
		return &Invalid{"key", "too_long"}
	case m.Round < 0 || m.Round > maxRound:
		return &Invalid{"round", "malformed"}
	case !keyForm.MatchString(m.Key):
		return &Invalid{"key", "malformed"}
	case !messageIDForm.MatchString(m.MessageID):
		return &Invalid{"message_id", "malformed"}
	case !languageForm.MatchString(m.Language):
		return &Invalid{"language", "malformed"}
	}
	return nil
}

func (m Message) checkContent() error {
	switch {
	case cleanLine(m.Subject) == "":
		return &Invalid{"subject", "empty"}
	case utf8.RuneCountInString(m.Subject) > maxSubject:
		return &Invalid{"subject", "too_long"}
	}
	for _, part := range []struct{ field, body string }{{"text", m.Text}, {"html", m.HTML}} {
		switch {
		case strings.TrimSpace(part.body) == "":
			return &Invalid{part.field, "empty"}
		case len(part.body) > maxBody:
			return &Invalid{part.field, "too_long"}
		case !utf8.ValidString(part.body) || strings.ContainsRune(part.body, 0):
			return &Invalid{part.field, "malformed"}
		}
	}
	return nil
}

// isOurs finds the headers that Raw writes by itself, and those that would add recipients.
func isOurs(name string) bool {
	switch strings.ToLower(name) {
	case "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "mime-version", "return-path":
		return true
	}
	return strings.HasPrefix(strings.ToLower(name), "content-") || strings.HasPrefix(strings.ToLower(name), "resent-")
}

func checkHeaders(headers map[string]string) error {
	if len(headers) > maxHeaders {
		return &Invalid{"headers", "too_long"}
	}
	for name, value := range headers {
		if !headerForm.MatchString(name) || isOurs(name) {
			return &Invalid{"headers", "malformed"}
		}
		if len(value) > maxHeader {
			return &Invalid{"headers", "too_long"}
		}
		for _, word := range strings.Fields(value) {
			if len(word) > 900 { // a line may hold 998 bytes, and can only be folded between words
				return &Invalid{"headers", "too_long"}
			}
		}
	}
	return nil
}

func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return &Invalid{"tags", "too_long"}
	}
	for name, value := range tags {
		if !tagForm.MatchString(name) || !tagForm.MatchString(value) {
			return &Invalid{"tags", "malformed"}
		}
	}
	return nil
}
