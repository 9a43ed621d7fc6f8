package demo

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/mail"
	"rejoin/views"
)

const (
	answerTime = 10 * time.Second
	maxAnswer  = 20_000 // characters
)

// answer sends what was typed as the customer's own mail program would: by SMTP, to the address that the email asks
// answers to.
func (r *room) answer(c echo.Context) error {
	id := c.Param("id")
	stored, err := r.get(id)
	if err != nil {
		return err
	}
	form := web.ReadForm(c)
	text := form.Area("text", maxAnswer)
	form.Required("text")
	if refused := form.Err(); refused != nil {
		return r.answerAgain(c, id, text, refused)
	}
	if err := r.handOver(c.Request().Context(), stored.Message, text, web.Zone(c)); err != nil {
		r.Log.Warn("the demo's answer was not taken", "error", err)
		return r.answerAgain(c, id, text, chat.RefuseField("text", "demo.answer.refused", "Reason", lastWords(err)))
	}
	return web.SeeOther(c, views.DemoMailAnswered(id))
}

// answerAgain shows the form with what was typed and what is wrong.
func (r *room) answerAgain(c echo.Context, id, text string, refused error) error {
	m, err := r.mailOf(id, views.MailPartAnswer)
	if err != nil {
		return err
	}
	said, form := web.FieldErrors(web.Locale(c), refused)
	if !form {
		return refused
	}
	m.Answer.Text, m.Answer.Error = text, said["text"]
	return web.Render(c, http.StatusUnprocessableEntity, views.DemoMailboxPage(views.MailboxArgs{
		Locale: web.Locale(c), Zone: web.Zone(c), List: r.mailList("", m.ID), Mail: m, Chosen: true,
	}))
}

func (r *room) handOver(ctx context.Context, to mail.Message, text string, zone *time.Location) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	a := mail.Answer{To: to, Text: text, ID: "<" + rand.Text() + "@mail.example>", At: r.Clock.Now().In(zone)}
	raw, err := a.Raw()
	if err != nil {
		return err
	}
	return mail.HandOver(ctx, r.Door(), to.To.Email, a.Recipient().Email, raw)
}

// lastWords are what the server said, without the steps on the way to it.
func lastWords(err error) string {
	words := err.Error()
	if at := strings.LastIndex(words, ": "); at >= 0 {
		words = words[at+2:]
	}
	return words
}
