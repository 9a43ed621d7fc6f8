package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"rejoin/app/chat"
	"rejoin/locales"
	"rejoin/views"
)

// How the time of a story passes by itself.
const (
	perMessage = 35 * time.Second
	perGlance  = 4 * time.Second
	untilLeft  = 30 * time.Second // more than the grace of a page that was closed
)

// stage is where stories are played: a desk whose clock the player holds.
type stage struct {
	desk         *chat.Desk
	now          time.Time
	baseURL      string
	organization *chat.Organization
	agents       map[string]*chat.AgentCaller
}

// player plays one story.
type player struct {
	*stage
	story
	customer *chat.CustomerCaller
	key      string // of the conversation
	pageID   string
}

// play makes one story's customer and conversation, from its first message to the leaving.
func (s *stage) play(ctx context.Context, told story, now time.Time) error {
	s.now = now.Add(-told.ago).Truncate(time.Second)
	p := &player{stage: s, story: told, pageID: rand.Text()}
	for i, a := range told.acts {
		if err := p.act(ctx, a); err != nil {
			return fmt.Errorf("story %s, act %d (%s): %w", told.key, i+1, a.verb, err)
		}
	}
	// What happened long ago is not emailed the moment the demo starts.
	if err := p.desk.Withhold(ctx, p.agents["maya"], p.key); err != nil {
		return fmt.Errorf("story %s, its end: %w", told.key, err)
	}
	return nil
}

func (p *player) act(ctx context.Context, a act) error {
	if p.customer == nil && a.verb != "say" {
		return fmt.Errorf("a story begins with the customer's message")
	}
	caller := p.agents[a.agent]
	if caller == nil && a.agent != "" {
		return fmt.Errorf("there is no agent %q", a.agent)
	}
	switch a.verb {
	case "wait":
		p.now = p.now.Add(a.wait)
		return nil
	case "say":
		return p.say(ctx, a.text)
	case "answer", "note":
		p.now = p.now.Add(perMessage)
		_, err := p.desk.PostAsAgent(ctx, caller, p.key, chat.AgentPost{ClientID: rand.Text(), Text: a.text, Note: a.verb == "note"})
		return err
	case "close":
		return p.desk.Close(ctx, caller, p.key)
	case "spam":
		return p.desk.MarkSpam(ctx, caller, p.key)
	case "assign":
		return p.desk.Assign(ctx, p.agents["maya"], p.key, caller.Agent.Key)
	}
	return p.actAsCustomer(ctx, a)
}

func (p *player) actAsCustomer(ctx context.Context, a act) error {
	p.now = p.now.Add(perGlance)
	switch a.verb {
	case "address":
		_, err := p.desk.GiveAddress(ctx, p.customer, p.key, a.text)
		return err
	case "skip":
		return p.desk.SkipAddress(ctx, p.customer, p.key)
	case "visit":
		return p.desk.VisitPage(ctx, p.customer, chat.PageVisit{URL: p.url(a.text), Title: p.title(a.text)})
	case "see":
		return p.see(ctx)
	case "bounce":
		return p.bounce(ctx)
	case "leave":
		p.sign(chat.SignGone)
		p.now = p.now.Add(untilLeft)
	case "return":
		p.sign(chat.SignActive)
	}
	return p.desk.TickPresence(ctx)
}

// say posts the customer's next message, the first of which makes the customer.
func (p *player) say(ctx context.Context, text string) error {
	post := chat.PostInput{
		ClientID: rand.Text(), Text: text, PageURL: p.url(p.page), PageTitle: p.title(p.page),
		Hints: chat.LanguageHints{HTML: p.shopLanguage(), Browser: p.language},
	}
	if p.customer != nil {
		p.now = p.now.Add(perMessage)
		_, _, err := p.desk.PostAsCustomer(ctx, p.customer, post)
		return err
	}
	token := chat.NewToken(p.organization.ID, rand.Reader)
	customer, conversation, _, err := p.desk.Start(ctx, p.organization, token, chat.StartInput{
		Post: post, Page: p.pageID, Zone: p.zone, Browser: p.browser,
	})
	if err != nil {
		return err
	}
	p.customer, p.key = customer, conversation.Key
	if p.name+p.phone+p.notes == "" {
		return nil
	}
	customer.Customer.Name = p.name
	return p.desk.EditCustomer(ctx, p.agents["maya"], p.key, chat.CustomerEdit{Name: p.name, Phone: p.phone, Notes: p.notes})
}

func (p *player) see(ctx context.Context) error {
	conversation, err := p.desk.ConversationFor(ctx, p.customer, p.key)
	if err != nil {
		return err
	}
	return p.desk.SeenByCustomer(ctx, p.customer, p.key, conversation.LastSeq)
}

func (p *player) sign(signal chat.Signal) {
	person := chat.CustomerPerson(p.organization.ID, p.customer.Customer.ID)
	p.desk.Tracker().Sign(person, p.pageID, signal, p.now)
}

// bounce marks the address as dead, which only a provider's receipt does otherwise; the leaving that follows settles
// what that makes of the customer's reach.
func (p *player) bounce(ctx context.Context) error {
	store, ok := p.desk.Store().(chat.Store)
	if !ok {
		return fmt.Errorf("the desk's store cannot be written")
	}
	return store.Tx(ctx, func(ctx context.Context, tx chat.Tx) error {
		points, err := tx.ContactPoints(ctx, p.organization.ID, p.customer.Customer.ID)
		if err != nil {
			return err
		}
		now := p.now
		for i := range points {
			points[i].BouncedAt = &now
			if err := tx.Update(ctx, &points[i], "bounced_at"); err != nil {
				return err
			}
		}
		return nil
	})
}

// shopLanguage is the language of the shop that a customer of the story sees.
func (p *player) shopLanguage() string { return views.ShopLanguage(locales.For(p.language).Tag()) }

func (p *player) url(page string) string { return p.baseURL + views.DemoShop(p.shopLanguage(), page) }

func (p *player) title(page string) string {
	return views.ShopTitle(locales.For(p.language), page)
}
