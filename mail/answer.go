package mail

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"html"
	"mime"
	"mime/multipart"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// Answer is how a person answers one of our emails in a mail program: their words above, ours quoted below.
type Answer struct {
	To    Message // that is answered
	From  Address // zero = who it was sent to
	Text  string
	ID    string    // Message-ID, with its angle brackets
	At    time.Time // with the writer's zone
	Files []File
}

// File is one that a mail carries along.
type File struct {
	Name, Type string
	Content    []byte
}

// Raw writes the answer as RFC 5322 bytes, as a mail program does: both parts, our words quoted.
func (a Answer) Raw() ([]byte, error) {
	var raw, body bytes.Buffer
	mixed := multipart.NewWriter(&body)
	if err := a.writeText(mixed); err != nil {
		return nil, err
	}
	for _, file := range a.Files {
		if err := writeFile(mixed, file); err != nil {
			return nil, err
		}
	}
	if err := mixed.Close(); err != nil {
		return nil, fmt.Errorf("end answer: %w", err)
	}
	a.writeHeader(&raw, mixed.Boundary())
	raw.WriteString("\r\n")
	raw.Write(body.Bytes())
	return raw.Bytes(), nil
}

func (a Answer) sender() Address {
	if a.From.IsZero() {
		return a.To.To
	}
	return a.From
}

// Recipient is where the answer goes: the Reply-To address, else who wrote.
func (a Answer) Recipient() Address {
	if a.To.ReplyTo.IsZero() {
		return a.To.From
	}
	return a.To.ReplyTo
}

func (a Answer) writeHeader(w *bytes.Buffer, boundary string) {
	write := func(name, value string) { w.WriteString(fold(name, value)) }
	write("Date", a.At.Format(time.RFC1123Z))
	write("Message-ID", a.ID)
	write("From", a.sender().String())
	write("To", a.Recipient().String())
	subject := a.To.Subject
	if !strings.HasPrefix(strings.ToLower(subject), "re:") {
		subject = "Re: " + subject
	}
	write("Subject", encodeLine(subject))
	write("In-Reply-To", a.To.MessageID)
	write("References", strings.TrimSpace(a.To.Headers["References"]+" "+a.To.MessageID))
	write("MIME-Version", "1.0")
	write("Content-Type", mime.FormatMediaType("multipart/mixed", map[string]string{"boundary": boundary}))
}

// writeText writes the words twice, plain and as HTML.
func (a Answer) writeText(mixed *multipart.Writer) error {
	var inner bytes.Buffer
	parts := multipart.NewWriter(&inner)
	name := a.To.From.displayName()
	if name == "" {
		name = a.To.From.Email
	}
	attribution := "On " + a.To.Date.In(a.At.Location()).Format("Mon, 2 Jan 2006 at 15:04") + ", " + name + " <" + a.To.From.Email + "> wrote:"
	quoted := "> " + strings.ReplaceAll(strings.TrimSpace(a.To.Text), "\n", "\n> ")
	if err := writePart(parts, "text/plain", a.Text+"\n\n"+attribution+"\n"+quoted+"\n"); err != nil {
		return err
	}
	markup := `<div dir="auto">` + strings.ReplaceAll(html.EscapeString(a.Text), "\n", "<br>") + `</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">` +
		html.EscapeString(attribution) + `<br></div><blockquote class="gmail_quote">` + strings.ReplaceAll(html.EscapeString(a.To.Text), "\n", "<br>") + `</blockquote></div>`
	if err := writePart(parts, "text/html", markup); err != nil {
		return err
	}
	if err := parts.Close(); err != nil {
		return fmt.Errorf("end text: %w", err)
	}
	part, err := mixed.CreatePart(textproto.MIMEHeader{
		"Content-Type": {mime.FormatMediaType("multipart/alternative", map[string]string{"boundary": parts.Boundary()})},
	})
	if err != nil {
		return fmt.Errorf("begin text: %w", err)
	}
	if _, err := part.Write(inner.Bytes()); err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	return nil
}

func writeFile(mixed *multipart.Writer, file File) error {
	part, err := mixed.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {file.Type},
		"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": file.Name})},
		"Content-Transfer-Encoding": {"base64"},
	})
	if err != nil {
		return fmt.Errorf("begin file: %w", err)
	}
	encoded := base64.StdEncoding.EncodeToString(file.Content)
	for len(encoded) > 0 {
		line := encoded[:min(len(encoded), 76)]
		if _, err := part.Write([]byte(line + "\r\n")); err != nil {
			return fmt.Errorf("write file: %w", err)
		}
		encoded = encoded[len(line):]
	}
	return nil
}

// HandOver gives a raw mail to the SMTP server at an address, without login or encryption: for loopback.
func HandOver(ctx context.Context, address, from, to string, raw []byte) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return fmt.Errorf("bound the connection: %w", err)
		}
	}
	client := smtp.NewClient(conn)
	if err := client.SendMail(from, []string{to}, bytes.NewReader(raw)); err != nil {
		return fmt.Errorf("hand mail over: %w", err)
	}
	_ = client.Quit() // the mail is taken either way
	return nil
}
