package chat_test

import (
	"testing"

	"rejoin/app/chat"
)

func TestAStrangersMailWaitsForAnAgent(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	before := *g.row()
	h.forget()
	kept := h.receive(writing{
		from: "Kim <kim@example.org>", to: h.replyTo(), text: "I am Jo’s partner.", answers: d.MessageID,
		files: []chat.IncomingFile{{Name: "proof.pdf", Type: "application/pdf", Content: []byte("%PDF-1.4 a proof")}},
	})
	h.became("a stranger's", kept, chat.MailHeld, "other_address")
	c := g.row()
	held := h.newestEntry(c)
	if held.Kind != chat.Held || held.Text != "I am Jo’s partner." || held.AuthorName != "Kim" || held.AuthorID != 0 ||
		held.Meta[chat.MetaFrom] != "kim@example.org" || held.Meta[chat.MetaName] != "Kim" || held.Meta[chat.MetaMail] != kept.Key || len(held.Files) != 1 {
		t.Errorf("it is shown as %+v", held)
	}
	if c.HeldMails != 1 || c.AgentUnread != before.AgentUnread+1 {
		t.Errorf("%d are held, %d unread", c.HeldMails, c.AgentUnread)
	}
	c.HeldMails, c.AgentUnread, c.LastSeq = before.HeldMails, before.AgentUnread, before.LastSeq
	if after := *c; after.CustomerSeenSeq != before.CustomerSeenSeq || after.WaitingFor != before.WaitingFor || after.LastVia != before.LastVia ||
		after.PlanCode != before.PlanCode || after.LastMessageText != before.LastMessageText || after.WaitingSince != nil {
		t.Errorf("it moved more than it should: %+v", after)
	}
	if g.points()[0].VerifiedAt != nil || h.delivery(d.Key).State != chat.Sent {
		t.Error("it counts as the customer's")
	}
	if h.heard(chat.HeldMailChanged, "org:") != 1 || h.heard(chat.MessagePosted, "conversation:") != 0 {
		t.Error("the agents were not told, or the customer was")
	}
	page, err := h.store.Messages(h.ctx, h.org.ID, c.ID, 0, 0, 100, true)
	h.must(err)
	for _, m := range page {
		if m.Seq == held.Seq {
			t.Error("the customer sees it")
		}
	}
}

func TestAMailThatNamesNoAuthorIsNeverTheCustomers(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	kept := h.receive(writing{to: h.replyTo(), text: "Who am I?"})
	h.became("nobody's", kept, chat.MailHeld, "other_address")
	if held := h.newestEntry(g.row()); held.AuthorName != "?" || held.Meta[chat.MetaFrom] != "?" {
		t.Errorf("it is held as %q from %q", held.AuthorName, held.Meta[chat.MetaFrom])
	}
	h.must(h.desk.AcceptMail(h.ctx, h.agent, g.key, kept.MessageSeq))
	came := h.byMail(g.row())
	if len(came) != 1 || came[0].AuthorID != 0 || came[0].AuthorName != "?" || came[0].Meta[chat.MetaFrom] == "" {
		t.Errorf("it came as %+v", came)
	}
	others, err := h.store.Participants(h.ctx, h.org.ID, g.row().ID)
	h.must(err)
	if len(others) != 0 {
		t.Errorf("nobody is a participant: %+v", others)
	}
}

func TestAMailOfSeveralAuthorsIsNeverTheCustomers(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	address := h.replyTo()
	for _, w := range []writing{
		{from: "jo@example.org, kim@example.net", to: address, text: "Who of us?"},
		{from: "jo@example.org", headers: []string{"From: kim@example.net"}, to: address, text: "Who of us two?"},
	} {
		kept := h.receive(w)
		h.became(w.text, kept, chat.MailHeld, "forged")
		if got := h.newestEntry(g.row()).Meta[chat.MetaForged]; got != chat.ForgedSeveral {
			t.Errorf("it is held as forged %q", got)
		}
		h.must(h.desk.AcceptMail(h.ctx, h.agent, g.key, kept.MessageSeq))
		if got := h.newestEntry(g.row()); got.AuthorID != 0 || got.Meta[chat.MetaFrom] == "" {
			t.Errorf("it came as %+v", got)
		}
	}
	others, err := h.store.Participants(h.ctx, h.org.ID, g.row().ID)
	h.must(err)
	if len(others) != 0 || g.points()[0].VerifiedAt != nil {
		t.Errorf("somebody is a participant: %+v", others)
	}
}

func TestAnAcceptedStrangerIsAParticipant(t *testing.T) {
	h, _ := mailHouse(t)
	g, m, _ := h.emailed()
	address := h.replyTo()
	file := chat.IncomingFile{Name: "proof.pdf", Type: "application/pdf", Content: []byte("%PDF-1.4 a proof")}
	kept := h.receive(writing{from: "Kim <Kim@Example.org>", to: address, text: "I am Jo’s partner.", files: []chat.IncomingFile{file}})
	h.forget()
	for range 2 {
		h.must(h.desk.AcceptMail(h.ctx, h.agent, g.key, kept.MessageSeq))
	}
	c := g.row()
	came := h.byMail(c)
	if len(came) != 1 {
		t.Fatalf("%d messages came", len(came))
	}
	got := came[0]
	if got.Seq != c.LastSeq || got.Text != "I am Jo’s partner." || got.By != chat.ByCustomer || got.AuthorID != 0 || got.AuthorName != "Kim" ||
		got.Meta[chat.MetaFrom] != "kim@example.org" || got.Meta[chat.MetaState] != "" || len(got.Files) != 1 {
		t.Errorf("it is %+v", got)
	}
	if n := h.number("select message_seq from uploads where key = $1", got.Files[0].Key); int64(n) != got.Seq {
		t.Errorf("its file is number %d's, not %d's", n, got.Seq)
	}
	if c.HeldMails != 0 || c.WaitingFor != chat.Us || c.CustomerSeenSeq >= m.Seq || c.LastVia == chat.ViaEmail {
		t.Errorf("the conversation is %+v", c)
	}
	for _, entry := range h.entries(c) {
		if entry.Kind == chat.Held && (entry.Meta[chat.MetaState] != chat.HeldAccepted || entry.Meta[chat.MetaAgent] != "Bo") {
			t.Errorf("the held one says %v", entry.Meta)
		}
	}
	now := h.mail(kept.ID)
	h.became("accepted", now, chat.MailPosted, "accepted")
	if now.MessageSeq != got.Seq || h.heard(chat.MessagePosted, "conversation:") != 1 {
		t.Error("the mail is elsewhere, or the customer was not told")
	}
	h.refused(h.desk.RefuseMail(h.ctx, h.agent, g.key, kept.MessageSeq), chat.Conflict, "chat.mail.decided")
	next := h.receive(writing{from: "kim@example.org", to: address, text: "One more thing."})
	h.became("a participant's", next, chat.MailPosted, "participant")
	if g.row().HeldMails != 0 || h.newestEntry(g.row()).AuthorName != "Kim" {
		t.Error("it waits again")
	}
	forged := h.receive(writing{from: "kim@example.org", to: address, text: "Pay here.", verdict: chat.Verdict{Forged: true}})
	h.became("a forged participant's", forged, chat.MailHeld, "forged")
}

func TestARefusedMailIsSeenByAgentsOnly(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	address := h.replyTo()
	kept := h.receive(writing{from: "kim@example.org", to: address, text: "Buy!"})
	for range 2 {
		h.must(h.desk.RefuseMail(h.ctx, h.agent, g.key, kept.MessageSeq))
	}
	if c := g.row(); c.HeldMails != 0 || len(h.byMail(c)) != 0 || h.newestEntry(c).Meta[chat.MetaState] != chat.HeldRefused {
		t.Errorf("it is %+v", h.newestEntry(c))
	}
	h.became("refused", h.mail(kept.ID), chat.MailRefused, "refused")
	h.refused(h.desk.AcceptMail(h.ctx, h.agent, g.key, kept.MessageSeq), chat.Conflict, "chat.mail.decided")
	h.refused(h.desk.AcceptMail(h.ctx, h.agent, g.key, 1), chat.Missing)
	h.refused(h.desk.AcceptMail(h.ctx, h.agent, g.key, 99), chat.Missing)
	h.refused(h.desk.RefuseMail(h.ctx, h.agent, g.key, 0), chat.Missing)
	next := h.receive(writing{from: "kim@example.org", to: address, text: "Buy!!"})
	h.became("the next", next, chat.MailHeld, "other_address")
}

func TestAForgedMailOfTheCustomersIsHeldAndMakesNobodyAParticipant(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	address := h.replyTo()
	kept := h.receive(writing{from: "jo@example.org", to: address, text: "Send it elsewhere.", answers: d.MessageID, verdict: chat.Verdict{Forged: true, DMARC: "fail"}})
	h.became("forged", kept, chat.MailHeld, "forged")
	if kept.Verdict.DMARC != "fail" || g.points()[0].VerifiedAt != nil || h.delivery(d.Key).State != chat.Sent {
		t.Error("it is believed")
	}
	h.must(h.desk.AcceptMail(h.ctx, h.agent, g.key, kept.MessageSeq))
	if n := h.number("select count(*) from participants"); n != 0 {
		t.Errorf("%d participants", n)
	}
	if m := h.newestEntry(g.row()); m.AuthorID != 0 || m.Meta[chat.MetaFrom] != "jo@example.org" {
		t.Errorf("it is shown as the customer's: %+v", m)
	}
}

func TestAnotherOrganizationsAgentDecidesNothing(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	kept := h.receive(writing{from: "kim@example.org", to: h.replyTo(), text: "Hello"})
	_, other := h.organization("Other", "eve@other.example")
	before := h.dump()
	h.refused(h.desk.AcceptMail(h.ctx, other, g.key, kept.MessageSeq), chat.Missing)
	h.refused(h.desk.RefuseMail(h.ctx, other, g.key, kept.MessageSeq), chat.Missing)
	_, _, err := h.desk.OpenMail(h.ctx, other, kept.Key)
	h.refused(err, chat.Missing)
	_, _, err = h.desk.RawMail(h.ctx, other, kept.Key)
	h.refused(err, chat.Missing)
	_, err = h.desk.AssignMail(h.ctx, other, kept.Key, "")
	h.refused(err, chat.Missing)
	h.refused(h.desk.DeleteMail(h.ctx, other, kept.Key), chat.Missing)
	h.unchanged(before, "another organization")
}

func TestAStrangerToAClosedConversationIsUnmatched(t *testing.T) {
	h, blobs := mailHouse(t)
	g, _, _ := h.emailed()
	address := h.replyTo()
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	soon := h.receive(writing{from: "kim@example.org", to: address, text: "Hello"})
	h.became("within its days", soon, chat.MailHeld, "other_address")
	if g.row().ClosedAt != nil {
		t.Error("nobody sees it in a closed conversation")
	}
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.clock.advance(15 * daysLater)
	n := h.blobCount(blobs)
	late := h.receive(writing{from: "lee@example.org", to: address, text: "Hello", files: []chat.IncomingFile{{Name: "a.txt", Type: "text/plain", Content: []byte("a")}}})
	h.became("after its days", late, chat.MailUnmatched, "closed")
	if late.ConversationID == nil || *late.ConversationID != g.row().ID {
		t.Error("the conversation is not suggested")
	}
	if got := h.blobCount(blobs); got != n+1 {
		t.Errorf("%d blobs more, want the raw mail alone", got-n)
	}
}

func TestHeldMailsAreBounded(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	address := h.replyTo()
	h.exec("update conversations set held_mails = 50 where key = $1", g.key)
	kept := h.receive(writing{from: "kim@example.org", to: address, text: "Hello"})
	h.became("one more", kept, chat.MailUnmatched, "full")
}
