package inbox

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/app/web"
	"rejoin/views"
)

// planRoutes mounts what agents decide about the emails of a conversation.
func (r *room) planRoutes(g *web.Group) {
	g.GET("/inbox/c/:key/fates", r.showFates)
	g.GET("/inbox/c/:key/messages/:seq/why", r.showWhy)
	g.POST("/inbox/c/:key/hurry", r.hurry)
	g.POST("/inbox/c/:key/withholding", r.withhold)
	g.POST("/inbox/c/:key/release", r.release)
}

// hurry lets what is unread go out now.
func (r *room) hurry(c echo.Context) error {
	return r.act(c, func(*web.Form) error {
		return r.desk.SendNow(c.Request().Context(), callerOf(c), c.Param("key"))
	})
}

// withhold keeps what is unread from going out.
func (r *room) withhold(c echo.Context) error {
	return r.act(c, func(*web.Form) error {
		return r.desk.Withhold(c.Request().Context(), callerOf(c), c.Param("key"))
	})
}

// release takes that back for a message and those after it.
func (r *room) release(c echo.Context) error {
	return r.act(c, func(form *web.Form) error {
		seq, err := strconv.ParseInt(form.Values.Get("seq"), 10, 64)
		if err != nil {
			return chat.Refuse(chat.Invalid, "error.invalid")
		}
		return r.desk.Release(c.Request().Context(), callerOf(c), c.Param("key"), seq)
	})
}

// showFates is what a new plan changes of an open conversation.
func (r *room) showFates(c echo.Context) error {
	if !web.IsHTMX(c) {
		return r.showConversation(c)
	}
	open, err := r.openFrom(c)
	if err != nil {
		return err
	}
	return web.RenderPartial(c, views.ThreadFates(*open))
}

// showWhy is the ledger of one message of the brand.
func (r *room) showWhy(c echo.Context) error {
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
	if err != nil || seq < 1 {
		return chat.Refuse(chat.Missing, "error.missing")
	}
	lines, err := r.desk.Why(c.Request().Context(), callerOf(c), c.Param("key"), seq)
	if err != nil {
		return err
	}
	open, err := r.threadOf(c, seq-1, seq+1)
	if err != nil {
		return err
	}
	entries := open.Entries()
	if len(entries) != 1 || !asked(&entries[0]) {
		return chat.Refuse(chat.Missing, "error.missing")
	}
	l := web.Locale(c)
	why := views.WhyArgs{
		Message: entries[0], Lines: lines, Admin: callerOf(c).Agent.Admin(),
		Value: func(s chat.Setting, raw string) string { return settingValue(l, s, raw) },
	}
	if web.IsHTMX(c) {
		return web.RenderPartial(c, views.WhyDialog(why))
	}
	return web.Render(c, http.StatusOK, views.WhyPage(r.shell(c, l.T("why.title"), "inbox", script), why))
}

// asked tells whether one may ask why: of everything that the brand says to the customer.
func asked(e *views.MessageArgs) bool {
	return e.Message.Kind == chat.Public && e.Message.By != chat.ByCustomer
}

// nameActors finds out whom the fates of a thread speak of: whose draft the email waits for, and who keeps it back.
func (r *room) nameActors(ctx context.Context, caller *chat.AgentCaller, open *views.ThreadArgs) (err error) {
	c := open.Thread.Conversation
	if c.FollowupDueAt != nil && c.PlanCode == followup.CodeDraft {
		if open.Writer, err = r.writer(ctx, caller, open); err != nil {
			return err
		}
	}
	if c.WithheldSeq > max(c.CustomerSeenSeq, c.CoveredSeq) {
		open.Keeper, err = r.keeper(ctx, caller, c)
	}
	return err
}

// mostWriters bounds for how many agents it is looked who is writing.
const mostWriters = 20

// writer is whose draft is the newest, among the reader and those who are online.
func (r *room) writer(ctx context.Context, caller *chat.AgentCaller, open *views.ThreadArgs) (views.Actor, error) {
	newest, actor := open.Thread.Draft, views.Actor{Name: caller.Agent.Name, Self: true}
	if newest == nil || newest.Note {
		newest, actor = nil, views.Actor{}
	}
	looked := 0
	for i := range open.Agents {
		agent := &open.Agents[i]
		if agent.ID == caller.Agent.ID || !agent.Online() || looked == mostWriters {
			continue
		}
		looked++
		draft, err := r.desk.Store().Draft(ctx, agent.OrganizationID, open.Thread.Conversation.ID, agent.ID)
		if kind, known := chat.KindOf(err); known && kind == chat.Missing {
			continue
		}
		if err != nil {
			return views.Actor{}, fmt.Errorf("read draft: %w", err)
		}
		if !draft.Note && (newest == nil || draft.UpdatedAt.After(newest.UpdatedAt)) {
			newest, actor = draft, views.Actor{Name: agent.Name}
		}
	}
	return actor, nil
}

// keeper is who said last that the newest withheld message is not to be sent.
func (r *room) keeper(ctx context.Context, caller *chat.AgentCaller, c *chat.Conversation) (views.Actor, error) {
	lines, err := r.desk.Why(ctx, caller, c.Key, c.WithheldSeq)
	if err != nil {
		return views.Actor{}, fmt.Errorf("read ledger: %w", err)
	}
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i].Code == chat.DecidedWithhold {
			return views.Actor{Name: lines[i].AgentName, Self: lines[i].AgentName == caller.Agent.Name}, nil
		}
	}
	return views.Actor{}, nil
}
