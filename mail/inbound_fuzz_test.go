package mail

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	names, _ := filepath.Glob("testdata/inbound/*.eml")
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(report("failed", "5.1.1", "smtp; 550 5.1.1 user unknown", "<jo@gmial.example>: 550 (in reply to RCPT TO command)")))
	f.Add([]byte("From: jo@example.com\nContent-Type: text/html; charset=iso-2022-jp\nContent-Transfer-Encoding: base64\n\nPGI+eA=="))
	f.Add([]byte("Content-Type: multipart/alternative; boundary=\"\n\n--\n\n--\"\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in := ParseBytes(raw)
		if in.Kind == "" || (in.Hard && in.Kind != KindBounce) {
			t.Errorf("kind is %q, hard %t", in.Kind, in.Hard)
		}
		for _, text := range append([]string{in.Reply, in.Signature, in.Quote, in.Subject, in.From.Name, in.From.Email, in.Status}, in.Reasons...) {
			if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
				t.Errorf("%q is no clean text", text)
			}
		}
		for _, one := range in.Attachments {
			if one.Name == "" || strings.ContainsAny(one.Name, "/\\\n") {
				t.Errorf("%q is no file name", one.Name)
			}
		}
	})
}

func FuzzReply(f *testing.F) {
	for _, introduction := range introductions {
		f.Add("Yes\n\n"+introduction+"\n\n> Which?\n\n-- \nJo", false)
	}
	f.Add(`<div>Yes</div><div class="gmail_quote">On 4/5 N wrote:<blockquote>Which?</blockquote>Below</div>`, true)
	f.Add(">0\n– ", false) // found so
	f.Fuzz(func(t *testing.T, text string, html bool) {
		text = toUTF8([]byte(text), "utf-8")
		lines := linesOfText(text)
		if html {
			lines = linesOfHTML(text)
		}
		seen := ""
		for _, one := range lines {
			seen += one.text
		}
		got := cutReply(lines, html)
		if got.reply == "" && got.signature == "" && !isInvisible(strings.Join(strings.Fields(seen), "")) && !isRule(strings.Join(strings.Fields(seen), "")) {
			t.Errorf("nothing is left of %q", text)
		}
		if !html { // no word may be lost: each is in one of the three pieces
			all := letters(got.reply + got.signature + got.quote)
			if whole := letters(text); len(all) < len(whole) {
				t.Errorf("%q became %q", whole, all)
			}
		}
	})
}

func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, text)
}

func FuzzToken(f *testing.F) {
	for _, address := range []string{"reply+abc@in.example", "Reply+A-9@in.example", "CHECK+a@in.example", `"reply+a"@b`, "reply+\u212a@b", "<reply+a@b>", "reply+@b", "reply+a\x00b@c", "x"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		token := TokenOf(address)
		if strings.Trim(token, tokenLetters) != "" || len(token) > maxToken {
			t.Errorf("%q gives the token %q", address, token)
		}
		for _, again := range []string{"reply+" + token + "@in.example", strings.ToUpper("reply+" + token + "@in.example")} {
			if token != "" && TokenOf(again) != token {
				t.Errorf("the token %q does not come back from %q", token, again)
			}
		}
		if token != "" && CheckOf(address) != "" {
			t.Errorf("%q is two addresses", address)
		}
	})
}
