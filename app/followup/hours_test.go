package followup

import (
	"encoding/json"
	"testing"
	"time"
)

func hm(text string) Minute {
	minute, err := ParseMinute(text)
	if err != nil {
		panic(err)
	}
	return minute
}

func ranges(texts ...string) []Range {
	var list []Range
	for _, text := range texts {
		list = append(list, Range{From: hm(text[:5]), To: hm(text[6:])})
	}
	return list
}

func daily(zone string, texts ...string) Hours {
	h := Hours{Zone: zone}
	for day := range h.Week {
		h.Week[day] = ranges(texts...)
	}
	return h
}

func on(zone string, day time.Weekday, texts ...string) Hours {
	h := Hours{Zone: zone}
	h.Week[day] = ranges(texts...)
	return h
}

func office() Hours {
	h := daily("Europe/Paris", "09:00-12:00", "13:00-17:00")
	h.Week[time.Saturday], h.Week[time.Sunday] = nil, nil
	return h
}

// utc reads an instant; "" is the zero time.
func utc(t *testing.T, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse("2006-01-02 15:04:05", text+":00"[:19-len(text)])
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestHoursAt(t *testing.T) {
	withHoliday := func(h Hours, date string, texts ...string) Hours {
		h.Holidays = append(h.Holidays, Holiday{Date: date, Ranges: ranges(texts...)})
		return h
	}
	closed, always := Hours{Zone: "UTC"}, Hours{Always: true}
	fortnight := withHoliday(withHoliday(on("UTC", time.Monday, "10:00-11:00"), "2024-06-10"), "2024-06-17")
	night := on("UTC", time.Saturday, "22:00-03:00")
	for _, c := range []struct {
		name           string
		hours          Hours
		now            string
		open           bool
		until, next    string
		noOpeningAtAll bool
	}{
		{name: "open in the morning until lunch", hours: office(), now: "2024-06-03 08:00", open: true, until: "2024-06-03 10:00", next: "2024-06-03 11:00"},
		{name: "open at the very first instant", hours: office(), now: "2024-06-03 07:00", open: true, until: "2024-06-03 10:00", next: "2024-06-03 11:00"},
		{name: "closed at the very end", hours: office(), now: "2024-06-03 10:00", next: "2024-06-03 11:00"},
		{name: "open one second before the end", hours: office(), now: "2024-06-03 09:59:59", open: true, until: "2024-06-03 10:00", next: "2024-06-03 11:00"},
		{name: "closed on Friday evening until Monday", hours: office(), now: "2024-06-07 15:30", next: "2024-06-10 07:00"},
		{name: "never open", hours: closed, now: "2024-06-03 08:00", noOpeningAtAll: true},
		{name: "always open, without end", hours: always, now: "2024-06-03 08:00", open: true},
		{name: "every day all day has no end", hours: daily("UTC", "00:00-24:00"), now: "2024-06-03 08:00", open: true},
		{name: "midnight as end is the day's end", hours: daily("UTC", "00:00-00:00"), now: "2024-06-03 08:00", open: true},
		{name: "adjoining ranges are one opening", hours: on("UTC", time.Monday, "09:00-12:00", "12:00-14:00"), now: "2024-06-03 10:00", open: true, until: "2024-06-03 14:00", next: "2024-06-10 09:00"},
		{name: "adjoining over midnight too", hours: withHoliday(on("UTC", time.Monday, "20:00-24:00"), "2024-06-04", "00:00-02:00"), now: "2024-06-03 21:00", open: true, until: "2024-06-04 02:00", next: "2024-06-10 20:00"},
		{name: "overlapping ranges are one opening", hours: on("UTC", time.Monday, "09:00-15:00", "10:00-12:00"), now: "2024-06-03 11:00", open: true, until: "2024-06-03 15:00", next: "2024-06-10 09:00"},
		{name: "over midnight on the first day", hours: night, now: "2024-06-01 23:00", open: true, until: "2024-06-02 03:00", next: "2024-06-08 22:00"},
		{name: "over midnight on the second day", hours: night, now: "2024-06-02 02:59", open: true, until: "2024-06-02 03:00", next: "2024-06-08 22:00"},
		{name: "a range over midnight does not begin on the second day", hours: night, now: "2024-06-02 22:30", next: "2024-06-08 22:00"},
		{name: "a holiday closes", hours: withHoliday(office(), "2024-06-04"), now: "2024-06-03 15:00", next: "2024-06-05 07:00"},
		{name: "a holiday is open anyway", hours: withHoliday(office(), "2024-06-08", "10:00-11:00"), now: "2024-06-07 15:00", next: "2024-06-08 08:00"},
		{name: "the evening before runs into the holiday", hours: withHoliday(night, "2024-06-02"), now: "2024-06-02 01:00", open: true, until: "2024-06-02 03:00", next: "2024-06-08 22:00"},
		{name: "a holiday takes its own night away", hours: withHoliday(night, "2024-06-08"), now: "2024-06-02 04:00", next: "2024-06-15 22:00"},
		{name: "fourteen days ahead is found", hours: fortnight, now: "2024-06-10 10:00", next: "2024-06-24 10:00"},
		{name: "a second more than fourteen days ahead is not", hours: fortnight, now: "2024-06-10 09:59:59", noOpeningAtAll: true},
		{name: "an unknown zone is closed", hours: daily("Mars/Olympus", "00:00-24:00"), now: "2024-06-03 08:00", noOpeningAtAll: true},
		{name: "the machine's zone is no zone", hours: daily("Local", "00:00-24:00"), now: "2024-06-03 08:00", noOpeningAtAll: true},
		{name: "impossible times are left out", hours: Hours{Zone: "UTC", Week: [7][]Range{1: {{From: -5, To: 3000}, {From: 600, To: 660}}}}, now: "2024-06-03 08:00", next: "2024-06-03 10:00"},

		{name: "Santiago has no midnight in September", hours: on("America/Santiago", time.Sunday, "00:00-02:00"), now: "2024-09-08 03:59", next: "2024-09-08 04:00"},
		{name: "Santiago's short hour ends on its wall", hours: on("America/Santiago", time.Sunday, "00:00-02:00"), now: "2024-09-08 04:00", open: true, until: "2024-09-08 05:00", next: "2024-09-15 03:00"},
		{name: "Santiago's evening of two elevens is one opening", hours: on("America/Santiago", time.Saturday, "22:00-24:00"), now: "2024-04-07 03:30", open: true, until: "2024-04-07 04:00", next: "2024-04-14 02:00"},
		{name: "Cairo has no midnight in April", hours: on("Africa/Cairo", time.Friday, "00:30-03:00"), now: "2024-04-25 12:00", next: "2024-04-25 22:00"},
		{name: "Cairo repeats the hour before midnight", hours: on("Africa/Cairo", time.Thursday, "23:15-23:45"), now: "2024-10-31 20:30", open: true, until: "2024-10-31 20:45", next: "2024-11-07 21:15"},
		{name: "Cairo's repeated quarter is over when it comes again", hours: on("Africa/Cairo", time.Thursday, "23:15-23:45"), now: "2024-10-31 21:30", next: "2024-11-07 21:15"},
		{name: "Beirut has no midnight in March", hours: on("Asia/Beirut", time.Saturday, "20:00-00:30"), now: "2024-03-30 19:00", open: true, until: "2024-03-30 22:00", next: "2024-04-06 17:00"},
		{name: "Beirut's midnight comes after the second eleven", hours: on("Asia/Beirut", time.Sunday, "00:00-01:00"), now: "2024-10-26 20:59", next: "2024-10-26 22:00"},
		{name: "Havana has no midnight in March", hours: on("America/Havana", time.Sunday, "00:00-01:30"), now: "2024-03-10 05:10", open: true, until: "2024-03-10 05:30", next: "2024-03-17 04:00"},
		{name: "Havana's range in the gap is no opening", hours: on("America/Havana", time.Sunday, "00:15-00:45"), now: "2024-03-10 04:00", next: "2024-03-17 04:15"},
		{name: "Havana has midnight twice in November", hours: on("America/Havana", time.Sunday, "00:00-01:00"), now: "2024-11-03 04:30", open: true, until: "2024-11-03 06:00", next: "2024-11-10 05:00"},
		{name: "Lord Howe skips half an hour", hours: on("Australia/Lord_Howe", time.Sunday, "02:15-04:00"), now: "2024-10-05 15:00", next: "2024-10-05 15:30"},
		{name: "Lord Howe repeats half an hour", hours: on("Australia/Lord_Howe", time.Sunday, "01:45-02:15"), now: "2024-04-06 15:10", open: true, until: "2024-04-06 15:45", next: "2024-04-13 15:15"},
		{name: "Troll skips two hours", hours: on("Antarctica/Troll", time.Sunday, "02:30-04:00"), now: "2024-03-31 00:30", next: "2024-03-31 01:00"},
		{name: "Troll repeats two hours", hours: on("Antarctica/Troll", time.Sunday, "02:00-03:30"), now: "2024-10-27 02:59", open: true, until: "2024-10-27 03:30", next: "2024-11-03 02:00"},
		{name: "Casablanca goes back for Ramadan", hours: daily("Africa/Casablanca", "09:00-17:00"), now: "2024-03-09 17:00", next: "2024-03-10 09:00"},
		{name: "Casablanca comes forward after Ramadan", hours: daily("Africa/Casablanca", "09:00-17:00"), now: "2024-04-13 17:30", next: "2024-04-14 08:00"},
		{name: "Kiritimati is a day ahead", hours: on("Pacific/Kiritimati", time.Monday, "08:00-12:00"), now: "2024-06-02 17:00", next: "2024-06-02 18:00"},
		{name: "Kiritimati skipped a whole Saturday", hours: on("Pacific/Kiritimati", time.Saturday, "08:00-12:00"), now: "1994-12-30 12:00", next: "1995-01-06 18:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.hours.At(utc(t, c.now))
			want := Status{Open: c.open, Until: utc(t, c.until), Next: utc(t, c.next), Found: !c.noOpeningAtAll}
			if got.Open != want.Open || got.Found != want.Found || !got.Until.Equal(want.Until) || !got.Next.Equal(want.Next) {
				t.Errorf("got  open %t until %s next %s found %t\nwant open %t until %s next %s found %t",
					got.Open, got.Until.UTC(), got.Next.UTC(), got.Found, want.Open, want.Until, want.Next, want.Found)
			}
		})
	}
}

func TestStatusTimesAreInTheOrganizationsZone(t *testing.T) {
	next := office().At(utc(t, "2024-06-07 15:30")).Next
	if got := next.Format("Mon 15:04 MST"); got != "Mon 09:00 CEST" {
		t.Errorf("next opening reads %q", got)
	}
}

func TestHoursAsJSON(t *testing.T) {
	h := on("Europe/Paris", time.Monday, "09:00-17:00", "22:00-24:00")
	h.Holidays = []Holiday{{Date: "2024-12-25", Name: "Noël"}}
	raw, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"zone":"Europe/Paris","week":[null,[{"from":"09:00","to":"17:00"},{"from":"22:00","to":"24:00"}],null,null,null,null,null],` +
		`"holidays":[{"date":"2024-12-25","name":"Noël","ranges":null}],"always":false}`
	if string(raw) != want {
		t.Errorf("got  %s\nwant %s", raw, want)
	}
	var back Hours
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if back.Week[1][1] != (Range{From: 1320, To: 1440}) || back.Holidays[0].Name != "Noël" {
		t.Errorf("came back as %+v", back)
	}
}

func TestMinuteRefusesWhatIsNoTime(t *testing.T) {
	for _, text := range []string{`"25:00"`, `"24:01"`, `"12:60"`, `"9:00"`, `"09:0"`, `"0900"`, `"-1:00"`, `"09:00:00"`, `""`, `540`, `"+9:00"`, `"09٠:0"`} {
		var minute Minute
		if err := json.Unmarshal([]byte(text), &minute); err == nil {
			t.Errorf("%s was read as %s", text, minute)
		}
	}
	for _, minute := range []Minute{-1, 1441} {
		if raw, err := json.Marshal(minute); err == nil {
			t.Errorf("%d was written as %s", int(minute), raw)
		}
	}
}
