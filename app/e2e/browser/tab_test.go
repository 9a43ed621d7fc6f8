package browser_test

import (
	"testing"

	"rejoin/app/e2e/browser"
)

func TestAFrameOfAForeignSiteIsUsedLikeAPage(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t).Tab()
	tab.Open(s.shop("/shop"))
	chat := tab.Frame("#chat")
	chat.Type("#text", "Hello, is anybody there? 🙂")
	chat.Click(`button "Send"`)
	chat.WaitText("li", "anybody there? 🙂")
	if got := browser.Eval[string](chat, "location.hostname"); got != "chat.test" {
		t.Errorf("the frame is of %s", got)
	}
	chat.Type("#text", "one")
	chat.Type("#text", " two")
	if got := chat.Value("#text"); got != "one two" {
		t.Errorf("typed twice: %q", got)
	}
	chat.Fill("#text", "three")
	chat.Press("Control+Enter")
	chat.WaitText("li", "three")
}

func TestAFrameOfTheSameSiteIsUsedLikeAPage(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t).Tab()
	tab.Open(s.chat("/near"))
	chat := tab.Frame("#chat")
	chat.Fill("#text", "near")
	chat.Click("#send")
	chat.WaitCount("li", 1)
	if got := chat.Text("li"); got != "near" {
		t.Errorf("the message is %q", got)
	}
}

func TestAFrameOutlivesItsNavigation(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t).Tab()
	tab.Open(s.shop("/shop"))
	chat := tab.Frame("#chat")
	chat.Wait("#send")
	browser.Eval[any](tab, `document.getElementById("chat").src = "`+s.shop("/scripts")+`"`)
	chat.WaitText("#p", "alive")
	browser.Eval[any](tab, `document.getElementById("chat").src = "`+s.chat("/chat")+`"`)
	chat.Click("#send")
	chat.WaitCount("li", 1)
}

func TestAStepWaitsForItsCondition(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t).Tab()
	tab.Open(s.shop("/late"))
	if tab.Has(`button "Go"`) {
		t.Error("the button is enabled at once: the test shows nothing")
	}
	tab.Click("button")
	tab.WaitText("#said", "done")
	tab.WaitGone(`button "Wait"`)
}

func TestHidingATabIsSeenByItsPage(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t).Tab()
	tab.Open(s.shop("/hidden"))
	tab.Hide()
	tab.Show()
	tab.WaitCount("li", 2)
	if got := tab.Texts("li"); got[0] != "hidden" || got[1] != "visible" {
		t.Errorf("the page saw %v", got)
	}
}

func TestOneTabBeforeAnotherHidesNeither(t *testing.T) {
	s := newSite(t)
	p := chromium.Person(t)
	first, second := p.Tab(), p.Tab()
	first.Open(s.shop("/hidden"))
	second.Open(s.shop("/hidden"))
	for _, tab := range []*browser.Tab{first, second} {
		if got := browser.Eval[string](tab, "document.visibilityState"); got != "visible" {
			t.Errorf("a tab is %s", got)
		}
	}
}

func TestALinkIntoANewWindowIsFollowed(t *testing.T) {
	s := newSite(t)
	p := chromium.Person(t)
	tab := p.Tab()
	tab.Open(s.shop("/link"))
	tab.Click(`a "New window"`)
	opened := p.Opened("/scripts?new")
	opened.WaitText("#p", "alive")
	opened.Close()
	tab.Reload()
	tab.Open(s.shop("/late"))
	tab.Back()
	tab.WaitURL("/link")
}

func TestAShadowRootIsLookedInto(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t).Tab()
	tab.Open(s.shop("/shadow"))
	tab.Click(`button "Open the chat"`)
	tab.Wait(`"opened"`)
}

func TestFieldsOfAFormAreSet(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t).Tab()
	tab.Open(s.shop("/select"))
	tab.Choose("#zone", "Beta")
	tab.WaitText("#p", "b")
	tab.Upload("#logo", "tab_test.go")
	tab.WaitText("#p", "tab_test.go")
	tab.Click("#tick")
	if !tab.Checked("#tick") {
		t.Error("the box is not ticked")
	}
	tab.Press("Shift+Tab")
	if !tab.Focused("#logo") {
		t.Error("Shift+Tab does not lead back")
	}
}

func TestAxeFindsWhatCannotBeUsedByAll(t *testing.T) {
	s := newSite(t)
	tab := chromium.Person(t).Tab()
	tab.Open(s.shop("/select"))
	tab.Axe()
	browser.Eval[any](tab, `document.querySelector("label").replaceWith(document.querySelector("select"))`)
	failed := &quiet{TB: t}
	other := chromium.Person(failed).Tab()
	other.Open(s.shop("/bad"))
	other.Axe()
	failed.expect(t, "image-alt")
}
