package mail

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// hostileMails are mails written to hurt whoever reads them.
func hostileMails() map[string][]byte {
	head := "From: jo@example.com\r\nTo: reply+abc@in.example\r\nMIME-Version: 1.0\r\n"
	mails := map[string][]byte{
		"nothing":             nil,
		"one byte":            {0},
		"NUL":                 bytes.Repeat([]byte{0}, 1<<20),
		"no line end":         bytes.Repeat([]byte("a"), 5<<20),
		"one colon":           []byte(strings.Repeat(":", 1<<20)),
		"767 kB of quotes":    []byte(head + "\r\nYes\r\n\r\nOn Mon, 4 May 2026 at 10:15, N <n@n.example> wrote:\r\n" + strings.Repeat("> and so on and on and on, without any end at all\r\n", 15_000)),
		"quotes in quotes":    []byte(head + "\r\nYes\r\n" + strings.Repeat(">", 700_000)),
		"introductions":       []byte(head + "\r\n" + strings.Repeat("On 4 May 2026 at 10:15, someone <n@n.example> said\r\n", 15_000)),
		"nearly fields":       []byte(head + "\r\n" + strings.Repeat("From: a\r\nTo: b\r\n", 40_000)),
		"nearly shared":       []byte(head + "\r\n" + strings.Repeat("x On 4 May 2026 at 10:15, N <n@n.example> wrote\r\n> q\r\n", 12_000)),
		"delimiters":          []byte(head + "\r\n" + strings.Repeat("-- \r\nx\r\n", 90_000)),
		"sent from":           []byte(head + "\r\n" + strings.Repeat("Sent from my iPhone\r\n", 40_000)),
		"interleaved":         []byte(head + "\r\nYes\r\n" + strings.Repeat("> q\r\na\r\n\r\n", 60_000)),
		"a header of 5 MB":    []byte("From: jo@example.com\r\nX-Long: " + strings.Repeat("word ", 1<<20) + "\r\nSubject: x\r\n\r\nYes"),
		"100,000 headers":     []byte("From: jo@example.com\r\n" + strings.Repeat("X-A: b\r\n", 100_000) + "\r\nYes"),
		"a folded header":     []byte("From: jo@example.com\r\nX-A: b\r\n" + strings.Repeat(" c\r\n", 500_000) + "\r\nYes"),
		"100,000 addresses":   []byte("From: jo@example.com\r\nTo: " + strings.Repeat("a@example.com, ", 100_000) + "\r\n\r\nYes"),
		"encoded words":       []byte("From: jo@example.com\r\nSubject: " + strings.Repeat("=?utf-8?B?YQ==?= ", 60_000) + "\r\n\r\nYes"),
		"no boundary":         []byte(head + "Content-Type: multipart/mixed\r\n\r\nYes"),
		"an empty boundary":   []byte(head + "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nYes\r\n----\r\n"),
		"a wrong boundary":    []byte(head + "Content-Type: multipart/mixed; boundary=a\r\n\r\n--bcdefg\r\nContent-Type: text/plain\r\n\r\nYes\r\n--bcdefg--\r\n"),
		"deep HTML":           []byte(head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div>", 150_000) + "Yes"),
		"wide HTML":           []byte(head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("</b></i></td>", 80_000) + "Yes"),
		"deep quotes in HTML": []byte(head + "Content-Type: text/html\r\n\r\nYes" + strings.Repeat("<blockquote><p>", 60_000)),
		"boxes in boxes":      []byte(head + "Content-Type: text/html\r\n\r\nYes" + strings.Repeat("<div class=gmail_quote>", 40_000) + strings.Repeat("</div>", 40_000)),
		"an endless tag":      []byte(head + "Content-Type: text/html\r\n\r\nYes<div " + strings.Repeat("a=b ", 400_000)),
		"an open style":       []byte(head + "Content-Type: text/html\r\n\r\nYes<style>" + strings.Repeat("a{}", 400_000)),
		"a zip bomb":          []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nYes\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("UEsDBBQAAAAIAAAAIQAAAAAA", 40_000) + "\r\n--b--\r\n"),
		"broken base64":       []byte(head + "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("=A", 400_000)),
		"equal signs":         []byte(head + "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=", 1<<20)),
		"a wrong charset":     []byte(head + "Content-Type: text/plain; charset=utf-16\r\n\r\nYes" + strings.Repeat("\xff\xfe\x00", 200_000)),
		"flowed":              []byte(head + "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n" + strings.Repeat("word \r\n", 150_000)),
		"a report":            []byte(head + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + strings.Repeat("Final-Recipient: rfc822; a@b.c\r\nStatus: 5.1.1\r\nAction: failed\r\n\r\n", 20_000) + "--b--\r\n"),
		"bounce sections":     []byte("From: MAILER-DAEMON@n.example\r\n\r\n" + strings.Repeat("<jo@example.com>:\r\n550 5.1.1 user unknown\r\n", 20_000)),
	}
	mails["10,000 parts"] = []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nYes\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment\r\n\r\nx\r\n", 10_000) + "--b--\r\n")
	var nested strings.Builder
	nested.WriteString(head)
	for i := range 3_000 {
		fmt.Fprintf(&nested, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	nested.WriteString("\r\nYes")
	mails["nested parts"] = []byte(nested.String())
	return mails
}

func TestNoMailTakesLongOrMuch(t *testing.T) {
	for name, raw := range hostileMails() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		in := ParseBytes(raw)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		for tries := 0; took > time.Second && tries < 3; tries++ { // a busy machine is no slow parser
			start = time.Now()
			ParseBytes(raw)
			took = min(took, time.Since(start))
		}
		t.Logf("%-20s %8.1f ms, %6d kB", name, took.Seconds()*1000, len(raw)>>10)
		if took > time.Second {
			t.Errorf("%s took %s", name, took)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20+40*uint64(len(raw)) {
			t.Errorf("%s of %d kB used %d MB", name, len(raw)>>10, used>>20)
		}
		if strings.Contains(string(raw), "Yes") && strings.Contains(string(raw), "jo@example.com") && !strings.Contains(in.Reply, "Yes") && name != "a wrong charset" && name != "a report" {
			t.Errorf("%s lost its word: %.80q, damaged %q", name, in.Reply, in.Damaged)
		}
		if len(in.Attachments) > maxInboundFiles || len(in.Failed) > maxFailed || len(in.To) > maxInboundAddress {
			t.Errorf("%s is not bounded: %d files, %d failed, %d to", name, len(in.Attachments), len(in.Failed), len(in.To))
		}
	}
}

func TestAReplyAboveAnEndlessQuoteIsTheReply(t *testing.T) {
	if in := ParseBytes(hostileMails()["767 kB of quotes"]); in.Reply != "Yes" {
		t.Errorf("reply is %.80q", in.Reply)
	}
}

func TestWhatIsLeftOutIsSaid(t *testing.T) {
	for name, want := range map[string]string{"10,000 parts": "too many", "nested parts": "nested", "a wrong boundary": "boundary"} {
		if in := ParseBytes(hostileMails()[name]); !strings.Contains(strings.Join(in.Damaged, ", "), want) {
			t.Errorf("%s: damaged is %q", name, in.Damaged)
		}
	}
}

func TestAMailLongerThanAllowedIsCutNotRefused(t *testing.T) {
	in := ParseBytes(append([]byte("From: jo@example.com\n\nYes\n\n"), bytes.Repeat([]byte(" "), MaxInbound)...))
	if in.Reply != "Yes" || len(in.Damaged) == 0 {
		t.Errorf("reply is %.80q, damaged %q", in.Reply, in.Damaged)
	}
}
