package demo

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/mail"
	"rejoin/views"
)

// mailPage is how many emails a page of the list holds.
const mailPage = 50

// mailbox is the list with the newest email beside it.
func (r *room) mailbox(c echo.Context) error {
	before := c.QueryParam("before")
	list := r.mailList(before, "")
	a := views.MailboxArgs{Locale: web.Locale(c), Zone: web.Zone(c), List: list}
	if before == "" && len(list.Rows) > 0 {
		m, err := r.mailOf(list.Rows[0].ID, "")
		if err != nil {
			return err
		}
		a.Mail, a.List.Shown = m, m.ID
	}
	return web.Render(c, http.StatusOK, views.DemoMailboxPage(a))
}

// mail is one email with the list beside it.
func (r *room) mail(c echo.Context) error {
	m, err := r.mailOf(c.Param("id"), c.QueryParam("part"))
	if err != nil {
		return err
	}
	m.Answer.Sent, m.Answer.Door = c.QueryParam("sent") != "", r.Door()
	return web.Render(c, http.StatusOK, views.DemoMailboxPage(views.MailboxArgs{
		Locale: web.Locale(c), Zone: web.Zone(c), List: r.mailList("", m.ID), Mail: m, Chosen: true,
	}))
}

func (r *room) mailList(before, shown string) views.MailList {
	list := views.MailList{Shown: shown, Earlier: before != ""}
	stored := r.Mailbox.List(mailPage+1, before)
	for i := range stored {
		if i == mailPage {
			list.Next = stored[i-1].ID
			break
		}
		list.Rows = append(list.Rows, rowOf(stored[i]))
	}
	return list
}

// mailboxLive sends the list whenever an email has arrived, and the email itself to a page that shows none.
func (r *room) mailboxLive(c echo.Context) error {
	shown := c.QueryParam("shown")
	return r.follow(c, r.newest, func() ([]byte, error) {
		list := r.mailList("", shown)
		var first *views.Mail
		if shown == "" && len(list.Rows) > 0 {
			m, err := r.mailOf(list.Rows[0].ID, "")
			if err != nil {
				return nil, err
			}
			first, shown, list.Shown = m, m.ID, m.ID
		}
		return web.RenderBytes(c, views.MailboxArrived(web.Locale(c), web.Zone(c), list, first))
	})
}

// mailPolicy shows what a mail program shows: the email's own styles and pictures. Nothing runs, and its links open
// elsewhere.
const mailPolicy = "default-src 'none'; img-src 'self' https: http: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"

func (r *room) mailHTML(c echo.Context) error {
	stored, err := r.stored(c)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", mailPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Del("X-Frame-Options")
	h.Del("Cross-Origin-Opener-Policy") // browsers show no sandboxed page with it
	return c.HTML(http.StatusOK, inNewTabs(stored.Message.HTML))
}

func (r *room) mailRaw(c echo.Context) error {
	stored, err := r.stored(c)
	if err != nil {
		return err
	}
	raw, err := stored.Message.Raw(stored.At)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+stored.ID+`.eml"`)
	return c.Blob(http.StatusOK, "message/rfc822", raw)
}

func (r *room) stored(c echo.Context) (mail.Stored, error) { return r.get(c.Param("id")) }

func (r *room) get(id string) (mail.Stored, error) {
	stored, err := r.Mailbox.Get(id)
	if errors.Is(err, mail.ErrNoMail) {
		return mail.Stored{}, chat.Refuse(chat.Missing, "error.missing")
	}
	return stored, err
}

// mailJSON is one email for machines.
type mailJSON struct {
	ID      string            `json:"id"`
	At      string            `json:"at"`
	From    mail.Address      `json:"from"`
	To      mail.Address      `json:"to"`
	Subject string            `json:"subject"`
	Text    string            `json:"text"`
	HTML    string            `json:"html"`
	Headers map[string]string `json:"headers"`
	Links   []string          `json:"links"`
}

// mailboxJSON lists the emails, newest first: ?limit= at most 100, ?before= the id that "next" named.
func (r *room) mailboxJSON(c echo.Context) error {
	limit := mailPage
	if c.QueryParam("limit") != "" {
		form := web.ReadForm(c)
		limit = form.Int("limit", 1, 100)
		if err := form.Err(); err != nil {
			return err
		}
	}
	stored := r.Mailbox.List(limit, c.QueryParam("before"))
	answer := struct {
		Emails []mailJSON `json:"emails"`
		Next   string     `json:"next,omitempty"`
	}{Emails: []mailJSON{}}
	for _, one := range stored {
		read, err := jsonOf(one)
		if err != nil {
			return err
		}
		answer.Emails = append(answer.Emails, read)
	}
	if len(stored) == limit && len(r.Mailbox.List(1, stored[limit-1].ID)) > 0 {
		answer.Next = stored[limit-1].ID
	}
	return c.JSON(http.StatusOK, answer)
}
