package widget

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/live"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

// queueOfStream is how many nudges wait for a slow reader before it is told to read again.
const queueOfStream = 64

// stream sends a conversation's news: it subscribes, reads what was missed, sends it, and then follows the nudges.
func (r *room) stream(c echo.Context) error {
	caller, ctx := callerOf(c), c.Request().Context()
	conversation, err := r.desk.Current(ctx, caller)
	if err != nil {
		return err
	}
	person := chat.CustomerPerson(caller.Organization.ID, caller.Customer.ID)
	release, err := r.limits.streams.Take(strconv.FormatInt(person.Organization, 36) + ":" + strconv.FormatInt(person.ID, 36))
	if err != nil {
		return err
	}
	defer release()
	topic := chat.ConversationTopic(conversation.OrganizationID, conversation.ID)
	news := r.hub.Subscribe(queueOfStream, topic)
	defer news.Close()
	leave := r.desk.Tracker().Stream(person, r.desk.Now())
	defer func() { leave(r.desk.Now()) }()
	s, err := web.OpenStream(c)
	if err != nil {
		return err
	}
	f := &follower{room: r, caller: caller, key: conversation.Key, id: conversation.ID, place: placeOf(c), out: s, sent: web.LastSeq(c)}
	f.saw = func() { news.Saw(topic, f.sent) }
	return f.follow(ctx, news)
}

// follower is one open stream of one conversation.
type follower struct {
	room   *room
	caller *chat.CustomerCaller
	key    string
	id     int64
	place  place
	out    *web.Stream
	sent   int64 // newest seq that the reader has
	saw    func()
	head   []byte // as it was sent last, shared with other streams
	wait   []byte
}

func (f *follower) follow(ctx context.Context, news *live.Subscription) error {
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(web.PingEvery)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case nudge, open := <-news.Events():
			if !open {
				return nil
			}
			if chat.EventName(nudge.Name) == chat.ConversationDeleted {
				return f.out.Send("deleted", "", "")
			}
			err = f.take(ctx, nudge)
		case <-tick.C:
			if err = f.out.Ping(); err == nil {
				err = f.around(ctx)
			}
		}
		if err != nil {
			return err
		}
	}
}

// take answers one nudge.
func (f *follower) take(ctx context.Context, nudge *live.Event) error {
	switch chat.EventName(nudge.Name) {
	case chat.MessagePosted:
		if err := f.messages(ctx, nudge.Seq); err != nil {
			return err
		}
		return f.around(ctx)
	case chat.MessageSeen:
		if chat.Side(nudge.Note) == chat.Us {
			return f.seen(ctx, nudge.Seq)
		}
		return f.out.Send("read", strconv.FormatInt(nudge.Seq, 10), "")
	case chat.AgentTyped:
		return f.typing(ctx, nudge.Note)
	case chat.ConversationChanged, chat.CustomerChanged:
		return f.state(ctx)
	case live.Resync:
		return f.catchUp(ctx)
	}
	return nil
}

// catchUp sends everything that the reader may have missed.
func (f *follower) catchUp(ctx context.Context) error {
	conversation, err := f.read(ctx)
	if err != nil {
		return err
	}
	if err := f.messages(ctx, conversation.LastSeq); err != nil {
		return err
	}
	if conversation.AgentSeenSeq > 0 {
		if err := f.seen(ctx, conversation.AgentSeenSeq); err != nil {
			return err
		}
	}
	if err := f.out.Send("read", strconv.FormatInt(conversation.CustomerSeenSeq, 10), ""); err != nil {
		return err
	}
	if err := f.state(ctx); err != nil {
		return err
	}
	return f.around(ctx)
}

func (f *follower) read(ctx context.Context) (*chat.Conversation, error) {
	return f.room.desk.ConversationFor(ctx, f.caller, f.key)
}

// messages sends those after the newest that the reader has, drawn once for all who have come as far.
func (f *follower) messages(ctx context.Context, upto int64) error {
	if upto <= f.sent {
		return nil
	}
	key := fmt.Sprintf("widget.messages|%d|%d|%d|%d|%s", f.caller.Organization.ID, f.id, f.sent, upto, f.place.key())
	frame, err := f.room.once.Do(key, func() ([]byte, error) { return f.drawMessages(ctx, upto) })
	if err != nil {
		return err
	}
	if err := f.out.Write(frame); err != nil {
		return err
	}
	f.sent = upto
	f.saw()
	return nil
}

func (f *follower) drawMessages(ctx context.Context, upto int64) ([]byte, error) {
	conversation := &chat.Conversation{OrganizationID: f.caller.Organization.ID, ID: f.id, CustomerID: f.caller.Customer.ID}
	messages, args, err := f.room.newer(ctx, f.caller, conversation, f.place, f.sent)
	if err != nil {
		return nil, err
	}
	if len(messages) == chat.MaxThread {
		return web.Frame("state", "", []byte("much was missed")), nil // the panel reads the newest page instead
	}
	return frameOf(ctx, "messages", upto, views.WidgetMessages(args))
}

// seen tells how far agents have read, and when they came there.
func (f *follower) seen(ctx context.Context, seq int64) error {
	key := fmt.Sprintf("widget.seen|%d|%d|%d|%s", f.caller.Organization.ID, f.id, seq, f.place.key())
	frame, err := f.room.once.Do(key, func() ([]byte, error) {
		conversation, err := f.read(ctx)
		if err != nil {
			return nil, err
		}
		args := views.WidgetSeenArgs{Locale: f.place.locale, At: conversation.AgentSeenAt, Zone: f.place.zone}
		return frameOf(ctx, "seen", seq, views.WidgetSeen(args))
	})
	if err != nil {
		return err
	}
	return f.out.Write(frame)
}

func (f *follower) typing(ctx context.Context, agentKey string) error {
	agent, err := f.room.desk.Store().AgentByKey(ctx, f.caller.Organization.ID, agentKey)
	if kind, known := chat.KindOf(err); known && kind == chat.Missing {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read typing agent: %w", err)
	}
	return f.out.Send("typing", "", f.place.locale.T("widget.typing", "Name", agent.Name))
}

// state tells what a panel must be drawn anew for; it compares with what it shows.
func (f *follower) state(ctx context.Context) error {
	customer, err := f.room.desk.Store().Customer(ctx, f.caller.Organization.ID, f.caller.Customer.ID)
	if err != nil {
		return fmt.Errorf("read customer: %w", err)
	}
	f.caller.Customer = customer
	if l := locales.For(customer.Language); customer.Language != "" && l != f.place.locale {
		f.place.locale = l // chosen since the stream began
		if err := f.around(ctx); err != nil {
			return err
		}
	}
	conversation, err := f.read(ctx)
	if err != nil {
		return err
	}
	return f.out.Send("state", "", stateOf(f.caller, conversation))
}

// around sends who is online, the hours and what to expect, when that has changed.
func (f *follower) around(ctx context.Context) error {
	head, err := f.room.once.Do(fmt.Sprintf("widget.head|%d|%s", f.caller.Organization.ID, f.place.key()), func() ([]byte, error) {
		o, err := f.room.desk.Store().Organization(ctx, f.caller.Organization.ID)
		if err != nil {
			return nil, err
		}
		args, err := f.room.headAt(ctx, o, f.place)
		if err != nil {
			return nil, err
		}
		return frameOf(ctx, "head", 0, views.WidgetHead(args))
	})
	if err != nil {
		return err
	}
	waiting, err := f.room.once.Do(fmt.Sprintf("widget.waiting|%d|%d|%d|%s", f.caller.Organization.ID, f.id, f.sent, f.place.key()), func() ([]byte, error) {
		conversation, err := f.read(ctx)
		if err != nil {
			return nil, err
		}
		sentence, err := f.room.waiting(ctx, f.caller, conversation, f.place)
		if err != nil {
			return nil, err
		}
		return frameOf(ctx, "waiting", 0, views.WidgetWaiting(sentence))
	})
	if err != nil {
		return err
	}
	return f.changed(head, waiting)
}

func (f *follower) changed(head, waiting []byte) error {
	var frames [][]byte
	if !bytes.Equal(head, f.head) {
		f.head, frames = head, append(frames, head)
	}
	if !bytes.Equal(waiting, f.wait) {
		f.wait, frames = waiting, append(frames, waiting)
	}
	if len(frames) == 0 {
		return nil
	}
	return f.out.Write(frames...)
}

// frameOf draws a component as one event; a seq of 0 is no place in the conversation.
func frameOf(ctx context.Context, event string, seq int64, component templ.Component) ([]byte, error) {
	drawn, err := templ.ToGoHTML(ctx, component)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", event, err)
	}
	id := ""
	if seq > 0 {
		id = strconv.FormatInt(seq, 10)
	}
	return web.Frame(event, id, []byte(drawn)), nil
}
