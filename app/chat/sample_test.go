package chat_test

import (
	"strings"
	"testing"

	"rejoin/app/chat"
	"rejoin/locales"
)

func TestASampleShowsTheFollowupByUnsavedSettings(t *testing.T) {
	h := newHouse(t)
	changed := chat.Values{
		chat.EmailSubject: []byte(`{"en":"{name}, {agent} has answered"}`), chat.EmailIntro: []byte(`{"en":"Namaste {name}!"}`),
		chat.EmailFooter: []byte(`{"en":"{brand}, base camp 1"}`), chat.EmailAccent: []byte(`"#ff0000"`), chat.EmailName: []byte(`"Sherpa"`),
	}
	before := h.dump()
	content, err := h.desk.SampleEmail(h.ctx, h.admin, changed, chat.Sample{
		Kind: chat.KindFollowup, Language: "en", Customer: "Jo", Question: "Is it blue?", Answers: []string{"It is.", "Shall I send it?"},
	})
	h.must(err)
	h.unchanged(before, "a sample")
	if content.Subject != "Jo, Ada has answered" || content.From != "Ada (Sherpa) <chat@rejoin.example>" || !strings.Contains(content.HTML, "#ff0000") {
		t.Errorf("%q from %s", content.Subject, content.From)
	}
	h.carries(content.Text, []string{"Namaste Jo!", "> Is it blue?", "It is.", "Shall I send it?", "Sherpa, base camp 1"}, "There is more")
	_, err = h.desk.SampleEmail(h.ctx, h.agent, changed, chat.Sample{Kind: chat.KindFollowup, Text: "Yes"})
	h.refused(err, chat.Forbidden)
}

func TestASampleCanBeShownInEveryLanguage(t *testing.T) {
	h := newHouse(t)
	for _, tag := range locales.Shipped() {
		for _, kind := range []chat.DeliveryKind{"", chat.KindInvitation, chat.KindFollowup} {
			content, err := h.desk.SampleEmail(h.ctx, h.admin, nil, chat.Sample{Kind: kind, Language: tag, Text: "A sample."})
			h.must(err)
			if !strings.Contains(content.HTML, `lang="`+tag+`"`) || !strings.Contains(content.Text, "A sample.") {
				t.Errorf("%q in %s is another language or says something else", kind, tag)
			}
		}
	}
}
