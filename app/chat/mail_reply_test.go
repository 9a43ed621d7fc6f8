package chat_test

import (
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func TestAnAnswerByEmailIsTheCustomersMessage(t *testing.T) {
	h, _ := mailHouse(t)
	g, m, d := h.emailed()
	later := h.answer(g.key, "And in 42.") // not in the email
	h.clock.advance(time.Minute)
	h.forget()
	kept := h.receive(writing{
		from: "Jo <JO@Example.org>", to: h.replyTo(), subject: "Re: New answer", answers: d.MessageID,
		text: "Then 41, please.\r\n\r\n-- \r\nJo Doe\r\n\r\nOn Monday, Bo wrote:\r\n> Yes, in 41.",
	})
	h.became("the customer's own", kept, chat.MailPosted, "own")
	c := g.row()
	came := h.byMail(c)
	if len(came) != 1 {
		t.Fatalf("%d messages came", len(came))
	}
	got := came[0]
	if got.By != chat.ByCustomer || got.AuthorID != g.Customer.ID || got.Text != "Then 41, please." ||
		got.Meta[chat.MetaMail] != kept.Key || !strings.Contains(got.Meta[chat.MetaSignature], "Jo Doe") || got.Meta[chat.MetaFrom] != "" {
		t.Errorf("it is %+v", got)
	}
	if kept.MessageSeq != got.Seq || kept.ConversationID == nil || *kept.ConversationID != c.ID || kept.DeliveryID == nil || *kept.DeliveryID != d.ID ||
		kept.FromAddress != "jo@example.org" || kept.Excerpt == "" || kept.Subject != "Re: New answer" || kept.SettledAt == nil {
		t.Errorf("the mail is %+v", kept)
	}
	if c.CustomerSeenSeq != m.Seq || c.CustomerUnread != 1 || c.LastVia != chat.ViaEmail || c.WaitingFor != chat.Us || c.LastMessageText != "Then 41, please." {
		t.Errorf("seen %d (the email carried %d, the newest answer is %d), unread %d, via %s", c.CustomerSeenSeq, m.Seq, later.Seq, c.CustomerUnread, c.LastVia)
	}
	h.countersAreTrue(g)
	if now := h.delivery(d.Key); now.State != chat.Replied {
		t.Errorf("the email is %s", now.State)
	}
	if point := g.points()[0]; point.VerifiedAt == nil {
		t.Error("the address is not verified")
	}
	if h.heard(chat.MessagePosted, "org:") == 0 || h.heard(chat.MessagePosted, "conversation:") == 0 || h.heard(chat.MessageSeen, "org:") == 0 {
		t.Error("nobody was told")
	}
	customer, err := h.store.Customer(h.ctx, h.org.ID, g.Customer.ID)
	h.must(err)
	if customer.Active {
		t.Error("who writes by email is not here")
	}
}

func TestAnAnswerMarksSeenOnlyWhatTheEmailBeforeItCarried(t *testing.T) {
	h, _ := mailHouse(t)
	g, m, _ := h.emailed()
	address := h.replyTo()
	h.clock.advance(time.Minute)
	h.answer(g.key, "One more thing.")
	h.receive(writing{from: "jo@example.org", to: address, text: "Thank you!"}) // names no email
	if c := g.row(); c.CustomerSeenSeq != m.Seq || c.CustomerUnread != 1 {
		t.Errorf("seen %d, unread %d", c.CustomerSeenSeq, c.CustomerUnread)
	}
	if c := g.row(); c.PlanCode == "" {
		t.Error("what they have not seen is not planned any more")
	}
	h.receive(writing{from: "jo@example.org", to: address, text: "And another.", answers: "<nonsense@example.org>"})
	if n := len(h.byMail(g.row())); n != 2 {
		t.Errorf("%d messages came", n)
	}
}

func TestWithoutItsAddressAnAnswerIsBelievedFromTheCustomerOnly(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	const support = "hello@nord.example"
	own := h.receive(writing{from: "jo@example.org", to: support, text: "In blue.", answers: d.MessageID})
	h.became("the customer", own, chat.MailPosted, "own")
	other := h.receive(writing{from: "kim@example.org", to: support, text: "In red.", answers: d.MessageID})
	h.became("a stranger", other, chat.MailUnmatched, "stranger")
	if other.OrganizationID != h.org.ID || other.ConversationID == nil || *other.ConversationID != g.row().ID {
		t.Errorf("no conversation is suggested: %+v", other)
	}
	forged := h.receive(writing{from: "jo@example.org", to: support, text: "In red.", answers: d.MessageID, verdict: chat.Verdict{Forged: true}})
	h.became("a forged one", forged, chat.MailUnmatched, "stranger")
	referred := h.receive(writing{from: "jo@example.org", to: support, text: "Hm.", headers: []string{"References: <a@b.example> " + d.MessageID + " <c@d.example>"}})
	h.became("by its references", referred, chat.MailPosted, "own")
	nothing := h.receive(writing{from: "jo@example.org", to: support, text: "Hm.", answers: strings.Replace(d.MessageID, "<", "<x", 1)})
	h.became("an email that never was", nothing, chat.MailUnmatched, "nothing")
	if nothing.OrganizationID != 0 {
		t.Errorf("it is organization %d's", nothing.OrganizationID)
	}
	if n := len(h.byMail(g.row())); n != 2 {
		t.Errorf("%d messages came", n)
	}
}

func TestAnAddressThatIsNoConversationsLeadsNowhere(t *testing.T) {
	h, _ := mailHouse(t)
	h.emailed()
	token := h.replyToken(h.followed())
	number, secret, _ := strings.Cut(token, "-")
	other := byte('a')
	if secret[0] == 'a' {
		other = 'b'
	}
	wrong := number + "-" + string(other) + secret[1:]
	m := h.receive(writing{from: "jo@example.org", to: "reply+" + wrong + "@" + inbound, text: "Hello?"})
	h.became("a wrong secret", m, chat.MailUnmatched, "gone")
	if m.OrganizationID != h.org.ID || m.ConversationID == nil {
		t.Errorf("it is organization %d's, and the customer's conversation is not suggested", m.OrganizationID)
	}
	m = h.receive(writing{from: "jo@example.org", to: "reply+zzzz-" + secret + "@" + inbound, text: "Hello?"})
	h.became("no organization", m, chat.MailUnmatched, "nothing")
	if m.OrganizationID != 0 {
		t.Errorf("it is organization %d's", m.OrganizationID)
	}
}

func TestTheSameMailCountsOnce(t *testing.T) {
	h, blobs := mailHouse(t)
	g, _, d := h.emailed()
	w := writing{from: "jo@example.org", to: h.replyTo(), text: "Once.", answers: d.MessageID, id: "<once@mail.example>", doorID: "one"}
	first := h.receive(w)
	h.became("the first", first, chat.MailPosted, "own")
	fresh, err := h.desk.KeepMail(h.ctx, w.arrival())
	h.must(err)
	if fresh || h.blobCount(blobs) != 1 {
		t.Errorf("the door brought it again: fresh %v, %d blobs", fresh, h.blobCount(blobs))
	}
	w.doorID = "two"
	h.became("by another way", h.receive(w), chat.MailDuplicate, "duplicate")
	h.settle(h.desk, first)
	if n := len(h.byMail(g.row())); n != 1 {
		t.Errorf("%d messages came", n)
	}
}

func TestAnAddressThatBouncedWorksAgainWhenItsOwnerWritesFromIt(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	address := h.replyTo()
	h.told(d, chat.ReportBounced)
	if c := g.row(); c.Reach != followup.Unreachable {
		t.Fatalf("they are %s", c.Reach)
	}
	h.receive(writing{from: "jo@example.org", to: address, text: "I am here."})
	p := g.points()[0]
	if p.BouncedAt != nil || p.BounceStatus != "" || p.VerifiedAt == nil || g.row().Reach != followup.Reachable {
		t.Errorf("bounced %v, %q, verified %v, and they are %s", p.BouncedAt, p.BounceStatus, p.VerifiedAt, g.row().Reach)
	}
}

func TestTheCustomersLanguageIsLearnedFromTheirMail(t *testing.T) {
	h, _ := mailHouse(t)
	h.online()
	g := h.arrive("?")
	g.give("jo@example.org")
	g.leave()
	h.answer(g.key, "Yes")
	h.waits(5*time.Minute, 1)
	h.receive(writing{from: "jo@example.org", to: h.replyTo(), text: "Bonjour, merci"})
	h.speaks(g, "fr", chat.LanguageByText)
}

func TestALongAnswerIsCutAndTellsSo(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	h.receive(writing{from: "jo@example.org", to: h.replyTo(), text: strings.Repeat("élan ", 6000)})
	m := h.byMail(g.row())[0]
	if len(m.Text) > chat.MaxText || len(m.Text) < chat.MaxText-10 || !strings.HasSuffix(m.Text, "…") || m.Meta[chat.MetaCut] == "" {
		t.Errorf("%d bytes, %q were cut", len(m.Text), m.Meta[chat.MetaCut])
	}
}

func TestAMailWithoutWordsIsAThinLine(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	before := *g.row()
	kept := h.receive(writing{from: "jo@example.org", to: h.replyTo(), text: "\r\n \r\n"})
	h.became("nothing at all", kept, chat.MailPosted, "empty")
	c := g.row()
	if h.happened(c, chat.HappenedEmptyMail) != 1 || c.CustomerSeenSeq != before.CustomerSeenSeq || c.WaitingFor != before.WaitingFor || c.AgentUnread != before.AgentUnread {
		t.Errorf("it moved more than it should: %+v", c)
	}
	if line := h.newestEntry(c); line.Meta[chat.MetaMail] != kept.Key || line.Meta["From"] != "jo@example.org" {
		t.Errorf("the line is %+v", line)
	}
}

func TestAnAnswerOpensAClosedConversationWithinItsDays(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	address := h.replyTo()
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.clock.advance(13 * daysLater)
	h.receive(writing{from: "jo@example.org", to: address, text: "Still there?"})
	if c := g.row(); c.ClosedAt != nil || h.happened(c, chat.HappenedReopened) != 1 {
		t.Error("it is still closed")
	}
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	h.clock.advance(daysLater)
	h.receive(writing{from: "jo@example.org", to: address, text: "One more."})
	if c := g.row(); c.ClosedAt != nil || c.EndedAt != nil {
		t.Error("the customer who goes on by email finds it ended")
	}
}

func TestAfterItsDaysAnAnswerGoesOnInALinkedConversation(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	address := h.replyTo()
	held := h.receive(writing{from: "kim@example.org", to: address, text: "I am with Jo."})
	h.must(h.desk.AcceptMail(h.ctx, h.agent, g.key, held.MessageSeq))
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.clock.advance(15 * daysLater)
	old := g.row()
	kept := h.receive(writing{from: "jo@example.org", to: address, subject: "AW: Re: Blue shoes", text: "They are too small.", answers: d.MessageID})
	h.became("long after", kept, chat.MailPosted, "own")
	next, err := h.store.Conversation(h.ctx, h.org.ID, *kept.ConversationID)
	h.must(err)
	if next.ID == old.ID || next.LinkedID == nil || *next.LinkedID != old.ID || next.CustomerID != old.CustomerID ||
		next.EmailSubject != "Blue shoes" || next.LastVia != chat.ViaEmail || next.Reach != followup.Reachable || next.AgentUnread != 1 {
		t.Errorf("the new one is %+v", next)
	}
	if now := g.row(); now.ClosedAt == nil || h.happened(now, chat.HappenedContinuedIn) != 1 || h.newestEntry(now).Meta["Key"] != next.Key {
		t.Error("the old one does not tell of the new one")
	}
	if first := h.entries(next)[0]; first.Text != string(chat.HappenedContinued) || first.Meta["Key"] != old.Key {
		t.Errorf("the new one begins with %+v", first)
	}
	if now := h.delivery(d.Key); now.State != chat.Replied {
		t.Errorf("the email is %s", now.State)
	}
	again := h.receive(writing{from: "jo@example.org", to: address, text: "And too red."})
	other := h.receive(writing{from: "kim@example.org", to: address, text: "Very red."})
	if *again.ConversationID != next.ID || *other.ConversationID != next.ID || other.Reason != "participant" {
		t.Errorf("what follows is not in the same one: %+v", other)
	}
	if n := len(h.byMail(next)); n != 3 {
		t.Errorf("%d messages are in the new one", n)
	}
	m := h.answer(next.Key, "Send them back.")
	if c, err := h.store.ConversationByKey(h.ctx, h.org.ID, next.Key); err != nil || c.AgentSeq != m.Seq || c.CustomerUnread != 1 {
		t.Errorf("the answer to it is number %d of %+v: %v", m.Seq, c, err)
	}
}

func TestSpamStaysSpam(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	address := h.replyTo()
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.must(h.desk.MarkSpam(h.ctx, h.agent, g.key))
	h.clock.advance(60 * daysLater)
	kept := h.receive(writing{from: "jo@example.org", to: address, text: "Buy!"})
	if c := g.row(); c.SpamAt == nil || *kept.ConversationID != c.ID || len(h.byMail(c)) != 1 {
		t.Errorf("it is %+v", kept)
	}
}

func TestAMailToADeletedCustomersConversationIsUnmatched(t *testing.T) {
	h, blobs := mailHouse(t)
	g, _, _ := h.emailed()
	address := h.replyTo()
	h.receive(writing{from: "jo@example.org", to: address, text: "Bye."})
	h.must(h.desk.DeleteMe(h.ctx, g.CustomerCaller))
	if n := h.number("select count(*) from mails"); n != 0 {
		t.Errorf("%d mails of theirs are left", n)
	}
	kept := h.receive(writing{from: "jo@example.org", to: address, text: "Hello?"})
	h.became("nobody's", kept, chat.MailUnmatched, "gone")
	h.must(h.desk.SweepUploads(h.ctx))
	if n := h.blobCount(blobs); n != 1 {
		t.Errorf("%d blobs are left, want that of the last mail", n)
	}
}
