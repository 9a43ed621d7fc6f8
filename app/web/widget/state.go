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
	short, whole := r.hoursLine(o, p)
	if len(online) > 0 && !o.Settings.Hours().At(r.desk.Now()).Open {
		short, whole = "", "" // nobody who is here is back on Monday
	}
	return views.WidgetHeadArgs{Locale: p.locale, Title: titleOf(o, p.locale), Agents: online, Hours: short, Whole: whole}, nil
}

// hoursLine is the business hours for the top of the panel: what holds now in one line, and the whole of it.
func (r *room) hoursLine(o *chat.Organization, p place) (short, whole string) {
	now := r.desk.Now()
	status := o.Settings.Hours().At(now)
	next := status.Next
	if status.Open {
		next = time.Time{}
	}
	_, whole = r.hours(o, p)
	return p.locale.HoursSentence(status.Open, status.Until, next, now, p.zone, false), whole
}

func (r *room) hours(o *chat.Organization, p place) (open bool, sentence string) {
	now := r.desk.Now()
	status := o.Settings.Hours().At(now)
	return status.Open, p.locale.HoursSentence(status.Open, status.Until, status.Next, now, p.zone, true)
}

// mood is what of a conversation decides the line below it.
type mood struct {
	closed bool // and open again with the next message
	waits  bool // the customer has spoken last
	silent bool // nothing is to be said: the customer has ended it, or an automation has just said it
}

func moodOf(c *chat.Conversation) mood {
	waits := c.WaitingFor == chat.Us
	return mood{closed: c.ClosedAt != nil, waits: waits, silent: c.EndedAt != nil || waits && len(c.AutomationsSaid) > 0}
}

// waiting is what a customer may expect who waits, or comes back while nobody is there; empty when somebody is.
func (r *room) waiting(ctx context.Context, o *chat.Organization, c *chat.Conversation, p place) (views.WidgetWaitingArgs, error) {
	return r.promise(ctx, o, p, moodOf(c), func() (bool, error) { return r.hasEmail(ctx, c) })
}

// promise is what customers in such a mood may expect, by email where the organization writes any and they have an
// address: never a closed door.
func (r *room) promise(ctx context.Context, o *chat.Organization, p place, m mood, hasEmail func() (bool, error)) (said views.WidgetWaitingArgs, err error) {
	if m.silent {
		return said, nil
	}
	if m.closed {
		said.Shut, said.Lines = true, []string{p.locale.T("widget.closed")}
	}
	online, err := r.desk.Online(ctx, o)
	if err != nil {
		return said, fmt.Errorf("read who is online: %w", err)
	}
	open, hours := r.hours(o, p)
	if len(online) > 0 || open && (m.closed || !m.waits) {
		return said, nil
	}
	email := false
	if o.Settings.WritesByItself() {
		if email, err = hasEmail(); err != nil {
			return said, err
		}
	}
	said.Lines = append(said.Lines, p.locale.T(waitingKey(m, open, email), "Hours", hours))
	said.Shut = m.closed || !m.waits
	return said, nil
}

// waitingKey is the sentence for who waits, or writes to open it again, or else for who finds nobody there.
func waitingKey(m mood, open, email bool) string {
	back := !m.closed && !m.waits
	switch {
	case back && email:
		return "widget.away.email"
	case back:
		return "widget.away.chat"
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
