package widget

import (
	"strconv"
	"sync"
	"sync/atomic"

	"rejoin/app/chat"
	"rejoin/app/live"
)

// lobby passes on what concerns all customers of an organization: who is online, and the settings. Its inboxes hear of
// every message on the same topic, so one listener stands there for all streams of customers and repeats only that.
type lobby struct {
	hub *live.Hub

	mu    sync.Mutex
	doors map[int64]*door
}

// door is one organization's listener, there as long as somebody is inside.
type door struct {
	topic  string
	turn   atomic.Uint64 // grows with each change, so that what was drawn before is not sent again
	news   *live.Subscription
	inside int
}

func newLobby(hub *live.Hub) *lobby { return &lobby{hub: hub, doors: make(map[int64]*door)} }

// enter opens an organization's door until leave is called.
func (l *lobby) enter(organization int64) (at *door, leave func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at = l.doors[organization]
	if at == nil {
		at = &door{
			topic: "lobby:" + strconv.FormatInt(organization, 10),
			news:  l.hub.Subscribe(queueOfStream, chat.OrganizationTopic(organization)),
		}
		l.doors[organization] = at
		go l.listen(at)
	}
	at.inside++
	return at, func() { l.leave(organization, at) }
}

func (l *lobby) leave(organization int64, at *door) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.inside--; at.inside == 0 {
		delete(l.doors, organization)
		at.news.Close() // which ends its listener
	}
}

func (l *lobby) listen(at *door) {
	for nudge := range at.news.Events() {
		switch chat.EventName(nudge.Name) {
		case chat.AgentChanged, chat.SettingChanged, live.Resync:
			at.turn.Add(1)
			l.hub.Publish(live.Event{Topic: at.topic, Name: string(chat.AgentChanged)})
		}
	}
}
