package views

import "rejoin/app/chat"

// Preset is a set of times that belong together, named by what it does.
type Preset struct {
	Name   string
	Values chat.Values
}

// Presets lists them, the quickest first; "balanced" is what a new organization has.
func Presets() []Preset {
	return []Preset{
		{"quick", presetOf("120", "600", "600", "300", "true")},
		{"balanced", presetOf("300", "1800", "1200", "900", "true")},
		{"patient", presetOf("1800", "3600", "7200", "3600", "false")},
		{"calm", presetOf("14400", "14400", "28800", "86400", "false")},
	}
}

func presetOf(closed, open, most, gap, atOnce string) chat.Values {
	return chat.Values{
		chat.ClosedHold: []byte(closed), chat.OpenHold: []byte(open), chat.MaxHold: []byte(most),
		chat.ContinuousMinGap: []byte(gap), chat.OfflineAtOnce: []byte(atOnce),
	}
}

// PresetOf finds a preset by its name.
func PresetOf(name string) (Preset, bool) {
	for _, p := range Presets() {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

// MatchingPreset is the name of the preset that the values are, empty for none.
func MatchingPreset(values chat.Values) string {
	for _, p := range Presets() {
		if values.Holds(p.Values) {
			return p.Name
		}
	}
	return ""
}
