package chat_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestAnInvitationIsPossibleOrTheReasonIsSaid(t *testing.T) {
	for reason, prevent := range map[string]func(h *house, g *guest){
		"off":        func(h *house, _ *guest) { h.set(chat.ContinuousOn, "false") },
		"spam":       func(h *house, g *guest) { h.must(h.desk.MarkSpam(h.ctx, h.agent, g.key)) },
		"closed":     func(h *house, g *guest) { h.must(h.desk.Close(h.ctx, h.agent, g.key)) },
		"not_spoken": func(h *house, _ *guest) { h.exec("update conversations set customer_spoke_at = null") },
		"stopped":    func(h *house, g *guest) { h.must(h.desk.StopEmail(h.ctx, g.CustomerCaller, g.key, true)) },
		"active": func(h *house, g *guest) {
			person := chat.CustomerPerson(h.org.ID, g.Customer.ID)
			h.desk.Tracker().Sign(person, "page", chat.SignActive, h.clock.now())
			h.must(h.desk.TickPresence(h.ctx))
		},
		"no_point":   func(h *house, _ *guest) { h.exec("delete from contact_points") },
		"bounced":    func(h *house, _ *guest) { h.exec("update contact_points set bounced_at = now()") },
		"complained": func(h *house, _ *guest) { h.exec("update contact_points set complained_at = now()") },
	} {
		t.Run(reason, func(t *testing.T) {
			h := newHouse(t)
			g := h.away("Hello")
			possible, err := h.desk.Invitability(h.ctx, h.agent, g.key)
			h.must(err)
			if !possible.Possible || possible.Reason != "" || possible.Point.Address != "jo@example.org" || possible.LastAt != nil {
				t.Fatalf("at first: %+v", possible)
			}
			draft, _ := h.draftFor(g.key, "Come back")
			prevent(h, g)
			verdict, err := h.desk.Invitability(h.ctx, h.agent, g.key)
			h.must(err)
			if verdict.Possible || verdict.Reason != reason {
				t.Errorf("verdict %+v", verdict)
			}
			thread, err := h.desk.Thread(h.ctx, h.agent, g.key, 0, 0, 50)
			h.must(err)
			if thread.Invite.Reason != reason {
				t.Errorf("the thread says %q", thread.Invite.Reason)
			}
			before := h.dump()
			_, err = h.desk.PreviewInvitation(h.ctx, h.agent, g.key, draft)
			h.refused(err, chat.Conflict, "invite.reason."+reason)
			_, _, err = h.desk.Invite(h.ctx, h.agent, g.key, draft)
			h.refused(err, chat.Conflict, "invite.reason."+reason)
			h.unchanged(before, "a refused invitation")
		})
	}
}

func TestWhatIsPreviewedIsWhatIsSentByteForByte(t *testing.T) {
	h := newHouse(t)
	g := h.away("Bonjour")
	draft, preview := h.draftFor(g.key, "Votre colis <b>est</b> là.\nÀ bientôt 🎉")
	if h.number("select count(*) from deliveries") != 0 || preview.Address != "jo@example.org" || preview.Language != "fr" {
		t.Errorf("previewed for %s in %s", preview.Address, preview.Language)
	}
	h.clock.advance(3 * time.Minute) // they read it
	m, d, err := h.desk.Invite(h.ctx, h.agent, g.key, draft)
	h.must(err)
	if h.delivery(d.Key).Digest != preview.Digest {
		t.Error("another digest is kept")
	}
	h.clock.advance(2 * time.Hour) // the provider was away
	h.deliver(d)
	sent := h.provider.Accepted()
	if len(sent) != 1 || sent[0].HTML != preview.HTML || sent[0].Text != preview.Text || sent[0].Subject != preview.Subject {
		t.Errorf("sent %+v\npreviewed %+v", sent, preview.Content)
	}
	if sent[0].IdempotencyKey == "" || !strings.Contains(sent[0].IdempotencyKey, d.Key) {
		t.Errorf("idempotency key %q", sent[0].IdempotencyKey)
	}
	c := g.row()
	if m.By != chat.ByAgent || c.LastMessageText != "Votre colis <b>est</b> là." || c.WaitingFor != chat.Them || c.CustomerUnread != 1 {
		t.Errorf("the thread has %+v in %+v", m, c)
	}
	if c.AssigneeID == nil || *c.AssigneeID != h.agent.Agent.ID {
		t.Error("who invites does not take the conversation up")
	}
}

func TestAnEmailThatWouldDifferFromItsPreviewIsRefused(t *testing.T) {
	for what, change := range map[string]func(h *house, g *guest, d *chat.InvitationDraft){
		"other words":    func(_ *house, _ *guest, d *chat.InvitationDraft) { d.Text += "!" },
		"another moment": func(_ *house, _ *guest, d *chat.InvitationDraft) { d.At = d.At.Add(-9 * time.Hour) },
		"other language": func(_ *house, _ *guest, d *chat.InvitationDraft) { d.Language = "fr" },
		"forged digest":  func(_ *house, _ *guest, d *chat.InvitationDraft) { d.Digest = strings.Repeat("0", 64) },
		"no digest":      func(_ *house, _ *guest, d *chat.InvitationDraft) { d.Digest = "" },
		"no preview":     func(_ *house, _ *guest, d *chat.InvitationDraft) { d.At, d.Digest = time.Time{}, "" },
		"the key":        func(h *house, _ *guest, d *chat.InvitationDraft) { d.Key = h.desk.NewInvitationKey() },
		"the accent":     func(h *house, _ *guest, _ *chat.InvitationDraft) { h.set(chat.EmailAccent, `"#ff0000"`) },
		"the hours": func(h *house, _ *guest, _ *chat.InvitationDraft) {
			h.set(chat.HoursWeek, `{"zone":"UTC","always":true}`)
		},
		"the footer": func(h *house, _ *guest, _ *chat.InvitationDraft) { h.set(chat.EmailFooter, `{"en":"new"}`) },
		"the brand": func(h *house, _ *guest, _ *chat.InvitationDraft) {
			h.must(h.desk.RenameOrganization(h.ctx, h.admin, "Sud", "en"))
		},
		"the address": func(_ *house, g *guest, _ *chat.InvitationDraft) { g.give("new@example.org") },
		"the name": func(h *house, g *guest, _ *chat.InvitationDraft) {
			h.must(h.desk.EditCustomer(h.ctx, h.agent, g.key, chat.CustomerEdit{Name: "Jo"}))
		},
		"an old preview":  func(h *house, _ *guest, _ *chat.InvitationDraft) { h.clock.advance(31 * time.Minute) },
		"from the future": func(h *house, _ *guest, _ *chat.InvitationDraft) { h.clock.advance(-2 * time.Minute) },
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t)
			g := h.away("Hello")
			draft, _ := h.draftFor(g.key, "Come back")
			change(h, g, &draft)
			before := h.dump()
			_, _, err := h.desk.Invite(h.ctx, h.agent, g.key, draft)
			h.refused(err, chat.Conflict, "chat.invite.changed")
			h.unchanged(before, "an email that nobody has seen")
		})
	}
}

func TestTheSameInvitationTwiceIsOneMessageOneDeliveryOneEmail(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	draft, _ := h.draftFor(g.key, "Come back")
	h.forget()
	done, errs := h.together(12, func(int) error {
		_, _, err := h.desk.Invite(h.ctx, h.agent, g.key, draft)
		return err
	})
	if done != 12 {
		t.Errorf("%d of 12 succeeded: %v", done, errs)
	}
	for query, want := range map[string]int{
		"select count(*) from messages where author_kind = 'agent'": 1,
		"select count(*) from deliveries":                           1, "select count(*) from rejoin_links": 1,
	} {
		if got := h.number(query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	if len(h.jobs) != 1 {
		t.Errorf("%d jobs, want 1", len(h.jobs))
	}
	d := h.delivery(draft.Key)
	_, errs = h.together(6, func(int) error {
		_, err := h.desk.Deliver(h.ctx, d.OrganizationID, d.ID)
		return err
	})
	if len(errs) != 0 {
		t.Error(errs)
	}
	h.clock.advance(time.Hour)
	h.deliver(d)
	m, again, err := h.desk.Invite(h.ctx, h.agent, g.key, chat.InvitationDraft{Key: draft.Key, Text: draft.Text, At: h.clock.now()})
	h.must(err)
	if again.ID != d.ID || m.Seq != d.MessageSeq {
		t.Error("the same key gave another result")
	}
	if n := len(h.provider.Accepted()); n != 1 {
		t.Errorf("%d emails, want 1", n)
	}
}

func TestTheKeyOfAnotherConversationsInvitationIsRefused(t *testing.T) {
	h := newHouse(t)
	g, other := h.away("Hello"), h.away("Hello")
	draft, _ := h.draftFor(g.key, "Come back")
	_, _, err := h.desk.Invite(h.ctx, h.agent, g.key, draft)
	h.must(err)
	before := h.dump()
	_, _, err = h.desk.Invite(h.ctx, h.agent, other.key, draft)
	h.refused(err, chat.Conflict)
	for _, key := range []string{"", "short", rand.Text(), strings.Repeat("=", 22), draft.Key + "\n"} {
		draft.Key = key
		_, _, err := h.desk.Invite(h.ctx, h.agent, g.key, draft)
		h.refused(err, chat.Invalid, "chat.invite.key")
	}
	h.unchanged(before, "a bad key")
}

func TestASecondInvitationWithinTheGapAsksFirst(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	h.invite(g.key, "Come back")
	h.clock.advance(14 * time.Minute)
	draft, _ := h.draftFor(g.key, "Really")
	verdict, err := h.desk.Invitability(h.ctx, h.agent, g.key)
	h.must(err)
	if !verdict.Possible || verdict.LastAt == nil || h.clock.now().Sub(*verdict.LastAt) != 14*time.Minute {
		t.Errorf("verdict %+v", verdict)
	}
	_, _, err = h.desk.Invite(h.ctx, h.agent, g.key, draft)
	h.refused(err, chat.Conflict, "chat.invite.too_soon")
	draft.Again = true
	_, _, err = h.desk.Invite(h.ctx, h.agent, g.key, draft)
	h.must(err)
	h.clock.advance(15 * time.Minute)
	h.invite(g.key, "Third")
	h.set(chat.ContinuousMinGap, "0")
	h.invite(g.key, "Fourth")
	if n := h.number("select count(*) from deliveries"); n != 4 {
		t.Errorf("%d deliveries, want 4", n)
	}
}

func TestTwoAgentsWhoInviteAtOnceAskEachOther(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	drafts := []chat.InvitationDraft{}
	for range 6 {
		draft, _ := h.draftFor(g.key, "Come back")
		drafts = append(drafts, draft)
	}
	done, errs := h.together(6, func(i int) error {
		_, _, err := h.desk.Invite(h.ctx, h.agent, g.key, drafts[i])
		return err
	})
	if done != 1 {
		t.Errorf("%d invitations went out, want 1", done)
	}
	for _, err := range errs {
		h.refused(err, chat.Conflict, "chat.invite.too_soon")
	}
}

func TestAnInvitationCoversWhatTheCustomerHasNotSeen(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	seen := g.row().CustomerSeenSeq
	h.answer(g.key, "One")
	m, d := h.invite(g.key, "Two")
	c := g.row()
	if d.FromSeq != seen+1 || d.ToSeq != m.Seq || c.CoveredSeq != m.Seq || h.linkOf(d).FirstSeq != seen+1 {
		t.Errorf("covers %d to %d, covered %d, seen %d", d.FromSeq, d.ToSeq, c.CoveredSeq, seen)
	}
}

func (h *house) linkOf(d *chat.Delivery) *chat.RejoinLink {
	h.Helper()
	var hash []byte
	h.must(h.pools.Jobs().QueryRow(h.ctx, "select token_hash from rejoin_links where delivery_id = $1", d.ID).Scan(&hash))
	l, err := h.store.RejoinLink(h.ctx, d.OrganizationID, hash)
	h.must(err)
	return l
}

func TestALongOrEmptyInvitationIsRefusedBesideItsText(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	for _, text := range []string{"", " \n", strings.Repeat("a", chat.MaxText+1)} {
		draft := chat.InvitationDraft{Key: h.desk.NewInvitationKey(), Text: text, At: h.clock.now()}
		_, err := h.desk.PreviewInvitation(h.ctx, h.agent, g.key, draft)
		h.refused(err, chat.Invalid)
		_, _, err = h.desk.Invite(h.ctx, h.agent, g.key, draft)
		h.refused(err, chat.Invalid)
	}
}
