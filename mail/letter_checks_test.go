package mail

import (
	"bytes"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"rejoin/locales"
)

func TestEveryEmailIsWhatMailProgramsTake(t *testing.T) {
	for _, email := range everyEmail(t) {
		t.Run(email.language+" "+email.kind, func(t *testing.T) {
			page := document(t, email.HTML)
			if styles := page.Find("style").Text(); len(email.HTML) >= MaxHTML || len(styles) >= 16_000 || styles == "" {
				t.Errorf("%d bytes of HTML, %d of styles", len(email.HTML), len(styles))
			}
			for _, element := range []string{"html", "body"} {
				if dir := page.Find(element).AttrOr("dir", ""); dir != locales.For(email.language).Dir() || (dir == "rtl") != (email.language == "ar") {
					t.Errorf("the %s runs %s", element, dir)
				}
			}
			if lang := page.Find("html").AttrOr("lang", ""); lang != email.language {
				t.Errorf("it says it is %s", lang)
			}
			for _, at := range page.Find("img").EachIter() {
				if at.AttrOr("alt", "") == "" || !strings.HasPrefix(at.AttrOr("src", ""), "https://") {
					t.Errorf("a picture %q without words", at.AttrOr("src", ""))
				}
			}
			if n := page.Find("script, svg, iframe, form, object, embed, link, video, [background], [onclick], [onload], [onerror]").Length(); n > 0 {
				t.Errorf("%d elements that mail programs refuse", n)
			}
			for _, refused := range []string{"background-image", "url(", "data:", "base64", "<svg", "javascript:", "expression(", "position:", "display:flex", "display:grid"} {
				if strings.Contains(strings.ToLower(email.HTML), refused) {
					t.Errorf("it holds %s", refused)
				}
			}
		})
	}
}

func TestEveryEmailLeadsBack(t *testing.T) {
	for _, email := range everyEmail(t) {
		what := email.language + " " + email.kind
		for _, link := range []string{email.Link, email.PageLink, email.ReachLink} {
			if !strings.Contains(email.Text, "\n"+link+"\n") || document(t, email.HTML).Find(`a[href="`+link+`"]`).Length() == 0 {
				t.Errorf("%s: a part lacks %s", what, link)
			}
		}
		says := locales.For(email.language).T("mail.answerable")
		if inText, inHTML := strings.Contains(email.Text, "\n\n"+says+"\n\n"), document(t, email.HTML).Find(".answerable").Text() == says; inText != email.Answerable || inHTML != email.Answerable {
			t.Errorf("%s: that it can be answered is said in the text %t, in the HTML %t", what, inText, inHTML)
		}
	}
}

func TestEveryElementIsClosedWhereItWasOpened(t *testing.T) {
	for _, email := range everyEmail(t) {
		outlook := strings.NewReplacer("<!--[if mso]>", "", "<![endif]-->", "").Replace(email.HTML) // as Outlook reads it
		for view, source := range map[string]string{"": email.HTML, "Outlook: ": outlook} {
			if fault := unbalanced(source); fault != "" {
				t.Errorf("%s %s: %s%s", email.language, email.kind, view, fault)
			}
		}
	}
	for source, want := range map[string]string{"<table><tr><td></tr></table>": "</tr> closes td", "<p>": "p stays open", "<table><p></p></table>": "p stands in table", "<b></b>": "", "</b>": "</b> closes nothing"} {
		if got := unbalanced(source); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// unbalanced names the first element that is closed elsewhere than it was opened, or stands where none may stand.
func unbalanced(source string) string {
	var open []string
	tokens := html.NewTokenizer(strings.NewReader(source))
	for {
		kind := tokens.Next()
		raw, _ := tokens.TagName()
		name, parent := string(raw), ""
		if len(open) > 0 {
			parent = open[len(open)-1]
		}
		switch kind {
		case html.ErrorToken:
			if len(open) > 0 {
				return parent + " stays open"
			}
			return ""
		case html.StartTagToken:
			if (parent == "table" && name != "tbody" && name != "tr") || (parent == "tbody" && name != "tr") || (parent == "tr" && name != "td") || (name == "td" && parent != "tr") {
				return name + " stands in " + parent
			}
			if name != "br" && name != "img" && name != "meta" {
				open = append(open, name)
			}
		case html.EndTagToken:
			if parent == "" {
				return "</" + name + "> closes nothing"
			}
			if name != parent {
				return "</" + name + "> closes " + parent
			}
			open = open[:len(open)-1]
		}
	}
}

func TestEveryWordOfEveryEmailCanBeReadInLightAndDark(t *testing.T) {
	for _, email := range everyEmail(t) {
		page := document(t, email.HTML)
		dark := darkRules(page.Find("style").Text())
		if len(dark) < 20 {
			t.Fatalf("%d rules for the dark", len(dark))
		}
		for name, rules := range map[string]map[string]string{"light": nil, "dark": dark} {
			words := 0
			walkText(page.Find("body").Nodes[0], paint{}, rules, func(text string, p paint) {
				words++
				if got := ratio(p.ink, p.ground); got < readable {
					t.Errorf("%s %s, %s: %q is %s on %s, a contrast of %.2f", email.language, email.kind, name, text, p.ink, p.ground, got)
				}
			})
			if words < 10 {
				t.Errorf("%s %s: only %d texts were looked at", email.language, email.kind, words)
			}
		}
	}
}

// paint is what an element's text is drawn with.
type paint struct{ ink, ground string }

var (
	darkBlock   = regexp.MustCompile(`(?s)@media \(prefers-color-scheme: dark\) \{\n(.*?)\n\}`)
	inkForm     = regexp.MustCompile(`(?:^|;|\s)color:\s*(#[0-9a-f]{6})`)
	groundForm  = regexp.MustCompile(`background-color:\s*(#[0-9a-f]{6})`)
	scoreInMail = regexp.MustCompile(`(?m)^X-Spam-Status: \w+, score=(-?[0-9.]+)`)
)

// darkRules are the declarations of each class in the dark.
func darkRules(styles string) map[string]string {
	rules := map[string]string{}
	block := darkBlock.FindStringSubmatch(styles)
	if block == nil {
		return rules
	}
	for _, rule := range ruleForm.FindAllStringSubmatch(block[1], -1) {
		for selector := range strings.SplitSeq(rule[1], ",") {
			rules[strings.TrimPrefix(strings.TrimSpace(selector), ".")] += rule[2] + ";"
		}
	}
	return rules
}

func walkText(n *html.Node, p paint, rules map[string]string, each func(string, paint)) {
	if n.Type == html.TextNode {
		if text := strings.Trim(n.Data, " \n\u00a0\u200c"); text != "" {
			each(text, p)
		}
		return
	}
	style, class := "", ""
	for _, a := range n.Attr {
		switch a.Key {
		case "style":
			style = a.Val
		case "class":
			class = a.Val
		}
	}
	if strings.Contains(style, "display:none") || n.Type == html.CommentNode {
		return
	}
	for _, declared := range []string{style, rules[n.Data], rules[class]} {
		if found := inkForm.FindStringSubmatch(declared); found != nil {
			p.ink = found[1]
		}
		if found := groundForm.FindStringSubmatch(declared); found != nil {
			p.ground = found[1]
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		walkText(child, p, rules, each)
	}
}

// sent is the email as it goes out.
func sent(t *testing.T, email sampleEmail) []byte {
	t.Helper()
	headers := ThreadHeaders([]string{"<a1.7@nimbus.example>", "<CAF" + strings.Repeat("x", 60) + "@mail.example.com>", "<a2.7@nimbus.example>"})
	headers["List-Unsubscribe"], headers["List-Unsubscribe-Post"] = "<"+email.Link+"/unsubscribe>", "List-Unsubscribe=One-Click"
	headers[DeliveryHeader], headers["Auto-Submitted"] = "a3", "auto-generated"
	m := Message{
		Key: "rejoin-7-a3", MessageID: "<a3.7@nimbus.example>", From: Address{Name: "Maya Laurent (Nimbus)", Email: "hello@nimbus.example"}, To: Address{Name: email.CustomerName, Email: "jo@example.com"},
		ReplyTo: Address{Name: "Nimbus", Email: "reply+k7mz2@in.nimbus.example"}, Subject: AnsweringSubject(email.Subject), HTML: email.HTML, Text: email.Text, Headers: headers, Language: email.language,
	}
	raw, err := m.Raw(friday)
	if err != nil {
		t.Fatalf("%s %s cannot be sent: %v", email.language, email.kind, err)
	}
	return raw
}

func TestEverySentEmailPassesItsChecks(t *testing.T) {
	checks := map[string]func(*testing.T, sampleEmail, []byte){"short lines": hasShortLines, "comes back as it was": comesBack}
	if filter, err := exec.LookPath("spamassassin"); err == nil {
		checks["SpamAssassin"] = func(t *testing.T, email sampleEmail, raw []byte) { passesFilter(t, filter, email, raw) }
	}
	for _, email := range everyEmail(t) {
		raw := sent(t, email)
		for name, check := range checks {
			t.Run(email.language+" "+email.kind+" "+name, func(t *testing.T) { check(t, email, raw) })
		}
	}
}

func hasShortLines(t *testing.T, _ sampleEmail, raw []byte) {
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("a line of %d bytes", len(line))
		}
	}
}

func comesBack(t *testing.T, email sampleEmail, raw []byte) {
	in := ParseBytes(raw)
	if in.Kind != KindAutoReply || in.Subject != AnsweringSubject(email.Subject) || len(in.References) != 3 || in.From.Name != "Maya Laurent (Nimbus)" || len(in.Damaged) > 0 {
		t.Errorf("it is %s %q %q %q", in.Kind, in.Subject, in.References, in.Damaged)
	}
}

// passesFilter runs the filter's local rules, on each kind in English and on one kind in every language: it is slow.
func passesFilter(t *testing.T, filter string, email sampleEmail, raw []byte) {
	if email.language != "en" && email.kind != "files" {
		return
	}
	run := exec.CommandContext(t.Context(), filter, "-L", "-t")
	run.Stdin, run.WaitDelay = bytes.NewReader(raw), time.Minute
	judged, err := run.Output()
	if err != nil {
		t.Fatalf("judge: %v", err)
	}
	found := scoreInMail.FindStringSubmatch(string(judged))
	if found == nil {
		t.Fatal("the filter gives no score")
	}
	if score, err := strconv.ParseFloat(found[1], 64); err != nil || score > 1 {
		t.Errorf("it scores %s:\n%s", found[1], judged)
	}
}
