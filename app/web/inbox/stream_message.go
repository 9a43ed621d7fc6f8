package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/a-h/templ"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/views"
)

// drawMessage draws the row, the new message, and the notice that a customer is back.
func (r *room) drawMessage(ctx context.Context, caller *chat.AgentCaller, args *views.FrameArgs, l *locales.Locale, zone *time.Location) error {
	row, err := r.drawRow(ctx, caller, args, l, zone)
	if err != nil {
		return err
	}
	message, before, err := r.messageAt(ctx, row, args.Seq)
	if err != nil || message == nil {
		return err
	}
	if args.Message, err = r.drawBubble(ctx, caller, row, message, before, l, zone); err != nil {
		return err
	}
	if how := returned(message); how != "" {
		args.Notice, err = r.notice(ctx, row, views.NoticeArgs{
			Locale: l, About: "back", Text: l.T("inbox.notice."+how, "Name", customerName(l, row)),
		})
	}
	if message.Kind == chat.Held {
		args.Notice, err = r.notice(ctx, row, views.NoticeArgs{
			Locale: l, About: "held", Text: l.T("inbox.notice.held", "Address", message.Meta[chat.MetaFrom]),
		})
	}
	return err
}

// drawHeld draws the row, and the mail of a stranger that was decided about.
func (r *room) drawHeld(ctx context.Context, caller *chat.AgentCaller, args *views.FrameArgs, l *locales.Locale, zone *time.Location) error {
	row, err := r.drawRow(ctx, caller, args, l, zone)
	if err != nil {
		return err
	}
	held, _, err := r.messageAt(ctx, row, args.Seq)
	if err != nil || held == nil {
		return err
	}
	args.Message, err = r.drawBubble(ctx, caller, row, held, nil, l, zone)
	return err
}

// messageAt reads the message with a number, and the one before it, nil when there is none.
func (r *room) messageAt(ctx context.Context, row *chat.ConversationRow, seq int64) (message, before *chat.Message, err error) {
	messages, err := r.desk.Store().Messages(ctx, row.OrganizationID, row.ID, max(seq-2, 0), seq+1, 2, false)
	if err != nil {
		return nil, nil, fmt.Errorf("read message: %w", err)
	}
	if len(messages) == 0 || messages[len(messages)-1].Seq != seq {
		return nil, nil, nil
	}
	if len(messages) > 1 {
		before = &messages[0]
	}
	return &messages[len(messages)-1], before, nil
}

// drawBubble draws a message, grouped under the one before it.
func (r *room) drawBubble(ctx context.Context, caller *chat.AgentCaller, row *chat.ConversationRow, m, before *chat.Message, l *locales.Locale, zone *time.Location) (templ.Component, error) {
	var deliveries []chat.Delivery
	if m.By != chat.ByCustomer && m.Kind == chat.Public {
		var err error
		if deliveries, err = r.desk.Store().Deliveries(ctx, row.OrganizationID, row.ID); err != nil {
			return nil, fmt.Errorf("read deliveries: %w", err)
		}
	}
	bubble := views.MessageArgs{
		Locale: l, Zone: zone, Now: r.desk.Now(), Key: row.Key, Message: m, Customer: customerName(l, row),
		First: before == nil || !views.ContinuesGroup(before, m), Rules: caller.Organization.Settings,
		Fate: chat.FateOf(&row.Conversation, m, deliveries), Tells: true, Since: m.Seq, Timed: true, Undone: views.UndoneOf(deliveries, m.Seq),
		FileURL: r.fileURL(caller), Mixed: row.LastVia == chat.ViaEmail || before != nil && before.Via == chat.ViaEmail,
	}
	return views.ThreadMessage(bubble), nil
}

func customerName(l *locales.Locale, row *chat.ConversationRow) string {
	return views.CustomerName(l, row.CustomerName, row.CustomerAddress, row.CustomerKey)
}

// returned tells how a customer came back, by the line that says so; empty for every other message.
func returned(m *chat.Message) string {
	if m.Kind != chat.Happen {
		return ""
	}
	switch chat.Happening(m.Text) {
	case chat.HappenedReturned:
		return "returned"
	case chat.HappenedRejoined:
		if m.Meta["Device"] == "another" {
			return "rejoined.another"
		}
		return "rejoined"
	}
	return ""
}

// drawDelivery draws the row, and the notice that an email has failed for good.
func (r *room) drawDelivery(ctx context.Context, caller *chat.AgentCaller, args *views.FrameArgs, l *locales.Locale, zone *time.Location) error {
	row, err := r.drawRow(ctx, caller, args, l, zone)
	if err != nil || args.Note != string(chat.Failed) && args.Note != string(chat.Bounced) {
		return err
	}
	deliveries, err := r.desk.Store().Deliveries(ctx, row.OrganizationID, row.ID)
	if err != nil {
		return fmt.Errorf("read deliveries: %w", err)
	}
	failed := lastFailed(deliveries)
	if failed == nil {
		return nil
	}
	args.Notice, err = r.notice(ctx, row, views.NoticeArgs{
		Locale: l, About: "failed", Bad: true,
		Text: l.T("inbox.notice.failed", "Address", failed.Address, "Reason", views.ReasonWords(l, failed.Reason)),
	})
	return err
}

// lastFailed is the delivery that ended last without having arrived.
func lastFailed(deliveries []chat.Delivery) *chat.Delivery {
	var last *chat.Delivery
	for i := range deliveries {
		d := &deliveries[i]
		if d.State != chat.Failed && d.State != chat.Bounced || d.EndedAt == nil {
			continue
		}
		if last == nil || d.EndedAt.After(*last.EndedAt) {
			last = d
		}
	}
	return last
}

// notice is for the assignee, and for everyone when there is none or nobody is there.
func (r *room) notice(ctx context.Context, row *chat.ConversationRow, a views.NoticeArgs) (templ.Component, error) {
	a.Key, a.Name = row.Key, customerName(a.Locale, row)
	if row.AssigneeID != nil {
		assignee, err := r.desk.Store().Agent(ctx, row.OrganizationID, *row.AssigneeID)
		if kind, known := chat.KindOf(err); err != nil && (!known || kind != chat.Missing) {
			return nil, fmt.Errorf("read assignee: %w", err)
		}
		if err == nil && assignee.Online() {
			a.For = assignee.Key
		}
	}
	return views.Notice(a), nil
}
