package inbox

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

// sectionRead is a section's form: the values that could be read out of it, and what is wrong with the rest.
type sectionRead struct {
	form     *web.Form
	values   chat.Values
	hours    views.HoursTyped
	editing  bool        // the hours' rows are counted as they stand, empty ones too
	problems chat.Errors // of the hours
}

const (
	typedText = 2_000 // more than any text may have: the setting's own check says how much
	mostSites = 20_000
)

const showingField = "showing" // what the page showed when it was opened

// readSection reads every setting of a section by its kind.
func readSection(c echo.Context, section chat.Section, stored chat.Values) *sectionRead {
	read := &sectionRead{form: web.ReadForm(c), values: chat.Values{}}
	for _, s := range chat.SettingsOf(section) {
		if value, ok := read.value(s, stored); ok {
			raw, err := json.Marshal(value)
			if err != nil {
				read.form.Refuse(s.Key, "chat.setting.form")
				continue
			}
			read.values[s.Key] = raw
		}
	}
	return read
}

// value reads one setting; false when it is wrong already.
func (r *sectionRead) value(s chat.Setting, stored chat.Values) (any, bool) {
	switch s.Kind {
	case chat.SettingSwitch:
		return r.form.Bool(s.Key), true
	case chat.SettingSeconds:
		return r.seconds(s)
	case chat.SettingNumber:
		before := r.form.Err()
		n := r.form.Int(s.Key, s.Min, s.Max)
		return n, sameRefusals(before, r.form.Err())
	case chat.SettingLocalized:
		return r.localized(s, stored), true
	case chat.SettingOrigins:
		return strings.FieldsFunc(r.form.Area(s.Key, mostSites), func(c rune) bool { return strings.ContainsRune("\n ,;\t", c) }), true
	case chat.SettingHours:
		return r.readHours()
	}
	return r.form.Text(s.Key, typedText), true
}

// seconds reads a time as it is written by people: "15", "15 min", "4.5", "4,5".
func (r *sectionRead) seconds(s chat.Setting) (any, bool) {
	typed := r.form.Values.Get(s.Key)
	if d, ok := partsOf(typed, r.form.Values.Get(s.Key+"_unit")); ok && d >= time.Duration(s.Min)*time.Second && d <= time.Duration(s.Max)*time.Second {
		return int(d / time.Second), true
	}
	before := r.form.Err()
	d := r.form.Duration(s.Key, time.Duration(s.Min)*time.Second, time.Duration(s.Max)*time.Second)
	return int(d.Seconds()), sameRefusals(before, r.form.Err())
}

// partsOf reads a number with one decimal in the unit beside it, such as "4,5" minutes.
func partsOf(typed, unit string) (time.Duration, bool) {
	whole, part, found := strings.Cut(strings.Replace(strings.TrimSpace(typed), ",", ".", 1), ".")
	at := slices.Index(views.Units(), unit)
	if !found || len(part) != 1 || at < 1 {
		return 0, false
	}
	tenths, err := strconv.ParseUint(whole+part, 10, 16)
	if err != nil {
		return 0, false
	}
	return time.Duration(tenths) * sizes()[at] / 10, true
}

func sizes() []time.Duration {
	return []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour}
}

func sameRefusals(before, after error) bool {
	return countRefusals(before) == countRefusals(after)
}

func countRefusals(err error) int {
	if many, ok := err.(chat.Errors); ok { //nolint:errorlint // what Form.Err returns is not wrapped
		return len(many)
	}
	return 0
}

// localized keeps the texts of languages that the page does not show.
func (r *sectionRead) localized(s chat.Setting, stored chat.Values) map[string]string {
	texts := map[string]string{}
	for tag, text := range stored.AllLocalized(s.Key) {
		if !slices.Contains(locales.Shipped(), tag) {
			texts[tag] = text
		}
	}
	for _, tag := range locales.Shipped() {
		if views.OneLine(s) {
			texts[tag] = r.form.Text(s.Key+"."+tag, typedText)
		} else {
			texts[tag] = r.form.Area(s.Key+"."+tag, typedText)
		}
	}
	return texts
}

// broken tells whether the form could not be read at all.
func (r *sectionRead) broken() bool {
	err := r.form.Err()
	return err != nil && countRefusals(err) == 0
}

// err is everything that is wrong with the form before the Desk has seen it.
func (r *sectionRead) err() error {
	if r.broken() || len(r.problems) == 0 {
		return r.form.Err()
	}
	all := slices.Clone(r.problems)
	if many, ok := r.form.Err().(chat.Errors); ok { //nolint:errorlint // what Form.Err returns is not wrapped
		all = append(many, all...)
	}
	return all
}

// checked is everything that is wrong with the form, as far as that can be told without saving it.
func (r *sectionRead) checked() error {
	all := chat.Errors{}
	if many, ok := r.err().(chat.Errors); ok { //nolint:errorlint // what err returns is not wrapped
		all = append(all, many...)
	}
	for _, s := range chat.Settings() {
		if raw, sent := r.values[s.Key]; sent {
			_, refused := s.Check(raw)
			all = append(all, refused...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// showing is what the page showed when it was opened; a page that does not say is taken at its word.
func (r *sectionRead) showing() chat.Showing {
	var showing chat.Showing
	if json.Unmarshal([]byte(r.form.Values.Get(showingField)), &showing) != nil {
		return nil
	}
	return showing
}

// showingOf is what a form has to say of itself: what it said before, else what is stored now.
func showingOf(typed url.Values, section chat.Section, stored chat.Values) string {
	if said := typed.Get(showingField); said != "" {
		return said
	}
	raw, err := json.Marshal(stored.Showing(section))
	if err != nil {
		return ""
	}
	return string(raw)
}

// typedOf is a section as its form would send it.
func typedOf(l *locales.Locale, section chat.Section, stored chat.Values) url.Values {
	typed := url.Values{}
	for _, s := range chat.SettingsOf(section) {
		switch s.Kind {
		case chat.SettingSwitch:
			if stored.On(s.Key) {
				typed.Set(s.Key, "on")
			}
		case chat.SettingSeconds:
			number, unit := inUnits(stored.Seconds(s.Key))
			typed.Set(s.Key, strings.Replace(number, ".", l.T("settings.decimal"), 1))
			typed.Set(s.Key+"_unit", unit)
		case chat.SettingNumber:
			typed.Set(s.Key, strconv.Itoa(stored.Number(s.Key)))
		case chat.SettingLocalized:
			for tag, text := range stored.AllLocalized(s.Key) {
				typed.Set(s.Key+"."+tag, text)
			}
		case chat.SettingOrigins:
			typed.Set(s.Key, strings.Join(stored.Origins(s.Key), "\n"))
		default:
			typed.Set(s.Key, stored.Text(s.Key))
		}
	}
	return typed
}

// inUnits is a duration in the largest unit that needs no more than a half.
func inUnits(d time.Duration) (number, unit string) {
	units := views.Units()
	for at, size := range slices.Backward(sizes()) {
		if at > 0 && d >= size && d%(size/2) == 0 {
			return strconv.FormatFloat(float64(d)/float64(size), 'f', -1, 64), units[at]
		}
	}
	return strconv.Itoa(int(d / time.Second)), units[0]
}
