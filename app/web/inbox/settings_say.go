package inbox

import (
	"rejoin/app/chat"
	"rejoin/locales"
)

// consequences are the sentences that the values of a section make true, by setting.
func consequences(l *locales.Locale, section chat.Section, v chat.Values) map[string]string {
	said := map[string]string{}
	for _, s := range chat.SettingsOf(section) {
		if text := consequence(l, s, v); text != "" {
			said[s.Key] = text
		}
	}
	return said
}

func consequence(l *locales.Locale, s chat.Setting, v chat.Values) string {
	key := "setting." + s.Key + ".says"
	switch s.Kind {
	case chat.SettingSwitch:
		if v.On(s.Key) {
			return spoken(l, key+".on")
		}
		return spoken(l, key+".off")
	case chat.SettingSeconds:
		if v.Seconds(s.Key) == 0 {
			return spoken(l, key+".zero")
		}
		return spoken(l, key, "Time", l.Duration(v.Seconds(s.Key)))
	case chat.SettingChoice:
		return spoken(l, key+"."+v.Text(s.Key), "Address", v.Text(chat.ContinuousAddress))
	case chat.SettingOrigins:
		if len(v.Origins(s.Key)) == 0 {
			return spoken(l, key+".none")
		}
		return spoken(l, key+".count", "Count", len(v.Origins(s.Key)))
	}
	return ""
}

// spoken is a sentence where the language has one.
func spoken(l *locales.Locale, key string, pairs ...any) string {
	if !l.Has(key) {
		return ""
	}
	if len(pairs) == 2 && pairs[0] == "Count" {
		return l.N(key, pairs[1].(int))
	}
	return l.T(key, pairs...)
}
