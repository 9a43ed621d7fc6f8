package mail

import (
	"strings"
	"testing"
)

const ourLink = "https://chat.nimbus.example/r/1a-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE"

// ourEmail is what an answer quotes of us.
const ourEmail = "Hello Jo,\n\nMaya · 10:15\nWhich lamp would you like?\n\nMaya · 10:16\nAnd to which street?\n\nAnswer in the chat:\n" + ourLink + "\n\n-- \nNimbus Lamps\nFox Street 130"

func marked(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight("> "+lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func mailOf(kind, body string) *Inbound {
	return ParseBytes([]byte("From: jo@example.com\nIn-Reply-To: <m1.1a@nimbus.example>\nMIME-Version: 1.0\nContent-Type: " + kind + "; charset=utf-8\n\n" + body))
}

func TestAnAnswerWithoutWordsIsEmptyAndKeepsItsQuote(t *testing.T) {
	html := "<html><body><div dir=\"ltr\"><br></div><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, 4 May 2026 at 10:15, Maya &lt;maya@nimbus.example&gt; wrote:<br></div><blockquote class=\"gmail_quote\">" + strings.ReplaceAll(ourEmail, "\n", "<br>") + "</blockquote></div></body></html>"
	plain := "\n\nOn Mon, 4 May 2026 at 10:15, Maya <maya@nimbus.example> wrote:\n\n" + marked(ourEmail) + "\n\n"
	for name, in := range map[string]*Inbound{
		"in text":                   mailOf("text/plain", plain),
		"in HTML":                   mailOf("text/html", html),
		"in both":                   mailOf("multipart/alternative; boundary=b", "--b\nContent-Type: text/plain\n\n"+plain+"--b\nContent-Type: text/html\n\n"+html+"\n--b--\n"),
		"text unmarked beside HTML": mailOf("multipart/alternative; boundary=b", "--b\nContent-Type: text/plain\n\nOn Mon, 4 May 2026 at 10:15, Maya <maya@nimbus.example> wrote:\n\n"+ourEmail+"\n--b\nContent-Type: text/html\n\n"+html+"\n--b--\n"),
		"no introduction":           mailOf("text/plain", marked(ourEmail)),
		"from a phone":              mailOf("text/plain", "\nSent from my iPhone\n"+plain),
	} {
		if in.Kind != KindReply || in.Reply != "" || !strings.Contains(in.Quote, "Which lamp") || !strings.Contains(in.Quote, "Fox Street") {
			t.Errorf("%s: reply is %q, quote is %q", name, in.Reply, in.Quote)
		}
	}
}

func TestWordsThatMayBeTheWritersOwnAreNeverTakenForAQuote(t *testing.T) {
	for _, text := range []string{
		"> Only this",
		"On Mon, 4 May 2026 at 10:15, Maya wrote:\n\nOnly this",
		"On Mon, 4 May 2026 at 10:15, Maya wrote:\n\n" + ourEmail + "\n\nOnly this",
		"-----Original Message-----\nFrom: Maya <maya@nimbus.example>\nSent: Monday, May 4, 2026 10:15 AM\nTo: jo@example.com\nSubject: Lamp\n\n> Only this",
		"---------- Forwarded message ---------\nFrom: Shop <shop@example.com>\nDate: Mon, 4 May 2026 at 10:15\nSubject: Lamp\nTo: <jo@example.com>\n\n> Only this",
		"--\nJo\n\nOnly this",
		"-- Only this, please?",
		"--\nOnly this is it, is it not?",
		"--\n" + strings.Repeat("Only this goes on and on, as no signature does. ", 4),
	} {
		if got := cutReply(linesOfText(text), false); !strings.Contains(got.reply, "Only this") {
			t.Errorf("%q gives the reply %q, signature %q", text, got.reply, got.signature)
		}
	}
}

func TestAMailThatIsOnlyASignatureSaysNothing(t *testing.T) {
	for _, signature := range []string{"-- \nZoe\nACME", "--\nZoe Müller\n+49 30 1234", "Sent from my iPhone", "Von meinem iPhone gesendet"} {
		for _, quote := range []string{"", "\n\nOn Mon, 4 May 2026 at 10:15, Maya <maya@nimbus.example> wrote:\n> Which one?"} {
			in := mailOf("text/plain", signature+quote)
			if in.Reply != "" || in.Signature != strings.Replace(signature, "-- \n", "--\n", 1) || strings.Contains(in.Quote, "Which") != (quote != "") {
				t.Errorf("%q%q: reply is %q, signature is %q, quote is %q", signature, quote, in.Reply, in.Signature, in.Quote)
			}
		}
	}
	in := mailOf("multipart/alternative; boundary=b", "--b\nContent-Type: text/plain\n\n-- \nZoe\nACME\n--b\nContent-Type: text/html\n\n<div class=\"gmail_signature\">Zoe<br>ACME</div>\n--b--\n")
	if in.Reply != "" || !strings.Contains(in.Signature, "ACME") {
		t.Errorf("of two forms the reply is %q, the signature %q", in.Reply, in.Signature)
	}
}
