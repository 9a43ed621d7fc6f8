package mail

import (
	"bytes"
	"mime"
	"path"
	"strings"
	"unicode/utf8"
)

// part is one node of a MIME tree.
type part struct {
	header    header
	body      []byte
	mediaType string // the type when the header names none
	params    map[string]string
}

// walk gathers the leaves of a MIME tree, however broken it is.
type walk struct {
	in    *Inbound
	parts int
	kept  int // bytes of attachments

	plain, html []string
	statuses    [][]byte // message/delivery-status
	feedback    bool
	disposition bool
	report      string // report-type of the outermost multipart/report
	returned    header // of the mail that was returned
	inner       *walk  // the report inside of a report that some gateway wrapped
	isInner     bool
}

// visit reads one node and what is in it.
func (w *walk) visit(p part, depth int) {
	if w.parts++; w.parts > maxParts {
		w.in.damaged("too many parts")
		return
	}
	if declared := p.header.get("content-type"); declared != "" {
		p.mediaType, p.params = mediaType(declared)
	}
	switch {
	case strings.HasPrefix(p.mediaType, "multipart/"):
		w.visitMultipart(p, depth)
	case p.mediaType == "message/delivery-status" || p.mediaType == "message/global-delivery-status":
		w.statuses = append(w.statuses, w.decoded(p))
	case p.mediaType == "message/feedback-report":
		w.feedback = true
	case p.mediaType == "message/disposition-notification":
		w.disposition = true
	case p.mediaType == "message/rfc822" || p.mediaType == "message/global" || strings.HasPrefix(p.mediaType, "text/rfc822-header") || p.mediaType == "message/global-headers":
		w.visitReturned(p)
	case w.isText(p):
		w.visitText(p)
	default:
		w.attach(p)
	}
}

func (w *walk) visitMultipart(p part, depth int) {
	if depth >= maxDepth {
		w.in.damaged("parts are nested too deeply")
		if len(w.plain)+len(w.html) == 0 { // ugly, but the words are there
			w.visitText(part{body: p.body, mediaType: "text/plain"})
		}
		return
	}
	if p.mediaType == "multipart/report" && w.report == "" {
		w.report = strings.ToLower(p.params["report-type"])
		if w.report == "" {
			w.report = "delivery-status"
		}
	}
	pieces, whole := splitParts(p.body, p.params["boundary"])
	if !whole {
		w.in.damaged("a boundary is missing")
	}
	if len(pieces) == 0 {
		w.visitText(part{header: p.header, body: p.body, mediaType: "text/plain"})
		return
	}
	fallback := "text/plain"
	if p.mediaType == "multipart/digest" {
		fallback = "message/rfc822"
	}
	for _, piece := range pieces {
		head, body := readPartHeader(piece)
		w.visit(part{header: head, body: body, mediaType: fallback}, depth+1)
	}
}

// splitParts cuts a body at its boundary; without a boundary that works, the first line that could be one is tried.
func splitParts(body []byte, boundary string) (pieces [][]byte, whole bool) {
	if boundary != "" {
		if pieces, whole = cutParts(body, boundary); len(pieces) > 0 {
			return pieces, whole
		}
	}
	if boundary = guessBoundary(body); boundary != "" {
		pieces, _ = cutParts(body, boundary)
	}
	return pieces, false
}

// cutParts cuts a body at the lines of a boundary, and tells whether it was closed.
func cutParts(body []byte, boundary string) (pieces [][]byte, closed bool) {
	mark := []byte("--" + boundary)
	start := -1
	for at := 0; at < len(body) && len(pieces) < maxParts; {
		next := bytes.Index(body[at:], mark)
		if next < 0 {
			break
		}
		next += at
		at = next + len(mark)
		if next > 0 && body[next-1] != '\n' {
			continue
		}
		end := bytes.IndexByte(body[at:], '\n')
		tail := body[at:]
		if end >= 0 {
			tail = body[at : at+end]
		}
		last := bytes.HasPrefix(tail, []byte("--"))
		if !last && len(bytes.TrimSpace(tail)) > 0 {
			continue // a longer boundary that begins alike
		}
		if start >= 0 {
			pieces = append(pieces, cutLineEnd(body[start:next]))
		}
		start = min(at+len(tail)+1, len(body))
		if last {
			closed, start = true, -1
			break
		}
	}
	if start >= 0 && start < len(body) {
		pieces = append(pieces, body[start:])
	}
	return pieces, closed
}

func cutLineEnd(piece []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(piece, []byte("\n")), []byte("\r"))
}

// guessBoundary finds the first line that serves as a boundary: two dashes, a word, and the field of a part below it.
func guessBoundary(body []byte) string {
	for n := 0; n < 50 && len(body) > 0; n++ {
		line, rest, _ := bytes.Cut(body, []byte("\n"))
		body = rest
		line = bytes.TrimRight(line, " \t\r")
		if len(line) < 3 || len(line) > 200 || !bytes.HasPrefix(line, []byte("--")) || bytes.ContainsAny(line, " \t") || len(bytes.Trim(line, "-")) == 0 {
			continue
		}
		following, _, _ := bytes.Cut(body, []byte("\n"))
		name, _, found := bytes.Cut(following, []byte(":"))
		if found && isFieldName(name) && bytes.HasPrefix(bytes.ToLower(name), []byte("content-")) {
			return string(line[2:])
		}
	}
	return ""
}

// mediaType reads a Content-Type; of a broken one it saves what matters.
func mediaType(declared string) (string, map[string]string) {
	kind, params, err := mime.ParseMediaType(declared)
	if err == nil {
		return kind, params
	}
	params = map[string]string{}
	pieces := strings.Split(declared, ";")
	for _, piece := range pieces[1:min(len(pieces), 20)] {
		name, value, _ := strings.Cut(piece, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, known := params[name]; !known {
			params[name] = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	kind = strings.ToLower(strings.TrimSpace(pieces[0]))
	if !strings.Contains(kind, "/") {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] == "" {
		if _, after, found := strings.Cut(declared, "boundary="); found {
			params["boundary"], _, _ = strings.Cut(strings.Trim(after, `"' `), `"`)
		}
	}
	return kind, params
}

func (w *walk) decoded(p part) []byte {
	return decodeTransfer(p.body, p.header.get("content-transfer-encoding"))
}

// visitReturned keeps the header of a mail inside the mail; a person who forwards one as a file has it as an attachment.
func (w *walk) visitReturned(p part) {
	body := w.decoded(p)
	if w.returned == nil {
		var inside []byte
		w.returned, inside = readHeader(bytes.TrimLeft(body, " \t\r\n"))
		if kind, _ := mediaType(w.returned.get("content-type")); kind == "multipart/report" && !w.isInner {
			w.inner = &walk{in: &Inbound{}, isInner: true}
			w.inner.visit(part{header: w.returned, body: inside, mediaType: "text/plain"}, 1)
		}
	}
	w.attach(p)
}

// isText tells what belongs to the words of a mail from what was attached to it.
func (w *walk) isText(p part) bool {
	switch p.mediaType {
	case "text/plain", "text/html", "text/enriched", "text/richtext", "text", "text/x-amp-html", "application/xhtml+xml", "text/watch-html":
	default:
		return false
	}
	disposition, params := mediaType(p.header.get("content-disposition"))
	if disposition == "attachment" {
		return false
	}
	named := params["filename"] != "" || p.params["name"] != ""
	return !named || (len(w.plain) == 0 && p.mediaType == "text/plain") || (len(w.html) == 0 && p.mediaType == "text/html")
}

func (w *walk) visitText(p part) {
	if p.mediaType == "text/x-amp-html" || p.mediaType == "text/watch-html" {
		return // the same words again, for screens that we are not
	}
	raw := w.decoded(p)
	if len(raw) > maxInboundText {
		raw = raw[:maxInboundText]
		w.in.damaged("the text is longer than what is read")
	}
	text := toUTF8(raw, p.params["charset"])
	switch {
	case p.mediaType == "text/html" || p.mediaType == "application/xhtml+xml" || (p.header == nil && looksLikeHTML(text)):
		w.html = append(w.html, text)
	case p.mediaType == "text/enriched" || p.mediaType == "text/richtext":
		w.html = append(w.html, text)
	default:
		if strings.EqualFold(p.params["format"], "flowed") {
			text = unflow(text, strings.EqualFold(p.params["delsp"], "yes"))
		}
		w.plain = append(w.plain, text)
	}
}

func looksLikeHTML(text string) bool {
	start := strings.ToLower(strings.TrimSpace(text[:min(len(text), 200)]))
	for _, mark := range []string{"<html", "<!doctype html", "<div", "<p>", "<body", "<?xml"} {
		if strings.HasPrefix(start, mark) {
			return true
		}
	}
	low := strings.ToLower(text[:min(len(text), 20_000)])
	return strings.Contains(low, "</div>") || strings.Contains(low, "</blockquote>") || strings.Contains(low, "</p>")
}

// attach lists what is no text, and keeps its bytes as long as there is room.
func (w *walk) attach(p part) {
	if len(w.in.Attachments) >= maxInboundFiles {
		w.in.damaged("too many attachments")
		return
	}
	disposition, params := mediaType(p.header.get("content-disposition"))
	content := w.decoded(p)
	one := Attachment{
		Name: fileName(params["filename"], p.params["name"], p.mediaType), Type: p.mediaType, Size: len(content),
		ContentID: strings.Trim(p.header.get("content-id"), "<> "),
	}
	one.Inline = disposition == "inline" || (one.ContentID != "" && disposition != "attachment")
	if w.kept+len(content) <= maxAttachedBytes {
		w.kept += len(content)
		one.Content = content
	} else {
		w.in.damaged("the attachments are larger than what is kept")
	}
	w.in.Attachments = append(w.in.Attachments, one)
}

// cutName shortens a name and keeps its ending, by which people and programs know what a file is.
func cutName(name string, most int) string {
	ending := path.Ext(name)
	length := utf8.RuneCountInString(ending)
	if utf8.RuneCountInString(name) <= most || length < 2 || length > 20 || strings.ContainsRune(ending, ' ') {
		return cutRunes(name, most)
	}
	return cutRunes(strings.TrimSuffix(name, ending), most-length) + ending
}

// fileName gives a bare name without anything that a file system or a screen could misread.
func fileName(disposition, declared, kind string) string {
	name := disposition
	if name == "" {
		name = declared
	}
	name = path.Base(strings.ReplaceAll(cleanLine(decodeWords(name)), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, cutName(name, 150))
	if strings.Trim(name, "._ ") != "" {
		return name
	}
	switch kind {
	case "message/rfc822":
		return "message.eml"
	case "text/calendar":
		return "invite.ics"
	case "application/ms-tnef":
		return "winmail.dat"
	}
	if kind, ending, _ := strings.Cut(kind, "/"); kind == "image" && strings.Trim(ending, "abcdefghijklmnopqrstuvwxyz") == "" && ending != "" {
		return "image." + ending
	}
	return "attachment"
}
