package widget_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

// left is a customer who wrote on the shop's site, left, and was invited back.
func left(t *testing.T, settings ...any) (*browser, string) {
	t.Helper()
	b := newHouse(t, settings...).newBrowser()
	b.ask("GET", b.path("/config.js"), nil, "Origin", shop).wants(http.StatusOK) // the widget was carried there
	b.post("first-message", "hello").wants(http.StatusOK)
	return b, b.invite("Your lamp is here")
}

func cookieOf(a answer) string {
	for _, c := range a.Cookies() {
		if c.Name == "rejoin_way" && c.MaxAge > 0 {
			return c.Name + "=" + c.Value
		}
	}
	return ""
}

func TestTheLinkLeadsToThePageWhereItBegan(t *testing.T) {
	b, token := left(t)
	for _, method := range []string{"GET", "HEAD"} {
		led := b.ask(method, "/r/"+token, nil).wants(http.StatusSeeOther)
		if got := led.Header.Get("Location"); got != shop+"/lamps#rejoin="+token {
			t.Errorf("%s leads to %q", method, got)
		}
		if led.Header.Get("Cache-Control") != "no-store" || led.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s may be kept or told: %v", method, led.Header)
		}
	}
}

func TestAScannerThatFollowsEverythingChangesNothing(t *testing.T) {
	b, token := left(t)
	b.ask("GET", "/r/"+token, nil)
	b.ask("GET", "/r/"+token+"/page", nil).wants(http.StatusOK)
	b.ask("GET", b.path("/thread"), nil, "Authorization", "Rejoin "+token).wants(http.StatusOK)
	b.call("POST", "/opened", nil).wants(http.StatusNoContent)
	b.must(b.desk.TickPresence(b.Context()))
	caller, c, err := b.desk.CustomerByLink(b.Context(), token)
	b.must(err)
	if caller.Link.RejoinedAt != nil || caller.Customer.Active || c.CustomerSeenSeq != 1 {
		t.Errorf("rejoined %v, active %v, seen %d", caller.Link.RejoinedAt, caller.Customer.Active, c.CustomerSeenSeq)
	}
}

func TestARejoinTokenReadsAndDoesNotWrite(t *testing.T) {
	b, token := left(t)
	key := b.conversation().Key
	for _, path := range []string{"/seen", "/typing", "/address", "/end", "/delete", "/messages"} {
		got := b.ask("POST", b.path(path), map[string]any{"conversation": key, "seq": 2, "id": "a-forged-message", "page": pageID, "text": "x"},
			"Authorization", "Rejoin "+token)
		if got.StatusCode < 400 {
			t.Errorf("POST %s by a link: %d", path, got.StatusCode)
		}
	}
	b.ask("GET", b.path("/stream"), nil, "Authorization", "Rejoin "+token).wants(http.StatusNotFound)
}

func TestTheFirstGestureLetsThisBrowserIntoThisConversationOnly(t *testing.T) {
	b, token := left(t)
	other := &browser{house: b.house, token: chat.NewToken(b.org.ID, rand.Reader)}
	rejoin := func(as string) answer {
		return b.ask("POST", b.path("/rejoin"), map[string]string{"link": token, "token": as, "page": "page-of-another"})
	}
	rejoin(other.token).wants(http.StatusNoContent)
	rejoin(other.token).wants(http.StatusNoContent)
	if got := other.call("GET", "/thread", nil).wants(http.StatusOK).html().Find("li.message.agent").Text(); !strings.Contains(got, "Your lamp is here") {
		t.Errorf("the thread says %q", got)
	}
	b.must(b.desk.TickPresence(b.Context()))
	caller, _, err := b.desk.CustomerByLink(b.Context(), token)
	b.must(err)
	if caller.Link.RejoinedAt == nil || !caller.Customer.Active {
		t.Error("nobody came back")
	}
	if other.call("GET", "/menu", nil).html().Find("[data-do=delete]").Length() != 0 {
		t.Error("a link offers to delete everything")
	}
	other.call("POST", "/delete", map[string]any{}).wants(http.StatusForbidden)

	stranger := b.newBrowser()
	stranger.post("first-message", "someone else").wants(http.StatusOK)
	rejoin(stranger.token).wants(http.StatusConflict)
	rejoin("1-nonsense").wants(http.StatusUnprocessableEntity)
}

func TestWhoCameByALinkLearnsOfNoOtherAddress(t *testing.T) {
	b, token := left(t)
	other := &browser{house: b.house, token: chat.NewToken(b.org.ID, rand.Reader)}
	other.ask("POST", b.path("/rejoin"), map[string]string{"link": token, "token": other.token, "page": "page-of-another"}).wants(http.StatusNoContent)
	shown := func(authorization string) string {
		menu := b.ask("GET", b.path("/menu"), nil, "Authorization", authorization).wants(http.StatusOK).html()
		if menu.Find("input[name=email]").Length() != 1 {
			t.Error("email cannot be switched off")
		}
		return menu.Find("small").Text()
	}
	byLink, byRejoining := "Rejoin "+token, "Bearer "+other.token
	if shown(byLink) != "jo@example.org" || shown(byRejoining) != "jo@example.org" {
		t.Error("the address that the link went to is hidden")
	}
	_, err := b.desk.GiveAddress(b.Context(), b.caller(), b.conversation().Key, "private@example.org")
	b.must(err)
	if got := shown(byLink) + shown(byRejoining); got != "" {
		t.Errorf("the link shows %q", got)
	}
	if got := shown("Bearer " + b.token); got != "private@example.org" {
		t.Errorf("the customer's own browser shows %q", got)
	}
}

func TestThePageBehindALinkTakesAnAnswerFromAnOldBrowser(t *testing.T) {
	b, token := left(t)
	answer := func(id string, headers ...string) answer {
		return b.ask("POST", "/r/"+token+"/page", url.Values{"id": {id}, "text": {"Thank you"}}.Encode(),
			append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
	}
	answer("without-fetch-metadata", "Origin", "null").wants(http.StatusSeeOther)
	answer("from-a-sandbox", "Origin", "null", "Sec-Fetch-Site", "cross-site").wants(http.StatusForbidden)
	answer("from-elsewhere", "Origin", "https://evil.example").wants(http.StatusForbidden)
	if c := b.conversation(); c.LastMessageText != "Thank you" {
		t.Errorf("the newest message is %q", c.LastMessageText)
	}
}

func TestALinkWorksManyTimesUntilItExpires(t *testing.T) {
	b, token := left(t)
	for range 3 {
		b.ask("GET", "/r/"+token, nil).wants(http.StatusSeeOther)
	}
	b.clock.advance(31 * 24 * time.Hour)
	expired := b.ask("GET", "/r/"+token, nil).wants(http.StatusGone)
	forged := b.ask("GET", "/r/"+chat.NewToken(b.org.ID, rand.Reader), nil).wants(http.StatusNotFound)
	if expired.html().Find("main").Text() != forged.html().Find("main").Text() {
		t.Error("the page tells an old link from a forged one")
	}
	if strings.Contains(expired.body, b.org.Name) {
		t.Error("the page reveals whose link it was")
	}
	b.ask("GET", b.path("/thread"), nil, "Authorization", "Rejoin "+token).wants(http.StatusGone)
	b.ask("POST", b.path("/rejoin"), map[string]string{"link": token, "token": b.newBrowser().token, "page": pageID}).wants(http.StatusGone)
}

func TestAFreshLinkIsPromisedToEveryoneAndSentToWhoHadOne(t *testing.T) {
	b, token := left(t)
	b.clock.advance(31 * 24 * time.Hour)
	known := b.ask("POST", "/r/"+token+"/fresh", nil).wants(http.StatusOK)
	unknown := b.ask("POST", "/r/"+chat.NewToken(b.org.ID, rand.Reader)+"/fresh", nil).wants(http.StatusOK)
	if known.body != unknown.body {
		t.Error("the answer tells a known link from an unknown one")
	}
	fresh := b.mail.last()
	if fresh == token {
		t.Fatal("no fresh link was made")
	}
	b.ask("GET", "/r/"+fresh+"/page", nil).wants(http.StatusOK)
	b.ask("POST", "/r/"+token+"/fresh", nil).wants(http.StatusOK)
	if b.mail.last() != fresh {
		t.Error("a second wish at once made a second email")
	}
	b.ask("POST", "/r/"+token+"/fresh", nil).wants(http.StatusTooManyRequests)
}

func TestASecondClickShowsOurOwnPageWhenTheFirstLedToNothing(t *testing.T) {
	b, token := left(t)
	cookie := cookieOf(b.ask("GET", "/r/"+token, nil).wants(http.StatusSeeOther))
	if cookie == "" {
		t.Fatal("the first click is not remembered")
	}
	again := func() string {
		return b.ask("GET", "/r/"+token, nil, "Cookie", cookie).wants(http.StatusSeeOther).Header.Get("Location")
	}
	if got := again(); got != "/r/"+token+"/page#new" {
		t.Errorf("the second click leads to %q", got)
	}
	b.clock.advance(time.Second)
	b.ask("POST", b.path("/rejoin"), map[string]string{"link": token, "token": b.newBrowser().token, "page": pageID}).wants(http.StatusNoContent)
	if got := again(); !strings.HasPrefix(got, shop) {
		t.Errorf("after the widget was opened it leads to %q", got)
	}
	b.clock.advance(11 * time.Minute)
	if got := again(); !strings.HasPrefix(got, shop) {
		t.Errorf("after ten minutes it leads to %q", got)
	}
	for _, c := range b.ask("POST", b.path("/opened"), nil).wants(http.StatusNoContent).Cookies() {
		if c.MaxAge >= 0 {
			t.Error("opening takes no cookie away")
		}
	}
}

func TestASiteThatDidNotCarryTheWidgetLatelyIsLeftOut(t *testing.T) {
	b, token := left(t)
	b.clock.advance(8 * 24 * time.Hour)
	if got := b.ask("GET", "/r/"+token, nil).wants(http.StatusSeeOther).Header.Get("Location"); got != "/r/"+token+"/page#new" {
		t.Errorf("it leads to %q", got)
	}
}

func TestOurOwnPageWorksWithoutScripts(t *testing.T) {
	b, token := left(t)
	page := b.ask("GET", "/r/"+token+"/page", nil).wants(http.StatusOK)
	doc := page.html()
	if doc.Find("#new").Length() != 1 || !strings.Contains(doc.Find("li.message.agent").Text(), "Your lamp is here") {
		t.Error("the new message is not marked")
	}
	if page.Header.Get("Referrer-Policy") != "no-referrer" || page.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page may be kept or told: %v", page.Header)
	}
	form := doc.Find("form#composer")
	if form.AttrOr("method", "") != "post" || form.AttrOr("action", "") != "/r/"+token+"/page" {
		t.Fatal("there is no form to answer by")
	}
	id := form.Find("input[name=id]").AttrOr("value", "")
	send := func(text string) answer {
		return b.ask("POST", "/r/"+token+"/page", url.Values{"id": {id}, "text": {text}}.Encode(),
			"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Accept", "text/html")
	}
	refused := send(strings.Repeat("é", chat.MaxText)).wants(http.StatusUnprocessableEntity).html()
	if refused.Find("#text-error").Text() == "" || len(refused.Find("#text").Text()) != 2*chat.MaxText {
		t.Error("what was refused is lost, or nobody says why")
	}
	send(" ").wants(http.StatusUnprocessableEntity)
	for range 2 { // a double click
		send("I am back").wants(http.StatusSeeOther)
	}
	doc = b.ask("GET", "/r/"+token+"/page", nil).wants(http.StatusOK).html()
	if n := doc.Find("#thread li.message.customer").Length(); n != 2 {
		t.Errorf("%d messages of the customer, want 2: %s", n, doc.Find("#thread li.message.customer").Text())
	}
	if doc.Find("script:not([src]), [style], [onclick]").Length() != 0 {
		t.Error("something inline stands on the page")
	}
}

func TestAnotherSiteCannotAnswerForTheCustomer(t *testing.T) {
	b, token := left(t)
	b.ask("POST", "/r/"+token+"/page", "id=forged-message&text=forged", "Content-Type", "application/x-www-form-urlencoded",
		"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").wants(http.StatusForbidden)
}

func TestOurOwnPageLeafsBack(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.post("first-message", "the very first").wants(http.StatusOK)
	for range 60 {
		b.reply("an answer")
	}
	token := b.invite("come back")
	doc := b.ask("GET", "/r/"+token+"/page", nil).wants(http.StatusOK).html()
	earlier := doc.Find("a.earlier").AttrOr("href", "")
	if earlier == "" {
		t.Fatal("there is no way to the earlier messages")
	}
	if got := b.ask("GET", earlier, nil).wants(http.StatusOK).html().Find("li.message").First().Text(); !strings.Contains(got, "the very first") {
		t.Errorf("the earlier page begins with %q", got)
	}
	if text := b.ask("GET", "/r/"+token+"/transcript", nil).wants(http.StatusOK); !strings.Contains(text.body, "the very first") {
		t.Error("the transcript is not whole")
	}
}
