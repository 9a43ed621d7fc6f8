package mail

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func ratio(a, b string) float64 { return parseColor(a).contrast(parseColor(b)) }

func TestContrastIsWCAGs(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want string
	}{{"#000000", "#ffffff", "21.00"}, {"#777777", "#ffffff", "4.48"}, {"#ffffff", "#ffffff", "1.00"}, {"#ff0000", "#ffffff", "4.00"}} {
		if got := fmt.Sprintf("%.2f", ratio(c.a, c.b)); got != c.want {
			t.Errorf("%s on %s is %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestTextCanBeReadInLightAndDark(t *testing.T) {
	for _, pair := range [][2]string{
		{lightInk, lightCard}, {lightInk, lightPage}, {lightMuted, lightCard}, {lightMuted, lightPage},
		{darkInk, darkCard}, {darkInk, darkPage}, {darkMuted, darkCard}, {darkMuted, darkPage},
	} {
		if got := ratio(pair[0], pair[1]); got < readable {
			t.Errorf("%s on %s has a contrast of %.2f", pair[0], pair[1], got)
		}
	}
}

func TestAnyAccentGivesAButtonThatShowsAndReads(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, accent string) {
		p, err := newPalette(accent)
		if err != nil {
			t.Errorf("%s: %v", accent, err)
			return
		}
		for _, c := range []struct {
			what, a, b string
			least      float64
		}{
			{"the button's text", p.accentInk, p.accent, readable},
			{"the button's outline", p.edge, lightCard, visible},
			{"a link", p.link, lightCard, readable},
			{"the dark button", p.darkAccent, darkCard, visible},
			{"the dark button's text", p.darkAccentInk, p.darkAccent, readable},
			{"a dark link", p.darkLinkAccent, darkCard, readable},
		} {
			if got := ratio(c.a, c.b); got < c.least {
				t.Errorf("%s of %s: %s on %s has a contrast of %.2f", c.what, accent, c.a, c.b, got)
			}
		}
		if !strings.EqualFold(p.accent, accent) {
			t.Errorf("the brand chose %s, the light button has %s", accent, p.accent)
		}
	}
	for _, accent := range []string{"#000000", "#ffffff", "#ffd400", "#1d1f22", "#777777", "#767676", "#0000ff", "#00ff00", "#FF0000", defaultAccent} {
		check(t, accent)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, fmt.Sprintf("#%06x", rapid.IntRange(0, 0xffffff).Draw(t, "color")))
	})
}

func TestTheComposedButtonUsesItsPalette(t *testing.T) {
	i := sample(t)
	i.Brand.Accent = "#101010"
	page := document(t, compose(t, i).HTML)
	cell := page.Find("td.button")
	if cell.AttrOr("bgcolor", "") != "#101010" || !strings.Contains(cell.AttrOr("style", ""), "background-color:#101010") {
		t.Errorf("the button's ground is %s", cell.AttrOr("style", ""))
	}
	if style := page.Find("a.button-link").AttrOr("style", ""); !strings.Contains(style, ";color:#ffffff") {
		t.Errorf("the button's text is %s", style)
	}
	dark := regexp.MustCompile(`(?m)^\.avatar, \.face, \.button \{ background-color: (#[0-9a-f]{6})`).FindStringSubmatch(page.Find("style").Text())
	if dark == nil || ratio(dark[1], darkCard) < visible {
		t.Errorf("in the dark the button is %v on %s", dark, darkCard)
	}
}
