package inbox

import (
	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// assign gives the conversation to an agent, or to nobody.
func (r *room) assign(c echo.Context) error {
	return r.act(c, func(form *web.Form) error {
		return r.desk.Assign(c.Request().Context(), callerOf(c), c.Param("key"), form.Values.Get("assignee"))
	})
}

// setClosure closes or reopens.
func (r *room) setClosure(c echo.Context) error {
	return r.act(c, func(form *web.Form) error {
		if form.Choice("state", "closed", "open") == "closed" {
			return r.desk.Close(c.Request().Context(), callerOf(c), c.Param("key"))
		}
		if err := form.Err(); err != nil {
			return err
		}
		return r.desk.Reopen(c.Request().Context(), callerOf(c), c.Param("key"))
	})
}

// setSpam marks as spam or takes the mark back.
func (r *room) setSpam(c echo.Context) error {
	return r.act(c, func(form *web.Form) error {
		if form.Choice("state", "spam", "open") == "spam" {
			return r.desk.MarkSpam(c.Request().Context(), callerOf(c), c.Param("key"))
		}
		if err := form.Err(); err != nil {
			return err
		}
		return r.desk.NotSpam(c.Request().Context(), callerOf(c), c.Param("key"))
	})
}

// setLanguage overrides the language that was chosen by itself.
func (r *room) setLanguage(c echo.Context) error {
	return r.act(c, func(form *web.Form) error {
		return r.desk.SetCustomerLanguage(c.Request().Context(), callerOf(c), c.Param("key"), form.Values.Get("language"))
	})
}

// retryDelivery sends a failed email once more.
func (r *room) retryDelivery(c echo.Context) error {
	ctx, caller := c.Request().Context(), callerOf(c)
	return r.act(c, func(*web.Form) error {
		delivery, err := r.desk.Store().DeliveryByKey(ctx, caller.Organization.ID, c.Param("delivery"))
		if err != nil {
			return err
		}
		conversation, err := r.desk.Store().ConversationByKey(ctx, caller.Organization.ID, c.Param("key"))
		if err != nil {
			return err
		}
		if delivery.ConversationID != conversation.ID {
			return chat.Refuse(chat.Missing, "error.missing")
		}
		return r.desk.RetryDelivery(ctx, caller, delivery.Key)
	})
}

// revokeLinks makes every way back into the conversation stop working, and says how many there were.
func (r *room) revokeLinks(c echo.Context) error {
	count, err := r.desk.RevokeLinks(c.Request().Context(), callerOf(c), c.Param("key"))
	if err != nil {
		return err
	}
	if !web.IsHTMX(c) {
		return r.done(c)
	}
	open, err := r.threadOf(c, 0, 0)
	if err != nil {
		return err
	}
	l := web.Locale(c)
	return web.RenderPartial(c, views.ThreadNow(*open, false), views.ToastInto(l, "good", l.N("thread.revoked", count)))
}

func (r *room) act(c echo.Context, do func(form *web.Form) error) error {
	form := web.ReadForm(c)
	if err := form.Err(); err != nil {
		return err
	}
	if err := do(form); err != nil {
		return err
	}
	return r.done(c)
}
