package chat_test

import (
	"crypto/rand"
	"testing"

	"rejoin/app/chat"
)

func (h *house) speaks(g *guest, tag string, why chat.LanguageReason) {
	h.Helper()
	c, err := h.store.Customer(h.ctx, g.Organization.ID, g.Customer.ID)
	h.must(err)
	if c.Language != tag || c.LanguageReason != why {
		h.Errorf("the language is %s by %s, want %s by %s", c.Language, c.LanguageReason, tag, why)
	}
}

func TestTheLanguageIsChosenByTheStrongestHint(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		name  string
		hints chat.LanguageHints
		text  string
		tag   string
		why   chat.LanguageReason
	}{
		{"the page before all", chat.LanguageHints{Page: "de", HTML: "es", Browser: "it"}, "Bonjour", "de", chat.LanguageByPage},
		{"the text before the rest", chat.LanguageHints{HTML: "es", Browser: "it"}, "Bonjour", "fr", chat.LanguageByText},
		{"the document before the browser", chat.LanguageHints{HTML: "es-mx", Browser: "it"}, "?", "es-MX", chat.LanguageByHTML},
		{"the browser before the brand", chat.LanguageHints{Browser: "pt_br"}, "?", "pt-BR", chat.LanguageByBrowser},
		{"the brand at last", chat.LanguageHints{}, "?", "en", chat.LanguageByOrganization},
		{"what is no language is no hint", chat.LanguageHints{Page: "<b>", HTML: "x", Browser: "français"}, "?", "en", chat.LanguageByOrganization},
	} {
		caller, conversation, _, err := h.desk.Start(h.ctx, h.org, chat.NewToken(h.org.ID, rand.Reader), chat.StartInput{
			Post: chat.PostInput{ClientID: "1", Text: c.text, Hints: c.hints},
		})
		h.must(err)
		if caller.Customer.Language != c.tag || caller.Customer.LanguageReason != c.why {
			t.Errorf("%s: %s by %s", c.name, caller.Customer.Language, caller.Customer.LanguageReason)
		}
		h.speaks(&guest{CustomerCaller: caller, h: h, key: conversation.Key}, c.tag, c.why)
	}
}

func (g *guest) say(text, page string) {
	g.h.Helper()
	caller, err := g.h.desk.CustomerByToken(g.h.ctx, g.token)
	g.h.must(err)
	in := chat.PostInput{ClientID: rand.Text(), Text: text, Hints: chat.LanguageHints{Page: page}}
	_, _, err = g.h.desk.PostAsCustomer(g.h.ctx, caller, in)
	g.h.must(err)
}

func TestTheTextDecidesOnceItIsSureAndThenNoMore(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("ok")
	h.speaks(g, "en", chat.LanguageByOrganization)
	g.say("hm", "")
	h.speaks(g, "en", chat.LanguageByOrganization)
	h.forget()
	g.say("Bonjour", "")
	h.speaks(g, "fr", chat.LanguageByText)
	if h.heard(chat.CustomerChanged, "org:") == 0 || h.heard(chat.CustomerChanged, "conversation:") == 0 {
		t.Error("nobody is told of the new language")
	}
	h.forget()
	g.say("Hello", "")
	h.speaks(g, "fr", chat.LanguageByText)
	if h.heard(chat.CustomerChanged, "") != 0 {
		t.Error("everybody is told of nothing")
	}
}

func TestThePagesLaterChoiceStillWins(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	h.speaks(g, "en", chat.LanguageByText)
	g.say("ok", "fr")
	h.speaks(g, "fr", chat.LanguageByPage)
	g.say("Hello", "")
	h.speaks(g, "fr", chat.LanguageByPage)
	g.say("ok", "en")
	h.speaks(g, "en", chat.LanguageByPage)
}

func TestTheCustomersChoiceWinsOverThePageAndTheAgentsOverAll(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("Hello")
	h.refused(h.desk.ChooseLanguage(h.ctx, g.CustomerCaller, "xx"), chat.Invalid, "chat.language.unknown")
	h.must(h.desk.ChooseLanguage(h.ctx, g.CustomerCaller, "fr"))
	g.say("Hello", "en")
	h.speaks(g, "fr", chat.LanguageByCustomer)
	h.refused(h.desk.SetCustomerLanguage(h.ctx, h.agent, g.key, "no language"), chat.Invalid, "chat.language.unknown")
	h.must(h.desk.SetCustomerLanguage(h.ctx, h.agent, g.key, "pt-br"))
	g.say("Bonjour", "fr")
	h.speaks(g, "pt-BR", chat.LanguageByAgent)
	if n := h.happened(g.row(), chat.HappenedLanguage); n != 2 {
		t.Errorf("%d lines tell of languages, want 2", n)
	}
}

func TestAnAgentsChoiceIsNotLostToAMessageOnItsWay(t *testing.T) {
	h := newHouse(t)
	g := h.arrive("ok")
	stale := g.CustomerCaller // read before the agent chose
	h.must(h.desk.SetCustomerLanguage(h.ctx, h.agent, g.key, "de"))
	_, _, err := h.desk.PostAsCustomer(h.ctx, stale, chat.PostInput{ClientID: "x", Text: "Bonjour"})
	h.must(err)
	h.speaks(g, "de", chat.LanguageByAgent)
}

func TestALanguageKeepsItsRegionWhenTheTextAgrees(t *testing.T) {
	h := newHouse(t)
	caller, c, _, err := h.desk.Start(h.ctx, h.org, chat.NewToken(h.org.ID, rand.Reader), chat.StartInput{
		Post: chat.PostInput{ClientID: "1", Text: "?", Hints: chat.LanguageHints{Browser: "fr-CA"}},
	})
	h.must(err)
	_, _, err = h.desk.PostAsCustomer(h.ctx, caller, chat.PostInput{ClientID: "2", Text: "Bonjour"})
	h.must(err)
	h.speaks(&guest{CustomerCaller: caller, h: h, key: c.Key}, "fr-CA", chat.LanguageByText)
}
