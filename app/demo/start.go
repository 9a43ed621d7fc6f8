package demo

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

// lookEvery is how often a stream looks for what has changed; it costs one small file.
const lookEvery = 500 * time.Millisecond

// start is the newcomers' first page.
func (r *room) start(c echo.Context) error {
	live, err := r.liveNow(c, 0)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.DemoStartPage(views.StartArgs{
		Locale: web.Locale(c), Admin: MayaEmail, Agent: LucEmail, Password: DemoPassword, Live: live,
	}))
}

func (r *room) liveNow(c echo.Context, moved time.Duration) (views.StartLive, error) {
	l := web.Locale(c)
	live := views.StartLive{Emails: r.Mailbox.Len()}
	for _, stored := range r.Mailbox.List(1, "") {
		row := rowOf(stored)
		live.Newest = &row
	}
	hours, zone, err := r.hours(c.Request().Context(), l)
	live.Clock = views.ClockArgs{Now: r.Clock.Now(), Zone: zone, Offset: r.Clock.Offset(), Hours: hours, Moved: moved}
	return live, err
}

// hours is the sentence about when the brand answers, and the brand's zone.
func (r *room) hours(ctx context.Context, l *locales.Locale) (string, *time.Location, error) {
	o, err := r.organization(ctx)
	if err != nil {
		return "", nil, err
	}
	now, hours := r.Clock.Now(), o.Settings.Hours()
	zone, err := time.LoadLocation(hours.Zone)
	if err != nil {
		zone = time.UTC
	}
	status := hours.At(now)
	return l.HoursSentence(status.Open, status.Until, status.Next, now, zone, false), zone, nil
}

func (r *room) organization(ctx context.Context) (*chat.Organization, error) {
	return r.Desk.Store().OrganizationByKey(ctx, r.OrganizationKey)
}

// startLive sends the counts and the clock whenever they have changed.
func (r *room) startLive(c echo.Context) error {
	look := func() string { return r.newest() + " " + r.Clock.Offset().String() }
	return r.follow(c, look, func() ([]byte, error) {
		live, err := r.liveNow(c, 0)
		if err != nil {
			return nil, err
		}
		return web.RenderBytes(c, views.StartChanged(web.Locale(c), live))
	})
}

// newest names the state of the mailbox.
func (r *room) newest() string {
	for _, stored := range r.Mailbox.List(1, "") {
		return stored.ID
	}
	return ""
}

// follow sends what draw makes at once, and again whenever look answers something else.
func (r *room) follow(c echo.Context, look func() string, draw func() ([]byte, error)) error {
	stream, err := web.OpenStream(c)
	if err != nil {
		return err
	}
	ticker, ping := time.NewTicker(lookEvery), time.NewTicker(web.PingEvery)
	defer ticker.Stop()
	defer ping.Stop()
	for told, first := "", true; ; first = false {
		if seen := look(); first || seen != told {
			told = seen
			fragment, err := draw()
			if err != nil {
				return err
			}
			if err := stream.Send("", "", string(fragment)); err != nil {
				return err
			}
		}
		select {
		case <-c.Request().Context().Done():
			return nil
		case <-ping.C:
			if err := stream.Ping(); err != nil {
				return err
			}
		case <-ticker.C:
		}
	}
}

// clockAnswer is what machines are told.
type clockAnswer struct {
	Now     time.Time `json:"now"`
	Offset  int64     `json:"offset_seconds"`
	Advance int64     `json:"advanced_seconds,omitempty"`
}

func (r *room) clock(c echo.Context) error {
	return c.JSON(http.StatusOK, clockAnswer{Now: r.Clock.Now().UTC(), Offset: int64(r.Clock.Offset().Seconds())})
}

// advance moves the application's clock by the form's "advance": 5m, 2h, 1d, or "opening" for the brand's next one.
func (r *room) advance(c echo.Context) error {
	form := web.ReadForm(c)
	if err := form.Err(); err != nil {
		return err
	}
	step, err := r.step(c.Request().Context(), strings.TrimSpace(form.Values.Get("advance")))
	if err != nil {
		return err
	}
	if err := r.Clock.Advance(step); err != nil {
		return err
	}
	r.Desk.Tracker().Skip(step)
	r.Log.Info("clock moved", "by", step.Round(time.Second).String(), "now", r.Clock.Now().Format(time.RFC3339))
	if web.IsHTMX(c) {
		live, err := r.liveNow(c, step)
		if err != nil {
			return err
		}
		return web.RenderPartial(c, views.StartClock(web.Locale(c), live.Clock))
	}
	if strings.Contains(c.Request().Header.Get("Accept"), "text/html") {
		return web.SeeOther(c, web.LocalPath(form.Values.Get("back"), views.DemoStart()))
	}
	return c.JSON(http.StatusOK, clockAnswer{
		Now: r.Clock.Now().UTC(), Offset: int64(r.Clock.Offset().Seconds()), Advance: int64(step.Seconds()),
	})
}

func (r *room) step(ctx context.Context, typed string) (time.Duration, error) {
	if typed != "opening" {
		return parseStep(typed)
	}
	o, err := r.organization(ctx)
	if err != nil {
		return 0, err
	}
	now := r.Clock.Now()
	next := o.Settings.Hours().At(now).Next
	if next.IsZero() {
		return 0, chat.RefuseField("advance", "demo.clock.no_opening")
	}
	return next.Sub(now) + time.Second, nil
}
