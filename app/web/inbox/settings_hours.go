package inbox

import (
	"strconv"
	"strings"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/views"
)

const (
	mostRows     = followup.MaxRanges + 2 // one more than is allowed is read, so that the check can say so
	mostHolidays = followup.MaxHolidays + 1
	wrongTime    = followup.Minute(-1)
)

// typedHours is stored hours as their form shows them.
func typedHours(h followup.Hours) views.HoursTyped {
	typed := views.HoursTyped{Zone: h.Zone, Always: h.Always}
	for day, ranges := range h.Week {
		typed.Week[day] = typedRanges(ranges)
	}
	for _, holiday := range h.Holidays {
		typed.Holidays = append(typed.Holidays, views.HolidayTyped{Date: holiday.Date, Name: holiday.Name, Ranges: typedRanges(holiday.Ranges)})
	}
	return typed
}

func typedRanges(ranges []followup.Range) []views.RangeTyped {
	var typed []views.RangeTyped
	for _, r := range ranges {
		typed = append(typed, views.RangeTyped{From: r.From.String(), To: r.To.String()})
	}
	return typed
}

// readHours reads the week as typed, and as hours when it is sound; each problem stands beside its own row.
func (r *sectionRead) readHours() (any, bool) {
	r.hours = r.typedHours()
	hours := hoursOf(r.hours)
	for _, p := range hours.Check() {
		r.problems = append(r.problems, chat.RefuseField(hoursField(p), "chat.hours."+p.Code))
	}
	return hours, len(r.problems) == 0
}

func (r *sectionRead) typedHours() views.HoursTyped {
	typed := views.HoursTyped{Zone: r.form.Text(views.HoursField("zone"), 64), Always: r.form.Bool(views.HoursField("always"))}
	for _, day := range views.WeekOrder() {
		typed.Week[day] = r.typedRanges(views.HoursField(day))
	}
	for i := range mostHolidays {
		name := views.HoursField("holiday", i)
		if !r.form.Values.Has(name + ".date") {
			break
		}
		holiday := views.HolidayTyped{
			Date: strings.TrimSpace(r.form.Values.Get(name + ".date")), Name: r.form.Text(name+".name", 80), Ranges: r.typedRanges(name),
		}
		if r.editing || holiday.Date != "" || holiday.Name != "" || len(holiday.Ranges) > 0 {
			typed.Holidays = append(typed.Holidays, holiday)
		}
	}
	return typed
}

// typedRanges reads the rows below a name; an empty row is none, unless the rows themselves are edited.
func (r *sectionRead) typedRanges(name string) []views.RangeTyped {
	var typed []views.RangeTyped
	for i := range mostRows {
		row := name + "." + strconv.Itoa(i)
		if r.editing && !r.form.Values.Has(row+".from") {
			break
		}
		one := views.RangeTyped{From: wallTime(r.form.Values.Get(row + ".from")), To: wallTime(r.form.Values.Get(row + ".to"))}
		if r.editing || one.From != "" || one.To != "" {
			typed = append(typed, one)
		}
	}
	return typed
}

// wallTime completes what is shorter than "09:00": "9", "9:30", "9h30", "930".
func wallTime(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 8 {
		text = text[:8]
	}
	digits := strings.NewReplacer("h", ":", "H", ":", ".", ":").Replace(strings.ToValidUTF8(text, ""))
	hour, minute, found := strings.Cut(digits, ":")
	switch {
	case !found && len(hour) > 2 && len(hour) <= 4:
		hour, minute = hour[:len(hour)-2], hour[len(hour)-2:]
	case minute == "":
		minute = "00"
	}
	if len(hour) == 1 {
		hour = "0" + hour
	}
	if _, err := followup.ParseMinute(hour + ":" + minute); err != nil {
		return text
	}
	return hour + ":" + minute
}

// hoursOf makes hours of what was typed; a time that is none becomes one that the check refuses.
func hoursOf(typed views.HoursTyped) followup.Hours {
	hours := followup.Hours{Zone: typed.Zone, Always: typed.Always}
	for day, ranges := range typed.Week {
		hours.Week[day] = rangesOf(ranges)
	}
	for _, holiday := range typed.Holidays {
		hours.Holidays = append(hours.Holidays, followup.Holiday{Date: holiday.Date, Name: holiday.Name, Ranges: rangesOf(holiday.Ranges)})
	}
	return hours
}

func rangesOf(typed []views.RangeTyped) []followup.Range {
	var ranges []followup.Range
	for _, one := range typed {
		ranges = append(ranges, followup.Range{From: minuteOf(one.From), To: minuteOf(one.To)})
	}
	return ranges
}

func minuteOf(text string) followup.Minute {
	minute, err := followup.ParseMinute(text)
	if err != nil {
		return wrongTime
	}
	return minute
}

// hoursField names the row that a problem is about.
func hoursField(p followup.Problem) string {
	switch {
	case p.Code == followup.ProblemZone:
		return views.HoursField("zone")
	case p.Holiday >= 0 && p.Index >= 0:
		return views.HoursField("holiday", p.Holiday, p.Index)
	case p.Holiday >= 0:
		return views.HoursField("holiday", p.Holiday)
	}
	return views.HoursField(time.Weekday(max(p.Day, 0)), max(p.Index, 0))
}
