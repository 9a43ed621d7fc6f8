package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func hoursForm(h *house, rows map[string]string) url.Values {
	form := formOf(h.admin.get("/settings/hours").page())
	for name := range form {
		if strings.Contains(name, ".from") || strings.Contains(name, ".to") {
			form.Del(name)
		}
	}
	for name, value := range rows {
		form.Set(chat.HoursWeek+"."+name, value)
	}
	return form
}

func TestHoursAreSavedAsTyped(t *testing.T) {
	h := newHouse(t)
	form := hoursForm(h, map[string]string{
		"zone": "Europe/Paris", "mon.0.from": "9", "mon.0.to": "12:30", "mon.1.from": "14h00", "mon.1.to": "18.30",
		"fri.0.from": "22:00", "fri.0.to": "02:00", "sun.0.from": "00:00", "sun.0.to": "24:00", "tue.0.from": "", "tue.0.to": "",
		"holiday.0.date": "2025-12-25", "holiday.0.name": "Noël", "holiday.1.date": "2025-12-24", "holiday.1.name": "",
		"holiday.1.0.from": "10:00", "holiday.1.0.to": "14:00",
	})
	saved := h.admin.post("/settings/hours", form, htmxAsks...).wants(http.StatusOK).page()
	hours := h.stored().Hours()
	if hours.Zone != "Europe/Paris" || len(hours.Week[1]) != 2 || hours.Week[1][1] != (followup.Range{From: 14 * 60, To: 18*60 + 30}) ||
		len(hours.Week[2]) != 0 || hours.Week[5][0] != (followup.Range{From: 22 * 60, To: 2 * 60}) || len(hours.Holidays) != 2 {
		t.Errorf("stored %+v", hours)
	}
	words := saved.Find(".hours-words").Text()
	for _, want := range []string{"22:00 until 02:00 on Saturday", "all day", "25 December 2025 · Noël"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q does not say %q", words, want)
		}
	}
	if got := saved.Find("#hours-night-fri").Text(); got != "until 02:00 on Saturday" {
		t.Errorf("beside Friday stands %q", got)
	}
}

func TestWrongHoursAreRefusedBesideTheirRow(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		name string
		rows map[string]string
		row  string // name of a field of the row that is to blame
	}{
		{"25:00", map[string]string{"mon.0.from": "25:00", "mon.0.to": "26:00"}, "mon.0.from"},
		{"no time", map[string]string{"mon.0.from": "soon", "mon.0.to": "17:00"}, "mon.0.from"},
		{"a time without its end", map[string]string{"mon.0.from": "09:00", "mon.0.to": ""}, "mon.0.from"},
		{"a negative time", map[string]string{"mon.0.from": "-1:00", "mon.0.to": "17:00"}, "mon.0.from"},
		{"overlapping", map[string]string{"wed.0.from": "09:00", "wed.0.to": "12:00", "wed.1.from": "11:00", "wed.1.to": "15:00"}, "wed.1.from"},
		{"overlapping over midnight", map[string]string{"thu.0.from": "22:00", "thu.0.to": "02:00", "fri.0.from": "01:00", "fri.0.to": "05:00"}, "fri.0.from"},
		{"nothing between", map[string]string{"sat.0.from": "09:00", "sat.0.to": "09:00"}, "sat.0.from"},
		{"a script", map[string]string{"sun.0.from": "<script>", "sun.0.to": "10:00"}, "sun.0.from"},
		{"a wrong zone", map[string]string{"zone": "Mars/Olympus"}, "zone"},
		{"no zone", map[string]string{"zone": ""}, "zone"},
		{"no date", map[string]string{"holiday.0.date": "31.12.2025", "holiday.0.name": "Eve"}, "holiday.0.date"},
		{"the same date twice", map[string]string{"holiday.0.date": "2025-12-31", "holiday.1.date": "2025-12-31"}, "holiday.1.date"},
		{"a wrong time on a holiday", map[string]string{"holiday.0.date": "2025-12-31", "holiday.0.0.from": "8", "holiday.0.0.to": "99:00"}, "holiday.0.0.from"},
	} {
		t.Run(c.name, func(t *testing.T) {
			refused := h.admin.post("/settings/hours", hoursForm(h, c.rows), htmxAsks...).wants(http.StatusUnprocessableEntity).page()
			if count := refused.Find(".hours .field-error").Length(); count != 1 {
				t.Errorf("%d errors", count)
			}
			row := refused.Find(`[name="` + chat.HoursWeek + "." + c.row + `"]`).Closest(".refused")
			if row.Find(".field-error").Text() == "" || strings.HasSuffix(c.row, ".from") && !row.Is(".hours-range") {
				t.Error("the error is not beside its row")
			}
			for name, value := range c.rows {
				field := refused.Find(`[name="` + chat.HoursWeek + "." + name + `"]`)
				if field.Length() != 1 || field.AttrOr("value", "") != value && value != "8" {
					t.Errorf("%s: %q became %q", name, value, field.AttrOr("value", ""))
				}
			}
		})
	}
	if got := h.stored().Hours().Zone; got != "UTC" {
		t.Errorf("something was saved: %q", got)
	}
}

func TestRowsOfHoursAreAddedAndRemovedWithoutSaving(t *testing.T) {
	h := newHouse(t)
	edit := func(form url.Values, do string) url.Values {
		form.Set("do", do)
		edited := h.admin.post("/settings/hours/edit", form, htmxAsks...).wants(http.StatusOK).page()
		if edited.Find(".settings-unsaved").Length() != 1 {
			t.Errorf("%s: nothing says that it is not saved", do)
		}
		return formOf(edited)
	}
	form := hoursForm(h, map[string]string{"mon.0.from": "08:00", "mon.0.to": "12:00", "mon.1.from": "bad", "mon.1.to": "15:00"})
	form = edit(form, "add:mon")
	if !form.Has("hours.week.mon.2.from") || form.Get("hours.week.mon.1.from") != "bad" {
		t.Errorf("after adding: %v", form)
	}
	form = edit(form, "remove:mon.1")
	form = edit(form, "copy")
	if form.Get("hours.week.fri.0.to") != "12:00" || form.Has("hours.week.sat.0.from") {
		t.Errorf("after copying: %v", form)
	}
	form = edit(form, "closed:tue")
	form = edit(form, "all_day:sun")
	form = edit(form, "add_holiday")
	form = edit(form, "open_holiday:0")
	if form.Has("hours.week.tue.0.from") || form.Get("hours.week.sun.0.to") != "24:00" || !form.Has("hours.week.holiday.0.0.from") {
		t.Errorf("after the rest: %v", form)
	}
	form = edit(form, "remove_holiday:0")
	for _, nonsense := range []string{"", "remove:mon.99", "remove:mon.-1", "add:noday", "remove_holiday:7", "close_holiday:0.0", "drop table"} {
		if after := edit(form, nonsense); len(after) != len(form)-1 { // "do" itself is no field
			t.Errorf("%q changed %v into %v", nonsense, form, after)
		}
	}
	page := h.admin.post("/settings/hours/edit", url.Values{"do": {"add:mon"}, "hours.week.zone": {"UTC"}}).wants(http.StatusOK).page()
	if page.Find("html #settings-form").Length() != 1 || page.Find(".rail").Length() != 1 {
		t.Error("without scripts the answer is no whole page")
	}
	if got := len(h.stored().Hours().Week[1]); got != 1 {
		t.Errorf("something was saved: %d", got)
	}
}

func TestMondaysWrongMinutesHaveNoWords(t *testing.T) {
	h := newHouse(t)
	said := h.admin.post("/settings/hours/preview", hoursForm(h, map[string]string{"mon.0.from": "25:00", "mon.0.to": "26:00"}), htmxAsks...)
	if got := said.wants(http.StatusOK).page().Find("#settings-preview").Text(); !strings.Contains(got, "cannot be read yet") {
		t.Errorf("said %q", got)
	}
	always := hoursForm(h, map[string]string{"always": "on"})
	said = h.admin.post("/settings/hours/preview", always, htmxAsks...)
	if got := said.page().Find("#settings-preview").Text(); !strings.Contains(got, "Always open") {
		t.Errorf("said %q", got)
	}
}
