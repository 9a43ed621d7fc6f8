package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestAnEmailNamesTheFirstAndTheLastTenOfItsThread(t *testing.T) {
	var ids []string
	for n := range 30 {
		ids = append(ids, fmt.Sprintf("<m%d@nimbus.example>", n+1))
	}
	headers := ThreadHeaders(ids)
	if headers["In-Reply-To"] != "<m30@nimbus.example>" {
		t.Errorf("it answers %s", headers["In-Reply-To"])
	}
	want := "<m1@nimbus.example> " + strings.Join(ids[20:], " ")
	if headers["References"] != want {
		t.Errorf("it refers to\n%s, want\n%s", headers["References"], want)
	}
	if got := ThreadHeaders(ids[:11])["References"]; got != strings.Join(ids[:11], " ") {
		t.Errorf("eleven are not named whole: %s", got)
	}
	if got := ThreadHeaders(ids[:1]); got["References"] != ids[0] || got["In-Reply-To"] != ids[0] {
		t.Errorf("the first answer names %v", got)
	}
}

func TestWhatIsNoMessageIDIsNotNamed(t *testing.T) {
	if got := ThreadHeaders(nil); got == nil || len(got) != 0 {
		t.Errorf("a first email has %v", got)
	}
	got := ThreadHeaders([]string{"<a@b.example>", "", "a@b.example", "<a b@c>", "<a@b>\r\nBcc: x", "<a@b.example>", " <c@d.example> ", "<@x>", "<" + strings.Repeat("a", 400) + "@b>", "<ä@b>"})
	if got["References"] != "<a@b.example> <c@d.example>" || got["In-Reply-To"] != "<c@d.example>" {
		t.Errorf("it names %q", got)
	}
}

func TestTheLongestThreadCanBeSent(t *testing.T) {
	var ids []string
	for n := range 40 {
		ids = append(ids, fmt.Sprintf("<%s%02d@%s>", strings.Repeat("a", 178), n, strings.Repeat("b", 180)))
	}
	headers := ThreadHeaders(ids)
	m := Message{Key: "k", MessageID: "<x@nimbus.example>", From: Address{Email: "a@nimbus.example"}, To: Address{Email: "jo@example.com"}, Subject: "x", HTML: "x", Text: "x", Headers: headers}
	raw, err := m.Raw(time.Time{})
	if err != nil {
		t.Fatalf("it cannot be sent: %v", err)
	}
	in := ParseBytes(raw)
	if len(in.References) != 11 || in.References[0] != ids[0] || in.References[10] != ids[39] || in.InReplyTo != ids[39] {
		t.Errorf("what arrives refers to %d mails and answers %s", len(in.References), in.InReplyTo)
	}
}

func TestASubjectLosesWhatMailProgramsPutBeforeIt(t *testing.T) {
	for _, before := range []string{
		"Re: ", "RE: ", "re:", "Re : ", "RE\u00a0: ", "Re[2]: ", "RE(3): ", "Re^4: ", "Re*5: ", "Re [12]: ", "Fwd: ", "FW: ", "  Re:   Re: ", "Re: Fwd: AW: ",
		"AW: ", "WG: ", "Antwort: ", "TR : ", "RÉP : ", "Réf : ", "RV: ", "RES: ", "ENC: ", "R: ", "I: ", "RIF: ", "Antw: ", "Doorst: ", "SV: ", "VB: ", "VS: ", "VL: ", "FS: ",
		"Odp: ", "PD: ", "Odg: ", "Vá: ", "Továbbítás: ", "YNT: ", "İLT: ", "Ats: ", "Atb: ", "BLS: ", "TRS: ", "RĂSP: ", "ΑΠ: ", "ΣΧΕΤ: ", "ΠΡΘ: ", "Ответ: ", "ОТВ: ", "Пересл: ", "Відп: ", "Отг: ",
		"תגובה: ", "הועבר: ", "رد: ", "\u200fرد: ", "إعادة توجيه: ", "ตอบ: ", "ส่งต่อ: ", "回复：", "回复: ", "回覆：", "转发：", "轉寄: ", "返信: ", "転送: ", "회신: ", "답장: ", "전달: ", "Trả lời: ", "Re：", "AW: Re[2]: 回复：",
	} {
		for _, subject := range []string{"Your lamp: blue or green?  ", "ランプ", ""} {
			if got := BaseSubject(before + subject); got != subject {
				t.Errorf("%q becomes %q", before+subject, got)
			}
		}
	}
}

func TestASubjectsOwnWordsStay(t *testing.T) {
	for _, subject := range []string{
		"", "Your lamp", "  Your lamp", "Reply to my question: when?", "Regarding: the lamp", "Order 12: where is it?", "[shop] Re: Lamp", "Re", "Resolution", "r: a course", "i: a letter",
		"Vs the world", ": empty", "：", "AWS: a bill", "Rendezvous: 12:30", "Re2: the sequel", "Re[a]: x", "12: x", "[2]: x", "Überweisung: fehlt", "رد الاعتبار",
	} {
		if got := BaseSubject(subject); got != subject {
			t.Errorf("%q becomes %q", subject, got)
		}
	}
}

func TestAnAnswersSubjectIsReOnceAndFitsItsPlace(t *testing.T) {
	if got := AnsweringSubject("Your lamp"); got != "Re: Your lamp" {
		t.Errorf("it is %q", got)
	}
	if got := AnsweringSubject("AW: Re: Your lamp"); got != "Re: Your lamp" {
		t.Errorf("it is %q", got)
	}
	if got := AnsweringSubject(strings.Repeat("é", 300)); utf8.RuneCountInString(got) != maxSubject || !strings.HasPrefix(got, "Re: ééé") {
		t.Errorf("it has %d characters", utf8.RuneCountInString(got))
	}
}
