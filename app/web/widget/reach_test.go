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

// reachForm posts what one of the page's forms asks for, as a browser does.
func (b *browser) reachForm(token string, fields url.Values, headers ...string) answer {
	b.Helper()
	return b.ask("POST", "/r/"+token+"/reach", fields.Encode(), append(headers,
		"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Accept", "text/html")...)
}

func (b *browser) reached(token string) *chat.ReachMe {
	b.Helper()
	me, err := b.desk.ReachByLink(b.Context(), token)
	b.must(err)
	return me
}

func TestTheReachPageSaysWhatHoldsInTheCustomersLanguage(t *testing.T) {
	b, token := left(t)
	page := b.ask("GET", "/r/"+token+"/reach", nil, "Accept", "text/html").wants(http.StatusOK)
	doc := page.html()
	said := strings.ReplaceAll(doc.Find("main").Text(), "\u2060", "")
	if doc.Find("html").AttrOr("lang", "") != "en" || !strings.Contains(said, b.org.Name) || !strings.Contains(said, "j…@example.org") ||
		strings.Contains(page.body, "jo@example.org") {
		t.Errorf("the page says %q", said)
	}
	if doc.Find(`form[method="post"]`).Length() != 3 || doc.Find("script, [style], [onclick]").Length() != 0 {
		t.Error("the page does not work by forms alone")
	}
	if page.Header.Get("Referrer-Policy") != "no-referrer" || page.Header.Get("Cache-Control") != "no-store" ||
		!strings.Contains(page.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("the page may be kept, told or changed: %v", page.Header)
	}
	b.reachForm(token, url.Values{"act": {"language"}, "language": {"ar"}}).wants(http.StatusSeeOther)
	doc = b.ask("GET", "/r/"+token+"/reach?done=language", nil).wants(http.StatusOK).html()
	if doc.Find("html").AttrOr("dir", "") != "rtl" || doc.Find("[role=status]").Length() != 1 || doc.Find("option[selected]").AttrOr("value", "") != "ar" {
		t.Errorf("after choosing Arabic the page says %q", doc.Find("main").Text())
	}
	if me := b.reached(token); me.Customer.LanguageReason != chat.LanguageByCustomer {
		t.Errorf("the language is chosen by %s", me.Customer.LanguageReason)
	}
	b.reachForm(token, url.Values{"act": {"language"}, "language": {"tlh"}}).wants(http.StatusUnprocessableEntity)
	b.reachForm(token, url.Values{"act": {"delete"}}).wants(http.StatusUnprocessableEntity)
}

func TestEachStopIsConfirmedAndCanBeTakenBack(t *testing.T) {
	b, token := left(t)
	for _, one := range []struct{ act, done, next string }{
		{"stop", "stopped", "resume"}, {"stop", "stopped", "resume"}, {"resume", "resumed", "stop"},
		{"stop_all", "stopped_all", "resume_all"}, {"stop_all", "stopped_all", "resume_all"}, {"resume_all", "resumed_all", "stop_all"},
	} {
		led := b.reachForm(token, url.Values{"act": {one.act}}).wants(http.StatusSeeOther).Header.Get("Location")
		if led != "/r/"+token+"/reach?done="+one.done {
			t.Errorf("%s leads to %q", one.act, led)
		}
		doc := b.ask("GET", led, nil).wants(http.StatusOK).html()
		if doc.Find("[role=status]").Length() != 1 || doc.Find(`input[value="`+one.next+`"]`).Length() != 1 {
			t.Errorf("after %s the page says %q", one.act, doc.Find("main").Text())
		}
	}
	if doc := b.ask("GET", "/r/"+token+"/reach?done=stopped_all", nil).html(); doc.Find("[role=status]").Length() != 0 {
		t.Error("the page confirms what is not so")
	}
}

func TestAMailProgramUnsubscribesInOneClick(t *testing.T) {
	for kind, body := range map[string]string{
		"application/x-www-form-urlencoded":                "List-Unsubscribe=One-Click",
		"multipart/form-data; boundary=frontier":           "--frontier\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--frontier--\r\n",
		"application/x-www-form-urlencoded; charset=utf-8": "",
	} {
		b, token := left(t)
		for range 2 {
			b.ask("POST", "/r/"+token+"/unsubscribe", body, "Content-Type", kind).wants(http.StatusOK)
		}
		if b.reached(token).Point.StoppedAt == nil {
			t.Errorf("after %s emails go on", kind)
		}
	}
}

func TestAnotherSiteCannotStopEmails(t *testing.T) {
	b, token := left(t)
	for _, path := range []string{"/reach", "/unsubscribe"} {
		b.ask("POST", "/r/"+token+path, "act=stop_all", "Content-Type", "application/x-www-form-urlencoded",
			"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").wants(http.StatusForbidden)
	}
	if b.reached(token).Point.StoppedAt != nil {
		t.Error("it could")
	}
}

func TestAnExpiredOrRevokedLinkStillStops(t *testing.T) {
	for what, spoil := range map[string]func(*browser){
		"expired": func(b *browser) { b.clock.advance(chat.RejoinLinkLife + time.Hour) },
		"revoked": func(b *browser) {
			_, err := b.desk.RevokeLinks(b.Context(), b.agent, b.conversation().Key)
			b.must(err)
		},
	} {
		b, token := left(t)
		spoil(b)
		b.ask("GET", "/r/"+token+"/page", nil).wants(http.StatusGone)
		b.ask("GET", "/r/"+token+"/reach", nil).wants(http.StatusOK)
		b.reachForm(token, url.Values{"act": {"stop"}}).wants(http.StatusSeeOther)
		b.ask("POST", "/r/"+token+"/unsubscribe", nil).wants(http.StatusOK)
		if me := b.reached(token); me.Point.StoppedAt == nil || me.Conversation.EmailStoppedAt == nil {
			t.Errorf("%s: emails go on", what)
		}
	}
}

func TestAForgedTokenIsAPlainMissingPage(t *testing.T) {
	b, _ := left(t)
	forged := chat.NewToken(b.org.ID, rand.Reader)
	page := b.ask("GET", "/r/"+forged+"/reach", nil, "Accept", "text/html").wants(http.StatusNotFound)
	if strings.Contains(page.body, b.org.Name) {
		t.Error("the page reveals whose token it could be")
	}
	b.ask("GET", "/r/"+forged+"/unsubscribe", nil).wants(http.StatusNotFound)
	b.ask("POST", "/r/"+forged+"/unsubscribe", nil).wants(http.StatusNotFound)
	b.reachForm(forged, url.Values{"act": {"stop_all"}}).wants(http.StatusNotFound)
}

func TestHoweverOftenAReachPageIsOpenedNothingIsMarked(t *testing.T) {
	b, token := left(t)
	before := b.conversation()
	for _, path := range []string{"/reach", "/unsubscribe", "/reach?done=stopped_all"} {
		for _, method := range []string{"GET", "HEAD"} {
			b.ask(method, "/r/"+token+path, nil).wants(http.StatusOK)
		}
	}
	b.must(b.desk.TickPresence(b.Context()))
	caller, c, err := b.desk.CustomerByLink(b.Context(), token)
	b.must(err)
	if caller.Link.RejoinedAt != nil || caller.Customer.Active || c.CustomerSeenSeq != before.CustomerSeenSeq || c.LastSeq != before.LastSeq ||
		c.EmailStoppedAt != nil || b.reached(token).Point.StoppedAt != nil {
		t.Error("a scanner has changed something")
	}
}

func TestChangesOfReachAreCounted(t *testing.T) {
	b, token := left(t)
	for range 20 {
		b.reachForm(token, url.Values{"act": {"stop"}}).wants(http.StatusSeeOther)
	}
	b.reachForm(token, url.Values{"act": {"stop"}}).wants(http.StatusTooManyRequests)
}
