package chat

import (
	"strconv"
	"strings"
)

// EventName is noun.past_verb.
type EventName string

// Every event of the house.
const (
	MessagePosted       EventName = "message.posted"
	MessageSeen         EventName = "message.seen"
	CustomerArrived     EventName = "customer.arrived"
	CustomerLeft        EventName = "customer.left"
	CustomerChanged     EventName = "customer.changed"
	CustomerTyped       EventName = "customer.typed"
	CustomerRejoined    EventName = "customer.rejoined"
	AgentTyped          EventName = "agent.typed"
	AgentChanged        EventName = "agent.changed"
	ConversationChanged EventName = "conversation.changed"
	ConversationDeleted EventName = "conversation.deleted"
	DeliveryChanged     EventName = "delivery.changed"
	PlanMade            EventName = "plan.made"   // what will become of unread messages has changed
	PlansMoved          EventName = "plans.moved" // new plans of all conversations have come farther
	SettingChanged      EventName = "setting.changed"
	HeldMailChanged     EventName = "mail.held"      // a stranger's mail waits in a conversation, or was decided about
	UnmatchedChanged    EventName = "mail.unmatched" // a mail waits for the admins, or no longer does; Key is the mail's
)

// Event is a nudge: topic, name, ids. It carries no row and no text of a person.
type Event struct {
	Topic string
	Name  EventName
	Key   string // conversation, customer or agent key
	Seq   int64  // newest seq of that conversation, 0 when it has none
	Note  string // small qualifier: typing agent's key, "us"/"them" for seen
}

// OrganizationTopic is what every inbox of an organization listens to.
func OrganizationTopic(organization int64) string {
	return "org:" + strconv.FormatInt(organization, 10)
}

// ConversationTopic is what the customer's pages of a conversation listen to.
func ConversationTopic(organization, conversation int64) string {
	return "conversation:" + strconv.FormatInt(organization, 10) + ":" + strconv.FormatInt(conversation, 10)
}

// SplitConversationTopic tells which conversation a topic is about, and false for any other topic.
func SplitConversationTopic(topic string) (organization, conversation int64, ok bool) {
	rest, found := strings.CutPrefix(topic, "conversation:")
	if !found {
		return 0, 0, false
	}
	first, second, _ := strings.Cut(rest, ":")
	organization, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	conversation, err = strconv.ParseInt(second, 10, 64)
	return organization, conversation, err == nil
}
