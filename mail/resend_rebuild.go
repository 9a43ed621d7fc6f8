package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// receivedFile is an attachment as Resend tells it.
type receivedFile struct {
	ID          string `json:"id"`
	Name        string `json:"filename"`
	Type        string `json:"content_type"`
	Disposition string `json:"content_disposition"`
	ContentID   string `json:"content_id"`
	DownloadURL string `json:"download_url"`

	content []byte
}

// rebuild puts a mail together from its headers, its texts and its attachments.
func (i *ResendInbox) rebuild(ctx context.Context, mail *ReceivedMail, told received) *Failure {
	mail.Rebuilt = true
	files, failure := i.attachments(ctx, mail)
	if failure != nil {
		return failure
	}
	mail.Raw = rebuilding{told: told, mail: *mail, files: files}.raw()
	if len(mail.Raw) > MaxInbound {
		mail.Raw, mail.Truncated = mail.Raw[:MaxInbound], true
	}
	return nil
}

// attachments gets the files of a mail; one that is gone, or too large, keeps its name and loses its content.
func (i *ResendInbox) attachments(ctx context.Context, mail *ReceivedMail) ([]receivedFile, *Failure) {
	var page struct {
		HasMore bool           `json:"has_more"`
		Data    []receivedFile `json:"data"`
	}
	query := url.Values{"limit": {"100"}} // as many as are read of one mail
	failure := i.api.get(ctx, "emails/receiving/"+mail.ID+"/attachments", query, &page)
	if failure != nil {
		return nil, failure
	}
	if page.HasMore || len(page.Data) > maxInboundFiles {
		mail.Truncated = true
		page.Data = page.Data[:min(len(page.Data), maxInboundFiles)]
	}
	left := int64(maxAttachedBytes)
	for n := range page.Data {
		file := &page.Data[n]
		if left <= 0 || file.DownloadURL == "" {
			mail.Truncated = true
			continue
		}
		content, truncated, failure := i.files.get(ctx, file.DownloadURL, left)
		if failure != nil && failure.Code != "file_gone" {
			return nil, failure
		}
		if failure != nil || truncated {
			mail.Truncated = true
			continue
		}
		file.content, left = content, left-int64(len(content))
	}
	return page.Data, nil
}

// rebuilding writes the mail; the same answers give the same bytes.
type rebuilding struct {
	told  received
	mail  ReceivedMail
	files []receivedFile
}

func (r rebuilding) raw() []byte {
	var out bytes.Buffer
	r.writeHeader(&out)
	top, parameters := r.topType()
	parameters["boundary"] = r.boundary("top")
	out.WriteString(fold("Content-Type", mime.FormatMediaType(top, parameters)) + "\r\n")
	r.open(&out, "top")
	r.writeTexts(&out)
	for _, file := range r.files {
		r.open(&out, "top")
		file.write(&out)
	}
	r.end(&out, "top")
	return out.Bytes()
}

// topType is multipart/mixed, unless the mail was a report: a bounce has to stay one.
func (r rebuilding) topType() (string, map[string]string) {
	kind, parameters, err := mime.ParseMediaType(r.told.header("Content-Type"))
	if report := parameters["report-type"]; err == nil && kind == "multipart/report" && report != "" {
		return kind, map[string]string{"report-type": report}
	}
	return "multipart/mixed", map[string]string{}
}

func (r rebuilding) boundary(of string) string {
	sum := sha256.Sum256([]byte(of + "\n" + r.told.ID))
	return "=_" + hex.EncodeToString(sum[:20])
}

func (r rebuilding) open(out *bytes.Buffer, of string) {
	fmt.Fprintf(out, "\r\n--%s\r\n", r.boundary(of))
}

func (r rebuilding) end(out *bytes.Buffer, of string) {
	fmt.Fprintf(out, "\r\n--%s--\r\n", r.boundary(of))
}

// writeHeader writes what Resend has kept of the header, and from its other fields what that lacks.
func (r rebuilding) writeHeader(out *bytes.Buffer) {
	for _, name := range slices.Sorted(maps.Keys(r.told.Headers)) {
		plain := strings.ToLower(name)
		if headerForm.MatchString(name) && plain != "mime-version" && !strings.HasPrefix(plain, "content-") {
			out.WriteString(fold(name, headerLine(plain, string(r.told.Headers[name]))))
		}
	}
	var date string
	if !r.mail.CreatedAt.IsZero() {
		date = r.mail.CreatedAt.Format(time.RFC1123Z)
	}
	for _, field := range []struct{ name, value string }{
		{"From", addressLine(r.told.From)},
		{"To", addressLine(r.told.To...)},
		{"Cc", addressLine(r.told.Cc...)},
		{"Reply-To", addressLine(r.told.ReplyTo...)},
		{"Subject", encodeLine(r.told.Subject)},
		{"Message-ID", cleanLine(r.mail.MessageID)},
		{"Date", date},
	} {
		if field.value != "" && r.told.header(field.name) == "" {
			out.WriteString(fold(field.name, field.value))
		}
	}
	out.WriteString("MIME-Version: 1.0\r\n")
}

// headerLine encodes a value of a header, and of one with addresses their names alone.
func headerLine(name, value string) string {
	if slices.Contains([]string{"from", "to", "cc", "bcc", "reply-to", "sender"}, name) {
		if list, err := netmail.ParseAddressList(value); err == nil {
			var line []string
			for _, address := range list {
				line = append(line, address.String())
			}
			return strings.Join(line, ", ")
		}
	}
	return encodeLine(value)
}

// addressLine writes addresses with their names encoded; what cannot be read stays as it was told.
func addressLine(addresses ...string) string {
	var line []string
	for _, address := range addresses {
		if parsed, err := netmail.ParseAddress(address); err == nil {
			address = parsed.String()
		} else {
			address = encodeLine(address)
		}
		line = append(line, address)
	}
	return strings.Join(line, ", ")
}

// writeTexts writes the text, the HTML, or both as alternatives.
func (r rebuilding) writeTexts(out *bytes.Buffer) {
	switch {
	case r.told.HTML == "":
		writeText(out, "text/plain", r.told.Text)
	case r.told.Text == "":
		writeText(out, "text/html", r.told.HTML)
	default:
		out.WriteString(fold("Content-Type", mime.FormatMediaType("multipart/alternative", map[string]string{"boundary": r.boundary("texts")})) + "\r\n")
		r.open(out, "texts")
		writeText(out, "text/plain", r.told.Text)
		r.open(out, "texts")
		writeText(out, "text/html", r.told.HTML)
		r.end(out, "texts")
	}
}

func writeText(out *bytes.Buffer, kind, text string) {
	out.WriteString("Content-Type: " + kind + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	encoder := quotedprintable.NewWriter(out)
	_, _ = encoder.Write([]byte(strings.ToValidUTF8(text, "\uFFFD"))) // a buffer takes everything
	_ = encoder.Close()
}

func (f receivedFile) write(out *bytes.Buffer) {
	kind, _, err := mime.ParseMediaType(f.Type)
	if err != nil || strings.HasPrefix(kind, "multipart/") || !strings.Contains(kind, "/") {
		kind = "application/octet-stream"
	}
	out.WriteString(fold("Content-Type", kind))
	disposition := "attachment"
	if f.Disposition == "inline" {
		disposition = "inline"
	}
	if name := cleanLine(strings.ToValidUTF8(f.Name, "")); name != "" {
		out.WriteString(fold("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name})))
	} else if !strings.HasPrefix(kind, "message/") { // the parts of a report have neither
		out.WriteString(fold("Content-Disposition", disposition))
	}
	if id := cleanLine(f.ContentID); id != "" {
		out.WriteString(fold("Content-ID", bracketed(id)))
	}
	if strings.HasPrefix(kind, "message/") { // RFC 2046 lets nothing encode a mail inside a mail
		encoding := "7bit"
		if bytes.ContainsFunc(f.content, func(r rune) bool { return r >= utf8.RuneSelf }) {
			encoding = "8bit"
		}
		out.WriteString("Content-Transfer-Encoding: " + encoding + "\r\n\r\n")
		out.Write(f.content)
		return
	}
	out.WriteString("Content-Transfer-Encoding: base64\r\n\r\n")
	encoded := base64.StdEncoding.EncodeToString(f.content)
	for ; len(encoded) > 76; encoded = encoded[76:] {
		out.WriteString(encoded[:76] + "\r\n")
	}
	out.WriteString(encoded)
}
