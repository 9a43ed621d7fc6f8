package followup

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestCheckFindsNothingInSoundHours(t *testing.T) {
	for name, h := range map[string]Hours{
		"office":               office(),
		"never open":           {Zone: "UTC"},
		"all day, every day":   daily("UTC", "00:00-24:00"),
		"all day to midnight":  daily("UTC", "00:00-00:00"),
		"nights that adjoin":   daily("UTC", "22:00-06:00", "06:00-22:00"),
		"holiday with a night": {Zone: "Asia/Beirut", Holidays: []Holiday{{Date: "2024-02-29", Ranges: ranges("20:00-02:00", "09:00-12:00")}}},
	} {
		if found := h.Check(); found != nil {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestCheckSaysWhatIsWrongAndWhere(t *testing.T) {
	week := func(day time.Weekday, list ...Range) Hours {
		h := Hours{Zone: "UTC"}
		h.Week[day] = list
		return h
	}
	neighbours := week(time.Saturday, ranges("22:00-02:00")...)
	neighbours.Week[time.Sunday] = ranges("08:00-09:00", "01:59-03:00")
	overMidnight := week(time.Monday, ranges("22:00-02:00")...)
	overMidnight.Week[time.Tuesday] = ranges("01:00-03:00")
	for _, c := range []struct {
		name  string
		hours Hours
		want  []Problem
	}{
		{"no zone", Hours{}, []Problem{{-1, -1, -1, ProblemZone}}},
		{"a zone of no place", Hours{Zone: "Europe/Atlantis"}, []Problem{{-1, -1, -1, ProblemZone}}},
		{"a path as zone", Hours{Zone: "../../etc/passwd"}, []Problem{{-1, -1, -1, ProblemZone}}},
		{"a zone with a NUL", Hours{Zone: "UTC\x00"}, []Problem{{-1, -1, -1, ProblemZone}}},
		{"after the day's end", week(2, Range{From: 540, To: 1441}), []Problem{{2, 0, -1, ProblemTime}}},
		{"before the day", week(2, Range{From: -1, To: 60}), []Problem{{2, 0, -1, ProblemTime}}},
		{"from the day's end", week(2, Range{From: 1440, To: 60}), []Problem{{2, 0, -1, ProblemTime}}},
		{"from nine to nine", week(3, ranges("08:00-09:00", "09:00-09:00")...), []Problem{{3, 1, -1, ProblemEmpty}}},
		{"the same range twice", week(4, ranges("09:00-12:00", "09:00-12:00")...), []Problem{{4, 1, -1, ProblemOverlap}}},
		{"one inside the other", week(4, ranges("10:00-11:00", "09:00-12:00")...), []Problem{{4, 1, -1, ProblemOverlap}}},
		{"over midnight into the next day", overMidnight, []Problem{{2, 0, -1, ProblemOverlap}}},
		{"over the end of the week", neighbours, []Problem{{6, 0, -1, ProblemOverlap}}},
		{"too many in a day", week(5, make([]Range, MaxRanges+1)...), []Problem{{5, MaxRanges, -1, ProblemTooMany}}},
		{"a date of no calendar", Hours{Zone: "UTC", Holidays: []Holiday{{Date: "2023-02-29"}}}, []Problem{{-1, -1, 0, ProblemDate}}},
		{"one date twice", Hours{Zone: "UTC", Holidays: []Holiday{{Date: "2024-01-01"}, {Date: "2024-01-01"}}}, []Problem{{-1, -1, 1, ProblemDuplicate}}},
		{"a holiday's ranges overlap", Hours{Zone: "UTC", Holidays: []Holiday{{Date: "2024-01-01", Ranges: ranges("09:00-12:00", "11:00-13:00")}}}, []Problem{{-1, 1, 0, ProblemOverlap}}},
		{"a holiday's time", Hours{Zone: "UTC", Holidays: []Holiday{{Date: "2024-01-01", Ranges: []Range{{From: 2000}}}}}, []Problem{{-1, 0, 0, ProblemTime}}},
		{"too many holidays", Hours{Zone: "UTC", Holidays: make([]Holiday, MaxHolidays+1)}, []Problem{{-1, -1, MaxHolidays, ProblemTooMany}}},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			if got := c.hours.Check(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
