package views

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"rejoin/locales"
)

func drawPage(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	var page bytes.Buffer
	ctx := templ.WithChildren(context.Background(), templ.Raw("<p>page</p>"))
	if err := component.Render(ctx, &page); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&page)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func allPages(l *locales.Locale) map[string]templ.Component {
	return map[string]templ.Component{
		"shell": Shell(ShellArgs{
			Page: PageArgs{Locale: l, Title: "Inbox", Scripts: []string{"js/time.js"}}, Current: "inbox", Agent: "Max Frisch",
			Organization: "Alder", Online: true, DemoURL: "/demo", MailboxURL: "/demo/mailbox", Unread: "3",
		}),
		"plain": Plain(PlainArgs{Page: PageArgs{Locale: l, Accent: "#f5c518", Locked: true}, Title: "Sign in", Intro: "Hello", Brand: "Alder"}),
		"error": ErrorPage(l, 404, "Not here", "There is no such page.", "req-1", Action{Label: "Home", Href: Home()}),
	}
}

func TestPagesObeyAStrictContentPolicy(t *testing.T) {
	for name, page := range allPages(locales.For("en")) {
		doc := drawPage(t, page)
		doc.Find("script").Each(func(_ int, s *goquery.Selection) {
			if !strings.HasPrefix(s.AttrOr("src", ""), "/static/") || s.Text() != "" {
				t.Errorf("%s has a script of its own: %s", name, s.Text())
			}
		})
		if doc.Find("style, [style], [onclick], [onload], base").Length() != 0 {
			t.Errorf("%s has inline style or script", name)
		}
	}
}

func TestPagesSpeakTheLanguageOfTheirReader(t *testing.T) {
	for name, page := range allPages(locales.For("fr")) {
		doc := drawPage(t, page)
		if doc.Find(`html[lang="fr"][dir="ltr"]`).Length() != 1 {
			t.Errorf("%s does not say that it is French", name)
		}
		if doc.Find(".skip").Text() != "Aller au contenu" || doc.Find("main#"+IDMain).Length() != 1 {
			t.Errorf("%s has no way to skip to its content", name)
		}
		if !strings.Contains(doc.Find("title").Text(), "Rejoin") {
			t.Errorf("%s has the title %q", name, doc.Find("title").Text())
		}
	}
}

func TestEveryElementOfAPageHasAnIdOfItsOwn(t *testing.T) {
	for name, page := range allPages(locales.For("en")) {
		seen := map[string]bool{}
		drawPage(t, page).Find("[id]").Each(func(_ int, s *goquery.Selection) {
			if id := s.AttrOr("id", ""); seen[id] {
				t.Errorf("%s has two elements %q", name, id)
			} else {
				seen[id] = true
			}
		})
	}
}

func TestTheRailShowsWhereOneIsAndTheDemoOnlyInTheDemo(t *testing.T) {
	l := locales.For("en")
	doc := drawPage(t, allPages(l)["shell"])
	if got := doc.Find(`.rail [aria-current="page"]`).AttrOr("href", ""); got != Inbox() {
		t.Errorf("the rail says one is at %q", got)
	}
	doc = drawPage(t, Shell(ShellArgs{Page: PageArgs{Locale: l}, Agent: "Max"}))
	if doc.Find(`a[href^="/demo"]`).Length() != 0 {
		t.Error("the demo is shown outside the demo")
	}
	if doc.Find(`form[method="post"][action="/sign-out"] button[type="submit"]`).Length() != 1 {
		t.Error("one cannot sign out without scripts")
	}
}

func TestAnErrorPageNeedsNoScriptAndQuotesTheRequest(t *testing.T) {
	doc := drawPage(t, allPages(locales.For("en"))["error"])
	if doc.Find("script").Length() != 0 {
		t.Error("an error page runs scripts")
	}
	for _, want := range []string{"Not here", "There is no such page.", "Request req-1"} {
		if !strings.Contains(doc.Find("main").Text(), want) {
			t.Errorf("it does not say %q", want)
		}
	}
}

func TestTheAccentIsAStyleSheetOfOurs(t *testing.T) {
	doc := drawPage(t, allPages(locales.For("en"))["plain"])
	if doc.Find(`link[href="/static/accent/f5c518.css"]`).Length() != 1 {
		t.Error("the accent is missing")
	}
}

func TestPathsEscapeWhatTheyCarry(t *testing.T) {
	for got, want := range map[string]string{
		Conversation("a/b?c"): "/inbox/c/a%2Fb%3Fc", Rejoin("../x"): "/r/..%2Fx", Settings(""): "/settings", Settings("hours"): "/settings/hours",
	} {
		if got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
