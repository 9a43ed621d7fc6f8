package inbox

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

// invitationRoutes mounts the dialog that invites a customer back.
func (r *room) invitationRoutes(g *web.Group) {
	g.GET("/inbox/c/:key/invitation", r.showInvitation)
	g.POST("/inbox/c/:key/invitation", r.stepInvitation)
	g.POST("/inbox/c/:key/invitation/preview", r.previewInvitation)
	g.POST("/inbox/c/:key/invitation/email", r.showInvitationEmail)
}

// invited is the conversation that an invitation is for.
type invited struct {
	key     string
	args    views.InvitationArgs
	verdict chat.Invitability
}

// inviting reads whom an invitation is for, and whether it is possible now.
func (r *room) inviting(c echo.Context) (*invited, error) {
	ctx, caller, key := c.Request().Context(), callerOf(c), c.Param("key")
	verdict, err := r.desk.Invitability(ctx, caller, key)
	if err != nil {
		return nil, err
	}
	conversation, err := r.desk.Store().ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return nil, err
	}
	customer, err := r.desk.Store().Customer(ctx, caller.Organization.ID, conversation.CustomerID)
	if err != nil {
		return nil, err
	}
	l := web.Locale(c)
	i := &invited{key: key, verdict: verdict, args: views.InvitationArgs{
		Locale: l, Conversation: key, Customer: customer.Name, Language: locales.For(customer.Language).Tag(),
		Preview: views.InvitationPreviewArgs{Locale: l},
	}}
	if !verdict.Possible {
		i.args.Reason = l.T("invite.reason." + verdict.Reason)
	}
	return i, nil
}

// showInvitation opens the dialog, or says why it cannot be.
func (r *room) showInvitation(c echo.Context) error {
	i, err := r.inviting(c)
	if err != nil {
		return err
	}
	i.args.DraftKey = r.desk.NewInvitationKey()
	if web.IsHTMX(c) {
		return web.RenderPartial(c, views.InvitationDialog(i.args))
	}
	return r.drawInvitationPage(c, http.StatusOK, i.args)
}

func (r *room) drawInvitationPage(c echo.Context, status int, args views.InvitationArgs) error {
	shell := r.shell(c, args.Locale.T("invite.title"), "inbox", "js/invitation.js")
	return web.Render(c, status, views.InvitationPage(shell, args))
}

// draftOf reads the dialog's form; the instant and the digest are those of the preview that it showed.
func draftOf(f *web.Form) chat.InvitationDraft {
	draft := chat.InvitationDraft{
		Key: f.Values.Get("key"), Text: f.Values.Get("text"), Language: f.Values.Get("language"), Digest: f.Values.Get("digest"),
		Again: f.Bool("again"),
	}
	if at, err := time.Parse(time.RFC3339, f.Values.Get("at")); err == nil {
		draft.At = at.UTC()
	}
	return draft
}

// typedInto puts what was typed back into the dialog.
func (i *invited) typedInto(draft chat.InvitationDraft) {
	i.args.DraftKey, i.args.Text = draft.Key, draft.Text
	if locales.IsShipped(draft.Language) {
		i.args.Language = locales.For(draft.Language).Tag()
	}
}

// preview renders the email of a draft into the dialog; what is wrong with the text stands beside it.
func (r *room) preview(c echo.Context, i *invited, draft chat.InvitationDraft) (ok bool, err error) {
	made, err := r.desk.PreviewInvitation(c.Request().Context(), callerOf(c), i.key, draft)
	if err == nil {
		i.args.Preview = views.InvitationPreviewArgs{
			Locale: i.args.Locale, Address: made.Address, From: made.From, Subject: made.Subject, Text: made.Text, At: made.At, Digest: made.Digest,
		}
		return true, nil
	}
	if errs, form := web.FieldErrors(i.args.Locale, err); form {
		i.args.Error = errs["text"]
		i.args.Preview.Refused = errs["key"] + errs[""]
		return false, nil
	}
	if refused, is := asKind(err, chat.Conflict); is {
		i.args.Preview.Refused = web.Say(i.args.Locale, refused)
		return false, nil
	}
	return false, err
}

// previewInvitation answers while the agent types; an empty text is no mistake yet.
func (r *room) previewInvitation(c echo.Context) error {
	i, err := r.inviting(c)
	if err != nil {
		return err
	}
	f := web.ReadForm(c)
	if err := f.Err(); err != nil {
		return err
	}
	draft := draftOf(f)
	draft.At = time.Time{}
	i.typedInto(draft)
	status := http.StatusOK
	if f.Area("text", chat.MaxText) != "" {
		ok, err := r.preview(c, i, draft)
		if err != nil {
			return err
		}
		if !ok {
			status = http.StatusUnprocessableEntity
		}
	}
	return web.Render(c, status, views.InvitationSeen(i.args))
}

// showInvitationEmail answers with the email's own HTML, for a frame that nothing in it can leave.
func (r *room) showInvitationEmail(c echo.Context) error {
	web.SetPolicy(c, web.Policy{Email: true, Frames: []string{"'self'"}})
	f := web.ReadForm(c)
	if err := f.Err(); err != nil {
		return err
	}
	made, err := r.desk.PreviewInvitation(c.Request().Context(), callerOf(c), c.Param("key"), draftOf(f))
	if err != nil {
		return err
	}
	return c.HTML(http.StatusOK, made.HTML)
}
