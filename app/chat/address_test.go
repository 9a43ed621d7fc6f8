package chat_test

import (
	"fmt"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func (g *guest) points() []chat.ContactPoint {
	g.h.Helper()
	points, err := g.h.store.ContactPoints(g.h.ctx, g.Organization.ID, g.Customer.ID)
	g.h.must(err)
	return points
}

func TestTheAddressIsAskedForOnceAndNotWithoutContinuousConversation(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	asked := g.row().AddressAskedAt
	if asked == nil {
		t.Fatal("nobody asks")
	}
	h.clock.advance(time.Minute)
	g.post("and")
	if again := g.row().AddressAskedAt; !again.Equal(*asked) {
		t.Errorf("asked at %s and again at %s", asked, again)
	}
	h.set(chat.ContinuousOn, "false")
	if h.arrive("Hello").row().AddressAskedAt != nil {
		t.Error("asked although no email could go there")
	}
	h.set(chat.ContinuousOn, "true")
	g.give("jo@example.org")
	h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, g.key))
	c, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "n", Text: "again"})
	h.must(err)
	if c.AddressAskedAt != nil {
		t.Error("asked for an address that is known")
	}
}

func TestNoIsNoInTheNextConversationsToo(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	h.must(h.desk.SkipAddress(h.ctx, g.CustomerCaller, g.key))
	for _, id := range []string{"second", "third"} {
		h.must(h.desk.EndConversation(h.ctx, g.CustomerCaller, ""))
		c, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: id, Text: "again"})
		h.must(err)
		if c.AddressSkipped == nil {
			t.Errorf("the %s conversation asks again", id)
		}
	}
}

func TestSkippingPutsTheCardAwayForGood(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	for range 3 {
		h.must(h.desk.SkipAddress(h.ctx, g.CustomerCaller, g.key))
	}
	if c := g.row(); c.AddressSkipped == nil || h.happened(c, chat.HappenedSkipped) != 1 {
		t.Error("skipping is not noted once")
	}
	g.give("jo@example.org") // they may change their mind
	h.must(h.desk.SkipAddress(h.ctx, g.CustomerCaller, g.key))
	if c := g.row(); c.AddressGivenAt == nil || h.happened(c, chat.HappenedSkipped) != 1 {
		t.Error("skipping counts after an address was given")
	}
}

func TestTheSameAddressAgainIsNoSecond(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	done, errs := h.together(6, func(int) error {
		_, err := h.desk.GiveAddress(h.ctx, g.CustomerCaller, g.key, " Jo@EXAMPLE.org ")
		return err
	})
	if done != 6 {
		t.Errorf("%d of 6 succeeded: %v", done, errs)
	}
	points := g.points()
	if len(points) != 1 || points[0].Address != "Jo@example.org" || points[0].VerifiedAt != nil {
		t.Errorf("contact points: %+v", points)
	}
	if n := h.happened(g.row(), chat.HappenedAddress); n != 1 {
		t.Errorf("%d lines tell of the address, want 1", n)
	}
}

func TestTheAddressGivenLastIsWrittenTo(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	for _, address := range []string{"one@example.org", "two@example.org", "one@example.org"} {
		g.give(address)
		h.clock.advance(time.Minute)
	}
	points := g.points()
	if len(points) != 2 || chat.UsablePoint(points).Address != "one@example.org" {
		t.Errorf("the newest of %+v is not the one that was given last", points)
	}
	row, err := h.desk.Row(h.ctx, h.agent, g.key)
	h.must(err)
	if row.CustomerAddress != "one@example.org" {
		t.Errorf("the list shows %s", row.CustomerAddress)
	}
}

func TestABadAddressIsRefusedBesideItsFieldAndLeavesNoTrace(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	before := h.dump()
	for _, address := range []string{"", "jo", "jo@", "@example.org", "jo@localhost", "jo@example.org\r\nBcc: x@example.org", "jo@exa mple.org", "a@b@c"} {
		_, err := h.desk.GiveAddress(h.ctx, g.CustomerCaller, g.key, address)
		h.refused(err, chat.Invalid)
	}
	_, err := h.desk.GiveAddress(h.ctx, g.CustomerCaller, "no such conversation", "jo@example.org")
	h.refused(err, chat.Missing)
	h.unchanged(before, "a bad address")
	if hint := h.desk.HintAddress("jo@gmial.com"); hint != "jo@gmail.com" {
		t.Errorf("hint %q", hint)
	}
}

func TestTooManyAddressesAreRefused(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	for i := range chat.MaxPoints {
		g.give(fmt.Sprintf("jo%d@example.org", i))
	}
	_, err := h.desk.GiveAddress(h.ctx, g.CustomerCaller, g.key, "more@example.org")
	h.refused(err, chat.Busy, "chat.address.too_many")
	g.give("jo0@example.org") // a known one is no more
}

func TestATypedAddressRevealsAndMergesNothing(t *testing.T) {
	h := newHouse(t)
	owner := h.arrive("Hello, a private matter")
	owner.give("jo@example.org")
	thief := h.arrive("Hello")
	thief.give("jo@example.org")
	if thief.Customer.ID == owner.Customer.ID || h.number("select count(*) from customers") != 2 {
		t.Error("two customers became one")
	}
	_, err := h.desk.ConversationFor(h.ctx, thief.CustomerCaller, owner.key)
	h.refused(err, chat.Missing)
	_, err = h.desk.MessagesFor(h.ctx, thief.CustomerCaller, owner.row(), 0, 0, 10)
	h.refused(err, chat.Missing)
	if thief.points()[0].VerifiedAt != nil {
		t.Error("a typed address counts as verified")
	}
}

func TestAnAddressMakesAnAbsentCustomerReachable(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	g.leave()
	if reach := g.row().Reach; reach != followup.Unreachable {
		t.Errorf("reach %s without an address", reach)
	}
	h.must(h.desk.EditCustomer(h.ctx, h.agent, g.key, chat.CustomerEdit{Name: "Jo", Address: "jo@example.org"}))
	if reach := g.row().Reach; reach != followup.Reachable {
		t.Errorf("reach %s with an address", reach)
	}
}

func TestEditingACustomerChecksEveryField(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	before := h.dump()
	many := map[string]string{}
	for i := range chat.MaxFields + 1 {
		many[name(i)] = "x"
	}
	for _, edit := range []chat.CustomerEdit{
		{Phone: "12345"}, {Phone: "+1 <script>"}, {Address: "nonsense"}, {Fields: many},
	} {
		h.refused(h.desk.EditCustomer(h.ctx, h.agent, g.key, edit), chat.Invalid)
	}
	h.unchanged(before, "a refused edit")
	h.must(h.desk.EditCustomer(h.ctx, h.agent, g.key, chat.CustomerEdit{
		Name: " Jo\r\nBcc: x ", Phone: "+33 (6) 12-34.56 78", Notes: "likes\nred", Fields: map[string]string{"Size": "42", "": "x", "Empty": " "},
	}))
	c, err := h.store.Customer(h.ctx, h.org.ID, g.Customer.ID)
	h.must(err)
	if c.Name != "Jo Bcc: x" || c.Phone != "+33612345678" || c.Notes != "likes\nred" || len(c.Fields) != 1 || c.Fields["Size"] != "42" {
		t.Errorf("kept %+v", c)
	}
}
