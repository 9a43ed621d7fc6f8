package demo

import (
	"fmt"
	"time"

	"rejoin/app/chat"
	"rejoin/locales"
)

// settings are the demo brand's own; every other one keeps its default.
func (s *stage) settings(now time.Time) chat.Values {
	return chat.Values{
		chat.HoursWeek:      encode(hours(now)),
		chat.PromptText:     encode(texts("demo.brand.prompt")),
		chat.PromptThanks:   encode(texts("demo.brand.thanks")),
		chat.EmailName:      encode(brandName),
		chat.EmailAccent:    encode(accent),
		chat.EmailFooter:    encode(texts("demo.brand.footer")),
		chat.WidgetAccent:   encode(accent),
		chat.WidgetGreeting: encode(texts("demo.brand.greeting")),
		chat.WidgetLauncher: encode(texts("demo.brand.launcher")),
		chat.WidgetSites:    encode(origins(s.baseURL)),
	}
}

// accent is the glaze on the shop's own signs.
const accent = "#9a4a2f"

// texts is a sentence in every language that the demo speaks.
func texts(key string) map[string]string {
	all := map[string]string{}
	for _, tag := range locales.With(key) {
		all[tag] = locales.For(tag).T(key)
	}
	return all
}

type span struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type holiday struct {
	Date   string `json:"date"`
	Name   string `json:"name"`
	Ranges []span `json:"ranges"`
}

type week struct {
	Zone     string    `json:"zone"`
	Week     [7][]span `json:"week"`
	Holidays []holiday `json:"holidays"`
}

// hours are those of a small workshop: closed at noon and on Sundays, and on the next feasts.
func hours(now time.Time) week {
	h := week{Zone: brandZone}
	for day := time.Monday; day <= time.Friday; day++ {
		h.Week[day] = []span{{"09:00", "12:30"}, {"14:00", "18:30"}}
	}
	h.Week[time.Saturday] = []span{{"10:00", "16:00"}}
	english := locales.For(locales.Fallback)
	for year := now.Year(); year <= now.Year()+1; year++ {
		h.Holidays = append(h.Holidays,
			holiday{Date: fmt.Sprintf("%d-01-01", year), Name: english.T("demo.brand.new_year"), Ranges: []span{}},
			holiday{Date: fmt.Sprintf("%d-12-25", year), Name: english.T("demo.brand.christmas"), Ranges: []span{}},
			holiday{Date: fmt.Sprintf("%d-12-24", year), Name: english.T("demo.brand.christmas_eve"), Ranges: []span{{"10:00", "14:00"}}},
		)
	}
	return h
}
