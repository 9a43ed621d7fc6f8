package chat

// SettingKind is how a setting is stored, checked and drawn.
type SettingKind string

// The kinds of setting; the JSON that each stores stands behind it.
const (
	SettingSwitch    SettingKind = "switch"    // true
	SettingSeconds   SettingKind = "seconds"   // 900
	SettingText      SettingKind = "text"      // "one line"
	SettingLocalized SettingKind = "localized" // {"en":"…","fr":"…"}; a missing language falls back to the locale's own text
	SettingColor     SettingKind = "color"     // "#0a7f5a"
	SettingURL       SettingKind = "url"       // "https://…" or ""
	SettingChoice    SettingKind = "choice"    // one of Choices
	SettingOrigins   SettingKind = "origins"   // ["https://shop.example"]
	SettingHours     SettingKind = "hours"     // followup.Hours
)

// Section is a page of the settings.
type Section string

// The sections, one page each.
const (
	SectionContinuous Section = "continuous"
	SectionHours      Section = "hours"
	SectionPrompt     Section = "prompt"
	SectionEmail      Section = "email"
	SectionWidget     Section = "widget"
)

// Setting is one row: its locale keys are "setting.<Key>" and "setting.<Key>.hint".
type Setting struct {
	Key     string
	Section Section
	Kind    SettingKind
	Default any // in Go: bool, int, string, map[string]string, []string, followup.Hours
	Min     int // seconds: smallest; text: fewest characters
	Max     int // seconds: largest; text, localized: most characters; origins: most rows
	Choices []string
}

// Keys of the settings.
const (
	ContinuousOn      = "continuous.on"
	ContinuousLink    = "continuous.link"         // page | address
	ContinuousAddress = "continuous.link_address" // where links lead when ContinuousLink is address
	ContinuousMinGap  = "continuous.min_gap"
	PresenceClosed    = "continuous.closed_after"
	PresenceIdle      = "continuous.idle_after"
	HoursWeek         = "hours.week"
	PromptOn          = "prompt.on"
	PromptText        = "prompt.text"
	PromptThanks      = "prompt.thanks"
	EmailName         = "email.name"
	EmailAccent       = "email.accent"
	EmailLogo         = "email.logo"
	EmailFooter       = "email.footer"
	WidgetSites       = "widget.sites"
	WidgetAccent      = "widget.accent"
	WidgetSide        = "widget.side"
	WidgetTitle       = "widget.title"
	WidgetGreeting    = "widget.greeting"
	WidgetLauncher    = "widget.launcher"
)

const day = 24 * 60 * 60

// Settings is every product setting in the order in which its page shows it.
func Settings() []Setting {
	return []Setting{
		{Key: ContinuousOn, Section: SectionContinuous, Kind: SettingSwitch, Default: true},
		{Key: ContinuousLink, Section: SectionContinuous, Kind: SettingChoice, Default: "page", Choices: []string{"page", "address"}},
		{Key: ContinuousAddress, Section: SectionContinuous, Kind: SettingURL, Default: "", Max: 500},
		{Key: ContinuousMinGap, Section: SectionContinuous, Kind: SettingSeconds, Default: 15 * 60, Min: 0, Max: 7 * day},
		{Key: PresenceClosed, Section: SectionContinuous, Kind: SettingSeconds, Default: 20, Min: 5, Max: 10 * 60},
		{Key: PresenceIdle, Section: SectionContinuous, Kind: SettingSeconds, Default: 270, Min: 30, Max: 60 * 60},
		{Key: HoursWeek, Section: SectionHours, Kind: SettingHours, Default: defaultHours()},
		{Key: PromptOn, Section: SectionPrompt, Kind: SettingSwitch, Default: true},
		{Key: PromptText, Section: SectionPrompt, Kind: SettingLocalized, Default: map[string]string{}, Max: 300},
		{Key: PromptThanks, Section: SectionPrompt, Kind: SettingLocalized, Default: map[string]string{}, Max: 300},
		{Key: EmailName, Section: SectionEmail, Kind: SettingText, Default: "", Max: 80},
		{Key: EmailAccent, Section: SectionEmail, Kind: SettingColor, Default: "#1f5eff"},
		{Key: EmailLogo, Section: SectionEmail, Kind: SettingURL, Default: "", Max: 500},
		{Key: EmailFooter, Section: SectionEmail, Kind: SettingLocalized, Default: map[string]string{}, Max: 500},
		{Key: WidgetSites, Section: SectionWidget, Kind: SettingOrigins, Default: []string{}, Max: 50},
		{Key: WidgetAccent, Section: SectionWidget, Kind: SettingColor, Default: "#1f5eff"},
		{Key: WidgetSide, Section: SectionWidget, Kind: SettingChoice, Default: "right", Choices: []string{"right", "left"}},
		{Key: WidgetTitle, Section: SectionWidget, Kind: SettingLocalized, Default: map[string]string{}, Max: 60},
		{Key: WidgetGreeting, Section: SectionWidget, Kind: SettingLocalized, Default: map[string]string{}, Max: 300},
		{Key: WidgetLauncher, Section: SectionWidget, Kind: SettingLocalized, Default: map[string]string{}, Max: 40},
	}
}

// SettingOf finds a setting by its key.
func SettingOf(key string) (Setting, bool) {
	for _, s := range Settings() {
		if s.Key == key {
			return s, true
		}
	}
	return Setting{}, false
}

// SettingsOf returns one section's rows.
func SettingsOf(section Section) []Setting {
	var rows []Setting
	for _, s := range Settings() {
		if s.Section == section {
			rows = append(rows, s)
		}
	}
	return rows
}
