package chat_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// quoted is a text as JSON.
func quoted(text string) string {
	raw, _ := json.Marshal(text)
	return string(raw)
}

func TestEverySettingTakesWhatItShouldAndRefusesTheRest(t *testing.T) {
	nordic := strings.Repeat("ø", 80)
	for _, c := range []struct {
		key     string
		given   string
		kept    string // empty = refused
		refusal string // key of the refusal
		field   string // when it is not the setting's key
	}{
		{chat.ContinuousOn, `false`, `false`, "", ""},
		{chat.ContinuousOn, `"yes"`, "", "chat.setting.form", ""},
		{chat.ContinuousOn, `null`, "", "chat.setting.form", ""},
		{chat.ContinuousOn, ``, "", "chat.setting.form", ""},
		{chat.ContinuousOn, `true false`, "", "chat.setting.form", ""},
		{chat.ContinuousMinGap, `0`, `0`, "", ""},
		{chat.ContinuousMinGap, `604800`, `604800`, "", ""},
		{chat.ContinuousMinGap, `604801`, "", "chat.setting.seconds", ""},
		{chat.ContinuousMinGap, `-1`, "", "chat.setting.seconds", ""},
		{chat.ContinuousMinGap, `1.5`, "", "chat.setting.form", ""},
		{chat.ContinuousMinGap, `1e99`, "", "chat.setting.form", ""},
		{chat.ContinuousMinGap, `null`, "", "chat.setting.form", ""},
		{chat.ContinuousMinGap, `"900"`, "", "chat.setting.form", ""},
		{chat.HourlyCap, `1`, `1`, "", ""},
		{chat.HourlyCap, `1000`, `1000`, "", ""},
		{chat.HourlyCap, `0`, "", "chat.setting.number", ""},
		{chat.HourlyCap, `1001`, "", "chat.setting.number", ""},
		{chat.HourlyCap, `"10"`, "", "chat.setting.form", ""},
		{chat.PresenceClosed, `4`, "", "chat.setting.seconds", ""},
		{chat.PresenceIdle, `29`, "", "chat.setting.seconds", ""},
		{chat.EmailName, `" A\r\nBcc: x "`, `"A Bcc: x"`, "", ""},
		{chat.EmailName, quoted(nordic), quoted(nordic), "", ""},
		{chat.EmailName, quoted(nordic + "x"), "", "chat.line.long", ""},
		{chat.EmailName, `"a\u0000b"`, `"ab"`, "", ""},
		{chat.EmailName, `["a"]`, "", "chat.setting.form", ""},
		{chat.EmailAccent, `" #0A7F5A "`, `"#0a7f5a"`, "", ""},
		{chat.EmailAccent, `"#fff"`, "", "chat.setting.color", ""},
		{chat.EmailAccent, `"red;background:url(x)"`, "", "chat.setting.color", ""},
		{chat.EmailAccent, `""`, "", "chat.setting.color", ""},
		{chat.EmailLogo, `""`, `""`, "", ""},
		{chat.EmailLogo, `"https://cdn.example/logo.png?v=1"`, `"https://cdn.example/logo.png?v=1"`, "", ""},
		{chat.EmailLogo, `"javascript:alert(1)"`, "", "chat.setting.url", ""},
		{chat.EmailLogo, `"https://a\"><script>"`, "", "chat.setting.url", ""},
		{chat.EmailLogo, `"//cdn.example/logo.png"`, "", "chat.setting.url", ""},
		{chat.EmailLogo, `"https://jo:pass@cdn.example/"`, "", "chat.setting.url", ""},
		{chat.EmailLogo, quoted("https://cdn.example/" + strings.Repeat("a", 500)), "", "chat.setting.url", ""},
		{chat.WidgetSide, `"left"`, `"left"`, "", ""},
		{chat.WidgetSide, `"LEFT"`, "", "chat.setting.choice", ""},
		{chat.WidgetTitle, `{"en":" Hi ","fr":" "}`, `{"en":"Hi"}`, "", ""},
		{chat.WidgetTitle, quotedIn("fr", strings.Repeat("é", 60)), quotedIn("fr", strings.Repeat("é", 60)), "", ""},
		{chat.WidgetTitle, quotedIn("fr", strings.Repeat("é", 61)), "", "chat.line.long", chat.WidgetTitle + ".fr"},
		{chat.WidgetTitle, `{"<b>":"Hi"}`, "", "chat.setting.form", ""},
		{chat.WidgetTitle, `["Hi"]`, "", "chat.setting.form", ""},
		{chat.WidgetTitle, `null`, "", "chat.setting.form", ""},
		{chat.EmailSubject, `{"fr":"{ agent } chez {brand}"}`, `{"fr":"{ agent } chez {brand}"}`, "", ""},
		{chat.EmailSubject, `{"fr":"{marque}"}`, "", "chat.setting.variable", chat.EmailSubject + ".fr"},
		{chat.EmailFooter, `{"en":"{agent}"}`, "", "chat.setting.variable", chat.EmailFooter + ".en"},
		{chat.EmailIntro, `{"en":"{}"}`, "", "chat.setting.variable", chat.EmailIntro + ".en"},
		{chat.AutomationText(followup.OutOfOffice), `{"ar":"{next}"}`, `{"ar":"{next}"}`, "", ""},
		{chat.AutomationText(followup.LongWait), `{"ar":"{next}"}`, "", "chat.setting.variable", chat.AutomationText(followup.LongWait) + ".ar"},
		{chat.PromptText, `{"en":"{brand}"}`, `{"en":"{brand}"}`, "", ""},
		{chat.PromptOffline, `"off"`, "", "chat.setting.choice", ""},
		{chat.ClosedHold, `0`, `0`, "", ""},
		{chat.DraftHold, `3601`, "", "chat.setting.seconds", ""},
		{chat.LongWaitAfter, `29`, "", "chat.setting.seconds", ""},
		{chat.WidgetSites, `[" Shop.Example/ ","https://shop.example","http://localhost:8080",""]`, `["https://shop.example","http://localhost:8080"]`, "", ""},
		{chat.WidgetSites, `["https://shop.example:443","http://shop.example:80"]`, `["https://shop.example","http://shop.example"]`, "", ""},
		{chat.WidgetSites, `["https://shop.example/path"]`, "", "chat.setting.origin", ""},
		{chat.WidgetSites, `["*"]`, "", "chat.setting.origin", ""},
		{chat.WidgetSites, `["https://*.shop.example"]`, "", "chat.setting.origin", ""},
		{chat.WidgetSites, `["https://shop.example; script-src *"]`, "", "chat.setting.origin", ""},
		{chat.WidgetSites, `["https://shop.example;script-src"]`, "", "chat.setting.origin", ""},
		{chat.WidgetSites, `["https://münchen.example"]`, "", "chat.setting.origin", ""},
		{chat.WidgetSites, `["null"]`, `["https://null"]`, "", ""},
		{chat.WidgetSites, `["data:text/html,x"]`, "", "chat.setting.origin", ""},
		{chat.WidgetSites, `["https://a@shop.example"]`, "", "chat.setting.origin", ""},
		{chat.WidgetSites, manySites(51), "", "chat.setting.many", ""},
		{chat.HoursWeek, `{"zone":"Mars/Olympus"}`, "", "chat.hours.zone", chat.HoursWeek + ".zone"},
		{chat.HoursWeek, `{"zone":"UTC","week":[[],[{"from":"25:00","to":"26:00"}],[],[],[],[],[]]}`, "", "chat.hours.time", ""},
		{chat.HoursWeek, `null`, "", "chat.setting.form", ""},
		{chat.HoursWeek, `"always"`, "", "", ""},
	} {
		s, _ := chat.SettingOf(c.key)
		kept, refused := s.Check(json.RawMessage(c.given))
		field := c.field
		if field == "" {
			field = c.key
		}
		switch {
		case c.kept != "" && (len(refused) > 0 || string(kept) != c.kept):
			t.Errorf("%s %s: kept %s, refused %v, want %s", c.key, c.given, kept, refused, c.kept)
		case c.kept == "" && len(refused) == 0:
			t.Errorf("%s takes %.80s as %.80s", c.key, c.given, kept)
		case c.kept == "" && c.refusal != "" && (refused[0].Key != c.refusal || !strings.HasPrefix(refused[0].Field, field)):
			t.Errorf("%s %.80s: refused with %s at %s, want %s", c.key, c.given, refused[0].Key, refused[0].Field, c.refusal)
		}
	}
}

func quotedIn(language, text string) string { return `{"` + language + `":` + quoted(text) + `}` }

func manySites(n int) string {
	var sites []string
	for i := range n {
		sites = append(sites, fmt.Sprintf(`"https://s%d.example"`, i))
	}
	return "[" + strings.Join(sites, ",") + "]"
}

func TestEveryDefaultPassesItsOwnCheck(t *testing.T) {
	for _, s := range chat.Settings() {
		raw, err := json.Marshal(s.Default)
		if err != nil {
			t.Fatal(err)
		}
		if kept, refused := s.Check(raw); len(refused) > 0 && s.Kind != chat.SettingURL {
			t.Errorf("%s: %s is refused: %v", s.Key, kept, refused)
		}
	}
	if _, refused := (chat.Setting{Key: "x", Kind: "unknown"}).Check([]byte("1")); len(refused) == 0 {
		t.Error("an unknown kind takes everything")
	}
	if _, refused := (chat.Setting{Key: "x", Kind: chat.SettingText, Max: 1 << 20}).Check([]byte(quoted(strings.Repeat("x", 70_000)))); len(refused) == 0 {
		t.Error("a setting may be of any size")
	}
}

func TestOverlappingHoursAreRefusedAtTheirRow(t *testing.T) {
	h := newHouse(t)
	err := h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{chat.HoursWeek: []byte(
		`{"zone":"Europe/Paris","week":[[],[{"from":"09:00","to":"12:00"},{"from":"11:00","to":"13:00"}],[],[],[],[],[]]}`)})
	var refused chat.Errors
	if !errors.As(err, &refused) || !strings.HasPrefix(refused[0].Field, "hours.week.mon.") {
		t.Errorf("refused with %v", err)
	}
}

func TestAChangeIsInTheAuditLogWithFromAndToAndNothingIsNot(t *testing.T) {
	h := newHouse(t)
	h.clock.advance(time.Minute)
	entries := func() []chat.AuditEntry {
		t.Helper()
		all, _, err := h.desk.AuditEntries(h.ctx, h.admin, chat.Cursor{}, 50)
		h.must(err)
		return all
	}
	before := len(entries())
	h.forget()
	h.set(chat.ContinuousMinGap, "60")
	first := entries()
	if e := first[0]; len(first) != before+1 || e.Subject != chat.ContinuousMinGap || e.Before != "900" || e.After != "60" || e.AgentName != "Ada" || !e.At.Equal(h.clock.now()) {
		t.Errorf("noted %+v", e)
	}
	if h.heard(chat.SettingChanged, "org:") != 1 {
		t.Error("nobody is told of the change")
	}
	h.forget()
	unchanged := h.dump()
	h.set(chat.ContinuousMinGap, "60")
	h.set(chat.EmailAccent, `"#1F5EFF"`) // the default, and never stored
	h.set(chat.WidgetTitle, `{ "en" : "" }`)
	if len(entries()) != before+1 {
		t.Errorf("changing nothing is noted: %+v", entries()[0])
	}
	if h.heard(chat.SettingChanged, "") != 0 {
		t.Error("everybody is told of nothing")
	}
	h.unchanged(unchanged, "changing nothing")
	h.set(chat.WidgetTitle, `{"fr":"Salut","en":"Hi"}`)
	h.set(chat.WidgetTitle, `{"en":"Hi","fr":"Salut"}`)
	if len(entries()) != before+2 {
		t.Error("the order of languages is noted as a change")
	}
}

func TestOneWrongValueRefusesAll(t *testing.T) {
	h := newHouse(t)
	before := h.dump()
	err := h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{
		chat.ContinuousOn: []byte("false"), chat.EmailAccent: []byte(`"red"`), chat.ContinuousMinGap: []byte("-1"),
	})
	var refused chat.Errors
	if !errors.As(err, &refused) || len(refused) != 2 {
		t.Errorf("refused with %v", err)
	}
	h.refused(h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{"no.such": []byte("1")}), chat.Invalid, "chat.setting.unknown")
	h.refused(h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{chat.ContinuousLink: []byte(`"address"`)}), chat.Invalid, "chat.setting.address_needed")
	h.refused(h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{
		chat.ContinuousLink: []byte(`"address"`), chat.ContinuousAddress: []byte(`"https://evil.example/"`),
	}), chat.Invalid, "chat.setting.address_site")
	h.unchanged(before, "a refused change")
}

func TestTwoAdminsCannotTogetherMakeWhatNeitherMay(t *testing.T) {
	h := newHouse(t)
	h.set(chat.ContinuousAddress, `"https://shop.example/"`)
	stale := *h.admin
	h.set(chat.ContinuousLink, `"address"`) // meanwhile, in another tab
	stale.Organization = &chat.Organization{ID: h.org.ID, Settings: chat.Values{chat.ContinuousAddress: []byte(`"https://shop.example/"`)}}
	err := h.desk.ChangeSettings(h.ctx, &stale, chat.Values{chat.ContinuousAddress: []byte(`""`)})
	h.refused(err, chat.Invalid, "chat.setting.address_needed")
}

func TestWhatIsStoredUnreadablyHasItsDefault(t *testing.T) {
	broken := chat.Values{chat.ContinuousMinGap: []byte(`"x"`), chat.WidgetSites: []byte(`5`), chat.HoursWeek: []byte(`[`), chat.WidgetTitle: []byte(`{"en":"Hi","fr-CA":"Allô"}`)}
	if broken.Seconds(chat.ContinuousMinGap) != 15*time.Minute || len(broken.Origins(chat.WidgetSites)) != 0 || broken.Hours().Zone != "UTC" {
		t.Error("a broken value is read")
	}
	if broken.Localized(chat.WidgetTitle, "en-GB") != "Hi" || broken.Localized(chat.WidgetTitle, "fr-CA") != "Allô" || broken.Localized(chat.WidgetTitle, "de") != "" {
		t.Error("a language is not found")
	}
	if !broken.On(chat.ContinuousOn) || broken.Text("no.such") != "" {
		t.Error("a default is lost")
	}
}

func TestAPageThatWasOpenedAWhileAgoOverwritesNothingUnseen(t *testing.T) {
	h := newHouse(t)
	h.set(chat.WidgetTitle, `{"en":"Chat","fr":"Discussion"}`)
	open := func(section chat.Section) chat.Showing { return h.org.Settings.Showing(section) }
	widget, continuous := open(chat.SectionWidget), open(chat.SectionContinuous)
	h.set(chat.WidgetTitle, `{"en":"Talk","fr":"Discussion"}`)
	h.set(chat.ClosedHold, "600")
	before := h.dump()

	err := h.desk.ChangeSettingsSince(h.ctx, h.admin, chat.Values{chat.ClosedHold: []byte("60"), chat.OpenHold: []byte("60")}, continuous)
	h.refused(err, chat.Conflict, "chat.setting.meanwhile")
	err = h.desk.ChangeSettingsSince(h.ctx, h.admin, chat.Values{chat.WidgetTitle: []byte(`{"en":"Ask us","fr":"Discussion"}`)}, widget)
	var clashes chat.Errors
	if !errors.As(err, &clashes) || clashes[0].Kind != chat.Conflict || clashes[0].Field != chat.WidgetTitle+".en" {
		t.Errorf("the same language: %v", err)
	}
	h.unchanged(before, "a refused change")

	h.must(h.desk.ChangeSettingsSince(h.ctx, h.admin, chat.Values{chat.ClosedHold: []byte("300"), chat.OpenHold: []byte("60")}, continuous))
	h.must(h.desk.ChangeSettingsSince(h.ctx, h.admin, chat.Values{chat.WidgetTitle: []byte(`{"en":"Chat","de":"Fragen"}`)}, widget))
	o, err := h.store.Organization(h.ctx, h.org.ID)
	h.must(err)
	if o.Settings.Seconds(chat.ClosedHold) != 10*time.Minute || o.Settings.Seconds(chat.OpenHold) != time.Minute {
		t.Error("what only the other one changed is lost, or what only this one did")
	}
	if got := o.Settings.AllLocalized(chat.WidgetTitle); len(got) != 2 || got["en"] != "Talk" || got["de"] != "Fragen" {
		t.Errorf("the titles are %v", got)
	}
	h.must(h.desk.ChangeSettingsSince(h.ctx, h.admin, chat.Values{chat.ClosedHold: []byte("600")}, continuous)) // both wish the same
	h.must(h.desk.ChangeSettingsSince(h.ctx, h.admin, chat.Values{chat.ClosedHold: []byte("60")}, nil))         // a program that opened no page
}
