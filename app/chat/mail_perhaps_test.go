package chat_test

import (
	"slices"
	"testing"
	"time"

	"rejoin/app/channel"
	"rejoin/app/chat"
)

// away is an automatic answer that nothing marks as one.
const away = "I am currently out of the office and will return on Monday."

func TestAMailThatMayBeAutomaticIsMarkedAndAnsweredByNoAutomation(t *testing.T) {
	h, blobs := mailHouse(t)
	options := h.options(h.store, "speaking", h.channels)
	options.Blobs, options.ReadMail, options.Say, options.Hours = blobs, channel.ReadMail, channel.Say, channel.Hours
	h.desk = chat.NewDesk(options)
	g, m, d := h.emailed()
	before := g.said()
	address := h.replyTo()
	kept := h.receive(writing{from: "jo@example.org", to: address, text: away, answers: d.MessageID})
	h.became("it may be automatic", kept, chat.MailPosted, "own")
	came := h.byMail(g.row())
	if len(came) != 1 || came[0].Text != away || came[0].Meta[chat.MetaPerhaps] != string(chat.MailAutoReply) {
		t.Fatalf("it came as %+v", came)
	}
	c := g.row()
	if c.WaitingSince != nil || c.AutomationDueAt != nil || c.AgentUnread == 0 || c.WaitingFor != chat.Us || c.CustomerSeenSeq >= m.Seq {
		t.Errorf("the conversation is %+v", c)
	}
	if state := h.delivery(d.Key).State; state == chat.Replied {
		t.Errorf("the email is %s", state)
	}
	h.passes(time.Hour)
	if said := g.said(); !slices.Equal(said, before) {
		t.Errorf("%v have spoken, before it %v", said, before)
	}

	h.receive(writing{from: "jo@example.org", to: address, text: "In 41, please.", answers: d.MessageID})
	c = g.row()
	if c.WaitingSince == nil || c.CustomerSeenSeq < m.Seq || h.delivery(d.Key).State != chat.Replied {
		t.Errorf("a person's words moved nothing: %+v", c)
	}
}
