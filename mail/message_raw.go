package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"slices"
	"strings"
	"time"
)

// Raw writes the message as RFC 5322 bytes: multipart/alternative, quoted-printable, CRLF. The same message and the
// same date give the same bytes. The error is an *Invalid.
func (m Message) Raw(date time.Time) ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	if err := parts.SetBoundary(m.boundary()); err != nil {
		return nil, fmt.Errorf("set boundary: %w", err)
	}
	for _, part := range []struct{ kind, text string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		if err := writePart(parts, part.kind, part.text); err != nil {
			return nil, err
		}
	}
	if err := parts.Close(); err != nil {
		return nil, fmt.Errorf("close mail: %w", err)
	}

	var raw bytes.Buffer
	m.writeHeader(&raw, date)
	raw.WriteString("\r\n")
	raw.Write(body.Bytes())
	return raw.Bytes(), nil
}

// boundary comes from the key and not from chance, so that a retry has the same bytes.
func (m Message) boundary() string {
	sum := sha256.Sum256([]byte(m.Key))
	return "=_" + hex.EncodeToString(sum[:20])
}

func (m Message) writeHeader(w *bytes.Buffer, date time.Time) {
	write := func(name, value string) { w.WriteString(fold(name, value)) }
	if !date.IsZero() { // who carries it adds one
		write("Date", date.Format(time.RFC1123Z))
	}
	write("Message-ID", m.MessageID)
	write("From", m.From.String())
	write("To", m.To.String())
	if !m.ReplyTo.IsZero() {
		write("Reply-To", m.ReplyTo.String())
	}
	write("Subject", encodeLine(m.Subject))
	for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
		write(name, encodeLine(m.Headers[name]))
	}
	write("MIME-Version", "1.0")
	if m.Language != "" {
		write("Content-Language", m.Language)
	}
	write("Content-Type", mime.FormatMediaType("multipart/alternative", map[string]string{"boundary": m.boundary()}))
}

func writePart(parts *multipart.Writer, kind, text string) error {
	part, err := parts.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {kind + "; charset=utf-8"},
		"Content-Transfer-Encoding": {"quoted-printable"},
	})
	if err != nil {
		return fmt.Errorf("begin %s: %w", kind, err)
	}
	encoder := quotedprintable.NewWriter(part)
	if _, err := io.WriteString(encoder, text); err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	if err := encoder.Close(); err != nil {
		return fmt.Errorf("end %s: %w", kind, err)
	}
	return nil
}

func encodeLine(s string) string { return mime.QEncoding.Encode("utf-8", cleanLine(s)) }

// fold writes one header with its line broken between words, after 76 characters where it can.
func fold(name, value string) string {
	var out strings.Builder
	out.WriteString(name + ":")
	column := len(name) + 1
	for i, word := range strings.Fields(value) {
		if i > 0 && column+1+len(word) > 76 {
			out.WriteString("\r\n")
			column = 0
		}
		out.WriteString(" " + word)
		column += 1 + len(word)
	}
	out.WriteString("\r\n")
	return out.String()
}
