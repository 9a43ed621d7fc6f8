package inbox

import (
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/live"
	"rejoin/app/web"
)

// Events of the stream beside those of the domain.
const (
	eventHello     = "hello"      // the stream stands: read what may have been missed before it
	eventAlive     = "alive"      // nothing happened for a while; it tells the server's time
	eventSignedOut = "signed_out" // the session has ended
)

const (
	streamQueue = 256
	// comeBack is how long a browser waits before its first try when the stream is lost.
	comeBack = 500 * time.Millisecond
)

// stream tells one browser everything that happens in the organization, until the session ends. Holding it is the
// agent's presence.
func (r *room) stream(c echo.Context) error {
	caller := callerOf(c)
	release, err := r.streams.Take(caller.Agent.Key)
	if err != nil {
		return err
	}
	defer release()
	events := r.hub.Subscribe(streamQueue, chat.OrganizationTopic(caller.Organization.ID), chat.OrganizationTopic(0)) // 0: of nobody's mail
	defer events.Close()
	leave := r.desk.Tracker().Stream(chat.AgentPerson(caller.Organization.ID, caller.Agent.ID), r.desk.Now())
	defer func() { leave(r.desk.Now()) }()
	out, err := web.OpenStream(c)
	if err != nil {
		return nil //nolint:nilerr // the reader is gone before the first byte
	}
	if out.Retry(comeBack) != nil || out.Send(eventHello, "", caller.Agent.Key) != nil {
		return nil
	}
	r.relay(c, out, events)
	return nil
}

// relay passes events on until the reader leaves, the server stops, or the session ends.
func (r *room) relay(c echo.Context, out *web.Stream, events *live.Subscription) {
	tick := time.NewTicker(web.PingEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.Request().Context().Done():
			return
		case <-tick.C:
			now := r.desk.Now().UTC().Format(time.RFC3339Nano)
			if r.ended(c, out) || out.Write(web.Frame(eventAlive, "", []byte(now))) != nil {
				return
			}
		case e, open := <-events.Events():
			if !open {
				return
			}
			if concerns(e, callerOf(c)) && r.ended(c, out) {
				return
			}
			if out.Write(r.frameOf(c, e)) != nil {
				return
			}
		}
	}
}

// concerns tells whether an event may have ended this agent's session.
func concerns(e *live.Event, caller *chat.AgentCaller) bool {
	return e.Name == string(chat.AgentChanged) && e.Key == caller.Agent.Key
}

// ended tells whether the session is over, and says so to the browser.
func (r *room) ended(c echo.Context, out *web.Stream) bool {
	caller, err := r.identify(c)
	if err != nil || caller != nil {
		return false // a database that is away ends no session
	}
	_ = out.Write(web.Frame(eventSignedOut, "", nil)) // it ends either way
	return true
}
