package mail

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with the file that somebody has looked at and accepted.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from what was accepted: look at it, then run the test with -update", name)
	}
}

func TestTheEmailLooksAsAccepted(t *testing.T) {
	for name, invitation := range map[string]Invitation{
		"invitation.en": sample(t), "invitation.fr": sampleFrench(t), "invitation.ar": sampleArabic(t),
	} {
		content := compose(t, invitation)
		golden(t, name+".html", content.HTML)
		golden(t, name+".txt", content.Subject+"\n\n"+content.Text)
	}
}

func TestTheEmailIsMadeOfPresentationTables(t *testing.T) {
	page := document(t, compose(t, sampleArabic(t)).HTML)
	page.Find("table").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("role", "") != "presentation" {
			t.Errorf("a table is read out as a table: %s", s.AttrOr("class", ""))
		}
	})
	if alt := page.Find("img").AttrOr("alt", ""); alt != "Nimbus" {
		t.Errorf("the logo is called %q", alt)
	}
	if scheme := page.Find("meta[name=color-scheme]").AttrOr("content", ""); scheme != "light dark" {
		t.Errorf("the color scheme is %q", scheme)
	}
	if dir := page.Find("body").AttrOr("dir", ""); dir != "rtl" {
		t.Errorf("the frame runs %q", dir)
	}
	if n := page.Find(`.message p[dir="auto"]`).Length(); n != 2 {
		t.Errorf("%d paragraphs find their own direction, want 2", n)
	}
	if !strings.Contains(page.Find(".sheet").AttrOr("style", ""), "max-width:600px") {
		t.Error("the sheet has no greatest width")
	}
}

func TestAnSVGLogoGivesWayToTheName(t *testing.T) {
	i := sample(t)
	i.Brand.LogoURL = "https://nimbus.example/logo.SVG?v=2"
	page := document(t, compose(t, i).HTML)
	if page.Find("img").Length() != 0 || strings.TrimSpace(page.Find(".brand").Text()) != "Nimbus" {
		t.Error("Gmail would show no brand at all")
	}
}

func TestStylesStandInTheElementsAndTheRestIsSmall(t *testing.T) {
	html := compose(t, sample(t)).HTML
	page := document(t, html)
	head := page.Find("style").Text()
	if len(head) == 0 || len(head) >= 16_000 {
		t.Errorf("the style blocks have %d bytes", len(head))
	}
	for _, want := range []string{"@media (prefers-color-scheme: dark)", "[data-ogsc] .card", "[data-ogsb] .card", "max-width: 480px"} {
		if !strings.Contains(head, want) {
			t.Errorf("the style blocks lack %s", want)
		}
	}
	if strings.Contains(html, "premailer") || regexp.MustCompile(`\$[a-z]`).MatchString(html) {
		t.Error("something of the making is left in the email")
	}
	if strings.Contains(html, "background-image") || strings.Contains(html, "url(") {
		t.Error("Outlook shows no background image")
	}
	page.Find("td[class], p[class], a[class]").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("style", "") == "" {
			t.Errorf("%s has no style of its own", s.AttrOr("class", ""))
		}
	})
}
