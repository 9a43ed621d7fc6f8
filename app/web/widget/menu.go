package widget

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// menu draws how the customer is reached, and what they may do with their chat.
func (r *room) menu(c echo.Context) error {
	caller, ctx := callerOf(c), c.Request().Context()
	conversation, err := r.desk.Current(ctx, caller)
	if err != nil {
		return err
	}
	points, err := r.desk.Store().ContactPoints(ctx, conversation.OrganizationID, conversation.CustomerID)
	if err != nil {
		return fmt.Errorf("read contact points: %w", err)
	}
	l := web.Locale(c)
	stopped := len(points) > 0 && points[0].StoppedAt != nil
	args := views.WidgetMenuArgs{
		Locale: l, Language: l.Tag(), Ended: conversation.EndedAt != nil, Stopped: stopped, Email: conversation.EmailStoppedAt == nil,
		Emailable: caller.Organization.Settings.On(chat.ContinuousOn), Deletable: caller.Only == nil && caller.Link == nil,
	}
	if point := chat.UsablePoint(points); point != nil {
		args.Known, args.Address = true, point.Address
		if !ownAddress(caller, point, len(points)) {
			args.Address = ""
		}
	}
	return web.Render(c, http.StatusOK, views.WidgetMenu(args))
}

// ownAddress tells whether the caller may read an address: a link went to one of the customer's, which may have been
// typed wrong, and whoever came by it learns of no other.
func ownAddress(caller *chat.CustomerCaller, point *chat.ContactPoint, known int) bool {
	if caller.Link != nil {
		return caller.Link.ContactPointID == point.ID
	}
	return caller.Only == nil || known == 1
}

// chooseLanguage sets the language that the customer asks for.
func (r *room) chooseLanguage(c echo.Context) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	if err := r.desk.ChooseLanguage(c.Request().Context(), callerOf(c), in.Language); err != nil {
		return err
	}
	speak(c, in.Language)
	return r.menu(c)
}

// stopEmail switches emails of this conversation off or on.
func (r *room) stopEmail(c echo.Context) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	if err := r.desk.StopEmail(c.Request().Context(), callerOf(c), in.Conversation, in.Stop); err != nil {
		return err
	}
	return r.menu(c)
}

// end closes the conversation at the customer's wish.
func (r *room) end(c echo.Context) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	if err := r.desk.EndConversation(c.Request().Context(), callerOf(c), in.Conversation); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// deleteMe removes everything that is known of the customer.
func (r *room) deleteMe(c echo.Context) error {
	if err := r.desk.DeleteMe(c.Request().Context(), callerOf(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
