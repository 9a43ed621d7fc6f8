package widget

import (
	"context"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

// place is what decides how an answer is worded besides the conversation itself.
type place struct {
	locale *locales.Locale
	zone   *time.Location
}

func placeOf(c echo.Context) place { return place{web.Locale(c), web.Zone(c)} }

func (p place) key() string { return p.locale.Tag() + "|" + p.zone.String() }

// head is who is online, and the business hours in the reader's zone.
func (r *room) head(c echo.Context, o *chat.Organization) (views.WidgetHeadArgs, error) {
	return r.headAt(c.Request().Context(), o, placeOf(c))
}

func (r *room) headAt(ctx context.Context, o *chat.Organization, p place) (views.WidgetHeadArgs, error) {
	online, err := r.desk.Online(ctx, o)
	if err != nil {
		return views.WidgetHeadArgs{}, fmt.Errorf("read who is online: %w", err)
	}
	open, sentence := r.hours(o, p)
	if !open && len(online) > 0 {
		sentence = "" // nobody who is here is back on Monday
	}
	return views.WidgetHeadArgs{Locale: p.locale, Title: titleOf(o, p.locale), Agents: online, Hours: sentence}, nil
}

func (r *room) hours(o *chat.Organization, p place) (open bool, sentence string) {
	now := r.desk.Now()
	status := o.Settings.Hours().At(now)
	return status.Open, p.locale.HoursSentence(status.Open, status.Until, status.Next, now, p.zone, true)
}

// waiting is what a customer may expect who has spoken last while no agent is online; empty when somebody is there.
func (r *room) waiting(ctx context.Context, caller *chat.CustomerCaller, c *chat.Conversation, p place) (string, error) {
	if !waits(c) {
		return "", nil
	}
	return r.promise(ctx, caller.Organization, p, func() (bool, error) { return r.hasEmail(ctx, c) })
}

// waits tells whether the customer has spoken last and hopes for an answer.
func waits(c *chat.Conversation) bool { return c.WaitingFor == chat.Us && c.EndedAt == nil }

// promise is what customers who wait may expect, by email where the organization writes any and they have an address.
func (r *room) promise(ctx context.Context, o *chat.Organization, p place, hasEmail func() (bool, error)) (string, error) {
	online, err := r.desk.Online(ctx, o)
	if err != nil || len(online) > 0 {
		return "", err
	}
	email := false
	if o.Settings.On(chat.ContinuousOn) {
		if email, err = hasEmail(); err != nil {
			return "", err
		}
	}
	open, sentence := r.hours(o, p)
	return p.locale.T(waitingKey(open, email), "Hours", sentence), nil
}

func waitingKey(open, email bool) string {
	switch {
	case open && email:
		return "widget.waiting.open_email"
	case open:
		return "widget.waiting.open"
	case email:
		return "widget.waiting.closed_email"
	}
	return "widget.waiting.closed"
}

// hasEmail tells whether an answer can go to an address of the customer.
func (r *room) hasEmail(ctx context.Context, c *chat.Conversation) (bool, error) {
	if c.EmailStoppedAt != nil {
		return false, nil
	}
	points, err := r.desk.Store().ContactPoints(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return false, fmt.Errorf("read contact points: %w", err)
	}
	return chat.UsablePoint(points) != nil, nil
}
