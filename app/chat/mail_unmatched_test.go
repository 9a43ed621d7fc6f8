package chat_test

import (
	"io"
	"strings"
	"testing"

	"rejoin/app/chat"
	"rejoin/locales"
)

// unmatched is a mail that belongs nowhere.
func (h *house) unmatched(w writing) *chat.Mail {
	h.Helper()
	if w.to == "" {
		w.to = "hello@" + inbound
	}
	m := h.receive(w)
	if m.State != chat.MailUnmatched {
		h.Fatalf("it is %s, %q", m.State, m.Reason)
	}
	return m
}

// waiting are the subjects of the unmatched mails that an admin sees, newest first.
func (h *house) waiting(admin *chat.AgentCaller) string {
	h.Helper()
	var subjects []string
	for after := (chat.Cursor{}); ; {
		rows, next, err := h.desk.UnmatchedMails(h.ctx, admin, after)
		h.must(err)
		for _, m := range rows {
			subjects = append(subjects, m.Subject)
		}
		if after = next; next == (chat.Cursor{}) {
			return strings.Join(subjects, " ")
		}
	}
}

func TestEveryReasonOfAMailHasItsText(t *testing.T) {
	for _, tag := range locales.Shipped() {
		for _, reason := range chat.MailReasons() {
			if !locales.For(tag).Has("mail.reason." + reason) {
				t.Errorf("%s lacks %q", tag, reason)
			}
		}
	}
}

func TestUnmatchedMailIsShownToAdminsInPages(t *testing.T) {
	h, _ := mailHouse(t)
	for i := range 3 {
		h.clock.advance(1)
		h.unmatched(writing{from: "kim@example.org", subject: name(i), text: "Hello"})
	}
	h.exec(`insert into mails (organization_id, key, door, door_id, blob, size, state, subject, received_at)
		select $1, 'k' || i, 'smtp', 'd' || i, 'b' || i, 1, case when i % 2 = 0 then 'failed' else 'unmatched' end, 's' || i, $2::timestamptz - i * interval '1 minute'
		from generate_series(1, 60) i`, h.org.ID, h.clock.now())
	got := strings.Fields(h.waiting(h.admin))
	if len(got) != 63 || got[0] != "n2" || got[2] != "n0" || got[3] != "s1" || got[62] != "s60" {
		t.Errorf("%d are shown: %v", len(got), got)
	}
	_, _, err := h.desk.UnmatchedMails(h.ctx, h.agent, chat.Cursor{})
	h.refused(err, chat.Forbidden)
	if n, err := h.desk.UnmatchedCount(h.ctx, h.admin); err != nil || n != 63 {
		t.Errorf("%d are counted, %v", n, err)
	}
	_, err = h.desk.UnmatchedCount(h.ctx, h.agent)
	h.refused(err, chat.Forbidden)
}

func TestNobodysMailIsShownInAHouseOfOneOrganizationOnly(t *testing.T) {
	h, _ := mailHouse(t)
	m := h.unmatched(writing{from: "kim@example.org", subject: "nobodys", text: "Hello"})
	if m.OrganizationID != 0 || h.waiting(h.admin) != "nobodys" {
		t.Errorf("it is organization %d's, and the admin sees %q", m.OrganizationID, h.waiting(h.admin))
	}
	_, _, err := h.desk.OpenMail(h.ctx, h.agent, m.Key)
	h.refused(err, chat.Forbidden)
	other, eve := h.organization("Other", "eve@other.example")
	if h.waiting(h.admin) != "" || h.waiting(eve) != "" {
		t.Error("one of two sees what is nobody's")
	}
	_, _, err = h.desk.OpenMail(h.ctx, h.admin, m.Key)
	h.refused(err, chat.Missing)
	rows, _, err := h.desk.UnmatchedOfNobody(h.ctx, chat.Cursor{}, 10)
	h.must(err)
	if len(rows) != 1 || rows[0].Key != m.Key {
		t.Errorf("the operator sees %v", rows)
	}
	h.refused(h.desk.GiveMail(h.ctx, m.Key, "nonsense"), chat.Missing)
	h.must(h.desk.GiveMail(h.ctx, m.Key, other.Key))
	h.refused(h.desk.GiveMail(h.ctx, m.Key, h.org.Key), chat.Missing)
	if h.waiting(eve) != "nobodys" || h.waiting(h.admin) != "" {
		t.Error("it was given to another")
	}
}

func TestAnAdminReadsAMailAndItsBytes(t *testing.T) {
	h, _ := mailHouse(t)
	w := writing{from: "Kim <kim@example.org>", subject: "A question", text: "Hello there"}
	m := h.unmatched(w)
	found, in, err := h.desk.OpenMail(h.ctx, h.admin, m.Key)
	h.must(err)
	if found.ID != m.ID || in.Reply != "Hello there" || in.FromName != "Kim" {
		t.Errorf("it says %+v", in)
	}
	raw, _, err := h.desk.RawMail(h.ctx, h.admin, m.Key)
	h.must(err)
	defer raw.Close()
	bytes, err := io.ReadAll(raw)
	h.must(err)
	if !strings.Contains(string(bytes), "Subject: A question\r\n") {
		t.Errorf("%s", bytes)
	}
}

func TestAnAdminAssignsAStrangersMail(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	m := h.unmatched(writing{
		from: "Kim <kim@example.org>", subject: "About Jo", text: "It is too big.",
		files: []chat.IncomingFile{{Name: "a.txt", Type: "text/plain", Content: []byte("notes")}},
	})
	_, err := h.desk.AssignMail(h.ctx, h.agent, m.Key, g.key)
	h.refused(err, chat.Forbidden)
	h.must(h.desk.Close(h.ctx, h.agent, g.key))
	h.clock.advance(60 * daysLater)
	h.forget()
	c, err := h.desk.AssignMail(h.ctx, h.admin, m.Key, g.key)
	h.must(err)
	got := h.newestEntry(g.row())
	if c.Key != g.key || c.ClosedAt != nil || got.Kind != chat.Public || got.AuthorName != "Kim" || got.Text != "It is too big." || len(got.Files) != 1 {
		t.Errorf("it is %+v in %+v", got, c)
	}
	now := h.mail(m.ID)
	h.became("assigned", now, chat.MailPosted, "assigned")
	if now.OrganizationID != h.org.ID || now.MessageSeq != got.Seq {
		t.Errorf("the mail is %+v", now)
	}
	if n := h.number("select count(*) from participants where address = 'kim@example.org'"); n != 1 {
		t.Error("Kim is no participant")
	}
	if n := h.number("select count(*) from audit_entries where action = 'mail.assigned' and subject = 'kim@example.org: About Jo' and after = $1", g.key); n != 1 {
		t.Error("nothing tells who did it")
	}
	if h.heard(chat.UnmatchedChanged, "org:") != 1 {
		t.Error("the list was not told")
	}
	_, err = h.desk.AssignMail(h.ctx, h.admin, m.Key, g.key)
	h.refused(err, chat.Conflict, "chat.mail.decided")
	h.refused(h.desk.DeleteMail(h.ctx, h.admin, m.Key), chat.Conflict, "chat.mail.decided")
}

func TestAnAssignedMailOfTheCustomersIsTheirs(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	m := h.unmatched(writing{from: "jo@example.org", subject: "Again", text: "It is me."})
	_, err := h.desk.AssignMail(h.ctx, h.admin, m.Key, g.key)
	h.must(err)
	c := g.row()
	if got := h.newestEntry(c); got.AuthorID != g.Customer.ID || c.LastVia != chat.ViaEmail {
		t.Errorf("it is %+v", got)
	}
	if g.points()[0].VerifiedAt != nil || c.CustomerUnread != 1 {
		t.Error("an admin's word proves the address, or that they have read")
	}
	proven := h.unmatched(writing{from: "jo@example.org", text: "It is really me.", verdict: chat.Verdict{Proven: true}})
	_, err = h.desk.AssignMail(h.ctx, h.admin, proven.Key, g.key)
	h.must(err)
	if g.points()[0].VerifiedAt == nil {
		t.Error("a proven one does not")
	}
}

func TestAnAdminBeginsAConversationWithAMail(t *testing.T) {
	h, _ := mailHouse(t)
	for _, proven := range []bool{false, true} {
		m := h.unmatched(writing{from: "Kim <kim@Example.org>", subject: "Re: Do you sell lamps?", text: "Bonjour, do you?", verdict: chat.Verdict{Proven: proven}})
		c, err := h.desk.AssignMail(h.ctx, h.admin, m.Key, "")
		h.must(err)
		customer, err := h.store.Customer(h.ctx, h.org.ID, c.CustomerID)
		h.must(err)
		points, err := h.store.ContactPoints(h.ctx, h.org.ID, c.CustomerID)
		h.must(err)
		if customer.Name != "Kim" || customer.Language != "fr" || customer.Active || len(points) != 1 || points[0].Address != "kim@example.org" || (points[0].VerifiedAt != nil) != proven {
			t.Errorf("the customer is %+v with %+v", customer, points)
		}
		if c.EmailSubject != "Do you sell lamps?" || c.LastVia != chat.ViaEmail || c.LastSeq != 1 || c.AgentUnread != 1 || c.CustomerSpokeAt == nil || c.Reach != "reachable" {
			t.Errorf("the conversation is %+v", c)
		}
	}
	m := h.unmatched(writing{from: "not an address", text: "Hello"})
	_, err := h.desk.AssignMail(h.ctx, h.admin, m.Key, "")
	h.refused(err, chat.Invalid)
	h.became("it still waits", h.mail(m.ID), chat.MailUnmatched, "nothing")
}

func TestADeletedMailIsGoneWithItsBytes(t *testing.T) {
	h, blobs := mailHouse(t)
	m := h.unmatched(writing{from: "kim@example.org", subject: "Buy", text: "Buy!"})
	h.refused(h.desk.DeleteMail(h.ctx, h.agent, m.Key), chat.Forbidden)
	h.must(h.desk.DeleteMail(h.ctx, h.admin, m.Key))
	h.refused(h.desk.DeleteMail(h.ctx, h.admin, m.Key), chat.Missing)
	h.must(h.desk.SweepUploads(h.ctx))
	if n := h.blobCount(blobs); n != 0 {
		t.Errorf("%d blobs are left", n)
	}
	if n := h.number("select count(*) from audit_entries where action = 'mail.deleted' and subject = 'kim@example.org: Buy'"); n != 1 {
		t.Error("nothing tells who did it")
	}
}

func TestUnmatchedMailOfOneOrganizationIsNoOthers(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	m := h.receive(writing{from: "kim@example.org", to: h.replyTo(), text: "News", headers: []string{"List-Id: <n.example.org>", "Precedence: bulk"}})
	h.became("ours", m, chat.MailUnmatched, "list")
	_, eve := h.organization("Other", "eve@other.example")
	before := h.dump()
	_, _, err := h.desk.OpenMail(h.ctx, eve, m.Key)
	h.refused(err, chat.Missing)
	_, err = h.desk.AssignMail(h.ctx, eve, m.Key, "")
	h.refused(err, chat.Missing)
	h.refused(h.desk.DeleteMail(h.ctx, eve, m.Key), chat.Missing)
	h.unchanged(before, "a foreign admin")
	theirs := h.arriveAt(h.desk, eve.Organization, "Hello")
	before = h.dump()
	_, err = h.desk.AssignMail(h.ctx, h.admin, m.Key, theirs.key)
	h.refused(err, chat.Missing)
	_, err = h.desk.AssignMail(h.ctx, eve, m.Key, g.key)
	h.refused(err, chat.Missing)
	h.unchanged(before, "another organization")
	if h.waiting(eve) != "" {
		t.Error("they see it")
	}
}
