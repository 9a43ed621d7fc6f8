package mail

import (
	"time"

	"rejoin/locales"
)

// group is what one person wrote in a row on one day.
type group struct {
	Day      string // the day line above it; empty on the same day as before
	Author   string
	Initials string
	Own      bool
	Messages []said
}

// said is one message in a group.
type said struct {
	Time string // empty when it is the same as the one's before
	Line
}

// groups puts the earlier or the new lines together by author and day, in the customer's zone.
func (f Followup) groups(l *locales.Locale, earlier bool) []group {
	var all []group
	day := ""
	for _, line := range f.Lines {
		if line.Earlier != earlier {
			continue
		}
		author := line.Author
		if line.Own && author == "" {
			author = l.T("mail.followup.you")
		}
		today := dayOf(l, line.At, f.Zone)
		if n := len(all); n == 0 || today != day || all[n-1].Own != line.Own || all[n-1].Author != author {
			fresh := group{Author: author, Initials: initials(author), Own: line.Own}
			if today != day {
				fresh.Day, day = today, today
			}
			all = append(all, fresh)
		}
		last := &all[len(all)-1]
		last.Messages = append(last.Messages, said{Time: l.Time(line.At, f.Zone), Line: line})
	}
	for _, g := range all {
		for i := len(g.Messages) - 1; i > 0; i-- {
			if g.Messages[i].Time == g.Messages[i-1].Time {
				g.Messages[i].Time = ""
			}
		}
	}
	return all
}

// dayOf names a day in full: an email is read later, when "today" is another day.
func dayOf(l *locales.Locale, at time.Time, zone *time.Location) string {
	return l.T("date.day_of_year", "Weekday", l.Weekday(at, zone), "Date", l.Date(at, zone))
}

// written is a message in paragraphs; what the customer typed holds no links, for a stranger may have typed it.
func (s said) written() [][][]span {
	if s.Own {
		return unlinked(s.Text)
	}
	return paragraphs(s.Text)
}
