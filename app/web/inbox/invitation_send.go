package inbox

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// stepInvitation is every button of the dialog: back to writing, to the question that names the address, to sending.
func (r *room) stepInvitation(c echo.Context) error {
	i, err := r.inviting(c)
	if err != nil {
		return err
	}
	f := web.ReadForm(c)
	if err := f.Err(); err != nil {
		return err
	}
	draft := draftOf(f)
	i.typedInto(draft)
	switch f.Values.Get("step") {
	case "send":
		return r.sendInvitation(c, i, draft)
	case "write":
		_, err := r.preview(c, i, draft)
		if err != nil {
			return err
		}
		return r.answerInvitation(c, http.StatusOK, i)
	}
	return r.askInvitation(c, http.StatusOK, i, draft)
}

// askInvitation shows the email once more and asks whether it shall go to that address.
func (r *room) askInvitation(c echo.Context, status int, i *invited, draft chat.InvitationDraft) error {
	ok, err := r.preview(c, i, draft)
	if err != nil {
		return err
	}
	if !ok {
		return r.answerInvitation(c, http.StatusUnprocessableEntity, i)
	}
	i.args.Confirm = true
	if at := i.verdict.LastAt; at != nil {
		i.args.Warning = i.args.Locale.T("invite.again", "Ago", i.args.Locale.Duration(roughly(r.desk.Now().Sub(*at))))
	}
	return r.answerInvitation(c, status, i)
}

// roughly leaves out the seconds of what is minutes ago.
func roughly(ago time.Duration) time.Duration {
	if ago < time.Minute {
		return max(ago, time.Second)
	}
	return ago.Truncate(time.Minute)
}

// sendInvitation sends what was previewed; when it would be another email by now, or a second one too soon, it asks again.
func (r *room) sendInvitation(c echo.Context, i *invited, draft chat.InvitationDraft) error {
	_, delivery, err := r.desk.Invite(c.Request().Context(), callerOf(c), i.key, draft)
	if err == nil {
		i.args.Preview.Address = delivery.Address
		return r.sentInvitation(c, i)
	}
	if errs, form := web.FieldErrors(i.args.Locale, err); form {
		i.args.Error = errs["text"]
		i.args.Preview.Refused = errs["key"] + errs[""]
		return r.answerInvitation(c, http.StatusUnprocessableEntity, i)
	}
	refused, is := asKind(err, chat.Conflict)
	switch {
	case !is:
		return err
	case refused.Key == "chat.invite.changed":
		i.args.Changed = web.Say(i.args.Locale, refused)
		return r.askInvitation(c, http.StatusConflict, i, draft)
	case refused.Key == "chat.invite.too_soon":
		if i.verdict, err = r.desk.Invitability(c.Request().Context(), callerOf(c), i.key); err != nil {
			return err
		}
		return r.askInvitation(c, http.StatusConflict, i, draft)
	}
	i.args.Preview.Refused = web.Say(i.args.Locale, refused)
	return r.answerInvitation(c, http.StatusConflict, i)
}

func (r *room) sentInvitation(c echo.Context, i *invited) error {
	if web.IsHTMX(c) {
		c.Response().Header().Set("HX-Trigger", `{"invitation-sent":true}`)
		return web.RenderPartial(c, views.InvitationSent(i.args))
	}
	if err := r.sessions.SetFlash(c, "good", "invite.sent", "Address", i.args.Preview.Address); err != nil {
		return err
	}
	return web.SeeOther(c, views.Conversation(i.key))
}

func (r *room) answerInvitation(c echo.Context, status int, i *invited) error {
	if web.IsHTMX(c) {
		return web.Render(c, status, views.InvitationAnswer(i.args))
	}
	if i.args.DraftKey == "" {
		i.args.DraftKey = r.desk.NewInvitationKey()
	}
	i.args.Reason = "" // what was typed stays on the page, with the reason beside it
	return r.drawInvitationPage(c, status, i.args)
}
