package widget_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// comesBack lets emails to the customer's newest address come back.
func (b *browser) comesBack() {
	b.Helper()
	point, now := b.points()[0], b.clock.now()
	point.BouncedAt, point.BounceStatus = &now, "5.1.1"
	b.must(b.update(&point, "bounced_at", "bounce_status"))
}

// asked is the sentence of the card in the thread, empty when there is none.
func (b *browser) asked() string {
	b.Helper()
	return b.call("GET", "/thread", nil).wants(http.StatusOK).html().Find(".ask .ask-prompt").Text()
}

func TestAnAddressThatComesBackIsAskedAboutUntilItIsCorrected(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.newBrowser()
	b.post("first-message", "Hello").wants(http.StatusOK)
	b.call("POST", "/address", map[string]any{"address": "jo@gmial.com", "sure": true}).wants(http.StatusOK)
	if got := b.asked(); got != "" {
		t.Fatalf("it is asked %q before anything has come back", got)
	}
	b.comesBack()
	card := b.call("GET", "/thread", nil).html().Find(".ask")
	if got := card.Find(".ask-prompt").Text(); got != "We could not reach jo@gmial.com. Correct it?" {
		t.Errorf("it is asked %q", got)
	}
	if card.Find("#address").AttrOr("value", "") != "jo@gmial.com" || card.Find("[name=accept]").AttrOr("value", "") != "jo@gmail.com" || card.Find("[name=sure]").Length() != 0 {
		t.Error("the card does not hold the address with what it probably was, and no way to keep it")
	}
	if key := b.call("POST", "/address", map[string]any{"address": "JO@gmial.com", "sure": true}).wants(http.StatusUnprocessableEntity).refusal(); key != "chat.address.bounced" {
		t.Errorf("the same again is refused with %q", key)
	}
	if again := b.call("POST", "/address", map[string]any{"address": "ann@gmial.com"}).wants(http.StatusOK).html(); again.Find(".hint [name=sure]").Length() != 1 {
		t.Error("another typo cannot be insisted on")
	}
	thanks := b.call("POST", "/address", map[string]any{"address": "jo@gmail.com"}).wants(http.StatusOK).html().Find(".thanks").Text()
	if thanks != "Thank you. We will write to jo@gmail.com." {
		t.Errorf("it is thanked with %q", thanks)
	}
	thread := b.call("GET", "/thread", nil).html()
	if thread.Find(".ask").Length() != 0 || thread.Find(".thanks").Text() != thanks {
		t.Errorf("afterwards the thread says %q", thread.Find(".ask, .thanks").Text())
	}
}

func TestWhoPutsTheQuestionAwayIsNotAskedAgainUntilMoreComesBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.newBrowser()
	b.post("first-message", "Hello").wants(http.StatusOK)
	b.call("POST", "/address", map[string]any{"address": "jo@example.org"}).wants(http.StatusOK)
	b.comesBack()
	if b.asked() == "" {
		t.Fatal("it is not asked")
	}
	b.clock.advance(time.Minute)
	before := b.conversation().LastSeq
	b.call("POST", "/address/skip", map[string]any{}).wants(http.StatusOK)
	if got := b.asked(); got != "" {
		t.Errorf("it is asked again: %q", got)
	}
	if after := b.conversation().LastSeq; after != before {
		t.Error("agents are told that there is no address")
	}
	b.clock.advance(time.Minute)
	b.comesBack()
	if b.asked() == "" {
		t.Error("it is never asked again")
	}
	point := b.points()[0]
	point.StoppedAt = point.BouncedAt
	b.must(b.update(&point, "stopped_at"))
	if got := b.asked(); got != "" {
		t.Errorf("who wants no emails is asked %q", got)
	}
}

func TestTheAddressIsCorrectedOnThePageWithoutScripts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.newBrowser()
	b.post("first-message", "Hello").wants(http.StatusOK)
	token := b.invite("Come back!")
	b.comesBack()
	page := "/r/" + token + "/page"
	form := b.ask("GET", page, nil).wants(http.StatusOK).html().Find("form.ask")
	if form.AttrOr("method", "") != "post" || form.AttrOr("action", "") != "/r/"+token+"/address" {
		t.Fatalf("the card goes to %q", form.AttrOr("action", ""))
	}
	hand := func(values url.Values) answer {
		return b.ask("POST", "/r/"+token+"/address", values.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Accept", "text/html")
	}
	refused := hand(url.Values{"address": {"jo@example.org"}}).wants(http.StatusUnprocessableEntity).html()
	if got := refused.Find(".ask .field-error").Text(); !strings.HasPrefix(got, "Emails to this address come back.") {
		t.Errorf("the same again is refused with %q", got)
	}
	if got := hand(url.Values{"address": {"jo@gmial.com"}}).wants(http.StatusUnprocessableEntity).html().Find(".hint [name=accept]").AttrOr("value", ""); got != "jo@gmail.com" {
		t.Errorf("a typo is asked about with %q", got)
	}
	if got := hand(url.Values{"address": {"jo@gmial.com"}, "accept": {"jo@gmail.com"}}).wants(http.StatusSeeOther).Header.Get("Location"); !strings.HasPrefix(got, page) {
		t.Errorf("it leads to %q", got)
	}
	if points := b.points(); points[0].Address != "jo@gmail.com" {
		t.Errorf("the newest address is %q", points[0].Address)
	}
	after := b.ask("GET", page, nil).html()
	if after.Find("#thread .ask").Length() != 0 || strings.Contains(after.Text(), "jo@gmail.com") {
		t.Error("the page asks still, or tells who came by a link of another address what the new one is")
	}
}
