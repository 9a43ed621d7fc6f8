package chat

import (
	"encoding/json"
	"time"

	"rejoin/app/followup"
)

// Values is an organization's settings as stored: JSON by key; what is absent or unreadable has its default.
type Values map[string]json.RawMessage

// On reads a switch.
func (v Values) On(key string) bool { return read(v, key, false) }

// Text reads a text, color, url or choice.
func (v Values) Text(key string) string { return read(v, key, "") }

// Seconds reads a number of seconds as a duration.
func (v Values) Seconds(key string) time.Duration {
	return time.Duration(read(v, key, 0)) * time.Second
}

// Number reads a number.
func (v Values) Number(key string) int { return read(v, key, 0) }

// Localized reads a localized text for a language, empty when the locale's own text stands.
func (v Values) Localized(key, language string) string {
	texts := read(v, key, map[string]string{})
	if text, ok := texts[language]; ok {
		return text
	}
	return texts[baseLanguage(language)]
}

// AllLocalized reads a localized text in every language that has one.
func (v Values) AllLocalized(key string) map[string]string {
	return read(v, key, map[string]string{})
}

// Origins reads a list of origins.
func (v Values) Origins(key string) []string { return read(v, key, []string{}) }

// Hours reads the business hours.
func (v Values) Hours() followup.Hours { return read(v, HoursWeek, defaultHours()) }

// Times reads the times of presence.
func (v Values) Times() followup.Times {
	return followup.Times{
		ClosedAfter: v.Seconds(PresenceClosed),
		IdleAfter:   v.Seconds(PresenceIdle),
		SilentAfter: SilentAfter,
	}
}

// Rules reads the rules of the plan.
func (v Values) Rules() followup.Rules {
	return followup.Rules{
		On: v.On(ContinuousOn), Content: followup.Content(v.Text(ContinuousContent)), ClosedHold: v.Seconds(ClosedHold),
		OpenHold: v.Seconds(OpenHold), EmailHold: v.Seconds(EmailHold), MaxHold: v.Seconds(MaxHold), DraftHold: v.Seconds(DraftHold),
		MinGap: v.Seconds(ContinuousMinGap), OfflineAtOnce: v.On(OfflineAtOnce),
	}
}

// SilentAfter is how long a page may give no sign before it counts as gone; hidden pages sign once a minute.
const SilentAfter = 150 * time.Second

func read[T any](v Values, key string, fallback T) T {
	if raw, ok := v[key]; ok {
		var stored T
		if json.Unmarshal(raw, &stored) == nil {
			return stored
		}
	}
	if s, ok := SettingOf(key); ok {
		if standard, ok := s.Default.(T); ok {
			return standard
		}
	}
	return fallback
}

func baseLanguage(tag string) string {
	for i, r := range tag {
		if r == '-' || r == '_' {
			return tag[:i]
		}
	}
	return tag
}

func defaultHours() followup.Hours {
	working := []followup.Range{{From: 9 * 60, To: 17 * 60}}
	hours := followup.Hours{Zone: "UTC"}
	for weekday := time.Monday; weekday <= time.Friday; weekday++ {
		hours.Week[weekday] = working
	}
	return hours
}
