package widget

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// mostOfTranscript ends a transcript: nobody reads on after so many messages.
const mostOfTranscript = 5000

// transcript answers the conversation as a text file.
func (r *room) transcript(c echo.Context) error {
	caller, ctx := callerOf(c), c.Request().Context()
	conversation, err := r.desk.Current(ctx, caller)
	if err != nil {
		return err
	}
	text, err := r.transcriptOf(ctx, caller, conversation, placeOf(c))
	if err != nil {
		return err
	}
	name := web.Locale(c).T("widget.transcript.file") + "-" + conversation.CreatedAt.In(web.Zone(c)).Format("2006-01-02") + ".txt"
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(text))
}

func (r *room) transcriptOf(ctx context.Context, caller *chat.CustomerCaller, c *chat.Conversation, p place) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", p.locale.T("widget.transcript.title", "Name", caller.Organization.Name))
	messages, err := r.whole(ctx, caller, c)
	if err != nil {
		return "", err
	}
	day := ""
	for _, m := range messages {
		if today := p.locale.Date(m.CreatedAt, p.zone); today != day {
			fmt.Fprintf(&text, "\n%s\n", today)
			day = today
		}
		fmt.Fprintf(&text, "\n[%s] %s\n", p.locale.Time(m.CreatedAt, p.zone), author(m, p))
		if m.Text != "" {
			fmt.Fprintln(&text, m.Text)
		}
		for _, file := range m.Files {
			fmt.Fprintln(&text, p.locale.T("widget.transcript.attached", "Name", file.Name, "Size", views.FileSize(p.locale, file.Size)))
		}
	}
	return text.String(), nil
}

// whole reads a conversation from its end to its beginning.
func (r *room) whole(ctx context.Context, caller *chat.CustomerCaller, c *chat.Conversation) ([]chat.Message, error) {
	var all []chat.Message
	for before := int64(0); len(all) < mostOfTranscript; before = all[0].Seq {
		page, err := r.desk.MessagesFor(ctx, caller, c, 0, before, chat.MaxThread)
		if err != nil {
			return nil, fmt.Errorf("read transcript: %w", err)
		}
		if len(page) == 0 {
			break
		}
		all = append(page, all...)
	}
	return all, nil
}

func author(m chat.Message, p place) string {
	if m.By == chat.ByCustomer && m.Meta[chat.MetaFrom] == "" {
		return p.locale.T("widget.you")
	}
	return p.locale.T("widget.said", "Name", m.AuthorName)
}
