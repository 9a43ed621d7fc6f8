package chat_test

import (
	"crypto/rand"
	"regexp"
	"time"

	"rejoin/app/chat"
)

// draftFor previews an invitation and returns the draft that the dialog would send.
func (h *house) draftFor(key, text string) (chat.InvitationDraft, *chat.InvitationPreview) {
	h.Helper()
	draft := chat.InvitationDraft{Key: h.desk.NewInvitationKey(), Text: text}
	preview, err := h.desk.PreviewInvitation(h.ctx, h.agent, key, draft)
	h.must(err)
	draft.At, draft.Digest = preview.At, preview.Digest
	return draft, preview
}

func (h *house) invite(key, text string) (*chat.Message, *chat.Delivery) {
	h.Helper()
	draft, _ := h.draftFor(key, text)
	m, d, err := h.desk.Invite(h.ctx, h.agent, key, draft)
	h.must(err)
	return m, d
}

// away is a customer with an address who has left.
func (h *house) away(text string) *guest {
	h.Helper()
	g := h.arrive(text)
	g.give("jo@example.org")
	g.leave()
	return g
}

// invited is a customer who was invited back, with the rejoin token of the email that arrived.
func (h *house) invited(text string) (*guest, string) {
	h.Helper()
	g := h.away(text)
	_, d := h.invite(g.key, "Your parcel is here.")
	h.deliver(d)
	return g, h.lastToken()
}

// deliver makes one attempt, which must succeed at once.
func (h *house) deliver(d *chat.Delivery) {
	h.Helper()
	again, err := h.desk.Deliver(h.ctx, d.OrganizationID, d.ID)
	h.must(err)
	if again != 0 {
		h.Fatalf("the delivery asks for another attempt in %s: %s", again, told(h.delivery(d.Key)))
	}
}

func (h *house) delivery(key string) *chat.Delivery {
	h.Helper()
	d, err := h.store.DeliveryByKey(h.ctx, h.org.ID, key)
	h.must(err)
	return d
}

var linkForm = regexp.MustCompile(`https://rejoin\.example/r/([0-9a-z]+-[A-Za-z0-9_-]{43})`)

// lastToken is the rejoin token in the newest email.
func (h *house) lastToken() string {
	h.Helper()
	accepted := h.provider.Accepted()
	if len(accepted) == 0 {
		h.Fatal("no email has arrived")
	}
	found := linkForm.FindStringSubmatch(accepted[len(accepted)-1].Text)
	if found == nil {
		h.Fatal("the email holds no rejoin link")
	}
	return found[1]
}

// rejoin is the first gesture on a fresh device.
func (h *house) rejoin(link string) *guest {
	h.Helper()
	token := chat.NewToken(h.org.ID, rand.Reader)
	caller, c, err := h.desk.Rejoin(h.ctx, link, token)
	h.must(err)
	return &guest{CustomerCaller: caller, h: h, token: token, key: c.Key}
}

func (h *house) link(token string) *chat.RejoinLink {
	h.Helper()
	l, err := h.store.RejoinLink(h.ctx, h.org.ID, chat.HashToken(token))
	h.must(err)
	return l
}

// expire lets a rejoin link run out.
func (h *house) expire() { h.clock.advance(chat.RejoinLinkLife + time.Minute) }
