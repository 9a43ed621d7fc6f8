package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
)

// HoursTyped is the week as it was typed, sound or not.
type HoursTyped struct {
	Zone     string
	Always   bool
	Week     [7][]RangeTyped
	Holidays []HolidayTyped
}

// RangeTyped is one opening as it was typed.
type RangeTyped struct{ From, To string }

// HolidayTyped is one date as it was typed; without ranges it is closed.
type HolidayTyped struct {
	Date   string
	Name   string
	Ranges []RangeTyped
}

// HoursWords is what the hours mean.
type HoursWords struct {
	Now      string // "Open now until 17:00, then Monday 09:00"; empty while the hours are not sound
	Zone     string
	Week     []DayWords
	Holidays []DayWords
	Nights   [7]string // of days whose openings end on the next day: until when
}

const wordJoiner = "\u2060" // keeps both ends of an opening on one line

// DayWords is one line of the week: its days and their openings.
type DayWords struct{ Days, Text string }

// WeekOrder is the days as a week is read.
func WeekOrder() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

// DayCode is a day in the names of fields: "mon".
func DayCode(day time.Weekday) string { return strings.ToLower(day.String()[:3]) }

// HoursField is the name of a field of the hours, such as "hours.week.mon.0.from".
func HoursField(parts ...any) string {
	name := chat.HoursWeek
	for _, part := range parts {
		switch part := part.(type) {
		case time.Weekday:
			name += "." + DayCode(part)
		case int:
			name += "." + strconv.Itoa(part)
		case string:
			name += "." + part
		}
	}
	return name
}

// WordsOf says the hours in words, as of an instant.
func WordsOf(l *locales.Locale, h followup.Hours, now time.Time) HoursWords {
	words := HoursWords{Zone: h.Zone}
	zone, err := time.LoadLocation(h.Zone)
	if err != nil {
		return words
	}
	status := h.At(now)
	words.Now = l.HoursSentence(status.Open, status.Until, status.Next, now, zone, false)
	if h.Always {
		return words
	}
	words.Week = weekWords(l, h.Week)
	for day, ranges := range h.Week {
		words.Nights[day] = night(l, time.Weekday(day), ranges)
	}
	words.Holidays = holidayWords(l, h.Holidays, now.In(zone).Format(time.DateOnly))
	return words
}

// weekWords makes one line of neighbouring days with the same openings.
func weekWords(l *locales.Locale, week [7][]followup.Range) []DayWords {
	var lines []DayWords
	order := WeekOrder()
	for from := 0; from < len(order); {
		to := from
		for to+1 < len(order) && sameDay(week[order[from]], week[order[to+1]]) {
			to++
		}
		days := l.WeekdayName(order[from])
		if to > from {
			days = l.T("settings.hours.days", "From", days, "To", l.WeekdayName(order[to]))
		}
		lines = append(lines, DayWords{Days: days, Text: RangesWords(l, order[from], week[order[from]])})
		from = to + 1
	}
	return lines
}

// sameDay joins days only when none of their openings names the day on which it ends.
func sameDay(a, b []followup.Range) bool {
	return slices.Equal(a, b) && !slices.ContainsFunc(a, overMidnight)
}

func overMidnight(r followup.Range) bool { return r.To <= r.From && r.To != 0 }

// RangesWords says one day's openings.
func RangesWords(l *locales.Locale, day time.Weekday, ranges []followup.Range) string {
	if len(ranges) == 0 {
		return l.T("settings.hours.closed")
	}
	var said []string
	for _, r := range ranges {
		said = append(said, rangeWords(l, day, r))
	}
	return l.Comma(said...)
}

func rangeWords(l *locales.Locale, day time.Weekday, r followup.Range) string {
	switch {
	case r.From == 0 && (r.To == 0 || r.To == 24*60):
		return l.T("settings.hours.all_day")
	case overMidnight(r):
		return r.From.String() + " " + untilNext(l, day, r)
	}
	return r.From.String() + "–" + wordJoiner + r.To.String()
}

func untilNext(l *locales.Locale, day time.Weekday, r followup.Range) string {
	return l.T("settings.hours.next_day", "Time", r.To.String(), "Day", l.WeekdayName((day+1)%7))
}

func night(l *locales.Locale, day time.Weekday, ranges []followup.Range) string {
	for _, r := range ranges {
		if overMidnight(r) {
			return untilNext(l, day, r)
		}
	}
	return ""
}

const holidaysSaid = 12

// holidayWords says the holidays that are still to come.
func holidayWords(l *locales.Locale, holidays []followup.Holiday, today string) []DayWords {
	var lines []DayWords
	coming := slices.Clone(holidays)
	slices.SortFunc(coming, func(a, b followup.Holiday) int { return strings.Compare(a.Date, b.Date) })
	for _, h := range coming {
		date, err := time.Parse(time.DateOnly, h.Date)
		if err != nil || h.Date < today || len(lines) == holidaysSaid {
			continue
		}
		days := l.Date(date, time.UTC)
		if h.Name != "" {
			days += " · " + h.Name
		}
		lines = append(lines, DayWords{Days: days, Text: RangesWords(l, date.Weekday(), h.Ranges)})
	}
	return lines
}
