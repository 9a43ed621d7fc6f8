package chat_test

import (
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestAnExpiredLinkIsRenewedOnceInAWhile(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	h.expire()
	done, errs := h.together(10, func(int) error { return h.desk.RenewLink(h.ctx, link) })
	if done != 10 {
		t.Errorf("%d of 10 got the answer: %v", done, errs)
	}
	if n := h.number("select count(*) from deliveries where kind = 'renewal'"); n != 1 {
		t.Fatalf("%d fresh links, want 1", n)
	}
	renewed, err := h.store.LastDelivery(h.ctx, h.org.ID, g.row().ID)
	h.must(err)
	h.deliver(renewed)
	if emails := h.provider.Accepted(); len(emails) != 2 || emails[1].To[0] != "jo@example.org" || h.lastToken() == link {
		t.Errorf("the fresh link did not arrive: %v", emails)
	}
	h.rejoin(h.lastToken())
	if h.happened(g.row(), chat.HappenedFreshLink) != 1 {
		t.Error("the agents are not told of the fresh link")
	}
	h.clock.advance(9 * time.Minute)
	h.must(h.desk.RenewLink(h.ctx, link))
	if n := h.number("select count(*) from deliveries"); n != 2 {
		t.Error("renewed again too soon")
	}
	h.clock.advance(7 * time.Minute)
	h.must(h.desk.RenewLink(h.ctx, link))
	if n := h.number("select count(*) from deliveries"); n != 3 {
		t.Error("never renewed again")
	}
}

func TestARevokedLinkIsRenewedToTheAddressThatIsStillTheirs(t *testing.T) {
	h := newHouse(t)
	g, link := h.invited("Hello")
	_, err := h.desk.RevokeLinks(h.ctx, h.agent, g.key)
	h.must(err)
	h.clock.advance(time.Hour)
	h.must(h.desk.RenewLink(h.ctx, link))
	if n := h.number("select count(*) from deliveries where kind = 'renewal'"); n != 1 {
		t.Errorf("%d fresh links were sent, want 1", n)
	}
}

func TestALinkIsRenewedOnlyWhereAnEmailMayGo(t *testing.T) {
	for what, prevent := range map[string]func(h *house, g *guest){
		"it still works": func(h *house, _ *guest) { h.clock.advance(-2 * time.Minute) },
		"revoked, and the address corrected": func(h *house, g *guest) {
			_, err := h.desk.RevokeLinks(h.ctx, h.agent, g.key)
			h.must(err)
			g.give("right@example.org")
		},
		"it is too old":       func(h *house, _ *guest) { h.clock.advance(366 * 24 * time.Hour) },
		"emails were stopped": func(h *house, g *guest) { h.must(h.desk.StopEmail(h.ctx, g.CustomerCaller, g.key, true)) },
		"it is spam":          func(h *house, g *guest) { h.must(h.desk.MarkSpam(h.ctx, h.agent, g.key)) },
		"it is switched off":  func(h *house, _ *guest) { h.set(chat.ContinuousOn, "false") },
		"the address bounced": func(h *house, _ *guest) { h.exec("update contact_points set bounced_at = now()") },
		"they are deleted":    func(h *house, g *guest) { h.must(h.desk.DeleteMe(h.ctx, g.CustomerCaller)) },
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t)
			g, link := h.invited("Hello")
			h.expire()
			prevent(h, g)
			before := h.dump()
			h.must(h.desk.RenewLink(h.ctx, link))
			h.unchanged(before, "renewing")
		})
	}
}

func TestALinkLeadsOnlyToAnAllowedSiteThatCarriedTheWidgetLately(t *testing.T) {
	h := newHouse(t)
	_, link := h.invited("Hello")
	leads := func(want, why string) {
		t.Helper()
		target, err := h.desk.LinkTarget(h.ctx, link)
		h.must(err)
		if target.URL != want {
			t.Errorf("%s: leads to %q, want %q", why, target.URL, want)
		}
	}
	leads("", "the site was never seen")
	h.must(h.desk.SeeSite(h.ctx, h.org, shop))
	leads(shop+"/shoes", "the page where it began, without what may be a secret")
	h.clock.advance(chat.SiteFresh)
	leads(shop+"/shoes", "seen a week ago")
	h.clock.advance(time.Minute)
	leads("", "not seen for long")
	h.must(h.desk.SeeSite(h.ctx, h.org, shop))
	leads(shop+"/shoes", "seen again")
	h.set(chat.WidgetSites, `["https://elsewhere.example"]`)
	leads("", "no longer allowed")
	h.set(chat.WidgetSites, `["`+shop+`"]`)
	h.must(h.desk.ChangeSettings(h.ctx, h.admin, chat.Values{
		chat.ContinuousLink: []byte(`"address"`), chat.ContinuousAddress: []byte(`"https://shop.example/help?from=chat"`),
	}))
	leads(shop+"/help?from=chat", "the brand's own address")
	h.set(chat.WidgetSites, `["`+shop+`","https://elsewhere.example"]`)
	h.set(chat.ContinuousAddress, `"https://elsewhere.example/help"`)
	leads("", "an own address where the widget was not seen")
	h.set(chat.ContinuousLink, `"page"`)
	for _, page := range []string{
		"javascript:alert(1)", "javascript://shop.example/%0aalert(1)", "//evil.example", "https://evil.example/",
		"https://shop.example@evil.example/", "https://shop.example.evil.example/", "http://shop.example/", "https://shop.example:8443/",
		"data:text/html,x", "", "%zz", "https://SHOP.EXAMPLE\\@evil.example/", "/\\evil.example",
	} {
		h.exec("update conversations set page_url = $1", page)
		leads("", page)
	}
	h.exec("update conversations set page_url = $1", "https://jo:pass@shop.example/a#token")
	leads(shop+"/a", "a page with a name and a fragment")
}

func TestAStrangersPageIsNotRememberedAsASite(t *testing.T) {
	h := newHouse(t)
	h.refused(h.desk.SeeSite(h.ctx, h.org, "https://evil.example"), chat.Forbidden, "chat.site.not_allowed")
	h.refused(h.desk.SeeSite(h.ctx, h.org, "null"), chat.Forbidden)
	done, errs := h.together(6, func(int) error { return h.desk.SeeSite(h.ctx, h.org, shop) })
	if done != 6 || h.number("select count(*) from sites") != 1 {
		t.Errorf("%d of 6 succeeded: %v", done, errs)
	}
	before := h.dump()
	h.clock.advance(59 * time.Minute)
	h.must(h.desk.SeeSite(h.ctx, h.org, shop))
	h.unchanged(before, "a site seen within the hour")
}
