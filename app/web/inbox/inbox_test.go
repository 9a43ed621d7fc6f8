package inbox_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTheInboxShowsThreePanes(t *testing.T) {
	h := newHouse(t)
	page := h.agent.get(h.jo.at("")).wants(http.StatusOK).page()
	for what, selector := range map[string]string{
		"the row":       ".pane-list .row-item[data-key='" + h.jo.key + "'] a[aria-current]",
		"the message":   ".pane-thread article[data-seq='1'] .bubble",
		"the composer":  ".pane-thread form#composer textarea[name=text]",
		"the address":   ".pane-customer .customer-address",
		"a closed view": ".views-more a[href='/inbox?view=closed']",
	} {
		if page.Find(selector).Length() != 1 {
			t.Errorf("%s (%s) is there %d times", what, selector, page.Find(selector).Length())
		}
	}
	if got := page.Find("article[data-seq='1'] .bubble").Text(); !strings.Contains(got, "is the blue one in stock?") {
		t.Errorf("the message reads %q", got)
	}
}

func TestAStrangerIsLedToTheSignInPageAndBack(t *testing.T) {
	h := newHouse(t)
	to := h.nobody().get("/inbox?view=mine").wants(http.StatusSeeOther).Header.Get("Location")
	if to != "/sign-in?next="+url.QueryEscape("/inbox?view=mine") {
		t.Errorf("led to %q", to)
	}
	fragment := h.nobody().get("/inbox/rows", "HX-Request", "true", "HX-Current-URL", baseURL+h.jo.at("")).wants(http.StatusUnauthorized)
	if to := fragment.Header.Get("HX-Redirect"); to != "/sign-in?next="+url.QueryEscape(h.jo.at("")) {
		t.Errorf("a fragment is led to %q", to)
	}
	h.nobody().get("/inbox/stream", "Accept", "text/event-stream").wants(http.StatusUnauthorized)
}

func TestViewsReachesAndSearchFilterTheList(t *testing.T) {
	h := newHouse(t)
	max := h.guest(h.org, "Where is my parcel?")
	max.leaves()
	h.must(h.desk.Assign(h.Context(), h.agent.caller, max.key, h.agent.caller.Agent.Key))
	for query, want := range map[string][]string{
		"?view=mine":                          {max.key},
		"?view=unassigned":                    {h.jo.key},
		"?view=all":                           {max.key, h.jo.key},
		"?reach=unreachable":                  {max.key},
		"?q=parcel":                           {max.key},
		"?view=closed":                        nil,
		"?view=no-such-view&reach=everywhere": {max.key, h.jo.key},
	} {
		var got []string
		rows := h.agent.get("/inbox" + query).wants(http.StatusOK).page().Find(".row-item")
		for i := range rows.Length() {
			got = append(got, rows.Eq(i).AttrOr("data-key", ""))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s lists %v, want %v", query, got, want)
		}
	}
}

func TestALongListComesInPagesWithoutGapsOrDoubles(t *testing.T) {
	h := newHouse(t)
	const more = 70
	for i := range more {
		h.clock.advance(1)
		h.guest(h.org, fmt.Sprintf("Message %d", i))
	}
	seen := map[string]bool{}
	page := h.agent.get("/inbox").wants(http.StatusOK).page()
	for pages := 1; ; pages++ {
		rows := page.Find(".row-item")
		for i := range rows.Length() {
			key := rows.Eq(i).AttrOr("data-key", "")
			if seen[key] {
				t.Fatalf("%s came twice", key)
			}
			seen[key] = true
		}
		next, more := page.Find(".rows-more").Attr("hx-get")
		if !more {
			break
		}
		page = h.agent.htmx(next).wants(http.StatusOK).page()
		if pages > 10 {
			t.Fatal("the list does not end")
		}
	}
	if len(seen) != more+1 {
		t.Errorf("%d conversations came, want %d", len(seen), more+1)
	}
}

func TestAFilterKeepsTheOpenConversationInTheAddress(t *testing.T) {
	h := newHouse(t)
	answer := h.agent.get("/inbox?view=mine", "HX-Request", "true", "HX-Request-Type", "partial", "HX-Current-URL", baseURL+h.jo.at("")).wants(http.StatusOK)
	if got := answer.Header.Get("HX-Push-Url"); got != h.jo.at("")+"?view=mine" {
		t.Errorf("the address becomes %q", got)
	}
	if answer.page().Find("#list").Length() != 1 || strings.Contains(answer.body, "<html") {
		t.Error("the answer is not the list alone")
	}
}

func TestCountsFollowWhatHappens(t *testing.T) {
	h := newHouse(t)
	count := func(view string) string {
		return h.agent.htmx("/inbox/counts").wants(http.StatusOK).page().Find("a[href='/inbox?view=" + view + "'] .count").Text()
	}
	if count("closed") != "0" || count("waiting_for_us") != "1" {
		t.Errorf("closed %s, waiting for us %s", count("closed"), count("waiting_for_us"))
	}
	h.must(h.desk.Close(h.Context(), h.agent.caller, h.jo.key))
	if count("closed") != "1" || count("waiting_for_us") != "0" {
		t.Errorf("after closing: closed %s, waiting for us %s", count("closed"), count("waiting_for_us"))
	}
}

func TestAnAgentGoesAwayAndComesBack(t *testing.T) {
	h := newHouse(t)
	away := h.agent.post("/status", url.Values{"status": {"away"}}, "HX-Request", "true").wants(http.StatusOK)
	if !strings.Contains(away.body, `value="online"`) {
		t.Error("the control does not offer to come back")
	}
	agent, err := h.desk.Store().Agent(t.Context(), h.org.ID, h.agent.caller.Agent.ID)
	h.must(err)
	if agent.AwayAt == nil {
		t.Error("the agent is not away")
	}
	h.agent.post("/status", url.Values{"status": {"asleep"}}).wants(http.StatusUnprocessableEntity)
}

func TestWhatWaitsToBeEmailedIsAViewWithItsCount(t *testing.T) {
	h := newHouse(t)
	if chip := h.agent.get("/inbox").page().Find(".due-line:not([hidden])"); chip.Length() != 0 {
		t.Errorf("nothing waits, and it says %q", words(chip))
	}
	h.guest(h.org, "Is the red one in stock?")
	h.jo.leaves()
	h.agent.says(h.jo, "Yes, it is.")
	page := h.agent.get("/inbox").wants(http.StatusOK).page()
	chip := page.Find(".due-line:not([hidden]) a")
	if got := words(chip); got != "1 waiting to be emailed" {
		t.Errorf("the chip says %q", got)
	}
	due := h.agent.get(chip.AttrOr("href", "")).wants(http.StatusOK).page()
	if rows := due.Find(".row-item"); rows.Length() != 1 || rows.AttrOr("data-key", "") != h.jo.key || rows.Find(".list-row-due time").Length() != 1 {
		t.Errorf("%d rows wait", rows.Length())
	}
	if got := words(due.Find(".view.chosen")); !strings.HasPrefix(got, "Waiting to be emailed") {
		t.Errorf("the chosen view is called %q", got)
	}
	h.agent.post(h.jo.at("closure"), url.Values{"state": {"closed"}}).wants(http.StatusSeeOther)
	if counts := h.agent.htmx("/inbox/counts").page().Find("#due"); words(counts) != "1 waiting to be emailed" {
		t.Errorf("after closing it says %q", words(counts))
	}
}
