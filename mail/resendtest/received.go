package resendtest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"time"

	"golang.org/x/net/html/charset"
)

const maxNesting = 20

// received is a mail as the API shows it.
type received struct {
	id, from, subject, text, html, messageID string
	to, cc, bcc, replyTo, receivedFor        []string
	headers                                  map[string]string // one value per name, as the API has it
	files                                    []file
	raw                                      []byte
	rawGone                                  bool
	at                                       time.Time
}

// file is one attachment.
type file struct {
	Object      string  `json:"object,omitempty"`
	ID          string  `json:"id"`
	Filename    *string `json:"filename"`
	Size        int     `json:"size"`
	ContentType string  `json:"content_type"`
	Disposition *string `json:"content_disposition"`
	ContentID   *string `json:"content_id"`
	DownloadURL string  `json:"download_url,omitempty"`
	ExpiresAt   string  `json:"expires_at,omitempty"`

	content []byte
}

// readMail takes a mail apart as far as it can be.
func readMail(raw []byte) *received {
	m := &received{raw: raw, headers: map[string]string{}}
	parsed, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		m.text = string(raw)
		return m
	}
	for name, values := range parsed.Header {
		m.headers[strings.ToLower(name)] = decoded(values[len(values)-1])
	}
	m.subject, m.messageID = m.headers["subject"], m.headers["message-id"]
	m.to, m.cc, m.bcc, m.replyTo = list(parsed, "To"), list(parsed, "Cc"), list(parsed, "Bcc"), list(parsed, "Reply-To")
	m.from = strings.Join(list(parsed, "From"), ", ")
	m.read(textproto.MIMEHeader(parsed.Header), parsed.Body, 0)
	return m
}

func words() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
}

func decoded(value string) string {
	if plain, err := words().DecodeHeader(value); err == nil {
		return plain
	}
	return value
}

// list shows the addresses of a header, names in plain text.
func list(parsed *netmail.Message, name string) []string {
	shown := []string{}
	addresses, err := (&netmail.AddressParser{WordDecoder: words()}).ParseList(parsed.Header.Get(name))
	if err != nil {
		return shown
	}
	for _, a := range addresses {
		if a.Name == "" {
			shown = append(shown, a.Address)
			continue
		}
		shown = append(shown, a.Name+" <"+a.Address+">")
	}
	return shown
}

// addressesOf leaves the names out.
func addressesOf(shown []string) []string {
	bare := []string{}
	for _, one := range shown {
		if at := strings.LastIndexByte(one, '<'); at >= 0 {
			one = strings.Trim(one[at:], "<>")
		}
		bare = append(bare, one)
	}
	return bare
}

// read sorts a part into text, HTML and files.
func (m *received) read(header textproto.MIMEHeader, body io.Reader, depth int) {
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < maxNesting {
		parts := multipart.NewReader(body, parameters["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			m.read(part.Header, part, depth+1)
		}
	}
	content, _ := io.ReadAll(transferred(header.Get("Content-Transfer-Encoding"), body)) // what can be read of it
	disposition, more, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	name := decoded(more["filename"])
	if name == "" {
		name = decoded(parameters["name"])
	}
	switch {
	case kind == "text/plain" && disposition != "attachment" && name == "" && m.text == "":
		m.text = readable(content, parameters["charset"])
	case kind == "text/html" && disposition != "attachment" && name == "" && m.html == "":
		m.html = readable(content, parameters["charset"])
	default:
		m.files = append(m.files, file{
			ID: newID(), Filename: orNil(name), Size: len(content), ContentType: kind, Disposition: orNil(disposition),
			ContentID: orNil(strings.Trim(header.Get("Content-Id"), "<> ")), content: content,
		})
	}
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func transferred(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

func readable(content []byte, label string) string {
	if label == "" {
		label = "utf-8"
	}
	reader, err := charset.NewReaderLabel(label, bytes.NewReader(content))
	if err != nil {
		return strings.ToValidUTF8(string(content), "\uFFFD")
	}
	text, _ := io.ReadAll(reader) // what can be read of it
	return strings.ToValidUTF8(string(text), "\uFFFD")
}

func (m *received) file(id string) (file, bool) {
	for _, one := range m.files {
		if one.ID == id {
			return one, true
		}
	}
	return file{}, false
}

// head is what a list shows of a mail.
func (m *received) head() map[string]any {
	files := m.files
	if files == nil {
		files = []file{}
	}
	return map[string]any{
		"id": m.id, "to": m.to, "from": m.from, "cc": m.cc, "bcc": m.bcc, "reply_to": m.replyTo, "subject": m.subject,
		"message_id": m.messageID, "created_at": m.at.Format("2006-01-02 15:04:05.000000+00"), "attachments": files,
	}
}

// event is the webhook of a mail: what a list shows, and for whom it came.
func (m *received) event(id string) Webhook {
	data := m.head()
	data["email_id"], data["received_for"], data["created_at"] = m.id, m.receivedFor, m.at.Format(time.RFC3339Nano)
	delete(data, "id")
	delete(data, "reply_to")
	body, err := json.Marshal(map[string]any{"type": "email.received", "created_at": m.at.Format(time.RFC3339Nano), "data": data})
	if err != nil {
		panic(fmt.Sprintf("event of a mail: %v", err)) // texts and numbers always encode
	}
	return Webhook{ID: id, At: m.at, Body: body}
}
