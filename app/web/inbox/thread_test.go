package inbox_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"rejoin/app/chat"
)

func TestAnAnswerIsDrawnAndSentTwiceCountsOnce(t *testing.T) {
	h := newHouse(t)
	form := url.Values{"client": {"made-by-the-client"}, "text": {"Yes! See https://shop.example/blue, <b>today</b>"}}
	first := h.agent.post(h.jo.at("messages"), form, "HX-Request", "true").wants(http.StatusOK).page().Find("article.from-agent")
	again := h.agent.post(h.jo.at("messages"), form, "HX-Request", "true").wants(http.StatusOK).page().Find("article.from-agent")
	if first.AttrOr("data-seq", "") == "" || first.AttrOr("data-seq", "") != again.AttrOr("data-seq", "") {
		t.Errorf("numbers %q and %q", first.AttrOr("data-seq", ""), again.AttrOr("data-seq", ""))
	}
	if got := first.Find(".bubble a").AttrOr("href", ""); got != "https://shop.example/blue" {
		t.Errorf("the link leads to %q", got)
	}
	if first.Find(".bubble b").Length() != 0 || !strings.Contains(first.Find(".bubble").Text(), "<b>today</b>") {
		t.Error("what was typed is not shown as it was typed")
	}
}

func TestARefusedAnswerKeepsItsText(t *testing.T) {
	h := newHouse(t)
	long := strings.Repeat("é", chat.MaxText)
	page := h.agent.post(h.jo.at("messages"), url.Values{"text": {long}, "note": {"on"}}).wants(http.StatusUnprocessableEntity).page()
	if got := page.Find("#composer textarea").Text(); got != long {
		t.Errorf("%d of %d bytes came back", len(got), len(long))
	}
	if page.Find("#composer.note #composer-error:not([hidden])").Text() == "" {
		t.Error("nothing says why")
	}
	refused := h.agent.post(h.jo.at("messages"), url.Values{"text": {" \n"}}, "HX-Request", "true", "Accept", "application/json, text/html").wants(http.StatusUnprocessableEntity)
	if !strings.Contains(refused.body, `"key":"chat.text.empty"`) {
		t.Errorf("refused with %s", refused.body)
	}
}

func TestAPlainFormThatIsRefusedSaysSoInItsStatusToo(t *testing.T) {
	h := newHouse(t)
	for name, text := range map[string]string{"empty": "", "blank": " \r\n ", "too long": strings.Repeat("x", chat.MaxText+1)} {
		page := h.agent.post(h.jo.at("messages"), url.Values{"text": {text}}).wants(http.StatusUnprocessableEntity).page()
		if page.Find("#composer-error:not([hidden])").Text() == "" {
			t.Errorf("%s: nothing says why", name)
		}
	}
	h.agent.post(h.jo.at("spam"), url.Values{"state": {"spam"}}).wants(http.StatusSeeOther)
	page := h.agent.post(h.jo.at("messages"), url.Values{"text": {"Yes, it is here."}}).wants(http.StatusConflict).page()
	if got := page.Find("#composer textarea").Text(); got != "Yes, it is here." || page.Find("#composer-error:not([hidden])").Text() == "" {
		t.Errorf("of an answer to spam %q came back", got)
	}
}

func TestADraftSurvivesAReloadAndEndsWithTheAnswer(t *testing.T) {
	h := newHouse(t)
	draft := func(by *browser) string {
		return by.get(h.jo.at("")).wants(http.StatusOK).page().Find("#composer textarea").Text()
	}
	h.agent.post(h.jo.at("draft"), url.Values{"text": {"half a sen"}}).wants(http.StatusNoContent)
	if draft(h.agent) != "half a sen" || draft(h.admin) != "" {
		t.Errorf("the agent's draft is %q, the admin's %q", draft(h.agent), draft(h.admin))
	}
	h.agent.post(h.jo.at("messages"), url.Values{"text": {"half a sentence"}}).wants(http.StatusSeeOther)
	if draft(h.agent) != "" {
		t.Errorf("the draft is still %q", draft(h.agent))
	}
}

func TestEarlierMessagesAndMissedOnesComeByNumber(t *testing.T) {
	h := newHouse(t)
	for i := range 60 {
		h.jo.writes(fmt.Sprintf("line %d", i))
	}
	page := h.agent.get(h.jo.at("")).wants(http.StatusOK).page()
	first := page.Find("#open").AttrOr("data-first", "")
	earlier := h.agent.htmx(page.Find("#earlier").AttrOr("href", "")).wants(http.StatusOK).page()
	if earlier.Find("[data-seq]").Length() == 0 || earlier.Find("[data-seq='"+first+"']").Length() != 0 {
		t.Errorf("%d came before number %s", earlier.Find("[data-seq]").Length(), first)
	}
	if earlier.Find("#earlier").Length() != 0 {
		t.Error("there is still something earlier than the first")
	}
	missed := h.agent.htmx(h.jo.at("messages?after=60")).wants(http.StatusOK).page().Find("[data-seq]")
	if missed.First().AttrOr("data-seq", "") != "61" {
		t.Errorf("after 60 comes %q", missed.First().AttrOr("data-seq", ""))
	}
	h.agent.htmx(h.jo.at("messages?after=minus")).wants(http.StatusUnprocessableEntity)
}

func TestMessagesAreGroupedByAuthorAndDay(t *testing.T) {
	h := newHouse(t)
	mia := h.guest(h.org, "Is the blue one in stock?")
	mia.writes("And the red one?")
	h.clock.advance(48 * time.Hour)
	mia.writes("Anyone?")
	page := h.agent.get(mia.at("")).wants(http.StatusOK).page()
	if got := page.Find("article.message.first").Length(); got != 2 {
		t.Errorf("%d groups, want 2", got)
	}
	if got := page.Find("#thread .day-line").Length(); got != 2 {
		t.Errorf("%d days, want 2", got)
	}
	if got := page.Find(".new-line").Length(); got != 1 {
		t.Errorf("%d marks of what is new", got)
	}
}

func TestEveryHappeningHasItsSentence(t *testing.T) {
	h := newHouse(t)
	h.must(h.desk.Assign(t.Context(), h.admin.caller, h.jo.key, h.agent.caller.Agent.Key))
	h.must(h.desk.Close(t.Context(), h.agent.caller, h.jo.key))
	h.jo.writes("One more thing")
	h.must(h.desk.SetCustomerLanguage(t.Context(), h.agent.caller, h.jo.key, "fr"))
	h.must(h.desk.MarkSpam(t.Context(), h.agent.caller, h.jo.key))
	h.must(h.desk.NotSpam(t.Context(), h.agent.caller, h.jo.key))
	h.jo.leaves()
	said := h.agent.get(h.jo.at("")).wants(http.StatusOK).page().Find("#thread").Text()
	for _, sentence := range []string{
		"Gave the address jo@example.org", "Ada Lovelace assigned it to Zoe Martin", "Zoe Martin closed the conversation",
		"Reopened by the customer’s message", "Zoe Martin set the language to French", "Zoe Martin marked it as spam",
		"Zoe Martin took the spam mark back", "Left the site",
	} {
		if !strings.Contains(said, sentence) {
			t.Errorf("nothing says %q", sentence)
		}
	}
}

func TestTheComposerSaysWhatHappensWithAnAnswer(t *testing.T) {
	h := newHouse(t)
	says := func(g *guest) string {
		return words(h.agent.get(g.at("")).wants(http.StatusOK).page().Find("#composer-says .when-reply"))
	}
	if got := says(h.jo); got != "jo@example.org is here: they read it in the chat." {
		t.Errorf("while here: %q", got)
	}
	nameless := h.guest(h.org, "Hi")
	nameless.leaves()
	if got := says(nameless); !strings.HasSuffix(got, "has left. They cannot be reached: no address.") {
		t.Errorf("without an address: %q", got)
	}
	h.jo.leaves()
	if got := says(h.jo); got != "jo@example.org has left. If unread, this goes by email in 5 minutes." {
		t.Errorf("after leaving: %q", got)
	}
	h.agent.says(h.jo, "Yes, it is.")
	h.agent.post(h.jo.at("hurry"), nil).wants(http.StatusSeeOther)
	h.sweeps()
	if got := says(h.jo); got != "jo@example.org has left. If unread, this goes by email at 11:05." {
		t.Errorf("right after an email: %q", got)
	}
	h.set(chat.ContinuousContent, "off")
	if got := says(h.jo); !strings.HasSuffix(got, "Nothing goes by email by itself: invite them so that it reaches them.") {
		t.Errorf("while nothing is sent by itself: %q", got)
	}
	h.set(chat.ContinuousOn, false)
	if got := says(h.jo); !strings.HasSuffix(got, "They read it when they return: continuous conversation is off.") {
		t.Errorf("while it is off: %q", got)
	}
}

func TestTheInviteButtonSaysWhyNot(t *testing.T) {
	h := newHouse(t)
	page := h.agent.get(h.jo.at("")).wants(http.StatusOK).page()
	button := page.Find("#invite")
	if button.AttrOr("aria-disabled", "") != "true" {
		t.Fatal("the customer is here, and the button invites")
	}
	reason := page.Find("#" + button.AttrOr("aria-describedby", "none")).Text()
	if reason == "" || reason != button.AttrOr("title", "") {
		t.Errorf("the reasons are %q and %q", reason, button.AttrOr("title", ""))
	}
}

func TestWhenTheCustomerSawItStandsUnderTheNewestAnswerOnly(t *testing.T) {
	h := newHouse(t)
	fates := func() []string {
		page := h.agent.get(h.jo.at("")).page()
		page.Find(".why-link").Remove()
		return page.Find("article.from-agent .fate").Map(func(_ int, s *goquery.Selection) string {
			return strings.Join(strings.Fields(s.Text()), " ")
		})
	}
	for _, text := range []string{"Yes", "In blue too", "And in red"} {
		h.agent.post(h.jo.at("messages"), url.Values{"text": {text}}).wants(http.StatusSeeOther)
	}
	c, err := h.desk.Store().ConversationByKey(t.Context(), h.org.ID, h.jo.key)
	h.must(err)
	want := []string{"Held: the customer is reading"}
	if got := fates(); !slices.Equal(got, want) {
		t.Errorf("before: %q", got)
	}
	h.must(h.desk.SeenByCustomer(t.Context(), h.jo.caller, h.jo.key, c.LastSeq-1))
	want = []string{"Seen 10:30", "Held: the customer is reading"}
	h.clock.advance(time.Hour)
	if got := fates(); !slices.Equal(got, want) {
		t.Errorf("an hour after two were seen: %q, want %q", got, want)
	}
}

func TestSeenByAnAgentClearsTheUnreadCount(t *testing.T) {
	h := newHouse(t)
	unread := func() string { return h.agent.get("/inbox").page().Find(".row-item").AttrOr("data-unread", "") }
	if unread() != "1" {
		t.Errorf("unread %s, want 1", unread())
	}
	h.agent.post(h.jo.at("seen"), url.Values{"seq": {"1"}}).wants(http.StatusNoContent)
	if unread() != "0" {
		t.Errorf("unread %s, want 0", unread())
	}
	h.agent.post(h.jo.at("seen"), url.Values{"seq": {"all"}}).wants(http.StatusUnprocessableEntity)
}
