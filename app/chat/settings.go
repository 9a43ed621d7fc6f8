package chat

import "rejoin/app/followup"

// SettingKind is how a setting is stored, checked and drawn.
type SettingKind string

// The kinds of setting; the JSON that each stores stands behind it.
const (
	SettingSwitch    SettingKind = "switch"    // true
	SettingSeconds   SettingKind = "seconds"   // 900
	SettingNumber    SettingKind = "number"    // 10
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
	SectionAutomation Section = "automation"
	SectionEmail      Section = "email"
	SectionWidget     Section = "widget"
)

// Setting is one row: its locale keys are "setting.<Key>" and "setting.<Key>.hint".
type Setting struct {
	Key     string
	Section Section
	Kind    SettingKind
	Default any // in Go: bool, int, string, map[string]string, []string, followup.Hours
	Min     int // seconds, number: smallest; text: fewest characters
	Max     int // seconds, number: largest; text, localized: most characters; origins: most rows
	Choices []string
	// Variables are the names that a localized text may hold in braces, such as {brand}.
	Variables []string
}

// Keys of the settings.
const (
	ContinuousOn      = "continuous.on"
	ContinuousContent = "continuous.content" // unread | transcript | off
	ClosedHold        = "continuous.closed_hold"
	OpenHold          = "continuous.open_hold"
	EmailHold         = "continuous.email_hold"
	MaxHold           = "continuous.max_hold"
	DraftHold         = "continuous.draft_hold"
	OfflineAtOnce     = "continuous.offline_at_once"
	ContinuousLink    = "continuous.link"         // page | address
	ContinuousAddress = "continuous.link_address" // where links lead when ContinuousLink is address
	ContinuousMinGap  = "continuous.min_gap"
	HourlyCap         = "continuous.hourly_cap"
	PresenceClosed    = "continuous.closed_after"
	PresenceIdle      = "continuous.idle_after"
	HoursWeek         = "hours.week"
	PromptOnline      = "prompt.online"  // off | optional | required, while an agent is online
	PromptOffline     = "prompt.offline" // optional | required, while none is
	PromptText        = "prompt.text"
	PromptThanks      = "prompt.thanks"
	EmailName         = "email.name"
	EmailAccent       = "email.accent"
	EmailLogo         = "email.logo"
	EmailSubject      = "email.subject"
	EmailIntro        = "email.intro"
	EmailFooter       = "email.footer"
	EmailTracking     = "email.tracking"
	EmailReopenDays   = "email.reopen_days" // a closed conversation is opened again by a mail
	LongWaitAfter     = "automation.long_wait.after"
	WidgetSites       = "widget.sites"
	WidgetAccent      = "widget.accent"
	WidgetSide        = "widget.side"
	WidgetTitle       = "widget.title"
	WidgetGreeting    = "widget.greeting"
	WidgetLauncher    = "widget.launcher"
)

// AutomationOn is the key of an automation's switch.
func AutomationOn(a followup.Automation) string { return "automation." + string(a) + ".on" }

// AutomationText is the key of an automation's text.
func AutomationText(a followup.Automation) string { return "automation." + string(a) + ".text" }

const day = 24 * 60 * 60

// Settings is every product setting in the order in which its page shows it.
func Settings() []Setting {
	return []Setting{
		{Key: ContinuousOn, Section: SectionContinuous, Kind: SettingSwitch, Default: true},
		{Key: ContinuousContent, Section: SectionContinuous, Kind: SettingChoice, Default: "unread", Choices: []string{"unread", "transcript", "off"}},
		{Key: ClosedHold, Section: SectionContinuous, Kind: SettingSeconds, Default: 5 * 60, Min: 0, Max: 7 * day},
		{Key: OpenHold, Section: SectionContinuous, Kind: SettingSeconds, Default: 30 * 60, Min: 0, Max: 7 * day},
		{Key: EmailHold, Section: SectionContinuous, Kind: SettingSeconds, Default: 60, Min: 0, Max: 7 * day},
		{Key: MaxHold, Section: SectionContinuous, Kind: SettingSeconds, Default: 20 * 60, Min: 0, Max: 7 * day},
		{Key: DraftHold, Section: SectionContinuous, Kind: SettingSeconds, Default: 60, Min: 0, Max: 60 * 60},
		{Key: OfflineAtOnce, Section: SectionContinuous, Kind: SettingSwitch, Default: true},
		{Key: ContinuousLink, Section: SectionContinuous, Kind: SettingChoice, Default: "page", Choices: []string{"page", "address"}},
		{Key: ContinuousAddress, Section: SectionContinuous, Kind: SettingURL, Default: "", Max: 500},
		{Key: ContinuousMinGap, Section: SectionContinuous, Kind: SettingSeconds, Default: 15 * 60, Min: 0, Max: 7 * day},
		{Key: HourlyCap, Section: SectionContinuous, Kind: SettingNumber, Default: 10, Min: 1, Max: 1000},
		{Key: PresenceClosed, Section: SectionContinuous, Kind: SettingSeconds, Default: 20, Min: 5, Max: 10 * 60},
		{Key: PresenceIdle, Section: SectionContinuous, Kind: SettingSeconds, Default: 270, Min: 30, Max: 60 * 60},
		{Key: HoursWeek, Section: SectionHours, Kind: SettingHours, Default: defaultHours()},
		{Key: PromptOnline, Section: SectionPrompt, Kind: SettingChoice, Default: "optional", Choices: []string{"off", "optional", "required"}},
		{Key: PromptOffline, Section: SectionPrompt, Kind: SettingChoice, Default: "optional", Choices: []string{"optional", "required"}},
		{Key: PromptText, Section: SectionPrompt, Kind: SettingLocalized, Default: map[string]string{}, Max: 300},
		{Key: PromptThanks, Section: SectionPrompt, Kind: SettingLocalized, Default: map[string]string{}, Max: 300},
		{Key: AutomationOn(followup.OutOfOffice), Section: SectionAutomation, Kind: SettingSwitch, Default: true},
		{Key: AutomationText(followup.OutOfOffice), Section: SectionAutomation, Kind: SettingLocalized, Default: map[string]string{}, Max: 500, Variables: []string{"brand", "next"}},
		{Key: AutomationOn(followup.RequestEmail), Section: SectionAutomation, Kind: SettingSwitch, Default: true},
		{Key: AutomationText(followup.RequestEmail), Section: SectionAutomation, Kind: SettingLocalized, Default: map[string]string{}, Max: 500, Variables: []string{"brand"}},
		{Key: AutomationOn(followup.Acknowledge), Section: SectionAutomation, Kind: SettingSwitch, Default: true},
		{Key: AutomationText(followup.Acknowledge), Section: SectionAutomation, Kind: SettingLocalized, Default: map[string]string{}, Max: 500, Variables: []string{"brand", "address"}},
		{Key: AutomationOn(followup.LongWait), Section: SectionAutomation, Kind: SettingSwitch, Default: true},
		{Key: LongWaitAfter, Section: SectionAutomation, Kind: SettingSeconds, Default: 5 * 60, Min: 30, Max: day},
		{Key: AutomationText(followup.LongWait), Section: SectionAutomation, Kind: SettingLocalized, Default: map[string]string{}, Max: 500, Variables: []string{"brand"}},
		{Key: EmailName, Section: SectionEmail, Kind: SettingText, Default: "", Max: 80},
		{Key: EmailAccent, Section: SectionEmail, Kind: SettingColor, Default: "#1f5eff"},
		{Key: EmailLogo, Section: SectionEmail, Kind: SettingURL, Default: "", Max: 500},
		{Key: EmailSubject, Section: SectionEmail, Kind: SettingLocalized, Default: map[string]string{}, Max: 120, Variables: []string{"brand", "agent", "name"}},
		{Key: EmailIntro, Section: SectionEmail, Kind: SettingLocalized, Default: map[string]string{}, Max: 500, Variables: []string{"brand", "agent", "name"}},
		{Key: EmailFooter, Section: SectionEmail, Kind: SettingLocalized, Default: map[string]string{}, Max: 500, Variables: []string{"brand"}},
		{Key: EmailReopenDays, Section: SectionEmail, Kind: SettingNumber, Default: 14, Min: 0, Max: 365},
		{Key: EmailTracking, Section: SectionEmail, Kind: SettingSwitch, Default: false},
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
