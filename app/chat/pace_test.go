package chat_test

import (
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail/resendtest"
)

// paced gives the house a pace to keep.
func (h *house) paced(p chat.Pace) {
	options := h.options(h.store, "paced", h.channels)
	options.Pace = p
	h.desk = chat.NewDesk(options)
}

// starts are how many seconds from now the jobs begin that were enqueued since the last forget.
func (h *house) starts() []int {
	h.mu.Lock()
	defer h.mu.Unlock()
	var starts []int
	for _, job := range h.jobs {
		switch {
		case job.Kind != chat.JobDeliver:
		case job.At.IsZero():
			starts = append(starts, 0)
		default:
			starts = append(starts, int(job.At.Sub(h.clock.now()).Round(time.Second)/time.Second))
		}
	}
	return starts
}

func TestABurstIsSpreadAndPutsNoOtherOrganizationOff(t *testing.T) {
	h := newHouse(t)
	h.paced(chat.Pace{All: 1})
	other, boss := h.organization("Maison Sud", "eva@sud.example")
	h.online()
	for i := range 20 {
		g := h.arrive("Hello")
		g.give(name(i) + "@example.org")
		g.leave()
		h.answer(g.key, "Yes")
	}
	h.clock.advance(time.Hour)
	h.forget()
	_, err := h.desk.SweepFollowups(h.ctx)
	h.must(err)
	starts := h.starts()
	if len(starts) != 20 || starts[0] != 0 || starts[19] != 19 {
		t.Fatalf("they start after %v", starts)
	}
	h.forget()
	g := h.arriveAt(h.desk, other, "Hello")
	g.give("jo@example.org")
	g.leave()
	h.forget()
	draft := chat.InvitationDraft{Key: h.desk.NewInvitationKey(), Text: "Come back"}
	preview, err := h.desk.PreviewInvitation(h.ctx, boss, g.key, draft)
	h.must(err)
	draft.At, draft.Digest = preview.At, preview.Digest
	_, _, err = h.desk.Invite(h.ctx, boss, g.key, draft)
	h.must(err)
	if starts := h.starts(); len(starts) != 1 || starts[0] != 0 {
		t.Errorf("the other's starts after %v", starts)
	}
}

func TestRetriesAreNotPutOffByThePaceAgain(t *testing.T) {
	h := newHouse(t)
	h.paced(chat.Pace{One: 0.1})
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	before := h.number("select extract(epoch from next_at)::int from paces")
	h.faulty(resendtest.Broken())
	if again := h.attempt(d); again != 5*time.Second {
		t.Errorf("again in %s", again)
	}
	if now := h.number("select extract(epoch from next_at)::int from paces"); now != before {
		t.Error("a retry has taken another slot")
	}
}

func TestWithoutAPaceNothingIsReserved(t *testing.T) {
	h := newHouse(t)
	h.emailed()
	if n := h.number("select count(*) from paces"); n != 0 {
		t.Errorf("%d organizations keep a pace", n)
	}
}
