package inbox

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
	"rejoin/views"
)

const shortValue = 60 // characters that fit into a sentence

// auditLine says one change in a sentence.
func auditLine(l *locales.Locale, e chat.AuditEntry) views.AuditLine {
	line := views.AuditLine{Who: e.AgentName, At: e.At}
	if strings.HasPrefix(e.Action, "sender.") {
		return senderLine(l, e, line)
	}
	switch e.Action {
	case "setting.changed":
		return settingLine(l, e, line)
	case "organization.renamed":
		line.Text = l.T("audit.organization.renamed", "Agent", e.AgentName, "Before", namedLanguage(e.Before), "After", namedLanguage(e.After))
	case "agent.invited":
		line.Text = l.T("audit.agent.invited", "Agent", e.AgentName, "Other", e.Subject, "Role", views.RoleName(l, chat.Role(e.After)))
	case "agent.link_renewed":
		line.Text = l.T("audit.agent.link_renewed", "Agent", e.AgentName, "Other", e.Subject)
	case "agent.changed":
		line.Text = l.T("audit.agent.changed", "Agent", e.AgentName, "Other", e.Subject, "Before", namedRole(l, e.Before), "After", namedRole(l, e.After))
	case "mail.assigned", "mail.deleted":
		line.Text = l.T("audit."+e.Action, "Agent", e.AgentName, "Subject", e.Subject)
	default:
		line.Text = l.T("audit.other", "Agent", e.AgentName, "Action", e.Action, "Subject", e.Subject)
		line.Before, line.After = e.Before, e.After
	}
	return line
}

// settingLine puts short values into the sentence, and long ones below it.
func settingLine(l *locales.Locale, e chat.AuditEntry, line views.AuditLine) views.AuditLine {
	s, known := chat.SettingOf(e.Subject)
	if !known {
		line.Text = l.T("audit.setting.long", "Agent", e.AgentName, "Setting", e.Subject)
		line.Before, line.After = e.Before, e.After
		return line
	}
	label := settingName(l, s)
	before, after := settingValue(l, s, e.Before), settingValue(l, s, e.After)
	if s.Kind == chat.SettingSwitch {
		line.Text = l.T("audit.setting.switched", "Agent", e.AgentName, "Setting", label, "After", after)
		return line
	}
	if len(before)+len(after) > 2*shortValue || strings.Contains(before+after, "\n") {
		line.Text = l.T("audit.setting.long", "Agent", e.AgentName, "Setting", label)
		line.Before, line.After = before, after
		return line
	}
	line.Text = l.T("audit.setting.changed", "Agent", e.AgentName, "Setting", label, "Before", before, "After", after)
	return line
}

// settingName names a setting with its page, since two pages have an accent colour.
func settingName(l *locales.Locale, s chat.Setting) string {
	label, page := views.SettingLabel(l, s.Key), views.SettingsTitle(l, string(s.Section))
	if label == page {
		return label
	}
	return l.T("audit.setting.name", "Label", label, "Page", page)
}

// settingValue says a stored value as its page does; one that was cut to fit the log is shown as it stands.
func settingValue(l *locales.Locale, s chat.Setting, raw string) string {
	values := chat.Values{s.Key: json.RawMessage(raw)}
	if !json.Valid([]byte(raw)) {
		return raw
	}
	switch s.Kind {
	case chat.SettingSwitch:
		if values.On(s.Key) {
			return l.T("audit.on")
		}
		return l.T("audit.off")
	case chat.SettingSeconds:
		return l.Duration(values.Seconds(s.Key))
	case chat.SettingNumber:
		return l.Number(values.Number(s.Key))
	case chat.SettingChoice:
		return l.Quote(views.ChoiceLabel(l, s.Key, values.Text(s.Key)))
	case chat.SettingLocalized:
		return localizedValue(l, values.AllLocalized(s.Key))
	case chat.SettingOrigins:
		return orNothing(l, l.Comma(values.Origins(s.Key)...))
	case chat.SettingHours:
		return hoursValue(l, values.Hours())
	}
	return orNothing(l, values.Text(s.Key))
}

func localizedValue(l *locales.Locale, texts map[string]string) string {
	var said []string
	for tag, text := range texts {
		said = append(said, locales.For(tag).Name()+": "+l.Quote(text))
	}
	slices.Sort(said)
	return orNothing(l, strings.Join(said, "\n"))
}

func hoursValue(l *locales.Locale, h followup.Hours) string {
	words := views.WordsOf(l, h, time.Time{})
	said := []string{h.Zone}
	if h.Always {
		said = append(said, l.T("hours.always"))
	}
	for _, line := range append(words.Week, words.Holidays...) {
		said = append(said, line.Days+": "+line.Text)
	}
	return strings.Join(said, "\n")
}

func orNothing(l *locales.Locale, text string) string {
	if text == "" {
		return l.T("audit.nothing")
	}
	return text
}

// namedLanguage turns the tag behind a name, "Alder · en", into the language's own name.
func namedLanguage(text string) string {
	at := strings.LastIndex(text, " · ")
	if at < 0 {
		return text
	}
	return text[:at] + " · " + locales.For(text[at+len(" · "):]).Name()
}

// namedRole turns the words of "Maya · admin · ✕" into the reader's.
func namedRole(l *locales.Locale, text string) string {
	parts := strings.Split(text, " · ")
	for i, part := range parts {
		switch {
		case i > 0 && (part == string(chat.RoleAdmin) || part == string(chat.RoleAgent)):
			parts[i] = views.RoleName(l, chat.Role(part))
		case i > 0 && part == "✕":
			parts[i] = l.T("team.state.deactivated")
		}
	}
	return strings.Join(parts, " · ")
}
