package mail

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
)

var sentAt = time.Date(2025, 11, 21, 17, 42, 5, 0, time.UTC)

func letter() Message {
	return Message{
		Key: "delivery-01JD", MessageID: "<01jd.q9w8@mail.nimbus.example>",
		From: Address{"Maya (Nimbus)", "hello@nimbus.example"}, To: Address{"Jo Müller", "jo@example.org"},
		ReplyTo: Address{"Nimbus", "reply+abc@nimbus.example"},
		Subject: "Your conversation with Nimbus", HTML: "<p>Bonjour – “quoted” = ok</p>\n", Text: "Hello,\n\nà bientôt = 👋\n",
		Headers: map[string]string{
			"References":  "<" + strings.Repeat("a", 60) + "@x.example> <" + strings.Repeat("b", 60) + "@x.example>",
			"In-Reply-To": "<b@x.example>",
		},
		Tags: map[string]string{"organization": "7", "delivery": "42"}, Language: "en",
	}
}

func raw(t *testing.T, m Message) []byte {
	t.Helper()
	written, err := m.Raw(sentAt)
	if err != nil {
		t.Fatalf("raw: %v", err)
	}
	return written
}

func parse(t *testing.T, written []byte) *netmail.Message {
	t.Helper()
	parsed, err := netmail.ReadMessage(bytes.NewReader(written))
	if err != nil {
		t.Fatalf("the message cannot be read: %v", err)
	}
	return parsed
}

func TestTheRawMessageLooksAsAccepted(t *testing.T) {
	golden(t, "message.eml", string(raw(t, letter())))
}

func TestRawReadsBackAsItWasWritten(t *testing.T) {
	m := letter()
	parsed := parse(t, raw(t, m))
	to, err := parsed.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Name != "Jo Müller" || to[0].Address != "jo@example.org" {
		t.Errorf("To is %v, %v", to, err)
	}
	if date, err := parsed.Header.Date(); err != nil || !date.Equal(sentAt) {
		t.Errorf("Date is %v, %v", date, err)
	}
	for name, want := range map[string]string{
		"Message-Id": m.MessageID, "References": m.Headers["References"], "Content-Language": "en", "Subject": m.Subject,
	} {
		if got := parsed.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	kind, parameters, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("Content-Type is %q, %v", kind, err)
	}
	parts := multipart.NewReader(parsed.Body, parameters["boundary"])
	for _, want := range []struct{ kind, body string }{
		{"text/plain; charset=utf-8", m.Text}, {"text/html; charset=utf-8", m.HTML},
	} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != want.body || part.Header.Get("Content-Type") != want.kind {
			t.Errorf("%s is %q, %v", part.Header.Get("Content-Type"), body, err)
		}
	}
	if _, err := parts.NextRawPart(); err != io.EOF {
		t.Errorf("there is a third part, or %v", err)
	}
}

func TestTheSameMessageGivesTheSameBytes(t *testing.T) {
	first, encoded := raw(t, letter()), letter().Encode()
	for range 50 {
		if !bytes.Equal(raw(t, letter()), first) || !bytes.Equal(letter().Encode(), encoded) {
			t.Fatal("a second writing differs")
		}
	}
	decoded, err := Decode(encoded)
	if err != nil || !bytes.Equal(decoded.Encode(), encoded) || !bytes.Equal(raw(t, decoded), first) {
		t.Errorf("what was decoded differs: %v", err)
	}
	other := letter()
	other.Key = "delivery-02"
	if bytes.Equal(raw(t, other), first) {
		t.Error("two keys share a boundary")
	}
	if _, err := Decode([]byte("{")); err == nil {
		t.Error("broken JSON was decoded")
	}
}

func TestLinesAreShortAndEndInCRLF(t *testing.T) {
	m := letter()
	m.Subject = strings.Repeat("Häuser und mehr ", 15)
	for i, line := range strings.SplitAfter(string(raw(t, m)), "\r\n") {
		if strings.Contains(strings.TrimSuffix(line, "\r\n"), "\n") || len(line) > 100 {
			t.Errorf("line %d: %q", i, line)
		}
	}
	decoded, err := new(mime.WordDecoder).DecodeHeader(parse(t, raw(t, m)).Header.Get("Subject"))
	if err != nil || decoded != strings.TrimSpace(m.Subject) {
		t.Errorf("the subject reads %q, %v", decoded, err)
	}
}

func TestNobodyWritesAHeaderThroughAName(t *testing.T) {
	const attack = "Jo\r\nBcc: all@example.org\r\n\r\n<script>\x00=?utf-8?q?=0D=0ABcc:_x?="
	m := letter()
	m.From.Name, m.To.Name, m.ReplyTo.Name, m.Subject = attack, attack, attack, attack
	m.Headers["X-Note"] = attack
	parsed := parse(t, raw(t, m))
	if parsed.Header.Get("Bcc") != "" {
		t.Error("a name became a header")
	}
	for name, values := range parsed.Header {
		decoded, err := new(mime.WordDecoder).DecodeHeader(values[0])
		if err != nil || len(values) != 1 || strings.ContainsAny(decoded, "\r\n\x00") {
			t.Errorf("%s reads %q, %v", name, decoded, err)
		}
	}
	for _, written := range []string{m.From.String(), m.To.readable()} {
		parsed, err := netmail.ParseAddress(written)
		if err != nil || strings.ContainsAny(written, "\r\n\x00") || strings.Contains(parsed.Name, "=?") {
			t.Errorf("%q reads %v, %v", written, parsed, err)
		}
	}
}

func TestNamesReadTheSameInBothForms(t *testing.T) {
	for _, name := range []string{"", "Jo", "Müller, Jo", `Jo "J" \ <x@y.z>`, "Maya (Nimbus)", "ليلى", "👩🏽‍🚀 Zoë"} {
		address := Address{name, "jo@example.org"}
		for _, form := range []string{address.String(), address.readable()} {
			parsed, err := netmail.ParseAddress(form)
			if err != nil || parsed.Name != name || parsed.Address != "jo@example.org" {
				t.Errorf("%q reads as %v, %v", form, parsed, err)
			}
		}
	}
}

func TestADomainGoesOutInPunycode(t *testing.T) {
	if got := (Address{Email: "jo@bücher.example"}).readable(); got != "jo@xn--bcher-kva.example" {
		t.Errorf("got %q", got)
	}
}

func TestAnUnusableMessageIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change        func(*Message)
		field, reason string
	}{
		"no key":              {func(m *Message) { m.Key = "" }, "key", "empty"},
		"a long key":          {func(m *Message) { m.Key = strings.Repeat("k", 257) }, "key", "too_long"},
		"a key of two lines":  {func(m *Message) { m.Key = "a\r\nb" }, "key", "malformed"},
		"a bare Message-ID":   {func(m *Message) { m.MessageID = "a@b.c" }, "message_id", "malformed"},
		"a broken Message-ID": {func(m *Message) { m.MessageID = "<a@b.c>\r\nBcc: x@y.z" }, "message_id", "malformed"},
		"no recipient":        {func(m *Message) { m.To = Address{Name: "Jo"} }, "to", "empty"},
		"two recipients":      {func(m *Message) { m.To.Email = "a@b.example, c@d.example" }, "to", "malformed"},
		"a route":             {func(m *Message) { m.To.Email = "a@b.example>\r\nBcc: <c@d.example" }, "to", "malformed"},
		"a NUL":               {func(m *Message) { m.To.Email = "a\x00@b.example" }, "to", "malformed"},
		"a comment":           {func(m *Message) { m.To.Email = "a(x)@b.example" }, "to", "malformed"},
		"no domain":           {func(m *Message) { m.From.Email = "a@" }, "from", "malformed"},
		"a long address":      {func(m *Message) { m.From.Email = "a@" + strings.Repeat("b.", 150) + "c" }, "from", "too_long"},
		"a bad reply address": {func(m *Message) { m.ReplyTo.Email = "a b@c.example" }, "reply_to", "malformed"},
		"no subject":          {func(m *Message) { m.Subject = "\r\n" }, "subject", "empty"},
		"a long subject":      {func(m *Message) { m.Subject = strings.Repeat("s", 251) }, "subject", "too_long"},
		"no text":             {func(m *Message) { m.Text = "\n" }, "text", "empty"},
		"no HTML":             {func(m *Message) { m.HTML = "" }, "html", "empty"},
		"a NUL in the text":   {func(m *Message) { m.Text = "a\x00" }, "text", "malformed"},
		"broken UTF-8":        {func(m *Message) { m.HTML = "a\xff" }, "html", "malformed"},
		"over a megabyte":     {func(m *Message) { m.HTML = strings.Repeat("a", 1<<20+1) }, "html", "too_long"},
		"a second From":       {func(m *Message) { m.Headers = map[string]string{"FROM": "x@y.z"} }, "headers", "malformed"},
		"a header of lines":   {func(m *Message) { m.Headers = map[string]string{"X\r\nBcc": "x@y.z"} }, "headers", "malformed"},
		"an endless word":     {func(m *Message) { m.Headers = map[string]string{"X-A": strings.Repeat("a", 901)} }, "headers", "too_long"},
		"a tag with spaces":   {func(m *Message) { m.Tags = map[string]string{"a b": "c"} }, "tags", "malformed"},
		"a bad language":      {func(m *Message) { m.Language = "en\r\n" }, "language", "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			m := letter()
			c.change(&m)
			wantInvalid(t, m.Check(), c.field, c.reason)
			if _, err := m.Raw(sentAt); err == nil {
				t.Error("it was written all the same")
			}
		})
	}
}
