package inbox

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/app/web"
	"rejoin/views"
)

// pageRows is how many rows come at once.
const pageRows = 30

// queryOf reads the state of the list from the address; what is unknown counts as not given.
func queryOf(c echo.Context) views.InboxQuery {
	q := views.InboxQuery{View: chat.ViewAll}
	form := web.ReadForm(c).Values
	if view := chat.View(form.Get("view")); slices.Contains(chat.Views, view) {
		q.View = view
	}
	switch reach := followup.Reach(form.Get("reach")); reach {
	case followup.Active, followup.Reachable, followup.Unreachable:
		q.Reach = string(reach)
	}
	q.Search = strings.TrimSpace(form.Get("q"))
	return q
}

// listOf reads one page of the list with its counts.
func (r *room) listOf(c echo.Context, current string) (views.InboxListArgs, error) {
	ctx, caller := c.Request().Context(), callerOf(c)
	list := views.InboxListArgs{Locale: web.Locale(c), Zone: web.Zone(c), Query: queryOf(c), Current: current}
	counts, err := r.desk.Counts(ctx, caller)
	if err != nil {
		return list, fmt.Errorf("count conversations: %w", err)
	}
	list.Counts = counts
	err = r.readRows(ctx, caller, &list, chat.Cursor{})
	if said, refused := web.FieldErrors(list.Locale, err); refused {
		list.Refused = said["search"] + said[""]
		return list, nil
	}
	return list, err
}

func (r *room) readRows(ctx context.Context, caller *chat.AgentCaller, list *views.InboxListArgs, after chat.Cursor) error {
	q := chat.ListQuery{View: list.Query.View, Search: list.Query.Search, After: after, Limit: pageRows}
	if list.Query.Reach != "" {
		q.Reach = []followup.Reach{followup.Reach(list.Query.Reach)}
	}
	rows, next, err := r.desk.List(ctx, caller, q)
	if err != nil {
		return fmt.Errorf("list conversations: %w", err)
	}
	list.Rows, list.Next = rows, cursorText(next)
	return nil
}

// showRows is one page of rows: the next one, or the first again after something was missed.
func (r *room) showRows(c echo.Context) error {
	if !web.IsHTMX(c) {
		return r.showInbox(c)
	}
	list := views.InboxListArgs{Locale: web.Locale(c), Zone: web.Zone(c), Query: queryOf(c)}
	after, err := cursorOf(c.QueryParam("after"))
	if err != nil {
		return err
	}
	if err := r.readRows(c.Request().Context(), callerOf(c), &list, after); err != nil {
		return err
	}
	return web.RenderPartial(c, views.InboxRows(list))
}

// showCounts is the filters with their numbers.
func (r *room) showCounts(c echo.Context) error {
	counts, err := r.desk.Counts(c.Request().Context(), callerOf(c))
	if err != nil {
		return err
	}
	return web.RenderPartial(c, views.InboxViews(views.InboxListArgs{Locale: web.Locale(c), Query: queryOf(c), Counts: counts}))
}

// cursorText writes the last row of a page into an address.
func cursorText(cursor chat.Cursor) string {
	if cursor.At.IsZero() {
		return ""
	}
	return strconv.FormatInt(cursor.At.UnixMicro(), 36) + "-" + strconv.FormatInt(cursor.ID, 36)
}

func cursorOf(text string) (chat.Cursor, error) {
	if text == "" {
		return chat.Cursor{}, nil
	}
	at, id, _ := strings.Cut(text, "-")
	micros, err := strconv.ParseInt(at, 36, 64)
	if err != nil {
		return chat.Cursor{}, chat.Refuse(chat.Invalid, "error.invalid")
	}
	number, err := strconv.ParseInt(id, 36, 64)
	if err != nil {
		return chat.Cursor{}, chat.Refuse(chat.Invalid, "error.invalid")
	}
	return chat.Cursor{At: time.UnixMicro(micros), ID: number}, nil
}
