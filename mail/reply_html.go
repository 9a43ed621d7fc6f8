package mail

import (
	"strings"

	"golang.org/x/net/html"
)

const (
	maxOpenElements = 2_000
	maxLineBytes    = 20_000 // of one line drawn from HTML
	maxHTMLLines    = 100_000
)

// htmlReader draws the lines of an HTML mail, token by token: no tree, so that no nesting can hurt.
type htmlReader struct {
	lines    []line
	text     strings.Builder
	open     []element
	overflow int // elements that are open beyond maxOpenElements

	depth, weak, sig, skip, pre, boxes int
	box                                int  // the outermost open box, 0 for none
	tail                               bool // all that follows is quoted
	spaced                             bool // the open paragraph has space below it
	solid                              bool // the line holds a space that counts
	link                               string
	linkAt                             int
}

// element is an open element whose end matters.
type element struct {
	tag  string
	role role
}

// linesOfHTML reads HTML as people see it, with the roles that mail programs give to its elements.
func linesOfHTML(source string) []line {
	r := &htmlReader{}
	tokens := html.NewTokenizer(strings.NewReader(source))
	tokens.SetMaxBuf(maxInboundText)
	for len(r.lines) < maxHTMLLines {
		switch tokens.Next() {
		case html.ErrorToken:
			r.endLine(false)
			return r.boxed()
		case html.TextToken:
			if r.skip == 0 {
				r.write(html.UnescapeString(string(tokens.Raw())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(readTag(tokens))
		case html.EndTagToken:
			name, _ := tokens.TagName()
			r.end(string(name))
		}
	}
	return r.boxed()
}

func readTag(tokens *html.Tokenizer) (tag string, attributes map[string]string) {
	name, more := tokens.TagName()
	attributes = map[string]string{}
	for n := 0; more && n < 50; n++ {
		var key, value []byte
		key, value, more = tokens.TagAttr()
		if _, twice := attributes[string(key)]; !twice {
			attributes[string(key)] = string(value)
		}
	}
	return string(name), attributes
}

func (r *htmlReader) start(tag string, attributes map[string]string) {
	role := roleOf(tag, attributes, r.box > 0)
	if isBlock(tag) || role != roleNone {
		r.endLine(false)
	}
	switch tag {
	case "br":
		r.endLine(true)
	case "hr":
		r.endLine(true)
	case "body":
		r.leaveHead()
	case "p":
		r.spaced = !strings.HasPrefix(bareMark(attributes["class"]), "mso") && !strings.Contains(strings.ReplaceAll(attributes["style"], " ", ""), "margin:0")
	case "li":
		r.write("- ")
	case "td", "th":
		r.write(" ")
	case "a":
		r.link, r.linkAt = attributes["href"], r.text.Len()
	case "img":
		if alt := attributes["alt"]; isEmoji(alt) {
			r.write(alt)
		}
	}
	if role == roleTail {
		r.tail = true
		r.boxes++
	}
	if isVoid(tag) || (role == roleNone && !nests(tag)) || role == roleTail {
		return
	}
	if len(r.open) >= maxOpenElements {
		r.overflow++
		return
	}
	r.open = append(r.open, element{tag, role})
	r.count(role, 1)
}

func (r *htmlReader) end(tag string) {
	switch tag {
	case "a":
		r.endLink()
		return
	case "p", "h1", "h2", "h3", "h4", "h5", "h6":
		r.endLine(false)
		if r.spaced || tag != "p" {
			r.endLine(true)
		}
		r.spaced = false
	}
	if isBlock(tag) {
		r.endLine(false)
	}
	if r.overflow > 0 && nests(tag) {
		r.overflow--
		return
	}
	for i := len(r.open) - 1; i >= 0 && i >= len(r.open)-256; i-- {
		if r.open[i].tag != tag {
			continue
		}
		r.endLine(false)
		for j := len(r.open) - 1; j >= i; j-- {
			r.count(r.open[j].role, -1)
		}
		r.open = r.open[:i]
		return
	}
}

// leaveHead lets the words be seen when nobody closed the head. A page that somebody quotes as a whole begins a body of
// its own: it stays quoted.
func (r *htmlReader) leaveHead() {
	from := 0
	if r.depth > 0 || r.weak > 0 || r.box > 0 {
		from = len(r.open)
		for i := range r.open {
			if r.open[i].tag == "head" {
				from = i
				break
			}
		}
	}
	for _, one := range r.open[from:] {
		r.count(one.role, -1)
	}
	r.open = r.open[:from]
}

func (r *htmlReader) count(role role, by int) {
	switch role {
	case roleQuote:
		r.depth += by
	case roleWeak:
		r.weak += by
	case roleSignature:
		r.sig += by
	case roleSkip:
		r.skip += by
	case rolePre:
		r.pre += by
	case roleBox:
		r.countBox(by)
	}
}

// countBox opens and closes boxes; those inside another one belong to it.
func (r *htmlReader) countBox(by int) {
	if by > 0 && r.box == 0 {
		r.boxes++
		r.box = r.boxes
		return
	}
	if by < 0 {
		open := 0
		for _, one := range r.open {
			if one.role == roleBox {
				open++
			}
		}
		if open <= 1 {
			r.box = 0
		}
	}
}

// write adds words to the line, folding white space as a browser does.
func (r *htmlReader) write(words string) {
	if r.pre > 0 {
		for i, one := range strings.Split(strings.ReplaceAll(words, "\r\n", "\n"), "\n") {
			if i > 0 {
				r.endLine(true)
			}
			r.text.WriteString(one)
		}
		return
	}
	r.solid = r.solid || strings.ContainsRune(words, '\u00a0')
	for _, c := range words {
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\u00a0' || c == '\f' {
			if r.text.Len() > 0 && !strings.HasSuffix(r.text.String(), " ") {
				r.text.WriteByte(' ')
			}
			continue
		}
		r.text.WriteRune(c)
		if r.text.Len() > maxLineBytes {
			r.endLine(false)
		}
	}
}

// endLine closes the line; without words it leaves an empty line only when the HTML asks for one.
func (r *htmlReader) endLine(always bool) {
	r.endLink()
	text := strings.TrimRight(r.text.String(), " ")
	r.text.Reset()
	r.linkAt = 0
	if isInvisible(text) {
		text = ""
	}
	always, r.solid = always || r.solid, false
	if text == "" && !always {
		return
	}
	if strings.TrimSpace(text) == "-" { // a list item whose words come in an element of their own
		r.text.WriteString("- ")
		return
	}
	one := line{text: text, depth: r.depth, sig: r.sig > 0, box: r.box}
	if r.weak > 0 && r.depth == 0 {
		one.depth, one.weak = r.weak, true
	}
	if r.tail {
		one.depth, one.weak, one.sig, one.box, one.tail = max(one.depth, 1), false, false, r.boxes, true
	}
	one.raw = one.quoted()
	r.lines = append(r.lines, one)
}

// endLink keeps where a link leads when its words do not say so.
func (r *htmlReader) endLink() {
	target, words := r.link, ""
	r.link = ""
	if r.linkAt <= r.text.Len() {
		words = strings.TrimSpace(r.text.String()[r.linkAt:])
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(target, "https://"), "http://"), "/")
	if words == "" || bare == target || len(target) > 500 || r.depth > 0 || r.tail || r.sig > 0 || r.box > 0 || strings.ContainsAny(target, "<> \n") {
		return
	}
	if !strings.Contains(words, bare) && !strings.Contains(bare, strings.TrimPrefix(strings.TrimPrefix(strings.TrimSuffix(words, "/"), "https://"), "http://")) {
		r.text.WriteString(" <" + target + ">")
	}
}

// boxed settles what the lines of a box are: what stands before its first quoted line introduces the quote, what
// stands behind it was written below. A box without quoted lines is a quote as a whole, unless it forwards something.
func (r *htmlReader) boxed() []line {
	for i := 0; i < len(r.lines); {
		box := r.lines[i].box
		end := i + 1
		for end < len(r.lines) && r.lines[end].box == box {
			end++
		}
		if box > 0 {
			settleBox(r.lines[i:end])
		}
		i = end
	}
	return r.lines
}

func settleBox(lines []line) {
	firstWords, firstQuoted := -1, -1
	for i, one := range lines {
		if one.blank() {
			continue
		}
		if firstWords < 0 {
			firstWords = i
		}
		if one.depth > 0 && firstQuoted < 0 {
			firstQuoted = i
		}
	}
	if firstWords < 0 || isForward(lines[firstWords].text) {
		for i := range lines {
			lines[i].depth = 0
		}
		return
	}
	for i := range lines {
		switch {
		case firstQuoted < 0:
			lines[i].depth = 1
		case i < firstQuoted:
			lines[i].head = true
		}
		lines[i].weak = false
		if lines[i].depth > 0 || lines[i].head {
			lines[i].sig = false
		}
	}
}
