package mail

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func fixture(t *testing.T, name string) *Inbound {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "inbound", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in, err := Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestAWholeMailIsRead(t *testing.T) {
	in := fixture(t, "reply_attachments.eml")
	for what, pair := range map[string][2]string{
		"kind":       {string(in.Kind), string(KindReply)},
		"from":       {in.From.Name + "|" + in.From.Email, "Zoë Müller|Zoe.Mueller@example.com"},
		"to":         {in.To[0].Email, "reply+Tok3n-1@in.nimbus.example"},
		"cc":         {in.Cc[0].Name, "Miller, Jo"},
		"delivered":  {strings.Join(in.Delivered, " "), "reply+Tok3n-1@in.nimbus.example"},
		"token":      {in.Token(), "tok3n-1"},
		"message id": {in.MessageID, "<a1@example.com>"},
		"answers":    {in.InReplyTo, "<m2@nimbus.example>"},
		"references": {strings.Join(in.References, " "), "<m1@nimbus.example> <m2@nimbus.example>"},
		"date":       {in.Date.Format(time.RFC3339), "2026-05-04T08:15:00Z"},
		"subject":    {in.Subject, "Re: Ihre Lampe – blau oder grün?"},
		"reply":      {in.Reply, "Grün, bitte.\n\nSo sieht die Ecke aus: siehe Bild."},
		"signature":  {in.Signature, "--\nZoë Müller"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	if !strings.Contains(in.Quote, "> Blau oder grün?") {
		t.Errorf("quote is %q", in.Quote)
	}
}

func TestAttachmentsComeThrough(t *testing.T) {
	in := fixture(t, "reply_attachments.eml")
	var got []string
	for _, one := range in.Attachments {
		got = append(got, one.Name+" "+one.Type+" "+one.ContentID)
		if len(one.Content) != one.Size || one.Size == 0 {
			t.Errorf("%s has %d bytes, says %d", one.Name, len(one.Content), one.Size)
		}
	}
	want := []string{"Ecke.png image/png ecke@example.com", "Maße & Preise.txt text/plain ", "winmail.dat application/ms-tnef ", "passwd application/octet-stream "}
	if !slices.Equal(got, want) {
		t.Errorf("attachments are %q, want %q", got, want)
	}
	if !in.Attachments[0].Inline || in.Attachments[1].Inline {
		t.Error("the picture is inline and the text is not")
	}
}

func TestEveryCharsetGivesTheSameWords(t *testing.T) {
	for name, body := range map[string]string{
		"utf-8":           "Grün, s'il vous plaît",
		"iso-8859-1":      "Gr\xfcn, s'il vous pla\xeet",
		"windows-1252":    "Gr\xfcn, s'il vous pla\xeet",
		"":                "Gr\xfcn, s'il vous pla\xeet", // nobody says so
		"us-ascii":        "Grün, s'il vous plaît",       // a lie
		"utf-8 in truth":  "Gr\xfcn, s'il vous pla\xeet", // no such charset
		"iso-8859-15 lie": "Grün, s'il vous plaît",
	} {
		in := ParseBytes([]byte("From: jo@example.com\nContent-Type: text/plain; charset=\"" + name + "\"\n\n" + body))
		if in.Reply != "Grün, s'il vous plaît" {
			t.Errorf("%s gives %q", name, in.Reply)
		}
	}
	for charset, body := range map[string]string{
		"iso-2022-jp": "\x1b$B@D$G$9\x1b(B",
		"shift_jis":   "\x90\xc2\x82\xc5\x82\xb7",
		"euc-jp":      "\xc0\xc4\xa4\xc7\xa4\xb9",
	} {
		if in := ParseBytes([]byte("From: jo@example.com\nContent-Type: text/plain; charset=" + charset + "\n\n" + body)); in.Reply != "青です" {
			t.Errorf("%s gives %q", charset, in.Reply)
		}
	}
	if in := ParseBytes([]byte("From: jo@example.com\nContent-Type: text/plain; charset=ks_c_5601-1987\n\n\xc6\xc4\xb6\xfb\xbb\xf6")); in.Reply != "파랑색" {
		t.Errorf("Korean gives %q", in.Reply)
	}
}

func TestEncodingsThatBreakTheirRulesLoseNoWord(t *testing.T) {
	for name, pair := range map[string][2]string{
		"quoted-printable, right":      {"quoted-printable", "Gr=C3=BCn=\n, bitte"},
		"quoted-printable, half":       {"quoted-printable", "Gr=C3=BCn, bitte=ZZ="},
		"quoted-printable, lower case": {"QUOTED-PRINTABLE", "Gr=c3=bcn, bitte"},
		"base64, right":                {"base64", "R3LDvG4sIGJpdHRl"},
		"base64, wrapped and cut":      {"base64", "R3LD\r\nvG4s IGJp\tdHRl="},
		"base64, never encoded":        {"base64", "Grün, bitte!"},
		"nobody knows it":              {"x-own", "Grün, bitte"},
	} {
		in := ParseBytes([]byte("From: jo@example.com\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + pair[0] + "\n\n" + pair[1] + "\n"))
		if !strings.HasPrefix(in.Reply, "Grün, bitte") {
			t.Errorf("%s gives %q", name, in.Reply)
		}
	}
}

func TestFlowedLinesAreJoined(t *testing.T) {
	text := unflow("A long \nline\n> quoted \n> on\n-- \nJo \nM", false)
	if want := "A long line\n> quoted on\n-- \nJo M"; text != want {
		t.Errorf("unflowed is %q, want %q", text, want)
	}
	if text := unflow("青 \nです", true); text != "青です" {
		t.Errorf("without its space it is %q", text)
	}
}

func TestTheTextThatLosesLessIsTaken(t *testing.T) {
	both := func(plain, html string) *Inbound {
		return ParseBytes([]byte("From: jo@example.com\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n" + plain + "\n--b\nContent-Type: text/html; charset=utf-8\n\n" + html + "\n--b--\n"))
	}
	for name, one := range map[string]struct{ plain, html, want string }{
		"the same":                     {"Yes\n  indented", "<div>Yes</div><div>indented</div>", "Yes\n  indented"},
		"no plain text":                {"", "<div>Yes</div>", "Yes"},
		"no HTML":                      {"Yes", "<div></div>", "Yes"},
		"a plain text that says none":  {"This mail needs a program for HTML", "<div>The blue one, and please send it to Fox Street.</div>", "This mail needs a program for HTML"},
		"only HTML knows its quote":    {"Yes\n\nNimbus 4/5\nWhich lamp would you like to have?", `<div>Yes</div><div class="gmail_quote">Nimbus 4/5<blockquote>Which lamp would you like to have?</blockquote></div>`, "Yes"},
		"plain text lost the answers":  {"Hi\n\n-----Original Message-----\nWhich lamp?\nThe blue one with a long cable", `<div>Hi</div><p>Which lamp?</p><p>The blue one with a long cable</p>`, "Hi\nWhich lamp?\n\nThe blue one with a long cable"},
		"two mails that share no word": {"Yes", "<p>Bonjour tout le monde ici</p>", "Yes"},
	} {
		if in := both(one.plain, one.html); in.Reply != one.want {
			t.Errorf("%s: reply is %q, want %q", name, in.Reply, one.want)
		}
	}
}

func TestTokensAreReadFromEveryPlaceAMailNamesItsReader(t *testing.T) {
	for _, header := range []string{"To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To"} {
		in := ParseBytes([]byte("From: jo@example.com\n" + header + ": Nimbus <Reply+aB-9z@IN.example>\n\nYes"))
		if in.Token() != "ab-9z" || in.Check() != "" {
			t.Errorf("%s gives the token %q, the check %q", header, in.Token(), in.Check())
		}
		in = ParseBytes([]byte("From: jo@example.com\n" + header + ": check+aB-9z@IN.example\n\nYes"))
		if in.Token() != "" || in.Check() != "ab-9z" {
			t.Errorf("%s gives the token %q, the check %q", header, in.Token(), in.Check())
		}
	}
}

func TestATokenIsFoundHoweverItsCaseWasChanged(t *testing.T) {
	for _, address := range []string{"reply+k7-mz@in.example", "REPLY+K7-MZ@IN.EXAMPLE", "Reply+K7-mZ@in.example", " <reply+k7-mz@in.example> ", `"reply+k7-mz"@in.example`} {
		if token := TokenOf(address); token != "k7-mz" {
			t.Errorf("%q gives the token %q", address, token)
		}
	}
	for _, address := range []string{
		"", "reply+@in.example", "reply@in.example", "xreply+a@in.example", "reply+a b@in.example", "reply+ä@in.example", "reply+a_b@in.example", "reply+\u212a@in.example", "check+a@in.example",
		"reply+a", "reply+a@", "reply+a+b@in.example", "reply+" + strings.Repeat("a", 51) + "@in.example",
	} {
		if token := TokenOf(address); token != "" {
			t.Errorf("%q gives the token %q", address, token)
		}
	}
}

func TestAMailWithoutHeadersIsItsText(t *testing.T) {
	if in := ParseBytes([]byte("Hello\n\nOn Mon, 4 May 2026 at 10:15, N wrote:\n> Hi")); in.Reply != "Hello" || in.From.Email != "" {
		t.Errorf("reply is %q from %q", in.Reply, in.From.Email)
	}
}

func TestATextThatQuotesAHeaderIsNoMail(t *testing.T) {
	if in := ParseBytes([]byte("Hello\n________\nFrom: N <n@n.example>\nSent: Monday, May 4, 2026 10:15 AM\nTo: Jo\nSubject: Lamp\n\nWhich?")); in.Reply != "Hello" {
		t.Errorf("reply is %q", in.Reply)
	}
}

func TestAddressesThatBreakTheRulesAreRead(t *testing.T) {
	for value, want := range map[string]string{
		`jo@example.com`:                             "|jo@example.com",
		`"Miller, Jo" <jo@Example.COM>`:              "Miller, Jo|jo@example.com",
		`=?utf-8?q?Jo=C3=ABl?= <jo@example.com>`:     "Joël|jo@example.com",
		`Jo [shop] <jo@example.com>`:                 "Jo [shop]|jo@example.com",
		`Jo <jo@example.com`:                         "Jo|jo@example.com",
		`jo@example.com (Jo)`:                        "Jo|jo@example.com",
		`<<jo@example.com>>`:                         "|jo@example.com",
		`"=?utf-8?B?Sm8=?=" <jo@example.com>; other`: "Jo|jo@example.com",
	} {
		if got := first(addressesIn(value)); got.Name+"|"+got.Email != want {
			t.Errorf("%s gives %q|%q, want %q", value, got.Name, got.Email, want)
		}
	}
}
