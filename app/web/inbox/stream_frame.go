package inbox

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/live"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

// drawTime bounds the reading and rendering of one event, which many streams may be waiting for.
const drawTime = 5 * time.Second

// frameOf is an event as it goes over the stream. What cannot be drawn becomes a resync: the pages read for themselves.
func (r *room) frameOf(c echo.Context, e *live.Event) []byte {
	caller, locale, zone := callerOf(c), web.Locale(c), web.Zone(c)
	drawn, err := r.frames.of(e, locale.Tag(), func() ([]byte, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), drawTime)
		defer cancel()
		return r.draw(ctx, caller, e, locale, zone)
	})
	if err == nil {
		return drawn
	}
	r.log.LogAttrs(c.Request().Context(), slog.LevelWarn, "draw event", slog.String("event", e.Name), slog.Any("error", err))
	return web.Frame(live.Resync, "", nil)
}

// draw renders what an event changed: the row of its conversation, and the message if there is a new one.
func (r *room) draw(ctx context.Context, caller *chat.AgentCaller, e *live.Event, l *locales.Locale, zone *time.Location) ([]byte, error) {
	args := views.FrameArgs{Key: e.Key, Seq: e.Seq, Note: e.Note, At: r.desk.Now()}
	var err error
	switch chat.EventName(e.Name) {
	case chat.MessagePosted:
		err = r.drawMessage(ctx, caller, &args, l, zone)
	case chat.MessageSeen:
		if e.Note == string(chat.Us) {
			_, err = r.drawRow(ctx, caller, &args, l, zone)
		}
	case chat.HeldMailChanged:
		err = r.drawHeld(ctx, caller, &args, l, zone)
	case chat.DeliveryChanged:
		err = r.drawDelivery(ctx, caller, &args, l, zone)
	case chat.CustomerArrived, chat.CustomerLeft, chat.CustomerChanged, chat.CustomerRejoined, chat.ConversationChanged, chat.PlanMade:
		_, err = r.drawRow(ctx, caller, &args, l, zone)
	}
	name := e.Name
	if kind, known := chat.KindOf(err); known && kind == chat.Missing {
		name, err = string(chat.ConversationDeleted), nil // gone between the event and our look
	}
	if err != nil {
		return nil, err
	}
	var sheet bytes.Buffer
	if err := views.Frame(args).Render(ctx, &sheet); err != nil {
		return nil, fmt.Errorf("render frame: %w", err)
	}
	return web.Frame(name, "", sheet.Bytes()), nil
}

func (r *room) drawRow(ctx context.Context, caller *chat.AgentCaller, args *views.FrameArgs, l *locales.Locale, zone *time.Location) (*chat.ConversationRow, error) {
	row, err := r.desk.Row(ctx, caller, args.Key)
	if err != nil {
		return nil, fmt.Errorf("read row: %w", err)
	}
	args.Row = views.InboxRow(views.InboxRowArgs{Locale: l, Zone: zone, Row: row})
	return row, nil
}
