package ui

import (
	"time"

	"rejoin/locales"
)

// Formats of a Time; static/js/time.js draws the same ones in the browser's zone.
const (
	AsTime     = "time"     // 14:05
	AsDate     = "date"     // 3 November 2025
	AsDateTime = "datetime" // 3 November 2025, 14:05
	AsDay      = "day"      // Today, Yesterday, Monday 3 November
	AsList     = "list"     // 14:05 today, else Mon, else 3 Nov
	AsAgo      = "ago"      // 3 min ago
)

func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// said is the text until the browser's script says it in the reader's own zone.
func said(format string, t time.Time, l *locales.Locale, zone *time.Location) string {
	switch format {
	case AsDate, AsDay:
		return l.Date(t, zone)
	case AsDateTime, AsAgo:
		return l.DateTime(t, zone)
	}
	return l.Time(t, zone)
}
