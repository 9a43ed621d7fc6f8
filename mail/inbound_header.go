package mail

import (
	"bytes"
	"mime"
	netmail "net/mail"
	"strings"
	"time"
)

// header is a block of fields in their order, names in lower case, values unfolded but not decoded.
type header []headerField

type headerField struct{ name, value string }

// readHeader cuts a mail or a part into its header and its body. Text without any header is all body.
func readHeader(raw []byte) (header, []byte) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	start := bytes.TrimLeft(raw, "\r\n")
	block, body := cutHeader(start)
	if head := fieldsOf(block); head.isOne() && beginsWithField(block) {
		return head, body
	}
	return nil, raw
}

// beginsWithField tells a mail from a text that quotes a header further down.
func beginsWithField(block []byte) bool {
	line, _, _ := bytes.Cut(block, []byte("\n"))
	if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) { // of an mbox
		return true
	}
	name, _, found := bytes.Cut(line, []byte(":"))
	return found && isFieldName(bytes.TrimRight(name, " \t"))
}

// readPartHeader is readHeader for a MIME part, whose header may be empty.
func readPartHeader(raw []byte) (header, []byte) {
	if len(raw) > 0 && raw[0] == '\n' {
		return nil, raw[1:]
	}
	if bytes.HasPrefix(raw, []byte("\r\n")) {
		return nil, raw[2:]
	}
	block, body := cutHeader(raw)
	if head := fieldsOf(block); len(head) > 0 {
		return head, body
	}
	return nil, raw
}

// cutHeader finds the first empty line.
func cutHeader(raw []byte) (block, body []byte) {
	lf, crlf := bytes.Index(raw, []byte("\n\n")), bytes.Index(raw, []byte("\n\r\n"))
	switch {
	case lf >= 0 && (crlf < 0 || lf < crlf):
		return raw[:lf+1], raw[lf+2:]
	case crlf >= 0:
		return raw[:crlf+1], raw[crlf+3:]
	case !bytes.Contains(raw, []byte("\n")) && bytes.Contains(raw, []byte("\r\r")): // a very old Macintosh
		at := bytes.Index(raw, []byte("\r\r"))
		return bytes.ReplaceAll(raw[:at+1], []byte("\r"), []byte("\n")), raw[at+2:]
	}
	return raw, nil
}

// fieldsOf reads a whole block of fields, in one pass. What is longer than a value may be is cut off, and once the limits
// are reached only the first field of each name is kept: a long header hides nothing that stands below it.
func fieldsOf(block []byte) header {
	r := &fieldReader{names: map[string]bool{}}
	for len(block) > 0 {
		line, rest, _ := bytes.Cut(block, []byte("\n"))
		block = rest
		r.read(bytes.TrimRight(line, "\r"))
	}
	r.end()
	return r.head
}

// fieldReader gathers fields line by line.
type fieldReader struct {
	head  header
	names map[string]bool // that were kept
	kept  int             // bytes of all values
	late  int             // fields that were kept beyond the limits
	name  string          // of the field that may go on, empty when there is none
	value []byte
	open  bool // the last line began a field, kept or not
}

func (r *fieldReader) read(line []byte) {
	if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && r.open {
		if r.name != "" && len(r.value) < maxHeaderValue {
			line = bytes.TrimSpace(line)
			r.value = append(append(r.value, ' '), line[:min(len(line), maxHeaderValue)]...)
		}
		return
	}
	r.end()
	name, value, found := bytes.Cut(line, []byte(":"))
	name = bytes.TrimRight(name, " \t")
	if r.open = found && isFieldName(name); !r.open {
		return // "From …" of an mbox, or rubbish
	}
	known := strings.ToLower(string(name))
	if len(r.head) >= maxHeaderFields || r.kept >= maxHeaderBytes {
		if r.names[known] || r.late >= maxLateFields {
			return
		}
		r.late++
	}
	r.names[known] = true
	r.name, r.value = known, append(r.value[:0], bytes.TrimSpace(value[:min(len(value), maxHeaderValue)])...)
}

// end closes the field that is open.
func (r *fieldReader) end() {
	if r.name != "" {
		r.head = append(r.head, headerField{r.name, string(r.value)})
		r.kept += len(r.value)
	}
	r.name, r.value = "", r.value[:0]
}

func isFieldName(name []byte) bool {
	if len(name) == 0 || len(name) > 80 {
		return false
	}
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// isOne tells a mail's header from lines that merely hold a colon.
func (h header) isOne() bool {
	for _, field := range h {
		switch field.name {
		case "from", "to", "date", "subject", "received", "return-path", "message-id", "mime-version", "content-type",
			"delivered-to", "x-failed-recipients", "auto-submitted", "content-transfer-encoding":
			return true
		}
	}
	return false
}

func (h header) get(name string) string {
	for _, field := range h {
		if field.name == name {
			return field.value
		}
	}
	return ""
}

func (h header) has(name string) bool {
	for _, field := range h {
		if field.name == name {
			return true
		}
	}
	return false
}

func (h header) all(names ...string) (values []string) {
	for _, field := range h {
		for _, name := range names {
			if field.name == name {
				values = append(values, field.value)
			}
		}
	}
	return values
}

// readEnvelope fills in who wrote to whom, when and about what.
func (in *Inbound) readEnvelope(head header) {
	in.From = first(addressesIn(head.get("from")))
	if in.From.IsZero() {
		in.From = first(addressesIn(head.get("sender")))
	}
	in.ReplyTo = first(addressesIn(head.get("reply-to")))
	for _, value := range head.all("to", "apparently-to") {
		in.To = append(in.To, addressesIn(value)...)
	}
	for _, value := range head.all("cc") {
		in.Cc = append(in.Cc, addressesIn(value)...)
	}
	for _, value := range head.all("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-rcpt-to", "resent-to") {
		for _, address := range addressesIn(value) {
			in.Delivered = append(in.Delivered, address.Email)
		}
	}
	in.ReturnPath = first(addressesIn(head.get("return-path"))).Email
	in.MessageID = first(messageIDs(head.get("message-id")))
	in.InReplyTo = first(messageIDs(head.get("in-reply-to")))
	in.References = messageIDs(strings.Join(head.all("references"), " "))
	in.Subject = cleanLine(decodeWords(head.get("subject")))
	if when, err := netmail.ParseDate(head.get("date")); err == nil && when.Year() > 1970 && when.Year() < 9999 {
		in.Date = when.UTC().Truncate(time.Second)
	}
}

func first[T any](all []T) (one T) {
	if len(all) > 0 {
		one = all[0]
	}
	return one
}

// messageIDs finds <…@…> in a header, each once.
func messageIDs(value string) (ids []string) {
	seen := map[string]bool{}
	for len(ids) < maxInboundAddress {
		open := strings.IndexByte(value, '<')
		if open < 0 {
			break
		}
		end := strings.IndexByte(value[open:], '>')
		if end < 0 {
			break
		}
		id := strings.Join(strings.Fields(value[open:open+end+1]), "")
		if len(id) > 2 && len(id) < 1_000 && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
		value = value[open+end+1:]
	}
	return ids
}

// decodeWords undoes RFC 2047, and guesses the charset of what was never encoded.
func decodeWords(value string) string {
	decoder := mime.WordDecoder{CharsetReader: charsetReader}
	if decoded, err := decoder.DecodeHeader(value); err == nil {
		value = decoded
	}
	return toUTF8([]byte(value), "")
}
