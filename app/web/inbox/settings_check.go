package inbox

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// How many checkups run at once on this instance, how many of one organization, and how long one may take.
const (
	checkupsAtOnce = 3
	checkupsOfOne  = 1
	checkupTime    = 90 * time.Second
)

// Checkup examines an organization's emails for one of its admins, and reports each line when it begins and when it has
// come out; report is not called after it has returned.
type Checkup func(ctx context.Context, o *chat.Organization, a *chat.Agent, report func(chat.Finding)) error

func (r *room) showCheck(c echo.Context) error { return r.drawCheck(c, http.StatusOK, r.checkArgs(c)) }

func (r *room) checkArgs(c echo.Context) views.CheckArgs {
	return views.CheckArgs{Locale: web.Locale(c), Zone: web.Zone(c), Demo: r.demo}
}

func (r *room) drawCheck(c echo.Context, status int, a views.CheckArgs) error {
	args := r.settingsArgs(c, string(chat.SectionEmail))
	args.Shell.Page.Title, args.Intro = a.Locale.T("settings.check.title"), a.Locale.T("settings.check.intro")
	args.Title = a.Locale.T("settings.check.title")
	return web.Render(c, status, within(views.SettingsPage(args), views.Check(a)))
}

// startCheck runs a checkup as long as whoever asked for it stays, and shows each line as it comes: the answer is the
// stream, so that it needs nothing of the instance that another one would have to know.
func (r *room) startCheck(slots *web.Slots) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r.checkup == nil {
			return chat.Refuse(chat.Missing, "error.missing")
		}
		a := r.checkArgs(c)
		release, err := slots.Take(callerOf(c).Organization.Key)
		if err != nil {
			a.Trouble = a.Locale.T("settings.check.busy")
			if web.IsHTMX(c) {
				return web.Render(c, http.StatusTooManyRequests, views.CheckLines(a))
			}
			return r.drawCheck(c, http.StatusTooManyRequests, a)
		}
		defer release()
		ctx, cancel := context.WithTimeout(c.Request().Context(), checkupTime)
		defer cancel()
		defer context.AfterFunc(r.stopping, cancel)()
		if !web.IsHTMX(c) { // a page is written in one piece, and within the server's time for it
			ctx, cancel := context.WithTimeout(ctx, senderTime)
			defer cancel()
			return r.drawCheck(c, http.StatusOK, r.examined(ctx, c, a, func(views.CheckArgs) {}))
		}
		out, err := web.OpenStream(c)
		if err != nil {
			return nil //nolint:nilerr // the reader is gone before the first byte
		}
		send := func(a views.CheckArgs) {
			if drawn, err := web.RenderBytes(c, views.CheckLines(a)); err != nil || out.Send("", "", string(drawn)) != nil {
				cancel() // nobody reads it
			}
		}
		send(r.examined(ctx, c, a, send))
		return nil
	}
}

// examined runs a checkup and returns what came out.
func (r *room) examined(ctx context.Context, c echo.Context, a views.CheckArgs, send func(views.CheckArgs)) views.CheckArgs {
	for _, check := range chat.Checks() {
		a.Findings = append(a.Findings, chat.Finding{Check: check, State: chat.FindingWait})
	}
	send(a)
	caller := callerOf(c)
	err := r.checkup(ctx, caller.Organization, caller.Agent, func(f chat.Finding) {
		at := slices.IndexFunc(a.Findings, func(one chat.Finding) bool { return one.Check == f.Check })
		if at < 0 || f.State == chat.FindingWait {
			return
		}
		a.Findings[at] = f
		send(a)
	})
	a.Ended = r.desk.Now()
	var failure *chat.SendFailure
	switch {
	case errors.As(err, &failure):
		a.Trouble = a.Locale.T("settings.check.failed", "Reason", failure.Detail)
	case err != nil:
		r.log.WarnContext(ctx, "check the setup of the emails", "error", err)
		a.Trouble = a.Locale.T("error.failed")
	}
	return a
}
