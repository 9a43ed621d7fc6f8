package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rejoin/app/web"
)

// TestAnotherBrandsConversationIsNotThere walks every route with a conversation in it, as an admin of another house.
func TestAnotherBrandsConversationIsNotThere(t *testing.T) {
	h := newHouse(t)
	delivery := h.invite(h.jo)
	_, stranger := h.found("Maison Soleil", "sol@soleil.example", "Sol")
	before := h.agent.get(h.jo.at("")).wants(http.StatusOK).page().Find("#thread").Text()
	form := url.Values{
		"text": {"hello"}, "seq": {"1"}, "state": {"closed"}, "language": {"fr"}, "assignee": {""}, "name": {"Mallory"},
		"key": {h.desk.NewInvitationKey()},
	}
	walked := 0
	for _, route := range h.server.Table() {
		if !strings.Contains(route.Path, "/c/:key") || route.Audience != web.Agent {
			continue
		}
		walked++
		path := strings.NewReplacer(":key", h.jo.key, ":delivery", delivery.Key, ":seq", "1").Replace(route.Path)
		if strings.HasSuffix(path, "/spam") {
			form.Set("state", "spam")
		}
		for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
			answer := stranger.ask(route.Method, path, form.Encode(), headers...)
			if answer.StatusCode != http.StatusNotFound {
				t.Errorf("%s %s answers %d", route.Method, path, answer.StatusCode)
			}
			if strings.Contains(answer.body, "jo@example.org") || strings.Contains(answer.body, "blue one") {
				t.Errorf("%s %s shows what is not theirs", route.Method, path)
			}
		}
	}
	if walked < 15 {
		t.Errorf("only %d routes were walked", walked)
	}
	if after := h.agent.get(h.jo.at("")).page().Find("#thread").Text(); after != before {
		t.Error("the stranger left a trace")
	}
}

func TestAPostFromAnotherSiteIsRefused(t *testing.T) {
	h := newHouse(t)
	h.agent.post(h.jo.at("closure"), url.Values{"state": {"closed"}}, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site").wants(http.StatusForbidden)
	if h.agent.get(h.jo.at("")).page().Find(".thread-head").AttrOr("data-state", "") != "open" {
		t.Error("it was closed all the same")
	}
}
