package mail

import (
	"strings"
	"testing"
)

func TestTheQuoteOfEveryMailProgramIsCutFromItsHTML(t *testing.T) {
	const want = "Yes, the blue one.\n\nThank you"
	for name, source := range map[string]string{
		"Gmail":             `<div dir="ltr">Yes, the blue one.<div><br></div><div>Thank you</div></div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, 4 May 2026 at 10:15, Nimbus &lt;<a href="mailto:h@n.example">h@n.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0"><div>Which lamp?</div></blockquote></div>`,
		"Gmail, requoted":   `<div>Yes, the blue one.<div><br></div>Thank you</div><div class="x_gmail_quote"><div>Den 4/5: nimbus</div><blockquote class="x_gmail_quote">Which lamp?</blockquote></div>`,
		"Outlook":           `<div class="elementToProof">Yes, the blue one.</div><div><br></div><div>Thank you</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> Nimbus<br><b>Sent:</b> Monday</div><div>Which lamp?</div>`,
		"Outlook, requoted": `<div>Yes, the blue one.<br><br>Thank you</div><div id="x_divRplyFwdMsg">From: Nimbus</div><div>Which lamp?</div>`,
		"Outlook, Word":     `<div class=WordSection1><p class=MsoNormal>Yes, the blue one.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>Thank you</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> Nimbus &lt;h@n.example&gt;<br><b>Sent:</b> Monday, May 4, 2026 10:15 AM<br><b>To:</b> Jo<br><b>Subject:</b> Lamp</p></div><p class=MsoNormal>Which lamp?</p></div>`,
		"Exchange":          `<div>Yes, the blue one.<br><br>Thank you</div><div name="messageReplySection">On 4 May 2026, Nimbus wrote:<blockquote>Which lamp?</blockquote></div>`,
		"Apple Mail":        `<html><body>Yes, the blue one.<div><br></div><div>Thank you<br><div><br><blockquote type="cite"><div>On 4 May 2026, at 10:15, Nimbus &lt;h@n.example&gt; wrote:</div><br><div>Which lamp?</div></blockquote></div></div></body></html>`,
		"Thunderbird":       `<p>Yes, the blue one.</p><p>Thank you</p><div class="moz-cite-prefix">Am 04.05.26 um 10:15 schrieb Nimbus:<br></div><blockquote type="cite" cite="mid:1@n"><p>Which lamp?</p></blockquote>`,
		"Proton":            `<div>Yes, the blue one.<br><br>Thank you</div><div class="protonmail_quote">On Monday, Nimbus wrote:<br><blockquote class="protonmail_quote" type="cite">Which lamp?</blockquote></div>`,
		"Zimbra":            `<div>Yes, the blue one.<br><br>Thank you</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>Nimbus</div><div data-marker="__QUOTED_TEXT__">Which lamp?</div>`,
		"Yahoo":             `<div>Yes, the blue one.<br><br>Thank you</div><div id="ydp1yahoo_quoted_12" class="yahoo_quoted"><div>On Monday, Nimbus wrote:</div><div>Which lamp?</div></div>`,
		"GMX":               `<div>Yes, the blue one.<br><br>Thank you<div name="quote"><div><b>Gesendet:</b> Montag<br><b>Von:</b> Nimbus</div>Which lamp?</div></div>`,
		"Yandex":            `<div>Yes, the blue one.</div><div> </div><div><br>Thank you</div><div>04.05.2026, 10:15, "Nimbus" &lt;h@n.example&gt;:</div><blockquote><p>Which lamp?</p></blockquote>`,
		"a page in a quote": `<html><head><title>Re</title></head><body>Yes, the blue one.<br><br>Thank you<div class="gmail_quote">On Mon, 4 May 2026 at 10:15, Nimbus &lt;h@n.example&gt; wrote:<blockquote class="gmail_quote"><!DOCTYPE html><html><head><title>Lamp</title><style>p{}</style></head><body><div>Which lamp?</div><div>Nimbus, Fox Street</div></body></html></blockquote></div></body></html>`,
		"a page in a cite":  `<body>Yes, the blue one.<br><br>Thank you<blockquote type="cite">On 4 May 2026, at 10:15, Nimbus wrote:<br></blockquote><blockquote type="cite"><html><head><meta charset="utf-8"><body><div>Which lamp?</div></body></html></blockquote></body>`,
		"no mark":           `Yes, the blue one.<br><br>Thank you<blockquote>Which lamp?</blockquote>`,
	} {
		got := cutHTML(source)
		if got.reply != want || !strings.Contains(got.quote, "Which lamp?") {
			t.Errorf("%s: reply is %q, quote is %q", name, got.reply, got.quote)
		}
	}
}

func TestSignaturesOfHTMLAreFolded(t *testing.T) {
	for _, source := range []string{
		`<div>Yes<br clear="all"><br><div class="gmail_signature" data-smartmail="gmail_signature">Jo Miller</div></div>`,
		`<div>Yes</div><div id="Signature"><div>Jo Miller</div></div>`,
		`<p>Yes</p><pre class="moz-signature" cols="72">Jo Miller</pre>`,
		`<div>Yes</div><div id="AppleMailSignature">Jo Miller</div><blockquote type="cite">Which?</blockquote>`,
		`<div>Yes</div><div class="protonmail_signature_block">Jo Miller</div>`,
		`<div>Yes</div><div data-marker="__SIG_PRE__">Jo Miller</div>`,
	} {
		if got := cutHTML(source); got.reply != "Yes" || got.signature != "Jo Miller" {
			t.Errorf("%s: reply is %q, signature is %q", source, got.reply, got.signature)
		}
	}
}

func TestWhatAPersonWroteIntoAnOddPlaceIsKept(t *testing.T) {
	for source, want := range map[string]string{
		`<div id="Signature">The blue one, please.</div>`: "The blue one, please.",
		`<blockquote>The blue one, please.</blockquote>`:  "The blue one, please.",
		`<div class="gmail_quote"><div>On Mon, 4 May 2026, N &lt;n@n.example&gt; wrote:</div><blockquote>Which?</blockquote></div>Below`: "Below",
		`They said:<blockquote class="gmail_quote"><div>It is blue.</div></blockquote>Is it?`:                                            "They said:\nIt is blue.\nIs it?",
		`<head><title>x</title><body>Blue <b>one</b></body>`:                                                                             "Blue one",
		`Blue <img alt="😀" src="cid:1"> one<style>p{}</style><script>x()</script>`:                                                       "Blue 😀 one",
		`See <a href="https://shop.example/blue">this one</a> or <a href="https://shop.example/">https://shop.example</a>`:               "See this one <https://shop.example/blue> or https://shop.example",
		`<ul><li>blue</li><li><p>green</p></li></ul>`:                                                                                    "- blue\n- green",
		`<div class="gmail_quote">---------- Forwarded message ---------<br>From: N &lt;n@n.example&gt;<br><br>It is blue.</div>`:        "---------- Forwarded message ---------\nFrom: N <n@n.example>\n\nIt is blue.",
		`a<div><div></p></span>b</blockquote></div></td>c`:                                                                               "a\nb\nc",
	} {
		if got := cutHTML(source); got.reply != want {
			t.Errorf("%s: reply is %q, want %q", source, got.reply, want)
		}
	}
}

func TestAnswersInsideAnHTMLQuoteAreKept(t *testing.T) {
	got := cutHTML(`<div>Hi</div><div class="gmail_quote"><div class="gmail_attr">On Mon, 4 May 2026 at 10:15, N &lt;n@n.example&gt; wrote:</div><blockquote class="gmail_quote">Which lamp?</blockquote><div>The blue one</div><blockquote class="gmail_quote">Which street?</blockquote><div>Fox Street</div></div>`)
	for _, word := range []string{"Hi", "> Which lamp?", "The blue one", "> Which street?", "Fox Street"} {
		if !strings.Contains(got.reply, word) {
			t.Errorf("%q is not in the reply %q", word, got.reply)
		}
	}
}
