package inbox

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

func (r *room) showTeam(c echo.Context) error { return r.drawTeam(c, http.StatusOK, views.TeamArgs{}) }

// drawTeam draws the team as it stands now, with what was typed or made.
func (r *room) drawTeam(c echo.Context, status int, a views.TeamArgs) error {
	caller := callerOf(c)
	agents, err := r.desk.Store().Agents(c.Request().Context(), caller.Organization.ID)
	if err != nil {
		return err
	}
	a.Locale, a.Zone, a.Agents, a.Own = web.Locale(c), web.Zone(c), agents, caller.Agent.Key
	if web.IsHTMX(c) && c.Request().Method == http.MethodPost {
		if status == http.StatusOK && a.Link == nil {
			return web.RenderPartial(c, views.Team(a), toastSaved(a.Locale))
		}
		return web.Render(c, status, views.Team(a))
	}
	return web.Render(c, status, within(views.SettingsPage(r.settingsArgs(c, views.SubjectTeam)), views.Team(a)))
}

// inviteAgent makes an agent and shows the one-time link, this once.
func (r *room) inviteAgent(c echo.Context) error {
	f := web.ReadForm(c)
	in := chat.AgentInput{Name: f.Text("name", 80), Email: f.Text("email", 254), Role: chat.Role(f.Values.Get("role"))}
	err := f.Err()
	if err == nil {
		var token string
		var agent *chat.Agent
		if token, agent, err = r.desk.InviteAgent(c.Request().Context(), callerOf(c), in); err == nil {
			made := &views.TeamLinkMade{Name: agent.Name, Address: r.baseURL + views.Join(token), New: true}
			return r.drawTeam(c, http.StatusOK, views.TeamArgs{Link: made})
		}
	}
	errs, form := web.FieldErrors(web.Locale(c), err)
	if !form {
		return err
	}
	return r.drawTeam(c, http.StatusUnprocessableEntity, views.TeamArgs{New: views.TeamTyped{Values: f.Values, Errors: errs}})
}

// changeAgent changes name, role and access of an agent.
func (r *room) changeAgent(c echo.Context) error {
	f, key := web.ReadForm(c), c.Param("key")
	change := chat.AgentChange{
		Name: f.Text("name", 80), Role: chat.Role(f.Values.Get("role")), Deactivated: f.Bool("deactivated"),
	}
	err := f.Err()
	if err == nil {
		err = r.desk.ChangeAgent(c.Request().Context(), callerOf(c), key, change)
	}
	if err != nil {
		errs, form := web.FieldErrors(web.Locale(c), err)
		if !form {
			return err
		}
		return r.drawTeam(c, http.StatusUnprocessableEntity, views.TeamArgs{
			Edited: key, Change: views.TeamTyped{Values: f.Values, Errors: errs},
		})
	}
	if key == callerOf(c).Agent.Key && (change.Deactivated || change.Role != chat.RoleAdmin) {
		return web.SeeOther(c, views.Settings("")) // this page is no longer theirs
	}
	return r.saved(c, views.Settings(views.SubjectTeam), func(c echo.Context) error {
		return r.drawTeam(c, http.StatusOK, views.TeamArgs{})
	})
}

// renewJoinLink makes a fresh one-time link for an agent who lost theirs, or their password.
func (r *room) renewJoinLink(c echo.Context) error {
	ctx, caller := c.Request().Context(), callerOf(c)
	agent, err := r.desk.Store().AgentByKey(ctx, caller.Organization.ID, c.Param("key"))
	if err != nil {
		return err
	}
	if agent.DeactivatedAt != nil {
		return chat.Refuse(chat.Conflict, "chat.agent.deactivated")
	}
	token, err := r.desk.RenewJoinLink(ctx, caller, agent.Key)
	if err != nil {
		return err
	}
	return r.drawTeam(c, http.StatusOK, views.TeamArgs{
		Link: &views.TeamLinkMade{Name: agent.Name, Address: r.baseURL + views.Join(token)},
	})
}
