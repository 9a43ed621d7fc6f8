package ui

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"rejoin/locales"
)

var moment = time.Date(2025, time.November, 3, 13, 5, 9, 0, time.UTC)

func draw(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	var page bytes.Buffer
	ctx := templ.WithChildren(context.Background(), templ.Raw("<b>child</b>"))
	if err := component.Render(ctx, &page); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&page)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func attr(t *testing.T, doc *goquery.Document, selector, name string) string {
	t.Helper()
	found := doc.Find(selector)
	if found.Length() != 1 {
		t.Fatalf("%d elements match %s", found.Length(), selector)
	}
	return found.AttrOr(name, "")
}

func TestARefusedFieldKeepsItsTextAndSaysWhyBesideIt(t *testing.T) {
	args := FieldArgs{Locale: locales.For("en"), Name: "from.name", Label: "Name", Value: `<script>"`, Error: "Too long", Hint: "Shown to customers"}
	area, choice := AreaArgs{FieldArgs: args}, SelectArgs{FieldArgs: args, Options: []Option{{Value: `<script>"`, Label: "x"}}}
	for kind, doc := range map[string]*goquery.Document{
		"input": draw(t, Field(args)), "textarea": draw(t, Area(area)), "select": draw(t, Select(choice)),
	} {
		if id, of := attr(t, doc, kind, "id"), attr(t, doc, "label", "for"); id != of || id != "field-from-name" {
			t.Errorf("%s %q has a label for %q", kind, id, of)
		}
		if attr(t, doc, kind, "aria-invalid") != "true" {
			t.Errorf("%s is not marked as refused", kind)
		}
		for _, id := range strings.Fields(attr(t, doc, kind, "aria-describedby")) {
			if doc.Find("#"+id).Text() == "" {
				t.Errorf("%s is described by %q, which says nothing", kind, id)
			}
		}
	}
	if got := attr(t, draw(t, Field(args)), "input", "value"); got != args.Value {
		t.Errorf("the input kept %q", got)
	}
	if got := draw(t, Area(area)).Find("textarea").Text(); got != args.Value {
		t.Errorf("the area kept %q", got)
	}
	if draw(t, Select(choice)).Find("option[selected]").Length() != 1 {
		t.Error("the chosen option is not selected")
	}
}

func TestASwitchIsACheckboxWithTheRoleAndALabel(t *testing.T) {
	doc := draw(t, Switch(SwitchArgs{Name: "on", Label: "On", On: true, Disabled: true, Hint: "why"}))
	if attr(t, doc, "input[role=switch][checked][disabled]", "id") != attr(t, doc, "label", "for") {
		t.Error("the label belongs to something else")
	}
}

func TestADisabledButtonSaysWhy(t *testing.T) {
	doc := draw(t, Button(ButtonArgs{Icon: "invite", Disabled: true, Reason: "No address"}))
	if attr(t, doc, "button[disabled]", "title") != "No address" {
		t.Error("no reason is given")
	}
	if attr(t, doc, "button", "type") != "button" {
		t.Error("a button submits unless asked")
	}
}

func TestAnUnsafeLinkIsNotDrawn(t *testing.T) {
	for _, component := range []templ.Component{
		Button(ButtonArgs{Href: "javascript:alert(1)"}), MenuItem(ButtonArgs{Href: "javascript:alert(1)"}),
		Tabs("x", []Tab{{Href: "javascript:alert(1)"}}), Pager(locales.For("en"), "javascript:alert(1)", nil),
	} {
		if got := attr(t, draw(t, component), "a", "href"); strings.HasPrefix(got, "javascript:") {
			t.Errorf("it leads to %s", got)
		}
	}
}

func TestATimeCarriesItsInstantAndItsFullText(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	doc := draw(t, Time(moment, locales.For("en"), zone))
	if got := doc.Find("time").Text(); got != "14:05" {
		t.Errorf("it says %q", got)
	}
	if got := attr(t, doc, "time[data-format=time]", "datetime"); got != "2025-11-03T13:05:09Z" {
		t.Errorf("its instant is %q", got)
	}
	if got := attr(t, doc, "time", "title"); got != "3 November 2025, 14:05" {
		t.Errorf("its title is %q", got)
	}
	if got := draw(t, DayLine(moment, moment, locales.For("fr"), zone)).Find("time").Text(); got != "Aujourd’hui" {
		t.Errorf("the day is %q", got)
	}
}

func TestInitialsAndHuesAreStable(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace": "AL", "jo@example.org": "J", "Émile de Zola": "ÉZ", "王小明": "王", "": "?", " \t": "?", "max.frisch@x": "MF",
	} {
		if got := Initials(name); got != want {
			t.Errorf("%q has the initials %q, not %q", name, got, want)
		}
	}
	if Hue("Ada") != Hue(" ada ") {
		t.Error("a name changes its colour")
	}
}

func TestADialogIsNamedByItsTitleAndCanBeClosed(t *testing.T) {
	doc := draw(t, Dialog(DialogArgs{Locale: locales.For("fr"), ID: "invite", Title: "Inviter", Open: true}))
	if doc.Find("#"+attr(t, doc, "dialog[data-open]", "aria-labelledby")).Text() != "Inviter" {
		t.Error("the dialog has no name")
	}
	if attr(t, doc, "[data-closes]", "aria-label") != "Fermer" {
		t.Error("the dialog has no way out")
	}
}

func TestNothingIsStyledOrScriptedInline(t *testing.T) {
	l := locales.For("en")
	for name, component := range map[string]templ.Component{
		"avatar": AvatarOf("Ada", "large"), "badge": Badge("good", "x"), "mark": Mark("active", "Active"), "count": Count("3", "3 unread"),
		"progress": Progress(140, "x"), "endless progress": Progress(-1, "x"), "spinner": Spinner("x"), "skeleton": Skeleton(3),
		"notice": Notice("error"), "empty": Empty("inbox", "t", "s"), "card": Card("t", "h"), "kbd": Kbd("a", "b"), "toasts": Toasts(l),
		"toast": ToastInto(l, "good", "x"), "menu": Menu(MenuArgs{Label: "x", Icon: "more"}), "day": DayLine(moment, moment, l, nil),
		"choice":   Choice(SelectArgs{FieldArgs: FieldArgs{Name: "a"}, Options: []Option{{Value: "1"}}}),
		"segments": Segments(SelectArgs{FieldArgs: FieldArgs{Name: "a"}, Options: []Option{{Value: "1"}}}),
	} {
		draw(t, component).Find("*").Each(func(_ int, s *goquery.Selection) {
			for _, a := range s.Nodes[0].Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
					t.Errorf("%s has %s=%q", name, a.Key, a.Val)
				}
			}
		})
	}
}

func TestEveryIconThatPagesNameIsDrawn(t *testing.T) {
	named := regexp.MustCompile(`\bIcon(?:\(|:\s*)"([a-z-]+)"|ui\.Empty\("([a-z-]+)"`)
	var files []string
	for _, pattern := range []string{"*.templ", "*.go", "../*.templ", "../*.go", "../../app/*/*.go", "../../app/web/*/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	seen := 0
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range named.FindAllStringSubmatch(string(code), -1) {
			seen++
			if name := found[1] + found[2]; !HasIcon(name) && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s draws the icon %q, which the set has not", file, name)
			}
		}
	}
	if seen < 10 {
		t.Errorf("found only %d icons", seen)
	}
	if err := Icon("no-such-icon").Render(context.Background(), &bytes.Buffer{}); err == nil {
		t.Error("an unknown icon is drawn")
	}
}
