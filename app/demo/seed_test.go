package demo

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

// atRest is the noon of a Wednesday.
var atRest = time.Date(2025, time.November, 5, 12, 0, 0, 0, time.UTC)

func seed(t *testing.T, deskAt func(func() time.Time) *chat.Desk, baseURL string) (*chat.Desk, *chat.AgentCaller) {
	t.Helper()
	key, err := Seed(context.Background(), deskAt, baseURL, atRest)
	fail(t, err, "seed")
	desk := deskAt(func() time.Time { return atRest })
	o, err := desk.Store().OrganizationByKey(context.Background(), key)
	fail(t, err, "find the brand")
	_, caller, err := desk.SignIn(context.Background(), chat.SignInInput{Email: MayaEmail, Password: DemoPassword, IP: "127.0.0.1"})
	fail(t, err, "sign Maya in")
	if caller.Organization.ID != o.ID || !caller.Agent.Admin() {
		t.Error("Maya is no admin of the brand")
	}
	return desk, caller
}

// rows are all conversations by the customer's name.
func rows(t *testing.T, desk *chat.Desk, caller *chat.AgentCaller) map[string]chat.ConversationRow {
	t.Helper()
	all := map[string]chat.ConversationRow{}
	for _, view := range []chat.View{chat.ViewAll, chat.ViewClosed, chat.ViewSpam} {
		page, next, err := desk.List(context.Background(), caller, chat.ListQuery{View: view, Limit: chat.MaxPage})
		fail(t, err, "list")
		if next != (chat.Cursor{}) {
			t.Fatalf("%s has more than a page", view)
		}
		for _, row := range page {
			name := row.CustomerName
			if name == "" {
				name = row.LastMessageText[:12]
			}
			if _, twice := all[name]; twice {
				t.Errorf("there are two of %s", name)
			}
			all[name] = row
		}
	}
	return all
}

func TestTheDemoBeginsWithConversationsOfEveryKind(t *testing.T) {
	desk, maya := seed(t, desks(t), base)
	all := rows(t, desk, maya)
	if len(all) < 10 {
		t.Fatalf("only %d conversations", len(all))
	}
	has := func(what string, is func(chat.ConversationRow) bool) {
		t.Helper()
		for _, row := range all {
			if is(row) {
				return
			}
		}
		t.Errorf("none is %s", what)
	}
	has("waiting for us and nobody's", func(r chat.ConversationRow) bool {
		return r.WaitingFor == chat.Us && r.AssigneeName == "" && r.AgentUnread > 0 && r.Open()
	})
	has("waiting for them, unseen", func(r chat.ConversationRow) bool { return r.WaitingFor == chat.Them && r.CustomerUnread > 0 })
	has("closed", func(r chat.ConversationRow) bool { return r.ClosedAt != nil })
	has("spam", func(r chat.ConversationRow) bool { return r.SpamAt != nil })
	has("Luc's", func(r chat.ConversationRow) bool { return r.AssigneeName == "Luc" })
	has("without an address", func(r chat.ConversationRow) bool { return r.CustomerAddress == "" && r.AddressSkipped != nil })
	has("long", func(r chat.ConversationRow) bool { return r.LastSeq > 60 })
	has("some days old", func(r chat.ConversationRow) bool { return atRest.Sub(r.LastMessageAt) > 3*24*time.Hour })
	has("of this hour", func(r chat.ConversationRow) bool { return atRest.Sub(r.LastMessageAt) < time.Hour })
	for name, row := range all {
		if row.Reach == "active" || row.LastMessageAt.After(atRest) || !strings.HasPrefix(row.PageURL, base+"/demo") {
			t.Errorf("%s: %s, at %s, on %s", name, row.Reach, row.LastMessageAt, row.PageURL)
		}
	}
	if all["Nadia"].Reach != "unreachable" || all["Tom"].Reach != "reachable" {
		t.Errorf("Nadia is %s, Tom is %s", all["Nadia"].Reach, all["Tom"].Reach)
	}
}

func TestTomCanBeInvitedAndNadiaCannot(t *testing.T) {
	desk, maya := seed(t, desks(t), base)
	all := rows(t, desk, maya)
	for name, want := range map[string]string{"Tom": "", "Nadia": "bounced", "Oliver": "no_point", "Grace": "closed"} {
		got, err := desk.Invitability(context.Background(), maya, all[name].Key)
		fail(t, err, name)
		if got.Reason != want {
			t.Errorf("%s: %q, want %q", name, got.Reason, want)
		}
	}
}

func TestCustomersSpeakTheLanguageOfTheirStory(t *testing.T) {
	desk, maya := seed(t, desks(t), base)
	all := rows(t, desk, maya)
	for name, want := range map[string]string{"Camille": "fr", "Tom": "en", "Inès": "fr"} {
		customer, err := desk.Store().Customer(context.Background(), maya.Organization.ID, all[name].CustomerID)
		fail(t, err, name)
		if customer.Language != want {
			t.Errorf("%s speaks %s by %s", name, customer.Language, customer.LanguageReason)
		}
	}
}

func TestASecondStartFindsWhatTheFirstMade(t *testing.T) {
	deskAt := desks(t)
	desk, maya := seed(t, deskAt, base)
	first := rows(t, desk, maya)
	desk, maya = seed(t, deskAt, base)
	if second := rows(t, desk, maya); !reflect.DeepEqual(first, second) {
		t.Errorf("%d conversations, then %d", len(first), len(second))
	}
	agents, err := desk.Store().Agents(context.Background(), maya.Organization.ID)
	fail(t, err, "read agents")
	if len(agents) != 2 {
		t.Errorf("%d agents", len(agents))
	}
}

func TestAStartElsewhereAllowsThatSiteToo(t *testing.T) {
	deskAt := desks(t)
	seed(t, deskAt, base)
	_, maya := seed(t, deskAt, "http://127.0.0.1:9090")
	sites := maya.Organization.Settings.Origins(chat.WidgetSites)
	for _, want := range []string{base, "http://localhost:8080", "http://127.0.0.1:9090", "http://localhost:9090"} {
		if !slices.Contains(sites, want) {
			t.Errorf("%s is not allowed: %v", want, sites)
		}
	}
}

func TestAMakingThatWasCutOffIsMadeAgain(t *testing.T) {
	deskAt := desks(t)
	ctx, cut := context.WithCancel(context.Background())
	asked := 0
	cutting := func(now func() time.Time) *chat.Desk {
		return deskAt(func() time.Time {
			if asked++; asked == 300 {
				cut()
			}
			return now()
		})
	}
	if _, err := Seed(ctx, cutting, base, atRest); err == nil {
		t.Fatal("it was not cut off")
	}
	desk, maya := seed(t, deskAt, base)
	again := rows(t, desk, maya)
	whole, boss := seed(t, desks(t), base)
	if want := rows(t, whole, boss); len(again) != len(want) || again["Camille"].LastSeq != want["Camille"].LastSeq {
		t.Errorf("%d conversations, Camille's with %d messages; want %d and %d",
			len(again), again["Camille"].LastSeq, len(want), want["Camille"].LastSeq)
	}
}

func TestTheBrandRestsAtNoonAndOnSundays(t *testing.T) {
	_, maya := seed(t, desks(t), base)
	hours := maya.Organization.Settings.Hours()
	for at, want := range map[string]bool{
		"2025-11-05T09:30": true, "2025-11-05T13:00": false, "2025-11-05T15:00": true,
		"2025-11-08T12:00": true, "2025-11-09T12:00": false, "2025-12-25T10:00": false,
	} {
		zone, err := time.LoadLocation(brandZone)
		fail(t, err, "load zone")
		instant, err := time.ParseInLocation("2006-01-02T15:04", at, zone)
		fail(t, err, "parse")
		if got := hours.At(instant).Open; got != want {
			t.Errorf("%s: open is %t", at, got)
		}
	}
}

func TestAStoryThatNobodyUnderstandsIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"< hello": "line 1", "story a\nfly away": "line 2", "story a\nbegins soon": "line 2", "story a\n+x": "line 2",
	} {
		if _, err := readStories(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
