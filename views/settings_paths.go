package views

import (
	"net/url"

	"rejoin/app/chat"
)

// Subjects of the settings that are no section of chat.Settings.
const (
	SubjectOrganization = "organization"
	SubjectTeam         = "team"
	SubjectAudit        = "audit"
	SubjectMe           = "me"
)

// Join is where a new agent chooses a password.
func Join(token string) string { return "/join/" + url.PathEscape(token) }

// Setup is the one-time page of an empty install.
func Setup(token string) string { return "/setup/" + url.PathEscape(token) }

// SettingsPreview takes the POST of a half-filled form and answers with what it would mean.
func SettingsPreview(section chat.Section) string { return Settings(string(section)) + "/preview" }

// HoursEdit takes the POST that adds or removes rows of the business hours, without saving them.
func HoursEdit() string { return Settings(string(chat.SectionHours)) + "/edit" }

// SettingsPreset takes the POST that fills the times with a preset, without saving them.
func SettingsPreset() string { return Settings(string(chat.SectionContinuous)) + "/preset" }

// SettingsReplay takes the POST of the half-filled form and answers with what it would have done; nothing is saved.
func SettingsReplay() string { return Settings(string(chat.SectionContinuous)) + "/replay" }

// SettingsPlansPath tells how far new plans have come.
func SettingsPlansPath() string { return Settings(string(chat.SectionContinuous)) + "/plans" }

// AskSample takes the POST that shows the card that asks for an address in a frame.
func AskSample() string { return Settings(string(chat.SectionPrompt)) + "/sample" }

// EmailSample takes the POST that shows a sample email in a frame.
func EmailSample() string { return Settings(string(chat.SectionEmail)) + "/sample" }

// WidgetDemo is a blank brand page that carries the widget.
func WidgetDemo() string { return Settings(string(chat.SectionWidget)) + "/demo" }

// TeamMember takes the POST that changes an agent.
func TeamMember(key string) string { return Settings(SubjectTeam) + "/" + url.PathEscape(key) }

// TeamLink takes the POST that makes a fresh one-time link for an agent.
func TeamLink(key string) string { return TeamMember(key) + "/link" }

// Audit is a page of the audit log, after an entry.
func Audit(after string) string {
	if after == "" {
		return Settings(SubjectAudit)
	}
	return Settings(SubjectAudit) + "?after=" + url.QueryEscape(after)
}

// OwnPassword takes the POST that changes one's own password.
func OwnPassword() string { return Settings(SubjectMe) + "/password" }

// OwnSessions takes the POST that signs one out elsewhere.
func OwnSessions() string { return Settings(SubjectMe) + "/sessions" }

// Invitation is the dialog that invites a customer back, and takes the POST that sends.
func Invitation(key string) string { return Conversation(key) + "/invitation" }

// InvitationPreview takes the POST of the text and answers with subject, addresses and plain text.
func InvitationPreview(key string) string { return Invitation(key) + "/preview" }

// InvitationEmail takes the POST of the text and answers with the email's own HTML, for a frame.
func InvitationEmail(key string) string { return Invitation(key) + "/email" }

// Snippet is what a brand pastes into its pages to carry the widget.
func Snippet(baseURL, organizationKey string) string {
	return `<script async src="` + baseURL + `/widget.js" data-organization="` + organizationKey + `"></script>`
}
