package demo

import (
	"bufio"
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"rejoin/mail"
	"rejoin/views"
)

// rowOf is an email as the list shows it.
func rowOf(stored mail.Stored) views.MailRow {
	m := stored.Message
	return views.MailRow{
		ID: stored.ID, At: stored.At, From: nameOf(m.From), To: nameOf(m.To), Subject: m.Subject,
		Line: strings.Join(strings.Fields(strings.ToValidUTF8(m.Text[:min(len(m.Text), 300)], "")), " "),
	}
}

func nameOf(a mail.Address) string {
	if a.Name != "" {
		return a.Name
	}
	return a.Email
}

// mailOf reads one email with what the part needs.
func (r *room) mailOf(id, part string) (*views.Mail, error) {
	stored, err := r.get(id)
	if err != nil {
		return nil, err
	}
	m := stored.Message
	shown := &views.Mail{MailRow: rowOf(stored), FromAddress: m.From.Email, ToAddress: m.To.Email, Part: views.MailPartHTML}
	if slices.Contains(views.MailParts(), part) {
		shown.Part = part
	}
	switch shown.Part {
	case views.MailPartAnswer:
		shown.Answer.To = mail.Answer{To: m}.Recipient().Email
	case views.MailPartText:
		shown.Text = spans(m.Text)
	case views.MailPartHeaders:
		shown.Headers, err = headersOf(stored)
	case views.MailPartRaw:
		var raw []byte
		raw, err = m.Raw(stored.At)
		shown.Raw = string(raw)
	}
	return shown, err
}

// headersOf are the headers in the order in which they go out, with their words decoded.
func headersOf(stored mail.Stored) ([]views.MailHeader, error) {
	raw, err := stored.Message.Raw(stored.At)
	if err != nil {
		return nil, err
	}
	var headers []views.MailHeader
	decoder := mime.WordDecoder{}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && lines.Text() != "" {
		line := lines.Text()
		if last := len(headers) - 1; last >= 0 && strings.ContainsAny(line[:1], " \t") {
			headers[last].Value += " " + strings.TrimSpace(line)
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		headers = append(headers, views.MailHeader{Name: name, Value: strings.TrimSpace(value)})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read headers: %w", err)
	}
	for i := range headers {
		if decoded, err := decoder.DecodeHeader(headers[i].Value); err == nil {
			headers[i].Value = decoded
		}
	}
	return headers, nil
}

func jsonOf(stored mail.Stored) (mailJSON, error) {
	m := stored.Message
	headers, err := headersOf(stored)
	if err != nil {
		return mailJSON{}, err
	}
	read := mailJSON{
		ID: stored.ID, At: stored.At.UTC().Format(time.RFC3339Nano), From: m.From, To: m.To, Subject: m.Subject,
		Text: m.Text, HTML: m.HTML, Headers: map[string]string{}, Links: linksOf(m.HTML, m.Text),
	}
	for _, h := range headers {
		read.Headers[h.Name] = h.Value
	}
	return read, nil
}

// address finds the web addresses of a plain text.
var address = regexp.MustCompile(`https?://[^\s<>"']+[^\s<>"'.,;:!?)\]]`)

// linksOf are the web addresses that an email leads to, each once.
func linksOf(markup, text string) []string {
	links := []string{}
	add := func(link string) {
		if (strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://")) && !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	tokens := html.NewTokenizer(strings.NewReader(markup))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		token := tokens.Token()
		if kind == html.EndTagToken || token.Data != "a" {
			continue
		}
		for _, attribute := range token.Attr {
			if attribute.Key == "href" {
				add(strings.TrimSpace(attribute.Val))
			}
		}
	}
	for _, found := range address.FindAllString(text, -1) {
		add(found)
	}
	return links
}

// spans cuts a plain text at its links.
func spans(text string) []views.MailSpan {
	var cut []views.MailSpan
	end := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		cut = append(cut, views.MailSpan{Text: text[end:at[0]]}, views.MailSpan{Text: text[at[0]:at[1]], Href: text[at[0]:at[1]]})
		end = at[1]
	}
	return append(cut, views.MailSpan{Text: text[end:]})
}

// inNewTabs makes an email's links open outside of its frame, as mail programs do; its bytes are changed in this view only.
func inNewTabs(markup string) string {
	const base = `<base target="_blank">`
	tokens := html.NewTokenizer(strings.NewReader(markup))
	read := 0
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return base + markup // without a head, or broken: browsers find it all the same
		}
		read += len(tokens.Raw())
		if name, _ := tokens.TagName(); kind == html.StartTagToken && string(name) == "head" {
			return markup[:read] + base + markup[read:]
		}
	}
}
