package chat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// bounce is a delivery status notification.
func bounce(to, failed, status, action, original string) writing {
	return writing{
		from: "Mail Delivery System <MAILER-DAEMON@mx.example>", to: to, envelope: []string{to}, subject: "Undelivered Mail Returned to Sender",
		headers: []string{"Auto-Submitted: auto-replied"},
		body: "Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n" +
			"--r\r\nContent-Type: text/plain\r\n\r\nI could not deliver it.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n" +
			"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; " + failed + "\r\nAction: " + action + "\r\nStatus: " + status +
			"\r\nDiagnostic-Code: smtp; 550 " + status + " no such person\r\n--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: " + original +
			"\r\nTo: " + failed + "\r\n\r\n--r--\r\n",
	}
}

func TestAnAutomaticReplyIsAThinLineAndMovesNothing(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	address := h.replyTo()
	before := *g.row()
	out := writing{
		from: "jo@example.org", to: address, subject: "Out of office: Re: New answer", text: "I am away.", answers: d.MessageID,
		headers: []string{"Auto-Submitted: auto-replied"},
	}
	h.forget()
	kept := h.receive(out)
	h.became("out of office", kept, chat.MailMachine, "auto_reply")
	c := g.row()
	line := h.newestEntry(c)
	if h.happened(c, chat.HappenedAutoReply) != 1 || line.Meta["From"] != "jo@example.org" || line.Meta["Subject"] != out.subject || line.Meta[chat.MetaMail] != kept.Key {
		t.Errorf("the line is %+v", line)
	}
	c.LastSeq = before.LastSeq
	if fmt.Sprint(*c) != fmt.Sprint(before) && (c.AgentUnread != before.AgentUnread || c.WaitingFor != before.WaitingFor || c.CustomerSeenSeq != before.CustomerSeenSeq ||
		c.PlanCode != before.PlanCode || c.LastMessageText != before.LastMessageText || c.LastVia != before.LastVia) {
		t.Errorf("it moved\n%+v\nto\n%+v", before, *c)
	}
	if g.points()[0].VerifiedAt != nil || h.delivery(d.Key).State != chat.Sent || h.heard(chat.MessagePosted, "conversation:") != 0 {
		t.Error("it counts as the customer's")
	}
	h.became("another", h.receive(out), chat.MailMachine, "repeated")
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.clock.advance(2 * time.Hour)
	h.receive(out)
	if now := g.row(); now.ClosedAt == nil || h.happened(now, chat.HappenedAutoReply) != 2 {
		t.Errorf("closed at %v, %d lines", now.ClosedAt, h.happened(now, chat.HappenedAutoReply))
	}
	h.became("to nobody", h.receive(writing{from: "x@example.org", to: "y@" + inbound, text: "Away.", headers: []string{"Auto-Submitted: auto-replied"}}), chat.MailUnmatched, "machine")
	h.waits(30*daysLater, 1)
}

func TestStrangersMachinesShareOneLine(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	for i := range 4 {
		h.receive(writing{from: fmt.Sprintf("robot%d@example.org", i), to: h.replyTo(), text: "Away.", headers: []string{"Auto-Submitted: auto-replied"}})
	}
	if n := h.happened(g.row(), chat.HappenedAutoReply); n != 1 {
		t.Errorf("%d lines", n)
	}
}

func TestAHardBounceEndsTheDeliveryAndGivesTheMessagesBack(t *testing.T) {
	for _, by := range []string{"its Message-ID", "the conversation's address"} {
		t.Run(by, func(t *testing.T) {
			h, _ := mailHouse(t)
			g, m, d := h.emailed()
			to, original := "bounces@"+inbound, d.MessageID
			if by != "its Message-ID" {
				to, original = h.replyTo(), "<0100-another@email.amazonses.com>"
			}
			kept := h.receive(bounce(to, "Jo@example.org", "5.1.1", "failed", original))
			h.became("hard", kept, chat.MailMachine, "bounce")
			now := h.delivery(d.Key)
			if now.State != chat.Bounced || !strings.Contains(now.Detail, "no such person") || kept.DeliveryID == nil || *kept.DeliveryID != d.ID {
				t.Errorf("the delivery is %s: %s; the mail %+v", now.State, now.Detail, kept)
			}
			c := g.row()
			if c.Reach != followup.Unreachable || c.CoveredSeq >= m.Seq || g.points()[0].BouncedAt == nil {
				t.Errorf("they are %s, covered to %d", c.Reach, c.CoveredSeq)
			}
			if p := g.points()[0]; p.BounceStatus != "5.1.1" || !strings.Contains(p.BounceWords, "no such person") {
				t.Errorf("the address says %q, %q", p.BounceStatus, p.BounceWords)
			}
			if c.AgentUnread != 0 || len(h.byMail(c)) != 0 {
				t.Error("it is a message")
			}
			h.waits(30*daysLater, 1)
		})
	}
}

func TestASoftBounceKillsNoAddress(t *testing.T) {
	for status, action := range map[string]string{"4.2.2": "failed", "4.4.7": "delayed"} {
		t.Run(action, func(t *testing.T) {
			h, _ := mailHouse(t)
			g, _, d := h.emailed()
			kept := h.receive(bounce(h.replyTo(), "jo@example.org", status, action, d.MessageID))
			h.became(action, kept, chat.MailMachine, "bounce")
			if g.points()[0].BouncedAt != nil || g.row().Reach != followup.Reachable {
				t.Error("the address is dead")
			}
		})
	}
}

func TestABounceOfSomebodyElsesMailIsUnmatched(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	kept := h.receive(bounce(h.replyTo(), "kim@example.org", "5.1.1", "failed", "<x@y.example>"))
	h.became("another's", kept, chat.MailUnmatched, "report")
	if h.delivery(d.Key).State != chat.Sent || g.points()[0].BouncedAt != nil {
		t.Error("it is believed")
	}
	h.became("from nowhere", h.receive(bounce("x@"+inbound, "kim@example.org", "5.1.1", "failed", "<x@y.example>")), chat.MailUnmatched, "report")
}

func TestAComplaintStopsTheAddress(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	kept := h.receive(writing{
		from: "feedback@provider.example", to: "bounces@" + inbound, subject: "Complaint",
		body: "Content-Type: multipart/report; report-type=feedback-report; boundary=r\r\n\r\n" +
			"--r\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n--r\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: x\r\n\r\n" +
			"--r\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: " + d.MessageID + "\r\nTo: jo@example.org\r\n\r\nHello\r\n--r--\r\n",
	})
	h.became("complaint", kept, chat.MailMachine, "complaint")
	if h.delivery(d.Key).State != chat.Complained || g.points()[0].ComplainedAt == nil || g.row().Reach != followup.Unreachable {
		t.Errorf("the delivery is %s", h.delivery(d.Key).State)
	}
}

func TestAListsMailIsUnmatchedUnlessTheCustomerWroteIt(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	address := h.replyTo()
	list := []string{"List-Id: <news.example.org>", "Precedence: list", "List-Unsubscribe: <mailto:x@example.org>"}
	kept := h.receive(writing{from: "news@example.org", to: address, text: "Our news of March", headers: list})
	h.became("a newsletter", kept, chat.MailUnmatched, "list")
	own := h.receive(writing{from: "jo@example.org", to: address, text: "Through the list.", headers: list})
	h.became("the customer's", own, chat.MailPosted, "own")
	if c := g.row(); len(h.byMail(c)) != 1 || c.HeldMails != 0 {
		t.Error("the newsletter is in the thread")
	}
}

func TestTheDoctorsMailIsFoundByItsToken(t *testing.T) {
	h, _ := mailHouse(t)
	h.emailed()
	token := h.replyToken(h.followed())
	kept := h.receive(writing{from: "chat@rejoin.example", to: "check+" + strings.ToUpper(token) + "@" + inbound, text: "A check", headers: []string{"Auto-Submitted: auto-generated"}})
	if kept.State != chat.MailCheck {
		t.Errorf("it is %s, %q", kept.State, kept.Reason)
	}
	found, err := h.desk.MailByCheck(h.ctx, h.org.ID, token)
	h.must(err)
	if found.ID != kept.ID {
		t.Error("another one was found")
	}
	_, err = h.desk.MailByCheck(h.ctx, h.org.ID, token[:len(token)-1]+"2")
	h.refused(err, chat.Missing)
}

func TestTwoOrganizationsThatAnswerEachOtherStopAfterOneMail(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	ours := h.replyTo()
	first := h.followed()
	// Another brand's customer has the address of our conversation, and theirs goes out to it.
	other, admin := h.organization("Other", "eve@other.example")
	agent := h.colleague(admin, "Fay", "fay@other.example", chat.RoleAgent)
	theirs := h.arriveAt(h.desk, other, "Hello")
	_, err := h.desk.GiveAddress(h.ctx, theirs.CustomerCaller, theirs.key, ours)
	h.must(err)
	theirs.leave()
	_, err = h.desk.PostAsAgent(h.ctx, agent, theirs.key, chat.AgentPost{ClientID: name(1), Text: "Can we help?"})
	h.must(err)
	h.waits(time.Hour, 2)
	sent := h.followed()
	if sent.To[0] != ours && !strings.Contains(sent.To[0], ours) {
		t.Fatalf("it went to %v", sent.To)
	}
	var headers []string
	for header, value := range sent.Headers {
		if header != "In-Reply-To" && header != "Message-ID" {
			headers = append(headers, header+": "+value)
		}
	}
	before := len(h.provider.Accepted())
	kept := h.receive(writing{from: sent.From, to: ours, subject: sent.Subject, text: sent.Text, id: sent.Headers["Message-ID"], headers: headers})
	h.became("the other brand's", kept, chat.MailMachine, "auto_reply")
	if c := g.row(); len(h.byMail(c)) != 0 || c.WaitingFor != chat.Them || c.HeldMails != 0 {
		t.Error("it is a message")
	}
	for range 10 {
		h.clock.advance(time.Hour)
		h.sweep()
		_, err := h.desk.SweepAutomations(h.ctx)
		h.must(err)
	}
	if n := len(h.provider.Accepted()); n != before || first.ID == sent.ID || h.delivery(d.Key).State != chat.Sent {
		t.Errorf("%d emails more went out", n-before)
	}
}
