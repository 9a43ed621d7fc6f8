package followup

import "time"

// What Check can find.
const (
	ProblemZone      = "zone"      // no IANA zone of that name
	ProblemTime      = "time"      // outside 00:00 to 24:00, or a From of 24:00
	ProblemOverlap   = "overlap"   // runs into another range, over midnight and over the week's end too
	ProblemEmpty     = "empty"     // From equals To; a whole day is 00:00 to 24:00 (or 00:00)
	ProblemDate      = "date"      // no date like 2006-01-02
	ProblemDuplicate = "duplicate" // a second holiday on the same date
	ProblemTooMany   = "too_many"  // more than MaxRanges in a day or MaxHolidays
)

// Bounds of what hours may hold.
const (
	MaxRanges   = 12
	MaxHolidays = 400
)

// Problem is one thing wrong with hours. Day (0 = Sunday), Index (the range in
// its day or holiday) and Holiday say where; each is -1 where it does not apply.
type Problem struct {
	Day     int
	Index   int
	Holiday int
	Code    string
}

// Check lists everything wrong with the hours, in the order of their fields;
// none means that they may be saved.
func (h Hours) Check() []Problem {
	var found []Problem
	if _, ok := loadZone(h.Zone); !ok {
		found = append(found, Problem{Day: -1, Index: -1, Holiday: -1, Code: ProblemZone})
	}
	found = append(found, h.checkWeek()...)
	return append(found, h.checkHolidays()...)
}

// placed is a range at its minute of the week, with where it was written.
type placed struct {
	at     int
	length int
	where  Problem
}

const weekMinutes = 7 * dayMinutes

func (h Hours) checkWeek() []Problem {
	var found []Problem
	var week []placed
	for day, ranges := range h.Week {
		where := Problem{Day: day, Index: -1, Holiday: -1}
		sound, wrong := checkRanges(ranges, day, where)
		found = append(found, wrong...)
		week = append(week, sound...)
	}
	return append(found, overlaps(week)...)
}

func (h Hours) checkHolidays() []Problem {
	if len(h.Holidays) > MaxHolidays {
		return []Problem{{Day: -1, Index: -1, Holiday: MaxHolidays, Code: ProblemTooMany}}
	}
	var found []Problem
	dates := make(map[string]bool, len(h.Holidays))
	for i, holiday := range h.Holidays {
		where := Problem{Day: -1, Index: -1, Holiday: i}
		if _, err := time.Parse(time.DateOnly, holiday.Date); err != nil {
			found = append(found, where.as(ProblemDate))
		} else if dates[holiday.Date] {
			found = append(found, where.as(ProblemDuplicate))
		}
		dates[holiday.Date] = true
		sound, wrong := checkRanges(holiday.Ranges, 0, where)
		found = append(found, wrong...)
		found = append(found, overlaps(sound)...)
	}
	return found
}

// checkRanges judges the ranges of one day one by one, and places the sound
// ones in the week.
func checkRanges(ranges []Range, day int, where Problem) ([]placed, []Problem) {
	if len(ranges) > MaxRanges {
		where.Index = MaxRanges
		return nil, []Problem{where.as(ProblemTooMany)}
	}
	var sound []placed
	var found []Problem
	for i, r := range ranges {
		where.Index = i
		switch {
		case !r.possible():
			found = append(found, where.as(ProblemTime))
		case r.From == r.To && r.From != 0:
			found = append(found, where.as(ProblemEmpty))
		default:
			at := day*dayMinutes + int(r.From)
			sound = append(sound, placed{at: at, length: int(r.length()), where: where})
		}
	}
	return sound, found
}

// overlaps blames the later written of every two ranges that share a minute,
// once, the week being a circle.
func overlaps(ranges []placed) []Problem {
	var found []Problem
	for i, later := range ranges {
		for _, earlier := range ranges[:i] {
			if later.covers(earlier.at) || earlier.covers(later.at) {
				found = append(found, later.where.as(ProblemOverlap))
				break
			}
		}
	}
	return found
}

func (p placed) covers(minute int) bool {
	return (minute-p.at+weekMinutes)%weekMinutes < p.length
}

func (p Problem) as(code string) Problem {
	p.Code = code
	return p
}
