package locales

import (
	"fmt"
	"time"
)

// Date returns "3 November 2025" in the zone.
func (l *Locale) Date(t time.Time, zone *time.Location) string {
	t = at(t, zone)
	return l.T("date.full", "Day", l.day(t), "Month", l.month(t), "Year", t.Year())
}

// Time returns "14:05" in the zone.
func (l *Locale) Time(t time.Time, zone *time.Location) string {
	return at(t, zone).Format("15:04")
}

// DateTime returns "3 November 2025, 14:05" in the zone.
func (l *Locale) DateTime(t time.Time, zone *time.Location) string {
	return l.T("date.with_time", "Date", l.Date(t, zone), "Time", l.Time(t, zone))
}

// Weekday returns "Monday" in the zone.
func (l *Locale) Weekday(t time.Time, zone *time.Location) string {
	return l.WeekdayName(at(t, zone).Weekday())
}

// WeekdayName returns the name of a day of the week.
func (l *Locale) WeekdayName(day time.Weekday) string {
	return l.T(fmt.Sprintf("date.weekday.%d", int(day)))
}

// DayLine returns "Today", "Yesterday", "Monday 3 November", and the year when it is another one.
func (l *Locale) DayLine(t, now time.Time, zone *time.Location) string {
	t, now = at(t, zone), at(now, zone)
	switch days(t, now) {
	case 0:
		return l.T("date.today")
	case 1:
		return l.T("date.yesterday")
	}
	if t.Year() != now.Year() {
		return l.T("date.day_of_year", "Weekday", l.Weekday(t, zone), "Date", l.Date(t, zone))
	}
	return l.dayAndMonth(t)
}

// Relative returns how long ago an instant was, short: "now", "3 min ago", "2 h ago", "4 d ago", then "3 Nov".
func (l *Locale) Relative(t, now time.Time) string {
	ago := now.Sub(t)
	switch {
	case ago < time.Minute:
		return l.T("date.ago.now")
	case ago < time.Hour:
		return l.T("date.ago.minutes", "Count", int(ago/time.Minute))
	case ago < 24*time.Hour:
		return l.T("date.ago.hours", "Count", int(ago/time.Hour))
	case ago < 7*24*time.Hour:
		return l.T("date.ago.days", "Count", int(ago/(24*time.Hour)))
	}
	t = t.In(now.Location())
	month := l.T(fmt.Sprintf("date.month_short.%d", int(t.Month())))
	if t.Year() != now.Year() {
		return l.T("date.short_with_year", "Day", t.Day(), "Month", month, "Year", t.Year())
	}
	return l.T("date.short", "Day", t.Day(), "Month", month)
}

// Duration returns "30 seconds", "5 minutes", "1 hour 30 minutes", "2 days": its two largest units.
func (l *Locale) Duration(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	units := []struct {
		key  string
		size time.Duration
	}{
		{"duration.days", 24 * time.Hour}, {"duration.hours", time.Hour},
		{"duration.minutes", time.Minute}, {"duration.seconds", time.Second},
	}
	for i, unit := range units {
		if d < unit.size && i < len(units)-1 {
			continue
		}
		first := l.N(unit.key, int(d/unit.size))
		if rest := d % unit.size; i+1 < len(units) && rest >= units[i+1].size {
			second := l.N(units[i+1].key, int(rest/units[i+1].size))
			return l.T("duration.two", "First", first, "Second", second)
		}
		return first
	}
	return ""
}

func (l *Locale) dayAndMonth(t time.Time) string {
	return l.T("date.day_line", "Weekday", l.WeekdayName(t.Weekday()), "Day", l.day(t), "Month", l.month(t))
}

func (l *Locale) day(t time.Time) string {
	if t.Day() == 1 {
		return l.T("date.first_day")
	}
	return fmt.Sprint(t.Day())
}

func (l *Locale) month(t time.Time) string {
	return l.T(fmt.Sprintf("date.month.%d", int(t.Month())))
}

// days returns how many midnights lie between two instants of one zone.
func days(from, to time.Time) int {
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(to).Sub(midnight(from)) / (24 * time.Hour))
}

func at(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone)
}
