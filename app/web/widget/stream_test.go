package widget_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestTheStreamTellsWhatHappensWhileItIsOpen(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	events := b.watch("1")
	b.await(events, "head")

	m := b.reply("How can I help?")
	posted := b.await(events, "messages")
	if posted.id != strconv.FormatInt(m.Seq, 10) || !strings.Contains(posted.data, "How can I help?") {
		t.Errorf("the answer came as %+v", posted)
	}
	b.must(b.desk.AgentTyping(b.Context(), b.agent, b.conversation().Key, false))
	if said := b.await(events, "typing").data; !strings.Contains(said, "Léa Martin") {
		t.Errorf("typing says %q", said)
	}
	b.post("second-message", "a question").wants(http.StatusOK)
	b.await(events, "messages")
	b.must(b.desk.SeenByAgent(b.Context(), b.agent, b.conversation().Key, b.conversation().LastSeq))
	if said := b.await(events, "seen").data; !strings.Contains(said, "Seen 11:30") {
		t.Errorf("seen says %q, want the customer's time", said)
	}
	b.clock.advance(time.Hour)
	if said := b.call("GET", "/thread", nil).html().Find(".fate").Text(); !strings.Contains(said, "Seen 11:30") {
		t.Errorf("an hour later the page says %q", said)
	}
	if said := b.await(b.watch("1"), "seen").data; !strings.Contains(said, "Seen 11:30") {
		t.Errorf("an hour later a new stream says %q", said)
	}
	b.call("POST", "/seen", map[string]any{"conversation": b.conversation().Key, "seq": m.Seq}).wants(http.StatusNoContent)
	b.call("POST", "/end", map[string]any{"conversation": b.conversation().Key}).wants(http.StatusNoContent)
	if state := b.await(events, "state").data; !strings.HasPrefix(state, "en.true") {
		t.Errorf("the state after the end is %q", state)
	}
}

func TestTheStreamSpeaksTheLanguageThatIsChosenWhileItIsOpen(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	events := b.watch("1")
	b.await(events, "head")
	b.call("POST", "/language", map[string]any{"language": "fr"}).wants(http.StatusOK)
	b.await(events, "state")
	b.must(b.desk.AgentTyping(b.Context(), b.agent, b.conversation().Key, false))
	if said := b.await(events, "typing").data; !strings.Contains(said, "écrit") {
		t.Errorf("after the change to French, typing says %q", said)
	}
}

func TestTheStreamReplaysWhatWasMissedAndNoNotes(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	b.reply("missed answer")
	_, err := b.desk.PostAsAgent(b.Context(), b.agent, b.conversation().Key, chat.AgentPost{ClientID: "a-note", Text: "a secret note", Note: true})
	b.must(err)
	missed := b.await(b.watch("1"), "messages")
	if !strings.Contains(missed.data, "missed answer") || strings.Contains(missed.data, "secret") || strings.Contains(missed.data, "hello") {
		t.Errorf("replayed: %s", missed.data)
	}
}

func TestTheStreamEndsWithTheCustomersData(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	events := b.watch("1")
	b.await(events, "head")
	b.call("POST", "/delete", map[string]any{}).wants(http.StatusNoContent)
	b.await(events, "deleted")
	b.call("GET", "/thread", nil).wants(http.StatusNotFound)
}

func TestPresenceBeginsWithAMessageAndEndsWithThePage(t *testing.T) {
	b := newHouse(t).newBrowser()
	sign := func(signal string) answer {
		return b.call("POST", "/presence", map[string]string{"token": b.token, "page": pageID, "signal": signal})
	}
	sign("active").wants(http.StatusNotFound)
	b.post("first-message", "hello").wants(http.StatusOK)
	b.must(b.desk.TickPresence(b.Context()))
	if !b.caller().Customer.Active {
		t.Error("who writes is not active")
	}
	sign("flying").wants(http.StatusUnprocessableEntity)
	sign("gone").wants(http.StatusNoContent)
	b.clock.advance(time.Minute)
	b.must(b.desk.TickPresence(b.Context()))
	if b.caller().Customer.Active {
		t.Error("who left is active")
	}
	sign("visible").wants(http.StatusNoContent)
	b.must(b.desk.TickPresence(b.Context()))
	if !b.caller().Customer.Active {
		t.Error("who came back is not active")
	}
}

func TestAPageThatWasThereAllAlongIsPresentAfterARestart(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	beat := func(page string, visible bool, idle int64) bool {
		b.Helper()
		b.clock.advance(10 * time.Minute) // whatever was known before is over
		b.must(b.desk.TickPresence(b.Context()))
		b.call("POST", "/presence", map[string]any{
			"token": b.token, "page": page, "signal": "alive", "visible": visible, "idle": idle,
		}).wants(http.StatusNoContent)
		b.must(b.desk.TickPresence(b.Context()))
		return b.caller().Customer.Active
	}
	if !beat("read-by-somebody", true, 60) {
		t.Error("who reads for a minute is away")
	}
	if beat("left-alone", true, 3600) || beat("from-the-future", true, -3600) == false {
		t.Error("the last gesture does not count as it was told")
	}
	if beat("in-the-background", false, 0) {
		t.Error("a page that nobody sees makes its customer present")
	}
}

func TestTheAddressIsCheckedHintedAndThankedFor(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	key := b.conversation().Key
	give := func(address string, sure bool) answer {
		return b.call("POST", "/address", map[string]any{"conversation": key, "address": address, "sure": sure})
	}
	if give("nonsense", false).wants(http.StatusUnprocessableEntity).refusal() == "" {
		t.Error("no reason was given")
	}
	hinted := give("jo@gmial.com", false).wants(http.StatusOK).html()
	if got := hinted.Find("button[name=accept]").AttrOr("value", ""); got != "jo@gmail.com" {
		t.Errorf("the correction is %q", got)
	}
	if hinted.Find("input[name=address]").AttrOr("value", "") != "jo@gmial.com" || b.conversation().AddressGivenAt != nil {
		t.Error("the typed address was changed or taken")
	}
	if give("jo@gmial.com", true).wants(http.StatusOK).html().Find(".thanks").Length() != 1 {
		t.Error("nobody says thank you")
	}
	thread := b.call("GET", "/thread", nil).html()
	if thread.Find("form.ask").Length() != 0 || thread.Find("li.thanks").Length() != 1 {
		t.Error("the card still stands in the thread")
	}
}

func TestASkippedCardDoesNotComeBack(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	b.call("POST", "/address/skip", map[string]any{"conversation": b.conversation().Key}).wants(http.StatusOK)
	b.post("second-message", "hello").wants(http.StatusOK)
	if b.call("GET", "/thread", nil).html().Find("form.ask").Length() != 0 {
		t.Error("the card came back")
	}
}

func TestWhoWaitsOutsideTheHoursIsToldWhenAndHow(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.clock.advance(8 * time.Hour) // 18:30 on a Thursday
	b.post("first-message", "hello").wants(http.StatusOK)
	waiting := func() string { return b.call("GET", "/thread", nil).html().Find(".waiting").Text() }
	if said := waiting(); !strings.Contains(said, "We are back Friday 10:00, your time. You will find") {
		t.Errorf("without an address: %q", said)
	}
	b.call("POST", "/address", map[string]any{"conversation": b.conversation().Key, "address": "jo@example.org"}).wants(http.StatusOK)
	if said := waiting(); !strings.Contains(said, "by email") {
		t.Errorf("with an address: %q", said)
	}
	b.reply("Here I am")
	if said := waiting(); !strings.Contains(said, "We are closed. We are back Friday 10:00, your time. Write anyway: we answer by email.") {
		t.Errorf("after the answer: %q", said)
	}
	b.clock.advance(16 * time.Hour) // 10:30 on Friday
	if said := strings.TrimSpace(waiting()); said != "" {
		t.Errorf("after the answer, when it is open again: %q", said)
	}
}

func TestNobodyIsPromisedAnEmailWhereNoneGoesByItself(t *testing.T) {
	b := newHouse(t, chat.ContinuousContent, "off").newBrowser()
	b.clock.advance(8 * time.Hour) // 18:30 on a Thursday
	b.post("first-message", "hello").wants(http.StatusOK)
	b.call("POST", "/address", map[string]any{"conversation": b.conversation().Key, "address": "jo@example.org"}).wants(http.StatusOK)
	said := b.call("GET", "/thread", nil).html().Find(".waiting").Text()
	if !strings.Contains(said, "We are back Friday 10:00") || strings.Contains(said, "by email") {
		t.Errorf("it says %q", said)
	}
}

func TestWhoIsHereOutsideTheHoursIsNotSaidToBeAway(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.clock.advance(8 * time.Hour) // 18:30 on a Thursday
	said := func() string {
		b.clock.advance(time.Minute)
		b.must(b.desk.TickPresence(b.Context()))
		return b.ask("GET", b.path("/panel"), nil).wants(http.StatusOK).html().Find(".brand-state").Text()
	}
	if got := said(); !strings.Contains(got, "We are back") {
		t.Errorf("while nobody is here: %q", got)
	}
	person := chat.AgentPerson(b.org.ID, b.agent.Agent.ID)
	defer b.desk.Tracker().Stream(person, b.clock.now())(b.clock.now())
	if got := said(); strings.Contains(got, "back") || !strings.Contains(got, "Online") {
		t.Errorf("while an agent works late: %q", got)
	}
}

func TestTheTranscriptIsWholeAndInOrder(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "the first question").wants(http.StatusOK)
	for range 120 {
		b.reply("an answer")
	}
	b.post("second-message", "the last word").wants(http.StatusOK)
	text := b.call("GET", "/transcript", nil).wants(http.StatusOK)
	if n := strings.Count(text.body, "an answer"); n != 120 {
		t.Errorf("%d answers, want 120", n)
	}
	if strings.Index(text.body, "the first question") > strings.Index(text.body, "the last word") {
		t.Error("it is upside down")
	}
	if !strings.Contains(text.Header.Get("Content-Disposition"), "chat-2025-11-20.txt") {
		t.Errorf("it is named %q", text.Header.Get("Content-Disposition"))
	}
	older := b.call("GET", "/thread", nil).html().Find("button.earlier").AttrOr("data-before", "")
	if n := b.call("GET", "/messages?before="+older, nil).wants(http.StatusOK).html().Find("li.message").Length(); n != 50 {
		t.Errorf("%d earlier messages, want a page of 50", n)
	}
	b.call("GET", "/messages?before=x", nil).wants(http.StatusUnprocessableEntity)
}
