package mail

import (
	"fmt"
	"strings"
	"testing"

	"rejoin/locales"
)

func TestSizesAreSaidAsPeopleDo(t *testing.T) {
	for bytes, want := range map[int64]string{
		-1: "", 0: "", 1: "1 kB", 999: "1 kB", 1_000: "1 kB", 1_501: "2 kB", 87_600: "88 kB", 949_999: "950 kB", 950_000: "1 MB", 1_000_000: "1 MB", 1_430_000: "1.4 MB",
		9_960_000: "10 MB", 10_400_000: "10 MB", 24_600_000: "25 MB", 2_500_000_000: "2,500 MB",
	} {
		if got := sizeOf(locales.For("en"), bytes); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
	}
	for language, want := range map[string]string{"fr": "1,4 Mo", "de": "1,4 MB", "ko": "1.4MB", "ar": "1.4 ميغابايت"} {
		if got := sizeOf(locales.For(language), 1_430_000); got != want {
			t.Errorf("in %s it is %q, want %q", language, got, want)
		}
	}
}

func TestAFileAloneIsSomethingNew(t *testing.T) {
	f := oneUnread(t)
	f.Lines = []Line{{Author: "Maya", At: friday, Attachments: []AttachedFile{{Name: "\u202egpj.exe\r\n", Size: 12_000}}}}
	content := composeFollowup(t, f)
	if !strings.Contains(content.Text, "Maya · 23:42\n1 file in the conversation\n- gpj.exe (12 kB)\n") {
		t.Errorf("the text is\n%s", content.Text)
	}
	page := document(t, content.HTML)
	if got := page.Find(".words .file").Text(); got != "gpj.exe\u00a012 kB" && got != "gpj.exe \u00a012 kB" {
		t.Errorf("the file is called %q", got)
	}
	if href := page.Find(".words .file a").AttrOr("href", ""); href != f.Link {
		t.Errorf("the file leads to %s", href)
	}
	if shown := page.Find(".preheader").Text(); !strings.HasPrefix(shown, "gpj.exe · ") {
		t.Errorf("the preview is %q", shown)
	}
}

func TestAnInvitationMayBeAFileAlone(t *testing.T) {
	i := sample(t)
	i.Text, i.Attachments = "", []AttachedFile{{Name: "offer.pdf", Size: 2_000_000}}
	content := compose(t, i)
	if !strings.Contains(content.Text, "at 17:42\n\n1 file in the conversation\n- offer.pdf (2 MB)\n\nContinue") && !strings.Contains(content.Text, "17:42\n\n1 file in the conversation\n- offer.pdf (2 MB)\n\nContinue") {
		t.Errorf("the text is\n%s", content.Text)
	}
	if page := document(t, content.HTML); page.Find(".message .file-link").AttrOr("href", "") != i.Link || page.Find(".message > p").Length() != 0 {
		t.Error("the file is not behind the rejoin link, or stands below an empty paragraph")
	}
	i.Attachments = []AttachedFile{{Name: "\x00 "}}
	_, err := i.Compose()
	wantInvalid(t, err, "text", "empty")
}

func TestManyFilesAreCountedAndTheFirstAreNamed(t *testing.T) {
	f := oneUnread(t)
	f.Lines[0].Attachments = nil
	for n := range 500 {
		f.Lines[0].Attachments = append(f.Lines[0].Attachments, AttachedFile{Name: fmt.Sprintf("%03d %s.jpg", n, strings.Repeat("漢", 300)), Size: 1 << 40})
	}
	content := composeFollowup(t, f)
	page := document(t, content.HTML)
	if n := page.Find(".file-link").Length(); n != maxFiles || page.Find(".files-title").Text() != "500 files in the conversation" {
		t.Errorf("%d are named: %s", n, page.Find(".files-title").Text())
	}
	if !strings.Contains(content.Text, "- …\n") || len(content.HTML) > MaxHTML {
		t.Errorf("%d bytes", len(content.HTML))
	}
}
