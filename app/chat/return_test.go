package chat_test

import (
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/mail/resendtest"
	"rejoin/mail/smtptest"
)

// again sends what is due for another round, and tells how many that are.
func (h *house) again() int {
	h.Helper()
	h.forget()
	n, err := h.desk.SweepReturned(h.ctx)
	h.must(err)
	for _, job := range h.jobs {
		_, err := h.desk.Deliver(h.ctx, job.OrganizationID, job.ID)
		h.must(err)
	}
	if n != len(h.jobs) {
		h.Errorf("%d come again, %d jobs", n, len(h.jobs))
	}
	return n
}

func TestAnEmailThatComesBackSoftlyIsSentAnewUntilTheLastRound(t *testing.T) {
	h := newHouse(t)
	g, m, d := h.emailed()
	keys := map[string]bool{h.followed().IdempotencyKey: true}
	first := h.followed()
	for round, wait := range []time.Duration{time.Hour, 4 * time.Hour, 12 * time.Hour} {
		d = h.delivery(d.Key)
		h.told(d, chat.ReportReturned)
		now := h.delivery(d.Key)
		if now.State != chat.Queued || now.Round != round+1 || now.Reason != "returned" || now.Detail != "the provider's words" || !now.NextAttemptAt.Equal(h.clock.now().Add(wait)) {
			t.Fatalf("round %d: %s", round, told(now))
		}
		if c := g.row(); c.CoveredSeq != m.Seq || c.FailedSeq != 0 || c.Reach != followup.Reachable {
			t.Errorf("round %d: covered %d, failed %d, %s", round, c.CoveredSeq, c.FailedSeq, c.Reach)
		}
		h.deliver(now) // a job of before comes too soon
		h.clock.advance(wait - time.Second)
		if n := h.again(); n != 0 || len(h.provider.Accepted()) != round+1 {
			t.Fatalf("round %d: %d come too soon", round, n)
		}
		h.clock.advance(time.Second)
		if n := h.again(); n != 1 || len(h.provider.Accepted()) != round+2 {
			t.Fatalf("round %d: %d come again", round, n)
		}
		sent := h.followed()
		if sent.Text != first.Text || sent.Headers["Message-ID"] != first.Headers["Message-ID"] || keys[sent.IdempotencyKey] {
			t.Errorf("round %d is another email, or the same attempt: %s", round, sent.IdempotencyKey)
		}
		keys[sent.IdempotencyKey] = true
		if now := h.delivery(d.Key); now.State != chat.Sent || now.Reason != "" || now.SentAt == nil {
			t.Errorf("round %d is sent as %s", round, told(now))
		}
	}
	h.told(h.delivery(d.Key), chat.ReportReturned)
	if now := h.delivery(d.Key); now.State != chat.Failed || now.Reason != "returned" || g.row().CoveredSeq != 0 {
		t.Errorf("at last: %s, covered %d", told(now), g.row().CoveredSeq)
	}
	g.planned("in vain", followup.CodeFailed, -1)
	again, sent := chat.DecidedAgain, chat.DecidedSent
	g.ledger("all of it", m.Seq, "closed_hold", chat.DecidedClaimed, sent, again, sent, again, sent, again, sent, chat.DecidedGaveUp, "failed")
	h.clock.advance(48 * time.Hour)
	if n := h.again(); n != 0 {
		t.Errorf("%d come again after all", n)
	}
}

func TestWhatIsInAMailboxIsNeverSentAnew(t *testing.T) {
	for name, reports := range map[string][]chat.Report{
		"delivered, then returned": {chat.ReportDelivered, chat.ReportReturned},
		"returned, then delivered": {chat.ReportReturned, chat.ReportDelivered},
		"complained":               {chat.ReportReturned, chat.ReportComplained},
		"dead after all":           {chat.ReportReturned, chat.ReportBounced},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			_, _, d := h.emailed()
			h.told(d, reports...)
			h.clock.advance(24 * time.Hour)
			if n := h.again(); n != 0 || len(h.provider.Accepted()) != 1 || h.delivery(d.Key).NextAttemptAt != nil {
				t.Errorf("%d come again: %s", n, told(h.delivery(d.Key)))
			}
		})
	}
}

func TestWhatCameBackIsNotSentAnewOnceItIsRead(t *testing.T) {
	h := newHouse(t)
	g, m, d := h.emailed()
	h.told(d, chat.ReportReturned)
	g.seen(m.Seq)
	h.clock.advance(time.Hour)
	h.again()
	if now := h.delivery(d.Key); now.State != chat.Cancelled || now.Reason != "seen" || len(h.provider.Accepted()) != 1 {
		t.Errorf("it is %s", told(now))
	}
}

func TestAnAnswerWrittenMeanwhileDoesNotWaitForTheNextRound(t *testing.T) {
	h := newHouse(t)
	g, _, d := h.emailed()
	h.told(d, chat.ReportReturned)
	h.clock.advance(20 * time.Minute)
	h.answer(g.key, "And in white.")
	g.planned("written meanwhile", followup.CodeClosedHold, 5*time.Minute)
}

func TestARoundIsTriedAsLongAsTheProviderKnowsItsKey(t *testing.T) {
	h := newHouse(t)
	_, _, d := h.emailed()
	h.clock.advance(22 * time.Hour)
	h.told(d, chat.ReportReturned)
	h.clock.advance(time.Hour)
	h.provider.Script(func(int, resendtest.Request) resendtest.Fault { return resendtest.Broken() })
	h.again()
	tries := 0
	for again := time.Duration(1); again > 0; tries++ {
		if tries > 200 {
			t.Fatal("it never gives up")
		}
		again = h.attempt(d)
		h.clock.advance(again)
	}
	now := h.delivery(d.Key)
	if age := now.EndedAt.Sub(*now.RoundAt); now.Reason != "gave_up" || age < 22*time.Hour || age >= 24*time.Hour {
		t.Errorf("%s after %s", told(now), age)
	}
}

func TestTwoInstancesSendWhatCameBackOnce(t *testing.T) {
	h := newHouse(t)
	_, _, d := h.emailed()
	h.told(d, chat.ReportReturned)
	h.clock.advance(time.Hour)
	h.forget()
	second := h.deskOver(h.store, "second", h.channels)
	_, errs := h.together(6, func(i int) error {
		desk := h.desk
		if i%2 == 1 {
			desk = second
		}
		_, err := desk.SweepReturned(h.ctx)
		return err
	})
	if len(h.jobs) != 1 {
		t.Errorf("%d jobs: %v", len(h.jobs), errs)
	}
}

func TestAnAddressThatIsDeadAtTheDoorIsUnreachableAtOnce(t *testing.T) {
	h := newHouse(t)
	server := h.bySMTP()
	g := h.gone()
	m := h.answer(g.key, "Yes, in 41.")
	server.Script(smtptest.Times(smtptest.Rcpt, smtptest.Fault{Code: 550, Enhanced: [3]int{5, 1, 1}, Text: "No such person here"}))
	h.clock.advance(5 * time.Minute)
	h.sweep()
	d := h.last(g)
	point := g.points()[0]
	if d.State != chat.Bounced || d.Reason != "bounced" || point.BouncedAt == nil || point.BounceStatus != "5.1.1" || !strings.Contains(point.BounceWords, "No such person here") {
		t.Errorf("%s, the address %+v", told(d), point)
	}
	if c := g.row(); c.Reach != followup.Unreachable || c.CoveredSeq != 0 {
		t.Errorf("the customer is %s, covered %d", c.Reach, c.CoveredSeq)
	}
	g.planned("dead", followup.CodeBounced, -1)
	g.ledger("dead", m.Seq, "closed_hold", chat.DecidedClaimed, chat.DecidedGaveUp, "bounced")
}

func TestARefusalOfTheMomentKillsNoAddress(t *testing.T) {
	h := newHouse(t)
	server := h.bySMTP()
	g := h.gone()
	h.answer(g.key, "Yes, in 41.")
	server.Script(smtptest.Times(smtptest.Rcpt, smtptest.Fault{Code: 550, Enhanced: [3]int{5, 7, 1}, Text: "Blocked"}))
	h.clock.advance(5 * time.Minute)
	h.sweep()
	if d, point := h.last(g), g.points()[0]; d.State != chat.Failed || d.Reason != "refused" || point.BouncedAt != nil {
		t.Errorf("%s, the address %+v", told(d), point)
	}
}

func TestABounceKeepsTheServersWords(t *testing.T) {
	h := newHouse(t)
	g, _, d := h.emailed()
	e := event("msg_words", chat.ReportBounced, d)
	e.Words = "550 5.2.1 The account is disabled"
	_, err := h.desk.KeepEvent(h.ctx, e)
	h.must(err)
	h.must(h.desk.SettleEvent(h.ctx, e))
	if p := g.points()[0]; p.BounceStatus != "5.2.1" || p.BounceWords != e.Words {
		t.Errorf("the address is %+v", p)
	}
}

func TestWhoOpensAnEmailIsNobodysBusinessUnlessItIsWanted(t *testing.T) {
	h := newHouse(t)
	_, m, d := h.emailed()
	h.told(d, chat.ReportDelivered, chat.ReportOpened, chat.ReportClicked)
	if now := h.delivery(d.Key); now.State != chat.Delivered {
		t.Errorf("it is %s", told(now))
	}
	h.set(chat.EmailTracking, "true")
	h.told(d, chat.ReportOpened)
	if now := h.delivery(d.Key); now.State != chat.Opened || m == nil {
		t.Errorf("where it is wanted it is %s", told(now))
	}
}
