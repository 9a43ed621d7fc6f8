package chat

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"rejoin/app/followup"
)

// Check takes a value as stored JSON and returns it in canonical form, or what is wrong with it.
func (s Setting) Check(raw json.RawMessage) (json.RawMessage, Errors) {
	if len(raw) > 64<<10 {
		return nil, Errors{RefuseField(s.Key, "chat.setting.large")}
	}
	value, refused := s.parse(raw)
	if len(refused) > 0 {
		return nil, refused
	}
	out, err := json.Marshal(value)
	if err != nil {
		return nil, s.refuse("chat.setting.form")
	}
	return out, nil
}

func (s Setting) refuse(key string, pairs ...any) Errors {
	return Errors{RefuseField(s.Key, key, pairs...)}
}

func (s Setting) parse(raw json.RawMessage) (any, Errors) {
	switch s.Kind {
	case SettingSwitch:
		return decode[bool](s, raw, nil)
	case SettingSeconds:
		return decode(s, raw, s.checkSeconds)
	case SettingNumber:
		return decode(s, raw, s.checkNumber)
	case SettingText:
		return decode(s, raw, s.checkText)
	case SettingColor:
		return decode(s, raw, s.checkColor)
	case SettingURL:
		return decode(s, raw, s.checkURL)
	case SettingChoice:
		return decode(s, raw, s.checkChoice)
	case SettingLocalized:
		return decode(s, raw, s.checkLocalized)
	case SettingOrigins:
		return decode(s, raw, s.checkOrigins)
	case SettingHours:
		return s.parseHours(raw)
	}
	return nil, s.refuse("chat.setting.form")
}

func decode[T any](s Setting, raw json.RawMessage, check func(T) (T, Errors)) (any, Errors) {
	var value T
	if err := json.Unmarshal(raw, &value); err != nil || isNull(raw) {
		return nil, s.refuse("chat.setting.form")
	}
	if check == nil {
		return value, nil
	}
	return check(value)
}

// isNull finds the one JSON value that every Go type takes without a word.
func isNull(raw []byte) bool { return string(bytes.TrimSpace(raw)) == "null" }

func (s Setting) checkSeconds(value int) (int, Errors) {
	if value < s.Min || value > s.Max {
		return 0, s.refuse("chat.setting.seconds", "Min", s.Min, "Max", s.Max)
	}
	return value, nil
}

func (s Setting) checkNumber(value int) (int, Errors) {
	if value < s.Min || value > s.Max {
		return 0, s.refuse("chat.setting.number", "Min", s.Min, "Max", s.Max)
	}
	return value, nil
}

func (s Setting) checkText(value string) (string, Errors) {
	line, err := cleanLine(s.Key, value, s.Max)
	if refused := asError(err); refused != nil {
		return "", Errors{refused}
	}
	return line, nil
}

func (s Setting) checkColor(value string) (string, Errors) {
	value = strings.ToLower(strings.TrimSpace(value))
	if !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(value) {
		return "", s.refuse("chat.setting.color")
	}
	return value, nil
}

func (s Setting) checkURL(value string) (string, Errors) {
	value = strings.TrimSpace(value)
	if value == "" {
		return "", nil
	}
	if len(value) > s.Max || !webAddress(value) {
		return "", s.refuse("chat.setting.url")
	}
	return value, nil
}

// webAddress takes https, and http where no certificate can be had.
func webAddress(value string) bool {
	parsed, err := url.Parse(value)
	if err != nil || parsed.Host == "" || parsed.User != nil || strings.ContainsAny(value, " \t\r\n\x00\"'<>\\") {
		return false
	}
	return parsed.Scheme == "https" || parsed.Scheme == "http"
}

func (s Setting) checkChoice(value string) (string, Errors) {
	if !slices.Contains(s.Choices, value) {
		return "", s.refuse("chat.setting.choice")
	}
	return value, nil
}

func (s Setting) checkLocalized(value map[string]string) (map[string]string, Errors) {
	clean := make(map[string]string, len(value))
	var refused Errors
	for tag, text := range value {
		if cleanTag(tag) != tag {
			return nil, s.refuse("chat.setting.form")
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		kept, err := cleanShort(s.Key+"."+tag, text, s.Max)
		if err == nil {
			err = s.checkVariables(tag, text)
		}
		if one := asError(err); one != nil {
			refused = append(refused, one)
			continue
		}
		clean[tag] = kept
	}
	return clean, refused
}

func (s Setting) checkOrigins(values []string) ([]string, Errors) {
	clean := []string{}
	for _, value := range values {
		value = strings.TrimRight(strings.ToLower(strings.TrimSpace(value)), "/")
		if value == "" {
			continue
		}
		if !strings.Contains(value, "://") {
			value = "https://" + value
		}
		origin, ok := canonicalOrigin(value)
		if !ok {
			return nil, s.refuse("chat.setting.origin", "Origin", cut(value, 80))
		}
		if !slices.Contains(clean, origin) {
			clean = append(clean, origin)
		}
	}
	if len(clean) > s.Max {
		return nil, s.refuse("chat.setting.many", "Max", s.Max)
	}
	return clean, nil
}

// canonicalOrigin writes an origin as browsers do, without the standard port. Its host is a plain name or address:
// it stands in the policy that says who may embed the widget, where a wildcard or a semicolon would say more.
func canonicalOrigin(value string) (string, bool) {
	parsed, err := url.Parse(value)
	if err != nil || !webAddress(value) || parsed.Path != "" || parsed.RawQuery != "" || parsed.Fragment != "" {
		return "", false
	}
	host := parsed.Host
	if port := parsed.Port(); port == "443" && parsed.Scheme == "https" || port == "80" && parsed.Scheme == "http" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	if !regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[0-9]{1,5})?$`).MatchString(host) {
		return "", false
	}
	return parsed.Scheme + "://" + host, true
}

func (s Setting) parseHours(raw json.RawMessage) (any, Errors) {
	if isNull(raw) {
		return nil, s.refuse("chat.setting.form")
	}
	var hours followup.Hours
	if err := json.Unmarshal(raw, &hours); err != nil {
		return nil, s.refuse("chat.hours.time")
	}
	var refused Errors
	for _, problem := range hours.Check() {
		refused = append(refused, RefuseField(s.Key+"."+problemField(problem), "chat.hours."+problem.Code))
	}
	for i := range hours.Holidays {
		name, err := cleanLine(s.Key+".holiday."+strconv.Itoa(i), hours.Holidays[i].Name, 80)
		if one := asError(err); one != nil {
			refused = append(refused, one)
		}
		hours.Holidays[i].Name = name
	}
	return hours, refused
}

func problemField(p followup.Problem) string {
	switch {
	case p.Code == "zone":
		return "zone"
	case p.Holiday >= 0:
		return "holiday." + strconv.Itoa(p.Holiday)
	}
	weekday := time.Weekday(max(p.Day, 0)).String()[:3]
	return strings.ToLower(weekday) + "." + strconv.Itoa(max(p.Index, 0))
}
