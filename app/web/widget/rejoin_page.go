package widget

import (
	"crypto/rand"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// page shows the conversation behind a link on a page of our own, which works without scripts.
func (r *room) page(c echo.Context) error {
	before, err := seqParam(c, "before")
	if err != nil {
		return err
	}
	token := c.Param("token")
	caller, conversation, err := r.desk.CustomerByLink(c.Request().Context(), token)
	if err != nil {
		return r.gone(c, token, err)
	}
	welcome(c, caller)
	return r.drawPage(c, http.StatusOK, caller, conversation, before, views.RejoinArgs{Token: token})
}

func (r *room) drawPage(c echo.Context, status int, caller *chat.CustomerCaller, conversation *chat.Conversation, before int64, rejoin views.RejoinArgs) error {
	p, ctx := placeOf(c), c.Request().Context()
	thread, err := r.threadArgs(ctx, caller, conversation, p, before)
	if err != nil {
		return err
	}
	if thread.More {
		thread.Earlier = views.RejoinEarlier(rejoin.Token, firstSeq(thread.Messages))
	}
	if rejoin.Ask != nil {
		thread.Ask = rejoin.Ask
	}
	if thread.Ask != nil {
		thread.Ask.Action = views.RejoinAddress(rejoin.Token)
	}
	thread.Unread = firstUnread(conversation, thread.Messages)
	head, err := r.headAt(ctx, caller.Organization, p)
	if err != nil {
		return err
	}
	if rejoin.ClientID == "" {
		rejoin.ClientID = rand.Text()
	}
	return web.Render(c, status, views.WidgetPanel(views.WidgetArgs{
		Locale: p.locale, Organization: caller.Organization, Head: head, Thread: thread, Ask: *r.required(caller.Organization, p),
		Rejoin: &rejoin,
	}))
}

// answer takes a message from that page without scripts: writing it is the person's gesture.
func (r *room) answer(c echo.Context) error {
	token, ctx := c.Param("token"), c.Request().Context()
	if err := r.limits.posts.Check(visitorKey(token)); err != nil {
		return err
	}
	reading, conversation, err := r.desk.CustomerByLink(ctx, token)
	if err != nil {
		return r.gone(c, token, err)
	}
	welcome(c, reading)
	typed, err := r.readAnswer(c)
	if err != nil {
		return err
	}
	defer typed.done()
	if _, _, err = r.desk.Rejoin(ctx, token, r.desk.PageToken(token)); err != nil {
		return err
	}
	writing, err := r.desk.CustomerByToken(ctx, r.desk.PageToken(token))
	if err != nil {
		return err
	}
	r.here(writing, "without-scripts")
	kept, err := r.keep(ctx, writing, typed)
	if err == nil {
		_, _, err = r.desk.PostAsCustomer(ctx, writing, chat.PostInput{
			ConversationKey: conversation.Key, ClientID: typed.id, Text: typed.text, Files: keysOf(kept),
		})
	}
	if said, refused := refusedAnswer(web.Locale(c), err); refused {
		again := views.RejoinArgs{Token: token, ClientID: typed.id, Text: typed.text, Files: kept, Error: said}
		return r.drawPage(c, http.StatusUnprocessableEntity, reading, conversation, 0, again)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.RejoinPage(token)+"#end")
}

// linkTranscript is the conversation behind a link as a text file.
func (r *room) linkTranscript(c echo.Context) error {
	token := c.Param("token")
	caller, _, err := r.desk.CustomerByLink(c.Request().Context(), token)
	if err != nil {
		return r.gone(c, token, err)
	}
	welcome(c, caller)
	return r.transcript(c)
}

func firstSeq(messages []chat.Message) string {
	if len(messages) == 0 {
		return "0"
	}
	return strconv.FormatInt(messages[0].Seq, 10)
}

// firstUnread is the first message that the customer has not seen, 0 when there is none.
func firstUnread(c *chat.Conversation, messages []chat.Message) int64 {
	for _, m := range messages {
		if m.By != chat.ByCustomer && m.Seq > c.CustomerSeenSeq {
			return m.Seq
		}
	}
	return 0
}
