package widget

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

func (r *room) pointsOf(ctx context.Context, c *chat.Conversation) ([]chat.ContactPoint, error) {
	points, err := r.desk.Store().ContactPoints(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return nil, fmt.Errorf("read contact points: %w", err)
	}
	return points, nil
}

// correction is the card that asks for another address, since emails to the newest one come back; nil when none do.
func (r *room) correction(caller *chat.CustomerCaller, c *chat.Conversation, points []chat.ContactPoint, p place) *views.WidgetAskArgs {
	point := chat.Returned(c, points)
	if point == nil {
		return nil
	}
	ask := &views.WidgetAskArgs{Locale: p.locale, Prompt: p.locale.T("widget.bounced.unnamed")}
	if ownAddress(caller, point, len(points)) {
		ask.Prompt = p.locale.T("widget.bounced", "Address", point.Address)
		ask.Address, ask.Hint, ask.Spent = point.Address, r.desk.HintAddress(point.Address), true
	}
	return ask
}

// thanks is said where the address was given; one that was corrected is named.
func (r *room) thanks(caller *chat.CustomerCaller, points []chat.ContactPoint, p place) string {
	if len(points) > 1 && points[0].BouncedAt == nil && points[1].BouncedAt != nil && ownAddress(caller, &points[0], len(points)) {
		return p.locale.T("widget.bounced.thanks", "Address", points[0].Address)
	}
	return thanksOf(caller.Organization, p)
}

// handed is an address as it was handed over, by the panel or by the page without scripts.
type handed struct {
	conversation, address string
	sure                  bool
}

// takeAddress takes an address; a likely typo, and one that is meant to be thrown away, is asked about once, by a card.
func (r *room) takeAddress(ctx context.Context, caller *chat.CustomerCaller, in handed, p place) (again *views.WidgetAskArgs, thanks string, err error) {
	conversation, err := r.desk.Current(ctx, caller)
	if err != nil {
		return nil, "", err
	}
	points, err := r.pointsOf(ctx, conversation)
	if err != nil {
		return nil, "", err
	}
	correction := r.correction(caller, conversation, points, p)
	hint, note := r.desk.HintAddress(in.address), r.desk.NoteAddress(in.address)
	if !in.sure && hint+note != "" {
		if again = correction; again == nil {
			again = r.askIn(caller.Organization, conversation, p)
		}
		again.Address, again.Hint, again.Spent = in.address, hint, false
		if note != "" {
			again.Note = p.locale.T(note)
		}
		return again, "", nil
	}
	if correction == nil {
		_, err = r.desk.GiveAddress(ctx, caller, in.conversation, in.address)
		return nil, thanksOf(caller.Organization, p), err
	}
	point, err := r.desk.CorrectAddress(ctx, caller, in.conversation, in.address)
	if err != nil {
		return nil, "", err
	}
	return nil, p.locale.T("widget.bounced.thanks", "Address", point.Address), nil
}

// leaveAddress puts the card away, whichever it is.
func (r *room) leaveAddress(ctx context.Context, caller *chat.CustomerCaller, key string) error {
	conversation, err := r.desk.Current(ctx, caller)
	if err != nil {
		return err
	}
	points, err := r.pointsOf(ctx, conversation)
	if err != nil {
		return err
	}
	if chat.Returned(conversation, points) != nil {
		return r.desk.LeaveAddress(ctx, caller, key)
	}
	return r.desk.SkipAddress(ctx, caller, key)
}

// correctByLink takes the card of the page behind a link without scripts: handing it over is the person's gesture.
func (r *room) correctByLink(c echo.Context) error {
	token, ctx := c.Param("token"), c.Request().Context()
	if err := r.limits.address.Check(visitorKey(token)); err != nil {
		return err
	}
	reading, conversation, err := r.desk.CustomerByLink(ctx, token)
	if err != nil {
		return r.gone(c, token, err)
	}
	welcome(c, reading)
	p, form := placeOf(c), web.ReadForm(c)
	if err := form.Err(); err != nil {
		return err
	}
	in := handed{conversation: conversation.Key, address: form.Values.Get("address"), sure: form.Values.Has("sure")}
	if accepted := form.Values.Get("accept"); accepted != "" {
		in.address = accepted
	}
	if _, _, err = r.desk.Rejoin(ctx, token, r.desk.PageToken(token)); err != nil {
		return err
	}
	writing, err := r.desk.CustomerByToken(ctx, r.desk.PageToken(token))
	if err != nil {
		return err
	}
	var again *views.WidgetAskArgs
	if form.Values.Has("skip") {
		err = r.leaveAddress(ctx, writing, conversation.Key)
	} else {
		again, _, err = r.takeAddress(ctx, writing, in, p)
	}
	if said, refused := web.FieldErrors(p.locale, err); refused {
		again = &views.WidgetAskArgs{Locale: p.locale, Prompt: p.locale.T("widget.bounced.unnamed"), Address: in.address, Error: said["address"] + said[""]}
		err = nil
	}
	if err != nil {
		return err
	}
	if again != nil {
		return r.drawPage(c, http.StatusUnprocessableEntity, reading, conversation, 0, views.RejoinArgs{Token: token, Ask: again})
	}
	return c.Redirect(http.StatusSeeOther, views.RejoinPage(token)+"#end")
}
