package chat_test

import (
	"crypto/rand"
	"fmt"
	dice "math/rand/v2"
	"slices"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/mail/resendtest"
)

// history is some hours of a brand's life in which anything may happen; what is due is sent at its very second.
type history struct {
	*house
	*dice.Rand

	guests []*guest
	leave  func() // closes the agent's inbox, nil while it is closed
	tally  map[string]int
}

// passes lets time pass: the work of the background is done whenever something is due, as it is where no machine is slow.
// What happens at the end itself comes before an email that is due just then.
func (h *history) passes(d time.Duration) {
	h.Helper()
	for end := h.clock.now().Add(d); ; {
		h.must(h.desk.TickPresence(h.ctx))
		h.must(h.desk.ReplanAll(h.ctx))
		h.tally["emails"] += h.sweep()
		var due time.Time
		h.must(h.pools.Jobs().QueryRow(h.ctx, "select coalesce(min(followup_due_at), $1) from conversations", end).Scan(&due))
		if !due.Before(end) {
			h.clock.advance(end.Sub(h.clock.now()))
			h.must(h.desk.TickPresence(h.ctx))
			h.must(h.desk.ReplanAll(h.ctx))
			return
		}
		h.clock.advance(max(due.Sub(h.clock.now()), 0))
	}
}

// acts are what may happen, the usual ones more often.
var acts = []string{
	"answers", "answers", "answers", "answers", "leaves", "leaves", "leaves", "hides", "returns", "reads", "reads", "writes", "types",
	"invites", "hurries", "withholds", "releases", "closes", "stops", "marks", "goes online", "goes offline",
}

// act lets one thing happen; what is not possible just then does not.
func (h *history) act() {
	g := h.guests[h.IntN(len(h.guests))]
	what := acts[h.IntN(len(acts))]
	err := h.try(what, g)
	if err == nil {
		h.tally[what]++
	} else if _, refused := chat.KindOf(err); !refused {
		h.Fatalf("%s: %v", what, err)
	}
}

func (h *history) try(what string, g *guest) error {
	now, person := h.clock.now(), chat.CustomerPerson(g.Organization.ID, g.Customer.ID)
	switch what {
	case "answers":
		_, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{ClientID: rand.Text(), Text: "Yes, in 41 and 42."})
		return err
	case "leaves":
		h.desk.Tracker().Sign(person, "page", chat.SignGone, now)
	case "hides":
		h.desk.Tracker().Sign(person, "page", chat.SignHidden, now)
	case "returns":
		h.desk.Tracker().Sign(person, "page", chat.SignActive, now)
	case "reads":
		h.desk.Tracker().Sign(person, "page", chat.SignActive, now)
		return h.desk.SeenByCustomer(h.ctx, g.CustomerCaller, g.key, g.row().LastSeq)
	case "writes":
		_, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: rand.Text(), Text: "And in red?"})
		return err
	case "types":
		return h.desk.SaveDraft(h.ctx, h.agent, g.key, fmt.Sprint("In red ", h.Int()), false)
	case "invites":
		return h.invites(g)
	case "hurries":
		return h.desk.SendNow(h.ctx, h.agent, g.key)
	case "withholds":
		return h.desk.Withhold(h.ctx, h.agent, g.key)
	case "releases":
		return h.desk.Release(h.ctx, h.agent, g.key, g.row().LastSeq)
	case "closes":
		return h.desk.Close(h.ctx, h.agent, g.key)
	case "stops":
		return h.desk.StopEmail(h.ctx, g.CustomerCaller, g.key, g.row().EmailStoppedAt == nil && h.IntN(2) == 0)
	case "marks":
		if h.IntN(3) > 0 {
			return h.desk.NotSpam(h.ctx, h.agent, g.key)
		}
		return h.desk.MarkSpam(h.ctx, h.agent, g.key)
	case "goes online":
		if h.leave == nil {
			release := h.desk.Tracker().Stream(chat.AgentPerson(h.org.ID, h.agent.Agent.ID), now)
			h.leave = func() { release(h.clock.now()) }
		}
	case "goes offline":
		if h.leave != nil && h.IntN(3) == 0 {
			h.leave()
			h.leave = nil
		}
	}
	return nil
}

func (h *history) invites(g *guest) error {
	draft := chat.InvitationDraft{Key: h.desk.NewInvitationKey(), Text: "Your blue one is here."}
	preview, err := h.desk.PreviewInvitation(h.ctx, h.agent, g.key, draft)
	if err != nil {
		return err
	}
	draft.At, draft.Digest, draft.Again = preview.At, preview.Digest, true
	_, _, err = h.desk.Invite(h.ctx, h.agent, g.key, draft)
	return err
}

// lived makes a history of some hours; the seed decides. In a failing one the provider refuses every third email.
func lived(t *testing.T, seed uint64, failing bool) *history {
	t.Helper()
	h := &history{house: newHouse(t), Rand: dice.New(dice.NewPCG(seed, 1)), tally: map[string]int{}}
	h.provider.Script(func(n int, _ resendtest.Request) resendtest.Fault {
		if failing && n%3 == 0 {
			return resendtest.Refused()
		}
		return resendtest.None()
	})
	for i := range 4 {
		g := h.arrive("Hello, do you have it in blue?")
		g.give(fmt.Sprintf("jo%d@example.org", i))
		h.guests = append(h.guests, g)
		h.passes(7 * time.Second)
	}
	for range 150 {
		h.act()
		h.passes(time.Duration(1+h.IntN(40)) * time.Duration(1+h.IntN(20)) * time.Second)
	}
	h.passes(3 * time.Hour)
	return h
}

func TestTheReplayOfTheSettingsInForceIsWhatReallyHappened(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			failing := seed%2 == 1
			h := lived(t, seed, failing)
			sent := h.number("select count(*) from deliveries where kind = 'followup' and state = 'sent'")
			failed := h.number("select count(*) from deliveries where kind = 'followup' and state = 'failed'")
			if sent < 8 || sent+failed != h.tally["emails"] || failing && failed < 3 {
				t.Fatalf("%d follow-ups and %d that failed in a history of %v", sent, failed, h.tally)
			}
			before := h.dump()
			replayed, err := h.desk.Replay(h.ctx, h.admin, nil)
			h.must(err)
			if replayed.Emails != sent || replayed.Today != sent || replayed.Later+replayed.Earlier+replayed.Missed != 0 || replayed.Cut {
				t.Errorf("%d went out, the replay tells %+v", sent, replayed)
			}
			h.unchanged(before, "a replay")
			h.oneByOne(replayed.Since)
		})
	}
}

// oneByOne compares every email of every conversation with what the replay makes of its history.
func (h *history) oneByOne(since time.Time) {
	h.Helper()
	o, err := h.store.Organization(h.ctx, h.org.ID)
	h.must(err)
	rules := o.Settings.Rules()
	pasts, err := h.store.History(h.ctx, h.org.ID, since, 0, 100)
	h.must(err)
	for _, past := range pasts {
		played := followup.Replay(&rules, past.Moments, past.Written, h.clock.now())
		for i := range played {
			played[i].Needless = false // nobody knows it of what happened
			played[i].At = played[i].At.UTC()
		}
		for i := range past.Emails {
			past.Emails[i].At = past.Emails[i].At.UTC()
		}
		if !slices.Equal(played, past.Emails) {
			h.Errorf("conversation %d: played\n%+v\nbut it was\n%+v", past.ConversationID, played, past.Emails)
		}
	}
}

func TestTheReplayOfOtherSettingsTellsWhatTheyChange(t *testing.T) {
	h := lived(t, 7, false)
	today, err := h.desk.Replay(h.ctx, h.admin, nil)
	h.must(err)
	off, err := h.desk.Replay(h.ctx, h.admin, chat.Values{chat.ContinuousOn: []byte("false")})
	h.must(err)
	if off.Emails != 0 || off.Today != today.Today || off.Missed != today.Today-today.Needless {
		t.Errorf("off: %+v, today %+v", off.Comparison, today.Comparison)
	}
	slow, err := h.desk.Replay(h.ctx, h.admin, chat.Values{chat.ClosedHold: []byte("7200"), chat.OpenHold: []byte("7200"), chat.OfflineAtOnce: []byte("false")})
	h.must(err)
	if slow.Emails >= today.Emails || slow.Later == 0 || slow.Earlier != 0 {
		t.Errorf("slow: %+v, today %+v", slow.Comparison, today.Comparison)
	}
	_, err = h.desk.Replay(h.ctx, h.admin, chat.Values{chat.ClosedHold: []byte("-1")})
	h.refused(err, chat.Invalid, "chat.setting.seconds")
	_, err = h.desk.Replay(h.ctx, h.agent, nil)
	h.refused(err, chat.Forbidden)
}
