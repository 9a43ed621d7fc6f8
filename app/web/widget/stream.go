package widget

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
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
	at, leaveLobby := r.lobby.enter(conversation.OrganizationID)
	defer leaveLobby()
	topic := chat.ConversationTopic(conversation.OrganizationID, conversation.ID)
	news := r.hub.Subscribe(queueOfStream, topic, at.topic)
	defer news.Close()
	leave := r.desk.Tracker().Stream(person, r.desk.Now())
	defer func() { leave(r.desk.Now()) }()
	s, err := web.OpenStream(c)
	if err != nil {
		return err
	}
	f := &follower{
		room: r, organization: conversation.OrganizationID, customer: conversation.CustomerID, id: conversation.ID,
		place: placeOf(c), out: s, sent: web.LastSeq(c), news: news, topic: topic, lobby: at,
	}
	c.Set(callerKey, nil) // a stream that stands for hours keeps no rows
	return f.follow(ctx)
}

// follower is one open stream of one conversation. Thousands of them wait, so it holds ids and what is shared.
type follower struct {
	room         *room
	organization int64
	customer     int64
	id           int64
	place        place
	out          *web.Stream
	news         *live.Subscription
	topic        string
	lobby        *door
	soon         <-chan time.Time // when the lobby's news are told, nil while there are none
	sent         int64            // newest seq that the reader has
	head         []byte           // as it was sent last, shared with other streams
	wait         []byte
}

func (f *follower) follow(ctx context.Context) error {
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
		case nudge, open := <-f.news.Events():
			if !open {
				return nil
			}
			if chat.EventName(nudge.Name) == chat.ConversationDeleted {
				return f.out.Send("deleted", "", "")
			}
			err = f.take(ctx, nudge)
		case <-f.soon:
			f.soon = nil
			err = f.around(ctx, nil)
		case <-tick.C:
			if err = f.out.Ping(); err == nil {
				err = f.around(ctx, nil)
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
		return f.around(ctx, nil)
	case chat.MessageSeen:
		if chat.Side(nudge.Note) == chat.Us {
			return f.seen(ctx, nudge.Seq)
		}
		return f.out.Send("read", strconv.FormatInt(nudge.Seq, 10), "")
	case chat.AgentTyped:
		return f.typing(ctx, nudge.Note)
	case chat.ConversationChanged, chat.CustomerChanged:
		return f.changedState(ctx)
	case chat.AgentChanged:
		if f.soon == nil {
			f.soon = time.After(rand.N(spread))
		}
	case live.Resync:
		return f.catchUp(ctx)
	}
	return nil
}

// spread is the time over which all streams of an organization tell that its agents have come or gone.
const spread = time.Second

// key is what the words around a conversation depend on besides itself.
func (f *follower) key() string {
	return f.place.key() + "|" + strconv.FormatUint(f.lobby.turn.Load(), 10)
}

// catchUp sends everything that the reader may have missed, from one reading.
func (f *follower) catchUp(ctx context.Context) error {
	conversation, err := f.read(ctx)
	if err != nil {
		return err
	}
	if conversation.LastSeq > f.sent { // whoever comes back does so alone
		frame, err := f.drawMessages(ctx, conversation.LastSeq)
		if err != nil {
			return err
		}
		if err := f.sendMessages(frame, conversation.LastSeq); err != nil {
			return err
		}
	}
	if conversation.AgentSeenSeq > 0 {
		frame, err := f.drawSeen(ctx, conversation, conversation.AgentSeenSeq)
		if err != nil {
			return err
		}
		if err := f.out.Write(frame); err != nil {
			return err
		}
	}
	if err := f.out.Send("read", strconv.FormatInt(conversation.CustomerSeenSeq, 10), ""); err != nil {
		return err
	}
	if _, err := f.state(ctx, conversation); err != nil {
		return err
	}
	return f.around(ctx, conversation)
}

func (f *follower) read(ctx context.Context) (*chat.Conversation, error) {
	conversation, err := f.room.desk.Store().Conversation(ctx, f.organization, f.id)
	if err != nil {
		return nil, fmt.Errorf("read followed conversation: %w", err)
	}
	if conversation.CustomerID != f.customer {
		return nil, chat.Refuse(chat.Missing, "error.missing")
	}
	return conversation, nil
}

// messages sends those after the newest that the reader has, drawn once for all who have come as far.
func (f *follower) messages(ctx context.Context, upto int64) error {
	if upto <= f.sent {
		return nil
	}
	key := fmt.Sprintf("widget.messages|%d|%d|%d|%d|%s", f.organization, f.id, f.sent, upto, f.place.key())
	frame, err := f.room.once.Do(key, func() ([]byte, error) { return f.drawMessages(ctx, upto) })
	if err != nil {
		return err
	}
	return f.sendMessages(frame, upto)
}

func (f *follower) sendMessages(frame []byte, upto int64) error {
	if err := f.out.Write(frame); err != nil {
		return err
	}
	f.sent = upto
	f.news.Saw(f.topic, upto)
	return nil
}

func (f *follower) drawMessages(ctx context.Context, upto int64) ([]byte, error) {
	caller := &chat.CustomerCaller{Organization: &chat.Organization{ID: f.organization}, Customer: &chat.Customer{ID: f.customer}}
	conversation := &chat.Conversation{OrganizationID: f.organization, ID: f.id, CustomerID: f.customer}
	messages, args, err := f.room.newer(ctx, caller, conversation, f.place, f.sent)
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
	key := fmt.Sprintf("widget.seen|%d|%d|%d|%s", f.organization, f.id, seq, f.place.key())
	frame, err := f.room.once.Do(key, func() ([]byte, error) {
		conversation, err := f.read(ctx)
		if err != nil {
			return nil, err
		}
		return f.drawSeen(ctx, conversation, seq)
	})
	if err != nil {
		return err
	}
	return f.out.Write(frame)
}

func (f *follower) drawSeen(ctx context.Context, conversation *chat.Conversation, seq int64) ([]byte, error) {
	args := views.WidgetSeenArgs{Locale: f.place.locale, At: conversation.AgentSeenAt, Zone: f.place.zone}
	return frameOf(ctx, "seen", seq, views.WidgetSeen(args))
}

func (f *follower) typing(ctx context.Context, agentKey string) error {
	agent, err := f.room.desk.Store().AgentByKey(ctx, f.organization, agentKey)
	if kind, known := chat.KindOf(err); known && kind == chat.Missing {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read typing agent: %w", err)
	}
	return f.out.Send("typing", "", f.place.locale.T("widget.typing", "Name", agent.Name))
}

// changedState reads the conversation anew; in another language, what stands around it is worded anew too.
func (f *follower) changedState(ctx context.Context) error {
	conversation, err := f.read(ctx)
	if err != nil {
		return err
	}
	if other, err := f.state(ctx, conversation); err != nil || !other {
		return err
	}
	return f.around(ctx, conversation)
}

// state tells what a panel must be drawn anew for; it compares with what it shows. It answers whether the language has
// been chosen since the stream began.
func (f *follower) state(ctx context.Context, conversation *chat.Conversation) (other bool, err error) {
	customer, err := f.room.desk.Store().Customer(ctx, f.organization, f.customer)
	if err != nil {
		return false, fmt.Errorf("read customer: %w", err)
	}
	if l := locales.For(customer.Language); customer.Language != "" && l != f.place.locale {
		f.place.locale, other = l, true
	}
	points, err := f.room.pointsOf(ctx, conversation)
	if err != nil {
		return other, err
	}
	return other, f.out.Send("state", "", stateOf(customer.Language, conversation, points))
}

// around sends who is online, the hours and what to expect, when that has changed. Without a conversation it is read
// once for all who have come as far.
func (f *follower) around(ctx context.Context, conversation *chat.Conversation) error {
	head, err := f.room.once.Do(fmt.Sprintf("widget.head|%d|%s", f.organization, f.key()), func() ([]byte, error) {
		o, err := f.room.desk.Store().Organization(ctx, f.organization)
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
	waiting, err := f.waiting(ctx, conversation)
	if err != nil {
		return err
	}
	return f.changed(head, waiting)
}

func (f *follower) waiting(ctx context.Context, conversation *chat.Conversation) ([]byte, error) {
	if conversation != nil {
		return f.promise(ctx, conversation)
	}
	return f.room.once.Do(fmt.Sprintf("widget.waiting|%d|%d|%d|%s", f.organization, f.id, f.sent, f.key()), func() ([]byte, error) {
		conversation, err := f.read(ctx)
		if err != nil {
			return nil, err
		}
		return f.promise(ctx, conversation)
	})
}

// promise draws what to expect, once for all customers to whom the same is promised.
func (f *follower) promise(ctx context.Context, conversation *chat.Conversation) (frame []byte, err error) {
	m, email := moodOf(conversation), false
	if !m.silent {
		if email, err = f.room.hasEmail(ctx, conversation); err != nil {
			return nil, err
		}
	}
	key := fmt.Sprintf("widget.promise|%d|%v|%t|%s", f.organization, m, email, f.key())
	return f.room.once.Do(key, func() ([]byte, error) {
		o, err := f.room.desk.Store().Organization(ctx, f.organization)
		if err != nil {
			return nil, err
		}
		said, err := f.room.promise(ctx, o, f.place, m, func() (bool, error) { return email, nil })
		if err != nil {
			return nil, err
		}
		return frameOf(ctx, "waiting", 0, views.WidgetWaiting(said))
	})
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
