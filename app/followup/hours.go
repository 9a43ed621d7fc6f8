package followup

import (
	"slices"
	"time"
)

// searchSpan bounds the search for openings: "none in 14 days" is an answer.
const searchSpan = 14 * 24 * time.Hour

// Hours are an organization's business hours: wall times in an IANA zone,
// never offsets.
type Hours struct {
	Zone     string     `json:"zone"`
	Week     [7][]Range `json:"week"` // Week[time.Sunday] is Sunday
	Holidays []Holiday  `json:"holidays"`
	Always   bool       `json:"always"` // open at every instant, whatever the rest says
}

// Range is one opening of a day, end-exclusive. A To at or before From lies on
// the next day, and the range belongs to its first day.
type Range struct {
	From Minute `json:"from"`
	To   Minute `json:"to"`
}

// Holiday replaces the week's ranges on one date. A range that began the
// evening before still runs to its end.
type Holiday struct {
	Date   string  `json:"date"` // 2006-01-02
	Name   string  `json:"name"`
	Ranges []Range `json:"ranges"` // open anyway; empty means closed
}

// Status says whether an organization is open at an instant. Its times are in
// the organization's zone.
type Status struct {
	Open  bool
	Until time.Time // end of this opening, adjoining ranges merged; zero when closed, or no end within 14 days
	Next  time.Time // the next opening, when open the one after Until; zero when none within 14 days
	Found bool      // false: closed, and no opening within 14 days
}

// At judges the hours at an instant. Hours with an unknown zone are closed, and
// a range with impossible times is left out, so that it never panics.
func (h Hours) At(now time.Time) Status {
	if h.Always {
		return Status{Open: true, Found: true}
	}
	zone, ok := loadZone(h.Zone)
	if !ok {
		return Status{}
	}
	return statusAt(h.openings(zone, now), now)
}

// opening is one stretch of being open, end-exclusive.
type opening struct{ from, to time.Time }

// openings lists the merged openings around now, oldest first: from two days
// before, for what began before midnight, to past the end of the search.
func (h Hours) openings(zone *time.Location, now time.Time) []opening {
	year, month, day := now.In(zone).Date()
	var found []opening
	for ahead := -2; ahead <= 17; ahead++ {
		// A date is held as midnight UTC, so that its seconds are wall seconds.
		date := time.Date(year, month, day+ahead, 0, 0, 0, 0, time.UTC)
		for _, r := range h.rangesOn(date) {
			if o, ok := r.on(date, zone); ok {
				found = append(found, o)
			}
		}
	}
	return merged(found)
}

func (h Hours) rangesOn(date time.Time) []Range {
	written := date.Format(time.DateOnly)
	for _, holiday := range h.Holidays {
		if holiday.Date == written {
			return holiday.Ranges
		}
	}
	return h.Week[date.Weekday()]
}

// on places the range on a date; false when it is impossible, or when the
// clock skipped all of it.
func (r Range) on(date time.Time, zone *time.Location) (opening, bool) {
	if !r.possible() {
		return opening{}, false
	}
	start := date.Unix() + int64(r.From)*60
	o := opening{
		from: firstAt(start, zone),
		to:   firstAt(start+int64(r.length())*60, zone),
	}
	return o, o.from.Before(o.to)
}

func (r Range) possible() bool {
	return r.From >= 0 && r.From < dayMinutes && r.To >= 0 && r.To <= dayMinutes
}

// length is the range's length on the wall clock, 1 to 1440 minutes.
func (r Range) length() Minute {
	if r.To > r.From {
		return r.To - r.From
	}
	return r.To + dayMinutes - r.From
}

func merged(found []opening) []opening {
	slices.SortFunc(found, func(a, b opening) int { return a.from.Compare(b.from) })
	var kept []opening
	for _, o := range found {
		last := len(kept) - 1
		if last < 0 || o.from.After(kept[last].to) {
			kept = append(kept, o)
		} else if o.to.After(kept[last].to) {
			kept[last].to = o.to
		}
	}
	return kept
}

func statusAt(openings []opening, now time.Time) Status {
	var s Status
	horizon := now.Add(searchSpan)
	for _, o := range openings {
		switch {
		case !o.to.After(now) || o.from.After(horizon):
			continue
		case o.from.After(now):
			s.Next, s.Found = o.from, true
			return s
		default:
			s.Open, s.Found = true, true
			if !o.to.After(horizon) {
				s.Until = o.to
			}
		}
	}
	return s
}
