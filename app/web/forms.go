package web

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
)

const formFields = 1000 // more values than any form of ours has

// Form is what was typed. It collects what is wrong, and keeps everything for showing it again.
type Form struct {
	Values url.Values // as typed, but without NUL and broken UTF-8, so that it can be shown
	dirty  map[string]bool
	errs   chat.Errors
	broken error
}

// ReadForm reads the body of a POST, PUT or PATCH, else the query. Ask Err after the last field.
func ReadForm(c echo.Context) *Form {
	f := &Form{Values: url.Values{}, dirty: map[string]bool{}}
	given, err := formOf(c)
	if err != nil {
		f.broken = refuseBody(err, "error.form")
		return f
	}
	count := 0
	for name, values := range given {
		if count += len(values); count > formFields {
			f.broken = chat.Refuse(chat.Invalid, "error.form")
			return f
		}
		for _, value := range values {
			shown := clean(value)
			f.dirty[name] = f.dirty[name] || shown != value
			f.Values[name] = append(f.Values[name], shown)
		}
	}
	return f
}

func formOf(c echo.Context) (url.Values, error) {
	r := c.Request()
	if _, err := c.FormParams(); err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodDelete {
		return r.Form, nil
	}
	return r.PostForm, nil
}

// clean makes a value fit to be shown.
func clean(value string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(value, "\uFFFD"), "\x00", "")
}

// Text returns a line, trimmed, of at most so many characters; line breaks and control characters are refused.
func (f *Form) Text(name string, most int) string {
	value := strings.TrimSpace(f.Values.Get(name))
	switch {
	case f.dirty[name] || strings.ContainsFunc(value, unicode.IsControl):
		f.Refuse(name, "error.characters")
	case utf8.RuneCountInString(value) > most:
		f.Refuse(name, "error.too_long", "Max", most)
	}
	return value
}

// Area returns several lines with "\n" between them, trimmed, of at most so many characters.
func (f *Form) Area(name string, most int) string {
	value := strings.ReplaceAll(f.Values.Get(name), "\r\n", "\n")
	value = strings.TrimSpace(strings.ReplaceAll(value, "\r", "\n"))
	switch {
	case f.dirty[name] || strings.ContainsFunc(value, isForeign):
		f.Refuse(name, "error.characters")
	case utf8.RuneCountInString(value) > most:
		f.Refuse(name, "error.too_long", "Max", most)
	}
	return value
}

func isForeign(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// Required refuses fields that were left empty.
func (f *Form) Required(names ...string) {
	for _, name := range names {
		if strings.TrimSpace(f.Values.Get(name)) == "" {
			f.Refuse(name, "error.required")
		}
	}
}

// Bool tells whether a box is ticked; of a hidden field and its checkbox the last one counts.
func (f *Form) Bool(name string) bool {
	values := f.Values[name]
	if len(values) == 0 {
		return false
	}
	switch values[len(values)-1] {
	case "on", "true", "1", "yes":
		return true
	}
	return false
}

// Int returns a whole number within bounds, both included.
func (f *Form) Int(name string, least, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(f.Values.Get(name)))
	if err != nil {
		f.Refuse(name, "error.number")
		return 0
	}
	if n < least || n > most {
		f.Refuse(name, "error.range", "Min", least, "Max", most)
	}
	return n
}

// ID returns a positive number that names a row, 0 with an error when it is none.
func (f *Form) ID(name string) int64 {
	n, err := strconv.ParseInt(f.Values.Get(name), 10, 64)
	if err != nil || n <= 0 {
		f.Refuse(name, "error.choice")
		return 0
	}
	return n
}

// Choice returns one of the given words.
func (f *Form) Choice(name string, words ...string) string {
	value := f.Values.Get(name)
	if !slices.Contains(words, value) {
		f.Refuse(name, "error.choice")
	}
	return value
}

// Choices returns each ticked one of the given words once.
func (f *Form) Choices(name string, words ...string) []string {
	var chosen []string
	for _, value := range f.Values[name] {
		if !slices.Contains(words, value) {
			f.Refuse(name, "error.choice")
			return nil
		}
		if !slices.Contains(chosen, value) {
			chosen = append(chosen, value)
		}
	}
	return chosen
}

// units are the words of a unit field and the suffixes of a typed duration.
var units = map[string]time.Duration{
	"s": time.Second, "seconds": time.Second,
	"m": time.Minute, "min": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "days": 24 * time.Hour,
}

// Duration returns a number with its unit, typed as "15m", "90 s", "2 days", or beside it in the
// field NAME_unit (seconds, minutes, hours, days); both bounds are included.
func (f *Form) Duration(name string, least, most time.Duration) time.Duration {
	typed := strings.ToLower(strings.TrimSpace(f.Values.Get(name)))
	number := strings.TrimRightFunc(typed, unicode.IsLetter)
	unit := typed[len(number):]
	if unit == "" {
		unit = f.Values.Get(name + "_unit")
	}
	size, known := units[unit]
	count, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || !known || count < 0 {
		f.Refuse(name, "error.duration")
		return 0
	}
	if count > math.MaxInt64/int64(size) || time.Duration(count)*size > most || time.Duration(count)*size < least {
		f.Refuse(name, "error.duration_range", "Min", least, "Max", most)
		return 0
	}
	return time.Duration(count) * size
}

// Refuse adds an error beside a field; the first one of a field stays.
func (f *Form) Refuse(field, key string, pairs ...any) {
	if slices.ContainsFunc(f.errs, func(e *chat.Error) bool { return e.Field == field }) {
		return
	}
	f.errs = append(f.errs, chat.RefuseField(field, key, pairs...))
}

// Add takes over what a use case refused, so that it is shown beside its field; any other error is
// returned by Err.
func (f *Form) Add(err error) {
	var one *chat.Error
	var many chat.Errors
	switch {
	case err == nil:
	case errors.As(err, &many):
		f.errs = append(f.errs, many...)
	case errors.As(err, &one) && one.Kind == chat.Invalid:
		f.errs = append(f.errs, one)
	case f.broken == nil:
		f.broken = err
	}
}

// Err is nil when all that was asked for can be taken; else chat.Errors, or what kept the form from being read.
func (f *Form) Err() error {
	if f.broken != nil {
		return f.broken
	}
	if len(f.errs) == 0 {
		return nil
	}
	return f.errs
}

// ReadJSON reads one JSON value; what is none, or followed by another, is refused.
func ReadJSON(c echo.Context, into any) error {
	decoder := json.NewDecoder(c.Request().Body)
	if err := decoder.Decode(into); err != nil {
		return refuseBody(err, "error.json")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return refuseBody(err, "error.json")
	}
	return nil
}

// refuseBody keeps what has a status of its own and calls the rest invalid.
func refuseBody(err error, key string) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) || isAway(err) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return chat.Refuse(chat.Invalid, key)
}
