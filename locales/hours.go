package locales

import "time"

// HoursSentence says in one sentence whether the organization is open and when it opens next, in
// the reader's zone. A zero until while open means always open, a zero next means no further
// opening is known. It names weekdays, never "today", since emails are read later; own adds that
// the times are the reader's.
func (l *Locale) HoursSentence(open bool, until, next, now time.Time, zone *time.Location, own bool) string {
	now = at(now, zone)
	suffix := ""
	if own {
		suffix = l.T("hours.own_time")
	}
	switch {
	case open && until.IsZero():
		return l.T("hours.always")
	case open && next.IsZero():
		return l.T("hours.open_until", "Until", l.closing(until, now, zone)) + suffix
	case open:
		return l.T("hours.open_until_then", "Until", l.closing(until, now, zone), "Next", l.opening(next, now, zone)) + suffix
	case next.IsZero():
		return l.T("hours.none")
	}
	return l.T("hours.back", "Next", l.opening(next, now, zone)) + suffix
}

// closing is the bare time unless it is a day or more away.
func (l *Locale) closing(until, now time.Time, zone *time.Location) string {
	if until.Sub(now) < 24*time.Hour {
		return l.Time(until, zone)
	}
	return l.opening(until, now, zone)
}

// opening is weekday and time, with the date where the weekday alone would be read as this week's.
func (l *Locale) opening(next, now time.Time, zone *time.Location) string {
	day := l.Weekday(next, zone)
	if days(now, at(next, zone)) >= 7 {
		day = l.dayAndMonth(at(next, zone))
	}
	return l.T("hours.day_time", "Day", day, "Time", l.Time(next, zone))
}
