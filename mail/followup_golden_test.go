package mail

import (
	"testing"

	"rejoin/locales"
)

func TestTheFollowupLooksAsAccepted(t *testing.T) {
	for name, make := range map[string]func(*testing.T) Followup{
		"one": oneUnread, "midnight": overMidnight, "short": wholeShort, "transcript": transcript, "own": ownWords, "hostile": hostile,
	} {
		content := composeFollowup(t, make(t))
		golden(t, "followup."+name+".html", content.HTML)
		golden(t, "followup."+name+".txt", content.Subject+"\n\n"+content.Text)
	}
	golden(t, "followup.rtl.html", composeFollowup(t, arabic(t)).HTML)
}

func TestEveryLanguageHasItsFollowup(t *testing.T) {
	for _, tag := range locales.Shipped() {
		f := overMidnight(t)
		f.Language = tag
		content := composeFollowup(t, f)
		golden(t, "followup.lang."+tag+".txt", content.Subject+"\n\n"+content.Text)
		page := document(t, content.HTML)
		if len(content.HTML) >= MaxHTML || len(page.Find("style").Text()) >= 16_000 {
			t.Errorf("%s: %d bytes of HTML, %d of styles", tag, len(content.HTML), len(page.Find("style").Text()))
		}
		if html := page.Find("html"); html.AttrOr("lang", "") != tag || html.AttrOr("dir", "") != locales.For(tag).Dir() {
			t.Errorf("%s: the email says it is %s, %s", tag, html.AttrOr("lang", ""), html.AttrOr("dir", ""))
		}
	}
}
