package hooks

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

const (
	maxBody    = 256 << 10
	answerTime = 10 * time.Second // Resend waits 15 s
	remembered = 10_000           // strangers whose forgeries are counted
)

// Desk keeps events and settles them.
type Desk interface {
	KeepEvent(ctx context.Context, e *chat.WebhookEvent) (fresh bool, err error)
	SettleEvent(ctx context.Context, e *chat.WebhookEvent) error
}

// Options are what the room is made of.
type Options struct {
	Desk   Desk
	Resend Secret // the zero Secret: Resend has no webhook here
	Log    *slog.Logger
	Now    func() time.Time
}

type room struct {
	Options
	forgers *web.Limiter // by address
}

// Routes adds the webhooks of the providers that have a secret; the others' are not there.
func Routes(s *web.Server, o Options) {
	if len(o.Resend.key) == 0 {
		return
	}
	r := &room{Options: o, forgers: web.NewLimiter(web.Rate{Events: 60, Per: time.Minute, Burst: 30}, remembered, o.Now)}
	// Who asks is told by the signature over the body, which the handler reads.
	s.Group(web.Provider, "/hooks", web.Anyone, web.BodyLimit(maxBody), web.Timeout(answerTime)).POST("/resend", r.resend)
}

// resend keeps an event and then settles it; what fails after it is kept is taken up later, and needs no second telling.
func (r *room) resend(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return fmt.Errorf("read webhook: %w", err)
	}
	id, err := r.Resend.verify(c.Request().Header, body, r.Now())
	if err != nil {
		if limited := r.forgers.Check(web.ByAddress(c)); limited != nil {
			return limited
		}
		r.Log.Warn("webhook refused", "provider", "resend", "why", err)
		return chat.Refuse(chat.Forbidden, "error.forbidden")
	}
	event := readResend(id, body)
	ctx := c.Request().Context()
	fresh, err := r.Desk.KeepEvent(ctx, event)
	if err != nil {
		return err
	}
	if fresh {
		if err := r.Desk.SettleEvent(ctx, event); err != nil {
			r.Log.Error("webhook is kept and will be settled later", "provider", event.Provider, "id", event.ID, "error", err)
		}
	}
	return c.NoContent(http.StatusOK)
}
