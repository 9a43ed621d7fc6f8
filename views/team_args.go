package views

import (
	"net/url"
	"time"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/views/ui"
)

// TeamArgs is the list of agents, with what was typed into one of its forms.
type TeamArgs struct {
	Locale *locales.Locale
	Zone   *time.Location
	Agents []chat.Agent
	Own    string // key of the reader
	New    TeamTyped
	Edited string // key of the agent whose form was refused, empty for none
	Change TeamTyped
	Link   *TeamLinkMade
}

// TeamTyped is a form of the team as it was typed.
type TeamTyped struct {
	Values url.Values
	Errors map[string]string
}

// TeamLinkMade is a one-time link, shown once.
type TeamLinkMade struct {
	Name    string
	Address string
	New     bool // the agent is new, else it is a fresh link
}

func roleOptions(l *locales.Locale) []ui.Option {
	return []ui.Option{
		{Value: string(chat.RoleAgent), Label: RoleName(l, chat.RoleAgent), Hint: l.T("team.role.agent.hint")},
		{Value: string(chat.RoleAdmin), Label: RoleName(l, chat.RoleAdmin), Hint: l.T("team.role.admin.hint")},
	}
}

// RoleName names a role.
func RoleName(l *locales.Locale, role chat.Role) string { return l.T("team.role." + string(role)) }

// typed is what the agent's form shows: what was typed and refused, else what stands.
func (a TeamArgs) typed(agent chat.Agent) TeamTyped {
	if a.Edited == agent.Key {
		return a.Change
	}
	values := url.Values{"name": {agent.Name}, "role": {string(agent.Role)}}
	if agent.DeactivatedAt != nil {
		values.Set("deactivated", "on")
	}
	return TeamTyped{Values: values}
}

func (a TeamArgs) newField(name, kind string) ui.FieldArgs {
	return ui.FieldArgs{
		Locale: a.Locale, ID: "new-" + name, Name: name, Type: kind, Label: a.Locale.T("team." + name),
		Value: a.New.Values.Get(name), Error: a.New.Errors[name], Autocomplete: "off", Required: true,
	}
}

func (a TeamArgs) newRole() ui.SelectArgs {
	f := a.newField("role", "")
	if f.Value == "" {
		f.Value = string(chat.RoleAgent)
	}
	return ui.SelectArgs{FieldArgs: f, Options: roleOptions(a.Locale)}
}

func (a TeamArgs) nameOf(agent chat.Agent) ui.FieldArgs {
	t := a.typed(agent)
	return ui.FieldArgs{
		Locale: a.Locale, ID: "name-" + agent.Key, Name: "name", Label: a.Locale.T("team.name"), Value: t.Values.Get("name"),
		Error: t.Errors["name"], MaxLength: 80, Autocomplete: "off", Required: true,
	}
}

func (a TeamArgs) roleOf(agent chat.Agent) ui.SelectArgs {
	t := a.typed(agent)
	return ui.SelectArgs{Options: roleOptions(a.Locale), FieldArgs: ui.FieldArgs{
		Locale: a.Locale, ID: "role-" + agent.Key, Name: "role", Label: a.Locale.T("team.role"), Value: t.Values.Get("role"), Error: t.Errors["role"],
	}}
}

func (a TeamArgs) accessOf(agent chat.Agent) ui.SwitchArgs {
	t := a.typed(agent)
	return ui.SwitchArgs{
		ID: "deactivated-" + agent.Key, Name: "deactivated", Label: a.Locale.T("team.deactivated"), Hint: a.Locale.T("team.deactivated.hint"),
		Error: t.Errors["deactivated"], On: t.Values.Get("deactivated") == "on",
	}
}
