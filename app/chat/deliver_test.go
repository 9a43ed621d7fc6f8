package chat_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail/resendtest"
)

// faulty makes the next requests of the provider fail, one fault each.
func (h *house) faulty(faults ...resendtest.Fault) {
	h.provider.Script(func(n int, _ resendtest.Request) resendtest.Fault {
		if n <= len(faults) {
			return faults[n-1]
		}
		return resendtest.None()
	})
}

// told is a delivery without its bytes.
func told(d *chat.Delivery) string {
	return fmt.Sprintf("%s (%s) to %s after %d attempts, next %v, ended %v", d.State, d.Reason, d.Address, d.Attempts, d.NextAttemptAt, d.EndedAt)
}

func (h *house) attempt(d *chat.Delivery) time.Duration {
	h.Helper()
	again, err := h.desk.Deliver(h.ctx, d.OrganizationID, d.ID)
	h.must(err)
	return again
}

func TestATemporaryFailureIsTriedAgainAsLateAsTheProviderAsks(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	h.faulty(resendtest.RateLimited(90*time.Second), resendtest.Broken(), resendtest.Broken(), resendtest.DailyQuota())
	for i, want := range []time.Duration{90 * time.Second, 10 * time.Second, 20 * time.Second, time.Hour} {
		if again := h.attempt(d); again != want {
			t.Errorf("attempt %d asks for another in %s, want %s", i+1, again, want)
		}
		now := h.delivery(d.Key)
		state := chat.Sending
		if i == 0 { // a provider that is too busy certainly has not taken it
			state = chat.Queued
		}
		if now.State != state || now.Reason == "" || now.Attempts != i+1 || !now.NextAttemptAt.Equal(h.clock.now().Add(want)) {
			t.Errorf("after attempt %d: %s", i+1, told(now))
		}
		h.clock.advance(want)
	}
	h.forget()
	h.deliver(d)
	now := h.delivery(d.Key)
	if now.State != chat.Sent || now.ProviderID == "" || now.SentAt == nil || now.Reason != "" || now.NextAttemptAt != nil {
		t.Errorf("at last: %s", told(now))
	}
	if len(h.provider.Accepted()) != 1 || h.heard(chat.DeliveryChanged, "org:") != 1 {
		t.Error("the email was not accepted once, or nobody is told")
	}
}

func TestARefusalEndsTheDeliveryWithItsReason(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	before := g.row().CoveredSeq
	_, d := h.invite(g.key, "Come back")
	h.faulty(resendtest.Refused())
	h.deliver(d)
	now := h.delivery(d.Key)
	if now.State != chat.Failed || now.Reason != "key" || now.Detail == "" || now.EndedAt == nil {
		t.Errorf("ended as %s", told(now))
	}
	if c := g.row(); c.CoveredSeq != before {
		t.Errorf("covered %d, want %d given back", c.CoveredSeq, before)
	}
	h.deliver(d) // its job runs once more
	if h.delivery(d.Key).Attempts != 1 {
		t.Error("a failed delivery is tried again by itself")
	}
}

func TestAnEarlierDeliveryKeepsWhatItCovers(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, first := h.invite(g.key, "One")
	h.deliver(first)
	h.clock.advance(time.Hour)
	_, second := h.invite(g.key, "Two")
	h.faulty(resendtest.Refused())
	h.deliver(second)
	if c := g.row(); c.CoveredSeq != first.ToSeq {
		t.Errorf("covered %d, want %d", c.CoveredSeq, first.ToSeq)
	}
}

func TestADeliveryGivesUpBeforeTheProviderForgetsItsKey(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	h.provider.Script(func(int, resendtest.Request) resendtest.Fault { return resendtest.Broken() })
	tries := 0
	for again := time.Duration(1); again > 0; tries++ {
		if tries > 200 {
			t.Fatal("it never gives up")
		}
		again = h.attempt(d)
		if again > 30*time.Minute {
			t.Errorf("waits %s", again)
		}
		h.clock.advance(again)
	}
	now := h.delivery(d.Key)
	if now.State != chat.Failed || now.Reason != "gave_up" || g.row().CoveredSeq != 0 {
		t.Errorf("ended as %s", told(now))
	}
	if age := now.EndedAt.Sub(now.CreatedAt); age < 22*time.Hour || age >= 24*time.Hour {
		t.Errorf("gave up after %s", age)
	}
}

func TestTheCustomersWishCountsUntilTheEmailIsGone(t *testing.T) {
	for reason, wish := range map[string]func(h *house, g *guest){
		"stopped": func(h *house, g *guest) { h.must(h.desk.StopEmail(h.ctx, g.CustomerCaller, g.key, true)) },
		"spam":    func(h *house, g *guest) { h.must(h.desk.MarkSpam(h.ctx, h.agent, g.key)) },
		"bounced": func(h *house, _ *guest) { h.exec("update contact_points set bounced_at = now()") },
		"seen": func(h *house, g *guest) {
			h.must(h.desk.SeenByCustomer(h.ctx, g.CustomerCaller, g.key, g.row().LastSeq))
		},
	} {
		t.Run(reason, func(t *testing.T) {
			h := newHouse(t)
			g := h.away("Hello")
			_, d := h.invite(g.key, "Come back")
			wish(h, g)
			h.deliver(d)
			if now := h.delivery(d.Key); now.State != chat.Cancelled || now.Reason != reason || now.EndedAt == nil {
				t.Errorf("ended as %s because of %q", now.State, now.Reason)
			}
			if len(h.provider.Accepted()) != 0 || g.row().CoveredSeq != 0 {
				t.Error("the email went out, or its messages are not given back")
			}
		})
	}
}

func TestAWishBetweenTwoAttemptsCounts(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	h.faulty(resendtest.RateLimited(time.Minute))
	if h.attempt(d) == 0 {
		t.Fatal("it was not postponed")
	}
	h.must(h.desk.StopEmail(h.ctx, g.CustomerCaller, g.key, true))
	h.clock.advance(time.Minute)
	h.deliver(d)
	if now := h.delivery(d.Key); now.State != chat.Cancelled || len(h.provider.Accepted()) != 0 {
		t.Errorf("ended as %s, %d emails", now.State, len(h.provider.Accepted()))
	}
}

func TestADeletedCustomersDeliveryIsNoError(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	h.must(h.desk.DeleteMe(h.ctx, g.CustomerCaller))
	h.deliver(d)
	if n := len(h.provider.Accepted()); n != 0 {
		t.Errorf("%d emails to somebody who is gone", n)
	}
}

func TestADeliveryNeverMovesBackward(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	h.faulty(resendtest.Hang(true))
	limited, cancel := context.WithCancel(h.ctx)
	attempted := make(chan error, 1)
	go func() {
		_, err := h.desk.Deliver(limited, d.OrganizationID, d.ID)
		attempted <- err
	}()
	_, err := h.provider.Await(h.ctx, 1)
	h.must(err)
	h.rejoin(h.lastToken()) // the email is there before the provider's answer
	cancel()
	h.must(<-attempted)
	if now := h.delivery(d.Key); now.State != chat.Rejoined {
		t.Errorf("it is %s", now.State)
	}
	h.clock.advance(time.Minute)
	h.deliver(d)
	if now := h.delivery(d.Key); now.State != chat.Rejoined || len(h.provider.Accepted()) != 1 {
		t.Errorf("it is %s, %d emails", now.State, len(h.provider.Accepted()))
	}
}

func TestAnAnswerThatComesAfterTheCustomerTakesNothingBack(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	slow := h.deskOver(h.store, "slow", []chat.Channel{deaf{Channel: h.channels[0], after: func() { h.rejoin(h.lastToken()) }}})
	again, err := slow.Deliver(h.ctx, d.OrganizationID, d.ID)
	h.must(err)
	if now := h.delivery(d.Key); again != 0 || now.State != chat.Rejoined {
		t.Errorf("it is %s, again in %s", now.State, again)
	}
}

// deaf is a channel whose sender hears nothing of the answer.
type deaf struct {
	chat.Channel
	before, after func()
}

var errKilled = errors.New("killed")

func (c deaf) Send(ctx context.Context, out chat.Outgoing) (chat.Receipt, error) {
	if c.before != nil {
		c.before()
	}
	receipt, err := c.Channel.Send(ctx, out)
	if c.after != nil {
		c.after()
	}
	return receipt, err
}

func TestAProcessKilledAtAnyPointSendsOneEmail(t *testing.T) {
	die := func() { panic(errKilled) }
	for where, broken := range map[string]deaf{
		"between claim and send":        {before: die},
		"between acceptance and answer": {after: die},
	} {
		t.Run(where, func(t *testing.T) {
			h := newHouse(t)
			g := h.away("Hello")
			_, d := h.invite(g.key, "Come back")
			broken.Channel = h.channels[0]
			dying := h.deskOver(h.store, "dying", []chat.Channel{broken})
			func() {
				defer func() {
					if cause, ok := recover().(error); !ok || !errors.Is(cause, errKilled) {
						t.Error("it was not killed")
					}
				}()
				_, _ = dying.Deliver(h.ctx, d.OrganizationID, d.ID)
			}()
			if now := h.delivery(d.Key); now.State != chat.Sending {
				t.Errorf("left as %s", now.State)
			}
			h.clock.advance(time.Minute)
			h.must(h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{chat.EmailAccent: []byte(`"#123456"`)}))
			h.deliver(d) // another instance takes it up
			if now := h.delivery(d.Key); now.State != chat.Sent || now.Attempts != 2 {
				t.Errorf("ended as %s after %d attempts", now.State, now.Attempts)
			}
			if n := len(h.provider.Accepted()); n != 1 {
				t.Errorf("%d emails, want 1", n)
			}
		})
	}
}

func TestAnAnswerThatIsLostIsAskedForAgain(t *testing.T) {
	for what, fault := range map[string]resendtest.Fault{
		"reset": resendtest.Reset(true), "broken": {Status: 502, Accepted: true},
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t)
			g := h.away("Hello")
			_, d := h.invite(g.key, "Come back")
			h.faulty(fault)
			if h.attempt(d) == 0 {
				t.Fatal("a lost answer ends the delivery")
			}
			h.clock.advance(time.Minute)
			h.deliver(d)
			if now := h.delivery(d.Key); now.State != chat.Sent || len(h.provider.Accepted()) != 1 {
				t.Errorf("ended as %s, %d emails", now.State, len(h.provider.Accepted()))
			}
		})
	}
}

func TestWhatBecameOfAnAttemptIsWrittenDuringShutdown(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	ctx, cancel := context.WithCancel(h.ctx)
	leaving := h.deskOver(h.store, "leaving", []chat.Channel{deaf{Channel: h.channels[0], after: cancel}})
	if again, err := leaving.Deliver(ctx, d.OrganizationID, d.ID); again != 0 || err != nil {
		t.Errorf("again %s, %v", again, err)
	}
	if now := h.delivery(d.Key); now.State != chat.Sent {
		t.Errorf("left as %s", now.State)
	}
}

func TestAFailedDeliveryIsRetriedOnceAndToTheAddressOfNow(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	m, d := h.invite(g.key, "Come back")
	h.refused(h.desk.RetryDelivery(h.ctx, h.agent, d.Key), chat.Conflict, "chat.delivery.not_failed")
	h.faulty(resendtest.Refused())
	h.deliver(d)
	g.give("new@example.org")
	h.forget()
	done, errs := h.together(8, func(int) error { return h.desk.RetryDelivery(h.ctx, h.agent, d.Key) })
	if done != 8 {
		t.Errorf("%d of 8 succeeded: %v", done, errs)
	}
	all, err := h.store.Deliveries(h.ctx, h.org.ID, g.row().ID)
	h.must(err)
	if len(all) != 2 || len(h.jobs) == 0 {
		t.Fatalf("%d deliveries and %d jobs, want 2 and 1", len(all), len(h.jobs))
	}
	again := all[0]
	if again.Address != "new@example.org" || again.MessageSeq != m.Seq || again.ToSeq != d.ToSeq || g.row().CoveredSeq != d.ToSeq {
		t.Errorf("retried as %s", told(&again))
	}
	h.deliver(&again)
	if sent := h.provider.Accepted(); len(sent) != 1 || sent[0].To[0] != "new@example.org" {
		t.Errorf("sent %v", sent)
	}
	h.rejoin(h.lastToken())
	if n := h.number("select count(*) from messages where author_kind = 'agent'"); n != 1 {
		t.Errorf("%d messages of the agent, want 1", n)
	}
	before := h.dump()
	h.refused(h.desk.RetryDelivery(h.ctx, h.agent, again.Key), chat.Conflict, "chat.delivery.not_failed")
	h.must(h.desk.RetryDelivery(h.ctx, h.agent, d.Key))
	h.unchanged(before, "asking once more")
}

func TestARetryIsRefusedWhileTheCustomerIsHere(t *testing.T) {
	h := newHouse(t)
	g := h.away("Hello")
	_, d := h.invite(g.key, "Come back")
	h.faulty(resendtest.Refused())
	h.deliver(d)
	h.desk.Tracker().Sign(chat.CustomerPerson(h.org.ID, g.Customer.ID), "page", chat.SignActive, h.clock.now())
	h.must(h.desk.TickPresence(h.ctx))
	h.refused(h.desk.RetryDelivery(h.ctx, h.agent, d.Key), chat.Conflict, "invite.reason.active")
}
