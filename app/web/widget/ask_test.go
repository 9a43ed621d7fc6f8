package widget_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func TestAnAddressIsLookedAtBeforeItGoesAlongWithAMessage(t *testing.T) {
	b := newHouse(t, chat.PromptOffline, "required").newBrowser()
	check := func(address string, sure bool) answer {
		return b.ask("POST", b.path("/address/check"), map[string]any{"address": address, "sure": sure})
	}
	hinted := check("jo@gmial.com", false).wants(http.StatusOK).html()
	if hinted.Find(`button[name=accept]`).AttrOr("value", "") != "jo@gmail.com" || hinted.Find("form[data-required]").Length() != 1 {
		t.Error("the card does not ask about the typo, or may be put away")
	}
	if hinted.Find("[name=skip]").Length() != 0 {
		t.Error("a required address can be refused")
	}
	if check("jo@mailinator.com", false).wants(http.StatusOK).html().Find(".hint [name=sure]").Length() != 1 {
		t.Error("nobody says that it looks like a throwaway")
	}
	check("jo@mailinator.com", true).wants(http.StatusNoContent)
	check("jo@example.org", false).wants(http.StatusNoContent)
	b.call("GET", "/thread", nil).wants(http.StatusNotFound) // looking stores nothing
}

func TestThePanelTellsWhetherAnAddressIsRequiredNow(t *testing.T) {
	b := newHouse(t, chat.PromptOnline, "required", chat.PromptOffline, "optional").newBrowser()
	mode := func() string { return b.ask("GET", b.path("/prompt"), nil).wants(http.StatusOK).body }
	if got := mode(); got != "required" {
		t.Errorf("while agents are online: %q", got)
	}
	b.goHome()
	if got := mode(); got != "optional" {
		t.Errorf("while nobody is: %q", got)
	}
	panel := b.ask("GET", b.path("/panel"), nil).wants(http.StatusOK).html()
	if template := panel.Find("template#required"); template.Length() != 1 {
		t.Error("the panel cannot draw the card of a message that waits")
	}
}

func TestWhileAnAddressIsRequiredTheCardInTheThreadCannotBePutAway(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	if b.call("GET", "/thread", nil).html().Find(".ask [name=skip]").Length() != 1 {
		t.Error("an optional card cannot be put away")
	}
	b.org.Settings[chat.PromptOnline] = []byte(`"required"`)
	b.must(b.update(b.org, "settings"))
	card := b.call("GET", "/thread", nil).html().Find("form.ask")
	if card.Length() != 1 || card.Find("[name=skip]").Length() != 0 || card.Find("input[required]").Length() != 1 {
		t.Error("a required card can be put away")
	}
}

func TestAClosedConversationSaysHowToOpenIt(t *testing.T) {
	b, token := left(t)
	b.must(b.desk.Close(b.Context(), b.agent, b.conversation().Key))
	for name, path := range map[string]string{"our own page": "/r/" + token + "/page", "the widget": b.path("/thread")} {
		line := b.ask("GET", path, nil, "Authorization", "Bearer "+b.token).wants(http.StatusOK).html().Find(".waiting .shut").Text()
		if !strings.Contains(line, "This conversation was closed. Write to open it again.") || strings.Contains(line, "We are closed.") {
			t.Errorf("%s says within the hours: %q", name, line)
		}
	}
	b.clock.advance(8 * time.Hour) // 18:30 on a Thursday
	doc := b.ask("GET", "/r/"+token+"/page", nil).wants(http.StatusOK).html()
	if line := doc.Find(".waiting .shut").Text(); !strings.Contains(line, "closed. Write to open it again.") || !strings.Contains(line, "We are back Friday 10:00, your time. If you leave, we answer by email.") {
		t.Errorf("outside the hours our own page says %q", line)
	}
	if doc.Find("form#composer textarea:not([disabled])").Length() != 1 {
		t.Error("the door is closed: nobody can write")
	}
}

func TestWhatTheBrandSaysByItselfIsDrawnAsTheBrands(t *testing.T) {
	h := newHouse(t, chat.AutomationText(followup.OutOfOffice), map[string]string{"en": "We are away, <b>but</b> we answer."})
	b := h.newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	events := b.watch("1")
	b.await(events, "head")
	b.goHome()
	b.clock.advance(8 * time.Hour) // 18:30 on a Thursday
	b.post("second-message", "still there?").wants(http.StatusOK)
	painted := b.call("GET", "/thread", nil).wants(http.StatusOK).html()
	streamed, err := goquery.NewDocumentFromReader(strings.NewReader(b.await(events, "messages").data + b.await(events, "messages").data))
	b.must(err)
	for name, drawn := range map[string]*goquery.Selection{"stream": streamed.Find("li.message.automation"), "first paint": painted.Find("li.message.automation")} {
		for _, part := range []string{"Maison Lune", "automatic reply", "We are away, <b>but</b> we answer."} {
			if !strings.Contains(drawn.Text(), part) {
				t.Errorf("%s: %q is missing in %q", name, part, drawn.Text())
			}
		}
		if said := drawn.AttrOr("data-said", ""); said != "Automatic reply from Maison Lune:" {
			t.Errorf("%s: it is announced as %q", name, said)
		}
	}
	if said := strings.TrimSpace(painted.Find(".waiting").Text()); said != "" {
		t.Errorf("the same is said once more: %q", said)
	}
}

func TestAnAgentWhoComesOrGoesIsSeenAtOnce(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	events := b.watch("1")
	if head := b.await(events, "head"); strings.Contains(head.data, "Online") {
		t.Fatal("somebody is there already")
	}
	person := chat.AgentPerson(b.org.ID, b.agent.Agent.ID)
	defer b.desk.Tracker().Stream(person, b.clock.now())(b.clock.now())
	b.must(b.desk.TickPresence(b.Context()))
	if head := b.await(events, "head"); !strings.Contains(head.data, "Online") { // long before the stream's next beat
		t.Errorf("the head says %q", head.data)
	}
	b.must(b.desk.SetAway(b.Context(), b.agent, true))
	if head := b.await(events, "head"); strings.Contains(head.data, "Online") {
		t.Errorf("who is away is shown: %q", head.data)
	}
}
