package e2e

import (
	"context"
	"testing"
	"time"

	"rejoin/app/e2e/browser"
	"rejoin/db/dbtest"
	"rejoin/db/embedded"
)

func emptyDatabase(t *testing.T) string {
	t.Helper()
	return dbtest.Empty(t)
}

func TestALostNetwork(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	t.Run("keeps the customer's words and sends them once", func(t *testing.T) { theCustomerIsOffline(h.in(t)) })
	t.Run("keeps the agent's words and sends them once", func(t *testing.T) { theAgentIsOffline(h.in(t)) })
}

func theCustomerIsOffline(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	home := chromium.Person(h.t, browser.Named("home"))
	c := h.visit(home, "/demo/products")
	c.begins("I am on a train")
	a.opensRow("I am on a train")

	home.Offline()
	c.chat.WaitText("#offline", "No connection")
	c.types("and here comes the tunnel")
	c.chat.WaitText(".pending .state", "Waiting for the network")
	home.Online()
	c.chat.WaitText(".message.customer[data-seq] .bubble", "and here comes the tunnel")
	c.chat.WaitGone(".pending")
	c.chat.WaitGone("#offline")
	a.reads("and here comes the tunnel")

	home.Offline()
	c.types("the battery is low as well")
	c.chat.WaitText(".pending .state", "Waiting for the network")
	c.Close()
	home.Online()
	again := h.visit(home, "/demo/products")
	a.reads("the battery is low as well") // sent by itself, before anybody opens the chat
	again.Click(launcher)
	again.chat.WaitText(".message.customer[data-seq] .bubble", "the battery is low as well")
	again.writes("Back in the light")
	a.reads("Back in the light")
	for _, said := range []string{"and here comes the tunnel", "the battery is low as well"} {
		a.WaitCount(`.message[data-by=customer] .bubble "`+said+`"`, 1)
		again.chat.WaitCount(`.message.customer .bubble "`+said+`"`, 1)
	}
}

func theAgentIsOffline(h *house) {
	desk := chromium.Person(h.t, browser.Named("Maya"))
	desk.Allow("htmx:sse:error") // htmx says so on the console too
	a := h.signIn(desk, maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo/delivery")
	c.begins("How long does delivery take?")
	a.opensRow("How long does delivery take?")

	desk.Offline()
	a.Wait("#connection")
	a.Fill(".composer-text", "Two days, as a rule.")
	a.Press("Enter")
	a.WaitText(".message.pending", "Not sent yet")
	c.writes("To Nantes, I forgot to say.")
	desk.Online()
	a.WaitText(".message.from-agent[data-seq] .bubble", "Two days, as a rule.")
	c.reads("Two days, as a rule.")
	a.reads("To Nantes, I forgot to say.")
	a.WaitGone("#connection")
	a.WaitGone(".message.pending")
	c.chat.WaitCount(`.message.agent .bubble "Two days, as a rule."`, 1)
}

// A PostgreSQL of the test's own goes away in mid-chat and comes back.
func TestPostgreSQLIsRestartedInMidChat(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	start := func() *embedded.Server {
		server, err := embedded.Start(ctx, embedded.Options{Dir: dir, Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		return server
	}
	stop := func(server *embedded.Server) {
		if err := server.Stop(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	}
	cluster := start()
	t.Cleanup(func() { stop(cluster) })
	h := open(t, "demo", cluster.URL())
	desk, home := chromium.Person(t, browser.Named("Maya")), chromium.Person(t, browser.Named("home"))
	for _, p := range []*browser.Person{desk, home} {
		p.Allow(`503|htmx:sse:error`) // the pages are told, and say so themselves
	}
	a := h.signIn(desk, maya)
	c := h.visit(home, "/demo")
	c.begins("Message 1")
	a.opensRow("Message 1")
	a.answers("Answer 1")

	stop(cluster)
	c.types("Message 2")
	c.types("Message 3")
	c.chat.WaitText(".pending .state", "We cannot reach our records at the moment")
	a.Fill(".composer-text", "Answer 2")
	a.Press("Enter")
	a.WaitText(".message.pending", "Not sent yet")
	stranger := home.Tab()
	stranger.Open(h.base + "/sign-in")
	stranger.WaitText("body", "We cannot reach our records at the moment")
	cluster = start()

	for _, said := range []string{"Message 1", "Message 2", "Message 3"} {
		c.chat.WaitText(".message.customer[data-seq] .bubble", said)
		a.reads(said)
	}
	c.reads("Answer 2")
	a.WaitText(".message.from-agent[data-seq] .bubble", "Answer 2")
	c.writes("Message 4")
	a.reads("Message 4")
	a.answers("Answer 3")
	c.reads("Answer 3")
	stored := h.value(`select string_agg(text, ', ' order by seq) from messages where text like 'Message %' or text like 'Answer %'`)
	if c.chat.Count(`.message .bubble "Message "`)+c.chat.Count(`.message .bubble "Answer "`) != 7 || len(stored) != len("Message 1, Message 2, Message 3, Message 4, Answer 1, Answer 2, Answer 3") {
		t.Errorf("accepted were: %s", stored)
	}
}
