package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"rejoin/app/e2e/browser"
	"rejoin/mail/resendtest"
)

// orphaned is how long a job may lie whose instance was killed.
const orphaned = 90 * time.Second

// withResend is a house whose emails go to a server that speaks Resend's API.
func withResend(t *testing.T) (*house, *resendtest.Server) {
	t.Helper()
	provider := resendtest.New(t)
	h := open(t, "demo", emptyDatabase(t), "RESEND_BASE_URL="+provider.URL(), "RESEND_API_KEY="+provider.Key())
	return h, provider
}

// someoneIsInvited plays a conversation up to the agent's last click.
func (h *house) someoneIsInvited(question, address string) *agent {
	h.t.Helper()
	p := chromium.Person(h.t, browser.Named("Maya"))
	a := h.signIn(p, maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.begins(question)
	c.gives(address)
	a.opensRow(question)
	c.leaves(a)
	a.is("reachable")
	p.Allow("net::ERR_|htmx:sse:error") // the server is about to die
	a.invites("We have an answer for you.", address)
	return a
}

// An orphaned job is taken up within a minute, so both houses burn at the same time, beside other tests.
func TestTheServerIsKilledWhileAnEmailGoesOut(t *testing.T) {
	t.Parallel()
	type fire struct {
		name     string
		fault    resendtest.Fault
		house    *house
		provider *resendtest.Server
		agent    *agent
	}
	fires := []fire{
		{name: "before the provider has taken it", fault: resendtest.Hang(false)},
		{name: "after the provider has taken it, before it could say so", fault: resendtest.Hang(true)},
	}
	for i := range fires {
		f := &fires[i]
		f.house, f.provider = withResend(t)
		begun := make(chan struct{}, 100)
		f.provider.Script(func(int, resendtest.Request) resendtest.Fault {
			begun <- struct{}{}
			return f.fault
		})
		f.agent = f.house.someoneIsInvited("Are you still there?", "ray@example.org")
		select {
		case <-begun:
		case <-t.Context().Done():
			t.Fatal("no email was handed over")
		}
		f.house.Kill9()
		f.provider.Script(nil)
		f.house.Start()
	}
	for _, f := range fires {
		t.Run(f.name, func(t *testing.T) {
			f.house.in(t).isSentOnce(f.provider, "ray@example.org")
			f.agent.WaitText(".delivery", "(forwarded to ray@example.org · sent)")
			f.agent.WaitCount(`.message.from-agent .bubble "We have an answer for you."`, 1)
		})
	}
}

// isSentOnce reads that one email went out, under the key of its delivery.
func (h *house) isSentOnce(provider *resendtest.Server, address string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), orphaned)
	defer cancel()
	if _, err := provider.Await(ctx, 1); err != nil {
		h.t.Fatal(err)
	}
	h.within(orphaned, "the delivery has ended", func() bool {
		return h.value("select count(*)::text from deliveries where address = $1 and state = 'sent'", address) == "1"
	})
	h.within(orphaned, "no job is left", func() bool {
		return h.value("select count(*)::text from river_job where kind = 'deliver' and state not in ('completed', 'cancelled', 'discarded')") == "0"
	})
	accepted := provider.Accepted()
	if len(accepted) != 1 {
		h.t.Fatalf("%d emails went out, want 1", len(accepted))
	}
	delivered := h.value("select key || ' ' || provider_id from deliveries where address = $1 and state = 'sent'", address)
	key, id, _ := strings.Cut(delivered, " ")
	if got := accepted[0]; got.To[0] != address || !strings.HasSuffix(got.IdempotencyKey, key) || got.ID != id {
		h.t.Errorf("to %s under %q with the id %s; the delivery says %s", got.To, got.IdempotencyKey, got.ID, delivered)
	}
}

func TestAnEmailThatFailsIsShownAndRetried(t *testing.T) {
	t.Parallel()
	h, provider := withResend(t)
	provider.Script(func(int, resendtest.Request) resendtest.Fault {
		return resendtest.Fault{Status: http.StatusUnprocessableEntity, Name: "validation_error", Message: "The recipient is on holiday."}
	})
	a := h.someoneIsInvited("Can you hear me?", "sam@example.org")
	a.WaitText(".delivery", "Did not reach sam@example.org.")
	a.Wait(".delivery-detail")
	if said := a.Text(".delivery-detail"); said != "The recipient is on holiday." {
		t.Errorf("the provider's own words are shown as %q", said)
	}
	provider.Script(nil)
	a.Click(`.delivery button "Retry"`)
	a.WaitText(".delivery", "(forwarded to sam@example.org · sent)")
	a.WaitGone(`.delivery button "Retry"`)
	h.isSentOnce(provider, "sam@example.org")
}
