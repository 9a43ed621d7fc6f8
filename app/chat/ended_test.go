package chat_test

import "testing"

func TestAnEndedConversationGoesOnByALinkAlthoughAnAgentHasReopenedIt(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Where is my parcel?")
	device := h.rejoin(link)
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	h.must(h.desk.Reopen(h.ctx, h.agent, g.key))
	if device.post("One more thing"); g.row().EndedAt != nil || g.row().ClosedAt != nil {
		t.Errorf("ended at %v, closed at %v", g.row().EndedAt, g.row().ClosedAt)
	}
}
