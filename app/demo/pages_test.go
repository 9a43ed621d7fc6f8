package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	netmail "net/mail"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/mail"
	"rejoin/static"
	"rejoin/views"
)

func TestTheShopCarriesTheSnippetThatTheSettingsShow(t *testing.T) {
	h := openHouse(t)
	want, err := goquery.NewDocumentFromReader(strings.NewReader(views.Snippet(base, OrganizationKey)))
	fail(t, err, "read the snippet")
	snippet, _ := goquery.OuterHtml(want.Find("script"))
	for _, tag := range views.ShopLanguages() {
		for _, name := range []string{"", "products", "products/bowl", "delivery", "about", "contact"} {
			page := h.get(views.DemoShop(tag, name)).page()
			if got := page.Find("html").AttrOr("lang", ""); got != tag {
				t.Errorf("%s %q is in %q", tag, name, got)
			}
			if got, _ := goquery.OuterHtml(page.Find("script")); got != snippet {
				t.Errorf("%s %q carries %q, want %q", tag, name, got, snippet)
			}
		}
	}
}

func TestTheDemoSpeaksEnglishToReadersOfOtherLanguages(t *testing.T) {
	h := openHouse(t)
	for tag, want := range map[string]string{"de": "en", "ar": "en", "fr": "fr", "en": "en"} {
		page := h.ask(http.MethodGet, views.DemoStart(), "", "Accept", "text/html", "Accept-Language", tag).wants(http.StatusOK).page()
		if got := page.Find("html").AttrOr("lang", ""); got != want {
			t.Errorf("a reader of %s reads %s", tag, got)
		}
		if page.Find("a[href='"+views.DemoShop(want, "")+"']").Length() == 0 {
			t.Errorf("a reader of %s has no way to the shop", tag)
		}
	}
}

func TestTheShopHasAStrictPolicyAndNoCookies(t *testing.T) {
	answer := openHouse(t).get("/demo/products/teapot")
	policy := answer.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src " + base + ";", "frame-src " + base + ";", "style-src 'self';"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if len(answer.Cookies()) > 0 {
		t.Error("the shop sets cookies")
	}
	if answer.page().Find("style, [style], [onclick]").Length() > 0 {
		t.Error("the shop breaks its own policy")
	}
}

func TestEveryLinkAndPictureOfTheShopIsThere(t *testing.T) {
	h := openHouse(t)
	seen, waiting := map[string]bool{}, []string{views.Demo()}
	for len(waiting) > 0 {
		path := waiting[0]
		waiting = waiting[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		page := h.get(path).page()
		page.Find("a[href^='/demo'], link[rel=alternate]").Each(func(_ int, s *goquery.Selection) { waiting = append(waiting, s.AttrOr("href", "")) })
		page.Find("main img").Each(func(_ int, s *goquery.Selection) {
			name := strings.TrimPrefix(s.AttrOr("src", ""), static.Prefix)
			cut := strings.Split(name, ".")
			if len(cut) != 3 || !static.Has(cut[0]+"."+cut[2]) {
				t.Errorf("%s shows %q, which is not there", path, name)
			}
		})
	}
	if len(seen) < 20 {
		t.Errorf("only %d pages", len(seen))
	}
	h.ask(http.MethodGet, "/demo/products/none", "").wants(http.StatusNotFound)
}

func TestOnePageHasNoWidgetAndOneLetsNoScriptRun(t *testing.T) {
	h := openHouse(t)
	if h.get("/demo/without-widget").page().Find("script").Length() != 0 {
		t.Error("the page without the widget carries it")
	}
	answer := h.get("/demo/no-scripts")
	if answer.page().Find("script").Length() != 1 || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "script-src 'none';") {
		t.Error("the page without scripts is another")
	}
}

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	h := openHouse(t)
	for _, path := range []string{"/demo", "/demo/start", "/demo/mailbox", "/demo/mailbox.json", "/demo/clock"} {
		for _, own := range [][2]string{{"127.0.0.1:5000", "127.0.0.1:8080"}, {"[::1]:5000", "localhost:8080"}, {"[::ffff:127.0.0.1]:5000", "[::1]:8080"}} {
			if got := h.from(own[0], own[1], path); got != http.StatusOK {
				t.Errorf("%s from %s as %s: %d", path, own[0], own[1], got)
			}
		}
		for _, foreign := range [][2]string{{"192.0.2.1:5000", "127.0.0.1:8080"}, {"10.0.0.2:5000", "localhost"}, {"", "localhost"}} {
			if got := h.from(foreign[0], foreign[1], path); got != http.StatusForbidden {
				t.Errorf("%s from %s as %s: %d", path, foreign[0], foreign[1], got)
			}
		}
		want := http.StatusForbidden
		if path == "/demo" {
			want = http.StatusOK
		}
		if got := h.from("127.0.0.1:5000", "evil.example", path); got != want {
			t.Errorf("%s under a foreign name: %d", path, got)
		}
	}
}

func TestTheWalkSaysHowToSignInAndWhereToGo(t *testing.T) {
	page := openHouse(t).get(views.DemoStart()).page()
	for _, want := range []string{MayaEmail, LucEmail, DemoPassword} {
		if !strings.Contains(page.Find("code").Text(), want) {
			t.Errorf("it does not say %s", want)
		}
	}
	for _, path := range []string{views.Demo(), views.Inbox(), views.DemoMailbox()} {
		if page.Find(`a[href="`+path+`"]`).Length() == 0 {
			t.Errorf("nothing leads to %s", path)
		}
	}
	page.Find("[data-copies]").Each(func(_ int, s *goquery.Selection) {
		if page.Find("#"+s.AttrOr("data-copies", "")).Length() != 1 {
			t.Error("a button copies nothing")
		}
	})
}

func TestTheClockIsMovedByMachinesAndPeople(t *testing.T) {
	h := openHouse(t)
	var told struct {
		Now      time.Time
		Offset   int64 `json:"offset_seconds"`
		Advanced int64 `json:"advanced_seconds"`
	}
	fail(t, json.Unmarshal([]byte(h.ask(http.MethodPost, "/demo/clock", "advance=5m").wants(http.StatusOK).body), &told), "read")
	if told.Offset != 300 || told.Advanced != 300 || h.clock.Now().Sub(told.Now).Abs() > time.Minute {
		t.Errorf("told %+v", told)
	}
	back := h.ask(http.MethodPost, "/demo/clock", "advance=1d&back=/demo/mailbox", "Accept", "text/html").wants(http.StatusSeeOther)
	if back.Header.Get("Location") != "/demo/mailbox" {
		t.Errorf("back to %q", back.Header.Get("Location"))
	}
	away := h.ask(http.MethodPost, "/demo/clock", "advance=1s&back="+url.QueryEscape("//evil.example"), "Accept", "text/html")
	if away.Header.Get("Location") != views.DemoStart() {
		t.Errorf("back to %q", away.Header.Get("Location"))
	}
	piece := h.ask(http.MethodPost, "/demo/clock", "advance=30m", "HX-Request", "true").wants(http.StatusOK).page()
	if piece.Find("[data-clock]").AttrOr("data-clock", "") != "88501" || piece.Find("html main").Length() != 0 {
		t.Errorf("htmx was told %s", piece.Text())
	}
}

func TestTheClockGoesToTheNextOpening(t *testing.T) {
	h := openHouse(t)
	before := h.clock.Now()
	h.ask(http.MethodPost, "/demo/clock", "advance=opening").wants(http.StatusOK)
	now := h.clock.Now()
	zone, err := time.LoadLocation(brandZone)
	fail(t, err, "load zone")
	if local := now.In(zone).Format("15:04"); !now.After(before) || !strings.Contains("09:00 10:00 14:00", local) {
		t.Errorf("from %s to %s", before.In(zone), now.In(zone))
	}
}

func TestAWrongStepIsRefusedAndMovesNothing(t *testing.T) {
	h := openHouse(t)
	for _, form := range []string{"", "advance=", "advance=soon", "advance=-5m", "advance=0s", "advance=367d", "advance=1000000h"} {
		answer := h.ask(http.MethodPost, "/demo/clock", form, "Accept", "application/json").wants(http.StatusUnprocessableEntity)
		if !strings.Contains(answer.body, `"field":"advance"`) {
			t.Errorf("%q: %s", form, answer.body)
		}
	}
	h.ask(http.MethodPost, "/demo/clock", "advance=5m", "Sec-Fetch-Site", "cross-site").wants(http.StatusForbidden)
	if h.clock.Offset() != 0 {
		t.Errorf("it moved by %s", h.clock.Offset())
	}
}

func TestAnEmptyMailboxSaysWhatToDo(t *testing.T) {
	h := openHouse(t)
	if h.get("/demo/mailbox").page().Find(`.empty a[href="/demo/start"]`).Length() != 1 {
		t.Error("it does not lead on")
	}
	if got := h.get("/demo/mailbox.json").body; strings.TrimSpace(got) != `{"emails":[]}` {
		t.Errorf("machines are told %s", got)
	}
	h.ask(http.MethodGet, "/demo/mailbox/none", "").wants(http.StatusNotFound)
	h.ask(http.MethodGet, "/demo/mailbox/..%2Fclock/raw", "").wants(http.StatusNotFound)
}

func TestAHostileEmailStaysText(t *testing.T) {
	h := openHouse(t)
	const evil = `<script>alert(1)</script>"><img src=x onerror=alert(1)>`
	id := h.send(func(m *mail.Message) {
		m.Subject, m.From.Name, m.To.Name = evil, evil, evil
		m.Text = evil + "\njavascript:alert(1) https://example.org/\"onmouseover=alert(1)"
		m.HTML = `<html><head><title>x</title></head><body>` + evil + `<a href="javascript:alert(1)">x</a></body></html>`
		m.Headers = map[string]string{"X-Evil": evil}
	})
	for _, path := range append([]string{"/demo/mailbox", "/demo/start"}, parts(id)...) {
		page := h.get(path).page()
		page.Find("script").Each(func(_ int, s *goquery.Selection) {
			if s.Text() != "" || !strings.HasPrefix(s.AttrOr("src", ""), "/static/") {
				t.Errorf("%s runs %q", path, s.Text())
			}
		})
		if page.Find("[onerror], [onmouseover], img, [href^='javascript:']").Length() > 0 {
			t.Errorf("%s holds markup of the email", path)
		}
	}
	html := h.get(views.DemoMailHTML(id))
	policy := html.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox allow-popups") || strings.Contains(policy, "allow-scripts") {
		t.Errorf("its own HTML has the policy %s", policy)
	}
	if !strings.Contains(html.body, `<head><base target="_blank"><title>`) {
		t.Errorf("its links open inside: %s", html.body)
	}
}

func parts(id string) []string {
	var paths []string
	for _, part := range views.MailParts() {
		paths = append(paths, views.DemoMail(id, part))
	}
	return append(paths, views.DemoMail(id, "none"))
}

func TestAnEmailIsShownInAllItsParts(t *testing.T) {
	h := openHouse(t)
	id := h.send(func(m *mail.Message) { m.Subject = "Votre conversation à Nantes" })
	frame := h.get(views.DemoMail(id, "")).page().Find("iframe")
	if frame.AttrOr("src", "") != views.DemoMailHTML(id) || strings.Contains(frame.AttrOr("sandbox", "allow-scripts"), "allow-scripts") {
		t.Error("the HTML is not in a sandbox")
	}
	text := h.get(views.DemoMail(id, views.MailPartText)).page()
	if got := text.Find(".mail-text a").AttrOr("href", ""); got != "https://example.org/r/abc" {
		t.Errorf("the text links to %q", got)
	}
	if got := text.Find(".mail-text").Text(); strings.TrimSpace(got) != "Hello Jo\n\nhttps://example.org/r/abc" {
		t.Errorf("the text is %q", got)
	}
	if got := h.get(views.DemoMail(id, views.MailPartHeaders)).page().Find("table").Text(); !strings.Contains(got, "Votre conversation à Nantes") {
		t.Errorf("the headers are %q", got)
	}
	if got := h.get(views.DemoMail(id, views.MailPartRaw)).page().Find(".mail-raw").Text(); !strings.Contains(got, "multipart/alternative") {
		t.Errorf("raw is %.200q", got)
	}
	raw := h.get(views.DemoMailRaw(id))
	if _, err := netmail.ReadMessage(strings.NewReader(raw.body)); err != nil || raw.Header.Get("Content-Type") != "message/rfc822" {
		t.Errorf("%s, %v", raw.Header.Get("Content-Type"), err)
	}
}

func TestMachinesReadTheMailbox(t *testing.T) {
	h := openHouse(t)
	first := h.send(nil)
	second := h.send(func(m *mail.Message) { m.To.Email = "ana@example.org" })
	type list struct {
		Emails []struct {
			ID, Subject, Text, HTML string
			To                      mail.Address
			Headers                 map[string]string
			Links                   []string
		}
		Next string
	}
	read := func(path string) (l list) {
		fail(t, json.Unmarshal([]byte(h.get(path).body), &l), "read "+path)
		return l
	}
	all := read("/demo/mailbox.json")
	if len(all.Emails) != 2 || all.Emails[0].ID != second || all.Emails[0].To.Email != "ana@example.org" || all.Next != "" {
		t.Fatalf("they read %+v", all)
	}
	if got := strings.Join(all.Emails[0].Links, " "); got != "https://example.org/r/abc?a=1&b=2 https://example.org/r/abc" {
		t.Errorf("the links are %s", got)
	}
	if all.Emails[0].Headers["Subject"] != "Your conversation" {
		t.Errorf("the headers are %v", all.Emails[0].Headers)
	}
	page := read("/demo/mailbox.json?limit=1")
	if len(page.Emails) != 1 || page.Next != second {
		t.Errorf("the first page is %+v", page)
	}
	if page = read("/demo/mailbox.json?limit=1&before=" + page.Next); len(page.Emails) != 1 || page.Emails[0].ID != first || page.Next != "" {
		t.Errorf("the second page is %+v", page)
	}
	h.ask(http.MethodGet, "/demo/mailbox.json?limit=0", "").wants(http.StatusUnprocessableEntity)
}

func TestALongMailboxHasPages(t *testing.T) {
	h := openHouse(t)
	for range mailPage + 3 {
		h.send(nil)
	}
	page := h.get("/demo/mailbox").page()
	older := page.Find(".pager a").AttrOr("href", "")
	if page.Find(".mailbox-row").Length() != mailPage || older == "" {
		t.Fatalf("%d rows, then %q", page.Find(".mailbox-row").Length(), older)
	}
	if got := h.get(older).page().Find(".mailbox-row").Length(); got != 3 {
		t.Errorf("%d rows on the second page", got)
	}
}

func TestAnOpenMailboxShowsWhatArrives(t *testing.T) {
	h := openHouse(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.server.URL+views.DemoMailboxLive(""), nil)
	fail(t, err, "ask")
	res, err := http.DefaultClient.Do(r)
	fail(t, err, "open the stream")
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	next := func() string {
		var frame strings.Builder
		for lines.Scan() {
			if lines.Text() == "" && frame.Len() > 0 {
				return frame.String()
			}
			frame.WriteString(strings.TrimPrefix(lines.Text(), "data: ") + "\n")
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ""
	}
	if got := next(); strings.Contains(got, "mailbox-row") {
		t.Errorf("at first it shows %s", got)
	}
	id := h.send(func(m *mail.Message) { m.Subject = "Arrived" })
	if got := next(); !strings.Contains(got, "mail-"+id) || !strings.Contains(got, "<hx-partial") || !strings.Contains(got, "Arrived") {
		t.Errorf("then it shows %s", got)
	}
	h.send(nil)
	if got := next(); strings.Contains(got, "<hx-partial") {
		t.Error("the email that one reads was replaced")
	}
}
