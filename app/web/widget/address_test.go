package widget_test

import (
	"net/http"
	"testing"

	"rejoin/app/chat"
)

func TestARequiredAddressGoesAlongWithTheMessageThatWaitsForIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, chat.PromptOnline, "required")
	b := h.newBrowser()
	if key := b.post("first-message", "Hello").wants(http.StatusConflict).refusal(); key != "chat.address.required" {
		t.Errorf("refused with %q", key)
	}
	b.call("GET", "/thread", nil).wants(http.StatusNotFound) // nothing is stored
	in := map[string]any{"id": "first-message", "text": "Hello", "page": pageID, "url": shop, "zone": "Europe/Paris", "address": "jo"}
	if key := b.call("POST", "/messages", in).wants(http.StatusUnprocessableEntity).refusal(); key != "error.required" {
		t.Errorf("refused with %q", key)
	}
	in["address"] = "jo@example.org"
	for range 2 {
		drawn := b.call("POST", "/messages", in).wants(http.StatusOK).html()
		if n := drawn.Find(".message.customer").Length(); n != 1 {
			t.Errorf("%d messages drawn", n)
		}
	}
	if points := b.points(); len(points) != 1 || points[0].Address != "jo@example.org" {
		t.Errorf("contact points: %+v", points)
	}
	b.post("next-message", "and").wants(http.StatusOK)
	b.call("POST", "/address/skip", map[string]any{}).wants(http.StatusConflict)
}

func (b *browser) points() []chat.ContactPoint {
	b.Helper()
	points, err := b.store.ContactPoints(b.Context(), b.org.ID, b.caller().Customer.ID)
	b.must(err)
	return points
}

func TestAThrowawayAddressIsAskedAboutOnceAndThenTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.newBrowser()
	b.post("first-message", "Hello").wants(http.StatusOK)
	give := func(sure bool) answer {
		return b.call("POST", "/address", map[string]any{"address": "jo@mailinator.com", "sure": sure}).wants(http.StatusOK)
	}
	card := give(false).html()
	if card.Find(".ask .hint").Length() != 1 || card.Find(`.ask [name="sure"]`).Length() != 1 || card.Find(`.ask [name="accept"]`).Length() != 0 {
		t.Error("the card does not say that it looks like a throwaway")
	}
	if value, _ := card.Find(`input[name="address"]`).Attr("value"); value != "jo@mailinator.com" || len(b.points()) != 0 {
		t.Errorf("the card holds %q, and %d addresses are stored", value, len(b.points()))
	}
	if give(true).html().Find(".thanks").Length() != 1 || len(b.points()) != 1 {
		t.Error("it is not taken")
	}
}
