// Package live carries nudges from those who changed something to those who
// show it: inside one instance through the Hub, between instances through the
// Relay.
//
// It owns topics, subscriptions and their bounded queues. It knows no domain,
// and refuses HTML, rows and waiting: a nudge names what changed, readers fetch
// it themselves, and a reader that falls behind is told to start over.
package live

// Resync is the name of the event that says: something may have been missed,
// read again from the database. An empty topic means all that the subscription
// watches.
const Resync = "resync"

// Event is a nudge: something called Name happened on Topic. Events are shared
// between subscribers, who must not change them.
type Event struct {
	Topic string `json:"t,omitempty"` // where: "conversation:42"; empty reaches everyone
	Name  string `json:"n"`           // what: "message.posted"
	Key   string `json:"k,omitempty"` // which: the public key of the thing
	Seq   int64  `json:"s,omitempty"` // how far the topic has come; zero when it does not count
	Note  string `json:"o,omitempty"` // one short word more, never content
}
