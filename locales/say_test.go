package locales

import (
	"testing"
	"time"
)

var (
	zurich = mustZone("Europe/Zurich")
	now    = time.Date(2025, time.November, 5, 13, 5, 0, 0, time.UTC) // a Wednesday, 14:05 in Zürich
)

func TestTheClosestShippedLanguageIsChosen(t *testing.T) {
	for given, want := range map[string]string{
		"fr": "fr", "fr-CA": "fr", "FR_ch": "fr", "en-GB": "en", "de": "en", "": "en", "zz-invalid-tag": "en",
	} {
		if got := For(given).Tag(); got != want {
			t.Errorf("For(%q) is %s, not %s", given, got, want)
		}
	}
	for given, want := range map[string]string{
		"fr-CH, fr;q=0.9, en;q=0.8": "fr", "de, fr;q=0.5": "fr", "en-US,en": "en", "de": "en", "": "en", ";;;": "en",
	} {
		if got := Match(given).Tag(); got != want {
			t.Errorf("Match(%q) is %s, not %s", given, got, want)
		}
	}
}

func TestNamesAreInTheirOwnLanguage(t *testing.T) {
	if got := Names()["fr"]; got != "français" {
		t.Errorf("French is called %q", got)
	}
}

func TestAMissingKeyReturnsItself(t *testing.T) {
	for _, said := range []string{For("fr").T("no.such.key"), For("en").N("no.such.key", 2)} {
		if said != "no.such.key" {
			t.Errorf("a missing key said %q", said)
		}
	}
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	for _, row := range []struct {
		tag  string
		n    int
		want string
	}{
		{"en", 0, "0 minutes"}, {"en", 1, "1 minute"}, {"en", 2, "2 minutes"}, {"en", 1200, "1,200 minutes"},
		{"fr", 0, "0 minute"}, {"fr", 1, "1 minute"}, {"fr", 2, "2 minutes"}, {"fr", 1_000_000, "1\u00a0000\u00a0000 minutes"},
	} {
		if got := For(row.tag).N("duration.minutes", row.n); got != row.want {
			t.Errorf("%s, %d: %q, not %q", row.tag, row.n, got, row.want)
		}
	}
}

func TestInstantsAreSaidInTheZoneAndTheLanguage(t *testing.T) {
	en, fr := For("en"), For("fr")
	first := time.Date(2025, time.May, 1, 22, 30, 0, 0, time.UTC)
	for _, row := range []struct{ got, want string }{
		{en.Time(now, zurich), "14:05"},
		{en.Date(now, zurich), "5 November 2025"},
		{en.DateTime(now, zurich), "5 November 2025, 14:05"},
		{fr.DateTime(now, zurich), "5 novembre 2025 à 14:05"},
		{fr.Date(first, time.UTC), "1er mai 2025"},
		{fr.Date(first, zurich), "2 mai 2025"},
		{fr.Weekday(now, nil), "mercredi"},
		{en.DayLine(now, now, zurich), "Today"},
		{fr.DayLine(now.AddDate(0, 0, -1), now, zurich), "Hier"},
		{en.DayLine(now.AddDate(0, 0, -2), now, zurich), "Monday 3 November"},
		{fr.DayLine(now.AddDate(-1, 0, 0), now, zurich), "mardi 5 novembre 2024"},
		{en.DayLine(now.Add(-14*time.Hour), now, zurich), "Today"},
		{en.DayLine(now.Add(-15*time.Hour), now, zurich), "Yesterday"},
	} {
		if row.got != row.want {
			t.Errorf("said %q, not %q", row.got, row.want)
		}
	}
}

func TestDistancesAreSaidShortAndDurationsInFull(t *testing.T) {
	en, fr := For("en"), For("fr")
	for _, row := range []struct{ got, want string }{
		{en.Relative(now.Add(-20*time.Second), now), "now"},
		{en.Relative(now.Add(time.Minute), now), "now"},
		{en.Relative(now.Add(-3*time.Minute), now), "3 min"},
		{fr.Relative(now.Add(-50*time.Hour), now), "2 j"},
		{en.Relative(now.AddDate(0, 0, -20), now), "16 Oct"},
		{fr.Relative(now.AddDate(-1, 0, 0), now), "5 nov. 2024"},
		{en.Duration(5 * time.Minute), "5 minutes"},
		{en.Duration(0), "0 seconds"},
		{en.Duration(90 * time.Minute), "1 hour 30 minutes"},
		{fr.Duration(49 * time.Hour), "2 jours 1 heure"},
		{en.Duration(24*time.Hour + time.Minute), "1 day"},
	} {
		if row.got != row.want {
			t.Errorf("said %q, not %q", row.got, row.want)
		}
	}
}

func TestOpeningHoursAreOneSentence(t *testing.T) {
	en, fr := For("en"), For("fr")
	five := time.Date(2025, time.November, 5, 17, 0, 0, 0, zurich)
	monday := time.Date(2025, time.November, 10, 9, 0, 0, 0, zurich)
	never := time.Time{}
	for _, row := range []struct{ got, want string }{
		{en.HoursSentence(true, five, monday, now, zurich, false), "Open now until 17:00, then Monday 09:00"},
		{en.HoursSentence(true, five, never, now, zurich, false), "Open now until 17:00"},
		{en.HoursSentence(false, never, monday, now, zurich, true), "We are back Monday 09:00, your time"},
		{en.HoursSentence(false, never, monday.AddDate(0, 0, 7), now, zurich, false), "We are back Monday 17 November 09:00"},
		{en.HoursSentence(false, never, never, now, zurich, true), "No opening in the next 14 days"},
		{en.HoursSentence(true, never, never, now, zurich, true), "Always open"},
		{en.HoursSentence(true, monday, never, now, zurich, false), "Open now until Monday 09:00"},
		{fr.HoursSentence(true, five, monday, now, zurich, false), "Ouvert jusqu’à 17:00, puis lundi à 09:00"},
		{fr.HoursSentence(false, never, monday, now, time.UTC, true), "Nous serons de retour lundi à 08:00, heure locale chez vous"},
	} {
		if row.got != row.want {
			t.Errorf("said %q, not %q", row.got, row.want)
		}
	}
}

func TestEverySentenceCanBeSaidByManyAtOnce(t *testing.T) {
	done := make(chan string)
	for range 8 {
		go func() { done <- For("fr").N("duration.hours", 2) + For("en").Duration(time.Hour) }()
	}
	for range 8 {
		if said := <-done; said != "2 heures1 hour" {
			t.Errorf("said %q", said)
		}
	}
}

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}
