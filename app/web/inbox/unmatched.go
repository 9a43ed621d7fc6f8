package inbox

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// unmatchedRoutes mounts the mails that are for no conversation, which admins assign or delete.
func (r *room) unmatchedRoutes(g *web.Group) {
	g.GET("/unmatched", r.showUnmatched)
	g.GET("/unmatched/count", r.countUnmatched)
	g.GET("/unmatched/:key", r.showUnmatchedMail)
	g.POST("/unmatched/:key/assignment", r.assignMail)
	g.POST("/unmatched/:key/deletion", r.deleteMail)
}

// showUnmatched is one page of them; htmx gets the further rows alone.
func (r *room) showUnmatched(c echo.Context) error {
	after, err := cursorOf(c.QueryParam("after"))
	if err != nil {
		return err
	}
	mails, next, err := r.desk.UnmatchedMails(c.Request().Context(), callerOf(c), after)
	if err != nil {
		return fmt.Errorf("list unmatched mails: %w", err)
	}
	l := web.Locale(c)
	a := views.UnmatchedArgs{Locale: l, Zone: web.Zone(c), Mails: mails, Next: cursorText(next)}
	if web.IsHTMX(c) && c.QueryParam("after") != "" {
		return web.RenderPartial(c, views.UnmatchedRows(a))
	}
	if web.IsHTMX(c) {
		return web.RenderPartial(c, views.UnmatchedList(a))
	}
	for _, flash := range r.sessions.TakeFlash(c) {
		a.Said = append(a.Said, views.Said{Kind: noticeOf(flash.Tone), Text: flash.Say(l)})
	}
	return web.Render(c, http.StatusOK, views.UnmatchedPage(r.shell(c, l.T("unmatched.title"), "unmatched"), a))
}

// countUnmatched is the number beside the rail's link.
func (r *room) countUnmatched(c echo.Context) error {
	count, err := r.desk.UnmatchedCount(c.Request().Context(), callerOf(c))
	if err != nil {
		return fmt.Errorf("count unmatched mails: %w", err)
	}
	return web.RenderPartial(c, views.UnmatchedBadge(web.Locale(c), count))
}

// unmatchedCount is the same for the frame of a page, which stands without it too.
func (r *room) unmatchedCount(c echo.Context) int {
	count, err := r.desk.UnmatchedCount(c.Request().Context(), callerOf(c))
	if err != nil {
		r.log.LogAttrs(c.Request().Context(), slog.LevelWarn, "count unmatched mails", slog.Any("error", err))
	}
	return count
}

// showUnmatchedMail is one of them as it came, with what can be done; htmx gets a step of that alone.
func (r *room) showUnmatchedMail(c echo.Context) error {
	step := c.QueryParam("step")
	return r.drawUnmatchedMail(c, http.StatusOK, views.MailActsArgs{Step: step, Search: strings.TrimSpace(c.QueryParam("q"))})
}

func (r *room) drawUnmatchedMail(c echo.Context, status int, acts views.MailActsArgs) error {
	a, err := r.original(c)
	if err != nil {
		return err
	}
	if !waits(a.Mail) {
		return chat.Refuse(chat.Conflict, "chat.mail.decided")
	}
	acts.Locale, acts.Zone, acts.Mail, a.Acts = a.Locale, a.Zone, a.Mail, &acts
	if acts.Step == views.MailStepAdd {
		if err := r.findPlaces(c, &acts); err != nil {
			return err
		}
	}
	switch {
	case !web.IsHTMX(c):
		page := views.OriginalPage(r.shell(c, a.Locale.T("original.title"), "unmatched"), views.Unmatched(""), *a)
		return web.Render(c, status, page)
	case acts.Step != "":
		return web.Render(c, status, views.MailActs(acts))
	}
	return web.RenderPartial(c, views.OriginalDialog(*a))
}

func waits(m *chat.Mail) bool { return m.State == chat.MailUnmatched || m.State == chat.MailFailed }

// placesAtOnce is how many conversations are offered to choose from.
const placesAtOnce = 8

// findPlaces finds the conversations that a mail may be added to: those of its address, or those that a search finds.
func (r *room) findPlaces(c echo.Context, acts *views.MailActsArgs) error {
	ctx, caller, m := c.Request().Context(), callerOf(c), acts.Mail
	if acts.Search == "" && m.ConversationID != nil && m.OrganizationID == caller.Organization.ID {
		row, err := r.desk.Store().ConversationRow(ctx, m.OrganizationID, *m.ConversationID)
		if kind, known := chat.KindOf(err); err != nil && (!known || kind != chat.Missing) {
			return fmt.Errorf("read likely conversation: %w", err)
		}
		if err == nil && row.SpamAt == nil {
			acts.Likely, acts.Rows = row.Key, []chat.ConversationRow{*row}
		}
	}
	search := acts.Search
	if search == "" {
		search = m.FromAddress
	}
	if search == "" {
		return nil
	}
	err := r.searchPlaces(ctx, caller, acts, search)
	if said, refused := web.FieldErrors(acts.Locale, err); refused {
		acts.Error = said["search"] + said[""]
		return nil
	}
	return err
}

func (r *room) searchPlaces(ctx context.Context, caller *chat.AgentCaller, acts *views.MailActsArgs, search string) error {
	for _, view := range []chat.View{chat.ViewAll, chat.ViewClosed} {
		rows, _, err := r.desk.List(ctx, caller, chat.ListQuery{View: view, Search: search, Limit: placesAtOnce})
		if err != nil {
			return fmt.Errorf("find conversations: %w", err)
		}
		for _, row := range rows {
			known := slices.ContainsFunc(acts.Rows, func(one chat.ConversationRow) bool { return one.ID == row.ID })
			if known || len(acts.Rows) == placesAtOnce {
				continue
			}
			acts.Rows = append(acts.Rows, row)
			if acts.Search == "" && acts.Likely == "" && strings.EqualFold(row.CustomerAddress, acts.Mail.FromAddress) {
				acts.Likely = row.Key
			}
		}
	}
	return nil
}

// assignMail puts a mail into the conversation that was chosen, or into a new one.
func (r *room) assignMail(c echo.Context) error {
	form := web.ReadForm(c)
	if err := form.Err(); err != nil {
		return err
	}
	key := form.Values.Get("conversation")
	if key == "" && form.Values.Get("chosen") != "" {
		return r.drawAgain(c, views.MailStepAdd, web.Locale(c).T("unmatched.add.choose"))
	}
	became, err := r.desk.AssignMail(c.Request().Context(), callerOf(c), c.Param("key"), key)
	if said, refused := web.FieldErrors(web.Locale(c), err); refused {
		return r.drawAgain(c, views.MailStepNew, joined(said))
	}
	if err != nil {
		return fmt.Errorf("assign mail: %w", err)
	}
	return web.SeeOther(c, views.Conversation(became.Key))
}

func joined(said map[string]string) string {
	var all []string
	for _, one := range said {
		all = append(all, one)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// drawAgain draws a step with why it was refused, in its own place.
func (r *room) drawAgain(c echo.Context, step, why string) error {
	h := c.Response().Header()
	h.Set("HX-Retarget", "#"+views.IDMailActs)
	h.Set("HX-Reswap", "outerHTML")
	return r.drawUnmatchedMail(c, http.StatusUnprocessableEntity, views.MailActsArgs{Step: step, Error: why})
}

// deleteMail deletes a mail that waits.
func (r *room) deleteMail(c echo.Context) error {
	if err := r.desk.DeleteMail(c.Request().Context(), callerOf(c), c.Param("key")); err != nil {
		return fmt.Errorf("delete mail: %w", err)
	}
	l := web.Locale(c)
	if web.IsHTMX(c) {
		return web.RenderPartial(c, views.ToastInto(l, "good", l.T("unmatched.deleted")))
	}
	if err := r.sessions.SetFlash(c, "good", "unmatched.deleted"); err != nil {
		return fmt.Errorf("say that it is deleted: %w", err)
	}
	return web.SeeOther(c, views.Unmatched(""))
}
