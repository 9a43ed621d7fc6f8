package inbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/app/web"
	"rejoin/views"
)

// editHours does one thing to the typed hours, such as adding a row, and shows the form again; nothing is saved.
func (r *room) editHours(c echo.Context) error {
	stored := callerOf(c).Organization.Settings
	read := &sectionRead{form: web.ReadForm(c), editing: true}
	if read.broken() {
		return read.err()
	}
	read.hours = read.typedHours()
	editTyped(&read.hours, read.form.Values.Get("do"))
	hours := hoursOf(read.hours)
	f := r.meant(c, chat.SectionHours, stored, read.form.Values)
	f.Hours, f.Unsaved, f.Words = read.hours, true, views.HoursWords{}
	if len(hours.Check()) == 0 {
		f.Words = views.WordsOf(f.Locale, hours, r.desk.Now())
	}
	return r.drawSection(c, http.StatusOK, f)
}

// editTyped carries out "add:mon", "remove:mon.1", "closed:mon", "all_day:mon", "copy", "add_holiday",
// "remove_holiday:0", "open_holiday:0", "close_holiday:0.1"; anything else changes nothing.
func editTyped(h *views.HoursTyped, do string) {
	verb, where, _ := strings.Cut(do, ":")
	first, second, _ := strings.Cut(where, ".")
	switch verb {
	case "copy":
		for day := time.Tuesday; day <= time.Friday; day++ {
			h.Week[day] = slices.Clone(h.Week[time.Monday])
		}
	case "add_holiday":
		if len(h.Holidays) < followup.MaxHolidays {
			h.Holidays = append(h.Holidays, views.HolidayTyped{})
		}
	case "remove_holiday", "open_holiday", "close_holiday":
		editHoliday(h, verb, indexOf(first, len(h.Holidays)), second)
	default:
		if day, ok := dayOf(first); ok {
			editDay(&h.Week[day], verb, second)
		}
	}
}

func editDay(ranges *[]views.RangeTyped, verb, which string) {
	switch verb {
	case "add":
		if len(*ranges) < followup.MaxRanges {
			*ranges = append(*ranges, views.RangeTyped{})
		}
	case "remove":
		if i := indexOf(which, len(*ranges)); i >= 0 {
			*ranges = slices.Delete(*ranges, i, i+1)
		}
	case "closed":
		*ranges = nil
	case "all_day":
		*ranges = []views.RangeTyped{{From: "00:00", To: "24:00"}}
	}
}

func editHoliday(h *views.HoursTyped, verb string, i int, which string) {
	if i < 0 {
		return
	}
	switch verb {
	case "remove_holiday":
		h.Holidays = slices.Delete(h.Holidays, i, i+1)
	case "open_holiday":
		editDay(&h.Holidays[i].Ranges, "add", "")
	case "close_holiday":
		editDay(&h.Holidays[i].Ranges, "remove", which)
	}
}

// indexOf reads a row's number, -1 when there is no such row.
func indexOf(text string, rows int) int {
	i, err := strconv.Atoi(text)
	if err != nil || i < 0 || i >= rows {
		return -1
	}
	return i
}

func dayOf(code string) (time.Weekday, bool) {
	for _, day := range views.WeekOrder() {
		if views.DayCode(day) == code {
			return day, true
		}
	}
	return 0, false
}
