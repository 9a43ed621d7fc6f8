package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestAnActAnswersWithWhatHasChanged(t *testing.T) {
	h := newHouse(t)
	htmx := []string{"HX-Request", "true"}
	closed := h.agent.post(h.jo.at("closure"), url.Values{"state": {"closed"}}, htmx...).wants(http.StatusOK)
	if !strings.Contains(closed.body, `data-state="closed"`) {
		t.Error("the head does not show it as closed")
	}
	h.agent.post(h.jo.at("closure"), url.Values{"state": {"open"}}).wants(http.StatusSeeOther)
	h.agent.post(h.jo.at("closure"), url.Values{"state": {"ajar"}}).wants(http.StatusUnprocessableEntity)
	h.agent.post(h.jo.at("spam"), url.Values{"state": {"spam"}}, htmx...).wants(http.StatusOK)
	h.agent.post(h.jo.at("spam"), url.Values{"state": {"open"}}, htmx...).wants(http.StatusOK)
	assigned := h.agent.post(h.jo.at("assignee"), url.Values{"assignee": {h.admin.caller.Agent.Key}}, htmx...).wants(http.StatusOK)
	if got := assigned.page().Find("#assignee option[selected]").AttrOr("value", ""); got != h.admin.caller.Agent.Key {
		t.Errorf("assigned to %q", got)
	}
	h.agent.post(h.jo.at("assignee"), url.Values{"assignee": {"nobody-by-that-key"}}).wants(http.StatusNotFound)
	h.agent.post(h.jo.at("revocation"), nil, htmx...).wants(http.StatusOK)
}

func TestTheCustomerIsCorrectedInPlace(t *testing.T) {
	h := newHouse(t)
	form := url.Values{
		"name": {"Jo March"}, "address": {"jo.march@example.org"}, "phone": {"+41 44 668 18 00"}, "notes": {"Prefers mornings"},
		"field_name": {"Plan", ""}, "field_value": {"Gold", ""},
	}
	h.agent.post(h.jo.at("customer"), form).wants(http.StatusSeeOther)
	page := h.agent.get(h.jo.at("")).page()
	said := page.Find(".pane-customer").Text()
	for _, word := range []string{"Jo March", "jo.march@example.org", "+41446681800", "Prefers mornings", "Plan", "Gold"} {
		if !strings.Contains(said, word) {
			t.Errorf("the pane does not show %q", word)
		}
	}
}

func TestARefusedCustomerKeepsWhatWasTypedAndSaysWhy(t *testing.T) {
	h := newHouse(t)
	form := url.Values{"name": {"Jo"}, "phone": {"call me"}, "address": {"jo@example.org"}}
	refused := h.agent.post(h.jo.at("customer"), form, "HX-Request", "true").wants(http.StatusUnprocessableEntity).page()
	if got := refused.Find("[name=phone]").AttrOr("value", ""); got != "call me" {
		t.Errorf("the phone is %q", got)
	}
	if refused.Find("#field-phone-error").Text() == "" {
		t.Error("nothing beside the field says why")
	}
	form.Set("phone", "")
	form.Set("address", "no address")
	refused = h.agent.post(h.jo.at("customer"), form, "HX-Request", "true").wants(http.StatusUnprocessableEntity).page()
	if refused.Find("#field-address-error").Text() == "" {
		t.Error("nothing beside the address says why")
	}
	plain := h.agent.post(h.jo.at("customer"), form).wants(http.StatusUnprocessableEntity).page()
	if plain.Find(".pane-customer [name=address]").AttrOr("value", "") != "no address" || plain.Find("#field-address-error").Text() == "" {
		t.Error("the page of a plain form lost what was typed, or does not say why")
	}
}

func TestTheLanguageShowsItsReasonAndCanBeChanged(t *testing.T) {
	h := newHouse(t)
	h.agent.post(h.jo.at("language"), url.Values{"language": {"fr"}}, "HX-Request", "true").wants(http.StatusOK)
	page := h.agent.get(h.jo.at("")).page()
	if got := page.Find("#language option[selected]").AttrOr("value", ""); got != "fr" {
		t.Errorf("the language is %q", got)
	}
	if got := page.Find("#language-hint").Text(); got != "Set by an agent" {
		t.Errorf("the reason is %q", got)
	}
	h.agent.post(h.jo.at("language"), url.Values{"language": {"<script>"}}).wants(http.StatusUnprocessableEntity)
}

func TestADeliveryThatFailsQuotesTheMailProvider(t *testing.T) {
	h := newHouse(t)
	delivery := h.invite(h.jo)
	words, next := `Domain <b>lune.example</b> is not "verified"`, h.clock.now().Add(time.Minute)
	for _, state := range []chat.DeliveryState{chat.Sending, chat.Failed} {
		delivery.State, delivery.Reason, delivery.Detail, delivery.NextAttemptAt = state, "refused", words, &next
		h.update(delivery, "state", "reason", "detail", "next_attempt_at")
		quote := h.agent.get(h.jo.at("")).page().Find(".message-foot .delivery-reason + q.delivery-detail[dir=auto]")
		if quote.Text() != words || quote.Find("b").Length() != 0 {
			t.Errorf("while it is %s the page quotes %q", state, quote.Text())
		}
	}
	delivery.State, delivery.Reason, delivery.Detail = chat.Sent, "", ""
	h.update(delivery, "state", "reason", "detail")
	if h.agent.get(h.jo.at("")).page().Find(".delivery-detail").Length() != 0 {
		t.Error("an email that went out still quotes a failure")
	}
}

func TestAFailedDeliverySaysWhyAndOffersARetry(t *testing.T) {
	h := newHouse(t)
	delivery := h.invite(h.jo)
	page := h.agent.get(h.jo.at("")).page()
	if got := page.Find(".delivery").Text(); !strings.Contains(got, "(forwarded to jo@example.org · waiting to be sent)") {
		t.Errorf("before sending: %q", got)
	}
	delivery.State, delivery.Reason, delivery.Detail = chat.Failed, "quota", "monthly limit"
	h.update(delivery, "state", "reason", "detail")
	page = h.agent.get(h.jo.at("")).page()
	if got := page.Find(".message-foot.failed .delivery-reason").Text(); !strings.Contains(got, "quota") {
		t.Errorf("the reason reads %q", got)
	}
	retry := page.Find(".delivery form").AttrOr("action", "")
	other := h.guest(h.org, "Hi")
	h.agent.post(strings.Replace(retry, h.jo.key, other.key, 1), nil).wants(http.StatusNotFound)
	h.agent.post(retry, nil, "HX-Request", "true").wants(http.StatusOK)
	if got := h.agent.get(h.jo.at("")).page().Find(".delivery").AttrOr("data-state", ""); got != "queued" {
		t.Errorf("after the retry it is %q", got)
	}
}
