package widget

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// pageOfThread is how many messages are read at a time.
const pageOfThread = 50

// thread draws the customer's conversation, newest messages first read.
func (r *room) thread(c echo.Context) error {
	caller := callerOf(c)
	conversation, err := r.desk.Current(c.Request().Context(), caller)
	if err != nil {
		return err
	}
	args, err := r.threadArgs(c.Request().Context(), caller, conversation, placeOf(c), 0)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.WidgetThread(args))
}

// earlier draws the messages before a seq, as a thread without what stands below it.
func (r *room) earlier(c echo.Context) error {
	before, err := seqParam(c, "before")
	if err != nil {
		return err
	}
	caller, ctx := callerOf(c), c.Request().Context()
	conversation, err := r.desk.Current(ctx, caller)
	if err != nil {
		return err
	}
	args, err := r.messagesArgs(ctx, caller, conversation, placeOf(c), before)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.WidgetThread(args))
}

func seqParam(c echo.Context, name string) (int64, error) {
	given := c.QueryParam(name)
	if given == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(given, 10, 64)
	if err != nil || n < 0 {
		return 0, chat.RefuseField(name, "error.number")
	}
	return n, nil
}

// threadArgs is everything that a conversation shows to its customer.
func (r *room) threadArgs(ctx context.Context, caller *chat.CustomerCaller, conversation *chat.Conversation, p place, before int64) (views.WidgetThreadArgs, error) {
	args, err := r.messagesArgs(ctx, caller, conversation, p, before)
	if err != nil {
		return args, err
	}
	if args.Waiting, err = r.waiting(ctx, caller.Organization, conversation, p); err != nil {
		return args, err
	}
	points, err := r.pointsOf(ctx, conversation)
	if err != nil {
		return args, err
	}
	args.Thanks, args.State = r.thanks(caller, points, p), stateOf(caller.Customer.Language, conversation, points)
	if args.Ask = r.correction(caller, conversation, points, p); args.Ask == nil && caller.Link == nil && asks(conversation) {
		args.Ask = r.askIn(caller.Organization, conversation, p)
	}
	return args, nil
}

func (r *room) messagesArgs(ctx context.Context, caller *chat.CustomerCaller, conversation *chat.Conversation, p place, before int64) (views.WidgetThreadArgs, error) {
	messages, err := r.desk.MessagesFor(ctx, caller, conversation, 0, before, pageOfThread+1)
	if err != nil {
		return views.WidgetThreadArgs{}, fmt.Errorf("read messages: %w", err)
	}
	more := len(messages) > pageOfThread
	if more {
		messages = messages[1:]
	}
	o := caller.Organization
	return views.WidgetThreadArgs{
		Locale: p.locale, Zone: p.zone, Now: r.desk.Now(), Conversation: conversation, Messages: messages, More: more,
		Greeting: greetingOf(o, p.locale), Thanks: thanksOf(o, p), FileURL: r.fileURL(o.ID),
	}, nil
}

// asks tells whether the card that asks for an address stands in the thread.
func asks(c *chat.Conversation) bool {
	return c.AddressAskedAt != nil && c.AddressGivenAt == nil && c.AddressSkipped == nil && c.EndedAt == nil
}

func thanksOf(o *chat.Organization, p place) string {
	return textOf(o, p.locale, chat.PromptThanks, "widget.thanks")
}

// stateOf is what the panel must be drawn anew for when it changes, apart from messages.
func stateOf(language string, c *chat.Conversation, points []chat.ContactPoint) string {
	state := []byte(language)
	for _, is := range []bool{
		c.EndedAt != nil, c.ClosedAt != nil, asks(c), c.AddressGivenAt != nil, c.EmailStoppedAt != nil, chat.Returned(c, points) != nil,
	} {
		state = strconv.AppendBool(append(state, '.'), is)
	}
	return string(state)
}

// newer is the messages after a seq and how they are drawn: without the conversation, which they do not depend on.
func (r *room) newer(ctx context.Context, caller *chat.CustomerCaller, c *chat.Conversation, p place, after int64) ([]chat.Message, views.WidgetThreadArgs, error) {
	messages, err := r.desk.MessagesFor(ctx, caller, c, after, 0, chat.MaxThread)
	if err != nil {
		return nil, views.WidgetThreadArgs{}, fmt.Errorf("read newer messages: %w", err)
	}
	return messages, views.WidgetThreadArgs{Locale: p.locale, Zone: p.zone, Now: r.desk.Now(), Messages: messages, FileURL: r.fileURL(c.OrganizationID)}, nil
}
