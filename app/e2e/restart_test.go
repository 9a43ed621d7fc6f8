package e2e

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/e2e/browser"
)

// A new version is a restart in the middle of every chat: it loses no word, and nobody has left because of it.
func TestARestartIsNoLeaving(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	atWork, home := chromium.Person(t, browser.Named("Maya")), chromium.Person(t, browser.Named("home"))
	for _, p := range []*browser.Person{atWork, home} {
		p.Allow(`net::ERR_|htmx:sse:error`) // the server is killed
	}
	a := h.signIn(atWork, maya)
	first, second := h.visit(home, "/demo"), h.visit(home, "/demo/about")
	first.begins("I read and do not move")
	second.opens()
	second.chat.WaitText(".message.customer .bubble", "I read and do not move")
	a.opensRow("I read and do not move")
	before := h.instances()

	h.Kill9()
	first.types("I write while you are away")
	first.chat.Wait(".pending")
	h.Start()
	for _, c := range []*customer{first, second} {
		c.chat.WaitText(".message.customer[data-seq] .bubble", "I write while you are away")
		c.chat.WaitCount(".message.customer[data-seq]", 2)
		c.chat.WaitGone("#offline")
	}
	a.reads("I write while you are away")
	h.within(time.Minute, "the instance that died counts as gone", func() bool { return !h.instances()[before.one()] })
	a.is("active")
	if a.Has(`.event-line "Left the site"`) {
		t.Error("a restart counts as leaving")
	}
}

// lives are the instances that hold a lease, by name.
type lives map[string]bool

func (l lives) one() string {
	for name := range l {
		return name
	}
	return ""
}

// instances reads who holds a lease, as an operator would.
func (h *house) instances() lives {
	h.t.Helper()
	conn, err := pgx.Connect(h.t.Context(), h.database)
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close(h.t.Context()) //nolint:errcheck // it was only read
	rows, err := conn.Query(h.t.Context(), "select instance from leases")
	if err != nil {
		h.t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		h.t.Fatal(err)
	}
	held := lives{}
	for _, name := range names {
		held[name] = true
	}
	return held
}
