package widget_test

import (
	"net/http"
	"strings"
	"testing"

	"rejoin/app/chat"
)

func TestTheFirstMessageBeginsEverythingAndCountsOnce(t *testing.T) {
	b := newHouse(t).newBrowser()
	b.call("GET", "/thread", nil).wants(http.StatusNotFound)
	for range 2 {
		drawn := b.post("first-message", "Is the lamp in stock?").wants(http.StatusOK)
		if got := drawn.html().Find("li.message.customer").AttrOr("data-client", ""); got != "first-message" {
			t.Errorf("the message was drawn with the id %q", got)
		}
		if drawn.Header.Get("Rejoin-Conversation") != b.conversation().Key {
			t.Error("the answer does not name the conversation")
		}
	}
	thread := b.call("GET", "/thread", nil).wants(http.StatusOK).html()
	if n := thread.Find("li.message").Length(); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
	if thread.Find("form.ask").Length() != 1 {
		t.Error("nobody asks for the address")
	}
	if c := b.conversation(); c.PageURL != shop+"/lamps" {
		t.Errorf("the conversation began on %q", c.PageURL)
	}
}

func TestWhatACustomerTypesIsText(t *testing.T) {
	b := newHouse(t).newBrowser()
	drawn := b.post("first-message", `<script>alert(1)</script> https://x.example/?a=1&b="2" 😀`).wants(http.StatusOK).html()
	if drawn.Find("script").Length() != 0 {
		t.Error("a script stands in the thread")
	}
	link := drawn.Find(".bubble a")
	if link.AttrOr("href", "") != "https://x.example/?a=1&b=" || !strings.Contains(link.AttrOr("rel", ""), "noopener") {
		t.Errorf("the address became %q", link.AttrOr("href", ""))
	}
	if !strings.Contains(drawn.Find(".bubble").Text(), "<script>alert(1)</script>") || !strings.Contains(drawn.Text(), "😀") {
		t.Errorf("the text became %q", drawn.Find(".bubble").Text())
	}
}

func TestABadMessageIsRefusedInPlainWords(t *testing.T) {
	b := newHouse(t).newBrowser()
	for _, test := range []struct {
		name, id, text, key string
		status              int
	}{
		{"empty", "id-of-a-message", " \n ", "chat.text.empty", http.StatusUnprocessableEntity},
		{"too long", "id-of-a-message", strings.Repeat("a", chat.MaxText+1), "chat.text.long", http.StatusUnprocessableEntity},
		{"without an id", "", "hello", "error.invalid", http.StatusUnprocessableEntity},
		{"a megabyte", "id-of-a-message", strings.Repeat("a", 1<<20), "error.too_large", http.StatusRequestEntityTooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := b.post(test.id, test.text).wants(test.status).refusal(); got != test.key {
				t.Errorf("refused with %q, want %q", got, test.key)
			}
		})
	}
	b.call("GET", "/thread", nil).wants(http.StatusNotFound)
}

func TestATokenOpensItsOwnOrganizationOnly(t *testing.T) {
	h := newHouse(t)
	b := h.newBrowser()
	b.post("first-message", "hello").wants(http.StatusOK)
	key := b.conversation().Key
	h.org.Settings = nil
	h.furnish(nil) // another brand moves in
	for _, path := range []string{"/thread", "/messages", "/menu", "/transcript", "/stream"} {
		b.call("GET", path, nil).wants(http.StatusNotFound)
	}
	for _, path := range []string{"/seen", "/typing", "/address", "/address/skip", "/email", "/end", "/delete", "/language", "/visit"} {
		b.call("POST", path, map[string]any{"conversation": key, "seq": 1}).wants(http.StatusNotFound)
	}
	b.post("second-message", "hello").wants(http.StatusNotFound)
	b.call("POST", "/presence", map[string]string{"token": b.token, "page": pageID, "signal": "active"}).wants(http.StatusNotFound)
}

func TestAStrangersTokenReachesNoOtherConversation(t *testing.T) {
	h := newHouse(t)
	mine, theirs := h.newBrowser(), h.newBrowser()
	mine.post("first-message", "mine").wants(http.StatusOK)
	theirs.post("first-message", "theirs").wants(http.StatusOK)
	for _, path := range []string{"/seen", "/typing", "/address", "/address/skip", "/email", "/end"} {
		mine.call("POST", path, map[string]any{"conversation": theirs.conversation().Key, "seq": 1, "address": "a@b.example"}).wants(http.StatusNotFound)
	}
	if theirs.conversation().EndedAt != nil {
		t.Error("a stranger ended the conversation")
	}
}

func TestTooManyMessagesMustWait(t *testing.T) {
	b := newHouse(t).newBrowser()
	for range 10 {
		b.post("first-message", "hello").wants(http.StatusOK)
	}
	if b.post("one-too-many", "hello").wants(http.StatusTooManyRequests).Header.Get("Retry-After") == "" {
		t.Error("nobody says when to try again")
	}
}

func TestAddressesThatComeAlongWithMessagesAreCountedWithTheOthers(t *testing.T) {
	b := newHouse(t).newBrowser()
	along := func() answer {
		return b.call("POST", "/messages", map[string]any{"id": "first-message", "text": "hello", "page": pageID, "address": "jo@example.org"})
	}
	for range 6 {
		along().wants(http.StatusOK)
	}
	along().wants(http.StatusTooManyRequests)
	b.call("POST", "/address", map[string]any{"address": "jo@example.org"}).wants(http.StatusTooManyRequests)
	b.post("without-one", "hello").wants(http.StatusOK)
}

func TestStrangersStartSoManyConversationsFromOneAddress(t *testing.T) {
	h := newHouse(t)
	for range 10 {
		h.newBrowser().post("first-message", "hello").wants(http.StatusOK)
	}
	h.newBrowser().post("first-message", "hello").wants(http.StatusTooManyRequests)
}

func TestTheWidgetSpeaksTheLanguageThatTheCustomerWrites(t *testing.T) {
	b := newHouse(t).newBrowser()
	first := b.post("first-message", "ok").wants(http.StatusOK)
	if got := first.Header.Get("Content-Language"); got != "en" {
		t.Fatalf("it began in %q, want the page's English", got)
	}
	sure := b.post("second-message", "Bonjour, je voudrais savoir si cette lampe est encore disponible dans votre boutique à Lyon.").wants(http.StatusOK)
	if got := sure.Header.Get("Content-Language"); got != "fr" {
		t.Errorf("the answer speaks %q after a French sentence", got)
	}
	if got := b.call("GET", "/menu", nil).wants(http.StatusOK).html().Find("option[selected]").AttrOr("value", ""); got != "fr" {
		t.Errorf("the menu says %q", got)
	}
	chosen := b.call("POST", "/language", map[string]string{"language": "en"}).wants(http.StatusOK)
	if chosen.Header.Get("Content-Language") != "en" {
		t.Error("the choice in the menu does not count")
	}
	b.call("POST", "/language", map[string]string{"language": "xx"}).wants(http.StatusUnprocessableEntity)
}
