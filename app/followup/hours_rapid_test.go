package followup

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var awkwardZones = []string{
	"UTC", "Europe/Paris", "America/New_York", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Havana",
	"Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca", "Pacific/Kiritimati", "Asia/Kathmandu", "Pacific/Apia",
}

func someRanges(t *rapid.T) []Range {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Range {
		// Whole quarters meet the changes of the clock and each other more often.
		return Range{
			From: Minute(rapid.IntRange(0, 95).Draw(t, "from") * 15),
			To:   Minute(rapid.IntRange(0, 96).Draw(t, "to") * 15),
		}
	}), 0, 3).Draw(t, "ranges")
}

func someHours(t *rapid.T) Hours {
	h := Hours{Zone: rapid.SampledFrom(awkwardZones).Draw(t, "zone")}
	for day := range h.Week {
		h.Week[day] = someRanges(t)
	}
	return h
}

// someInstant is on a whole minute, half of the time near a change of the clock.
func someInstant(t *rapid.T, h Hours) time.Time {
	at := time.Unix(rapid.Int64Range(850_000_000, 2_100_000_000).Draw(t, "at")/60*60, 0)
	zone, _ := loadZone(h.Zone)
	if _, change := at.In(zone).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "near a change") {
		return change.Add(time.Duration(rapid.IntRange(-2000, 2000).Draw(t, "minutes off")) * time.Minute)
	}
	return at
}

// openByScan walks the wall clock minute by minute over three days up to the
// instant and keeps the latest wall time it has shown, which is what says open.
func openByScan(h Hours, now time.Time) bool {
	zone, _ := loadZone(h.Zone)
	var shown time.Time
	for at := now.Add(-72 * time.Hour); !at.After(now); at = at.Add(time.Minute) {
		local := at.In(zone)
		wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC)
		if wall.After(shown) {
			shown = wall
		}
	}
	minute := Minute(shown.Hour()*60 + shown.Minute())
	for _, r := range h.rangesOn(shown) {
		if over := r.To <= r.From; minute >= r.From && (over || minute < r.To) {
			return true
		}
	}
	for _, r := range h.rangesOn(shown.AddDate(0, 0, -1)) {
		if over := r.To <= r.From; over && minute < r.To {
			return true
		}
	}
	return false
}

func TestOpenIsWhatTheWallClockShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := someHours(t)
		now := someInstant(t, h)
		for day := range 4 {
			if rapid.Bool().Draw(t, "holiday") {
				date := now.AddDate(0, 0, day-2).Format(time.DateOnly)
				h.Holidays = append(h.Holidays, Holiday{Date: date, Ranges: someRanges(t)})
			}
		}
		if got, want := h.At(now).Open, openByScan(h, now); got != want {
			t.Fatalf("open at %s: got %t, the clock says %t", now.UTC(), got, want)
		}
	})
}

func TestStatusTimesAreTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := someHours(t)
		now := someInstant(t, h)
		s := h.At(now)
		if !s.Until.IsZero() {
			if !s.Open || !s.Until.After(now) || s.Until.After(now.Add(searchSpan)) {
				t.Fatalf("until %s at %s, open %t", s.Until, now, s.Open)
			}
			if !h.At(s.Until.Add(-time.Second)).Open || h.At(s.Until).Open {
				t.Fatalf("%s is no end", s.Until)
			}
		}
		if !s.Next.IsZero() {
			if !s.Next.After(now) || !s.Next.After(s.Until) || s.Next.After(now.Add(searchSpan)) {
				t.Fatalf("next %s at %s, until %s", s.Next, now, s.Until)
			}
			if h.At(s.Next.Add(-time.Second)).Open || !h.At(s.Next).Open || !h.At(s.Next.Add(time.Minute-1)).Open {
				t.Fatalf("%s is no opening", s.Next)
			}
		}
		if s.Found != (s.Open || !s.Next.IsZero()) {
			t.Fatalf("found %t with %+v", s.Found, s)
		}
	})
}

func TestNothingPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Hours{Zone: rapid.OneOf(rapid.String(), rapid.SampledFrom(awkwardZones)).Draw(t, "zone")}
		anything := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Range {
			return Range{From: Minute(rapid.Int().Draw(t, "from")), To: Minute(rapid.Int().Draw(t, "to"))}
		}), 0, 20)
		for day := range h.Week {
			h.Week[day] = anything.Draw(t, "ranges")
		}
		h.Holidays = []Holiday{{Date: rapid.String().Draw(t, "date"), Ranges: anything.Draw(t, "holiday")}}
		h.Check()
		h.At(time.Unix(rapid.Int64().Draw(t, "at"), 0))
		h.At(time.Time{})
	})
}

func TestSoundHoursNeverOverlapByMoreThanTheCheckAllows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := someHours(t)
		h.Zone = "UTC"
		minutes := map[Minute]int{}
		twice, nothing := false, false
		for day, list := range h.Week {
			for _, r := range list {
				nothing = nothing || r.From == r.To && r.From != 0
				for m := range r.length() {
					at := (Minute(day)*dayMinutes + r.From + m) % weekMinutes
					minutes[at]++
					twice = twice || minutes[at] > 1
				}
			}
		}
		if sound := h.Check() == nil; !nothing && sound == twice {
			t.Fatalf("check says sound %t, a minute counted twice %t", sound, twice)
		}
	})
}
