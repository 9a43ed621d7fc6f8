package mail

import "testing"

func TestTheFollowupLooksAsAccepted(t *testing.T) {
	for name, make := range map[string]func(*testing.T) Followup{
		"midnight": overMidnight, "short": wholeShort, "own": ownWords, "hostile": hostile, "rtl": arabic,
	} {
		content := composeFollowup(t, make(t))
		golden(t, "followup."+name+".html", content.HTML)
		golden(t, "followup."+name+".txt", content.Subject+"\n\n"+content.Text)
	}
}
