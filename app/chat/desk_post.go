package chat

import (
	"context"
	"fmt"
	"time"

	"rejoin/app/followup"
)

// LanguageHints is what a page tells of the customer's language.
type LanguageHints struct {
	Page    string // data-language of the snippet
	HTML    string // <html lang>
	Browser string // navigator.language
}

// PostInput is one message of a customer; ClientID makes sending it twice count once.
type PostInput struct {
	ConversationKey string // empty = the current one
	ClientID        string
	Text            string
	Files           []string // keys of the customer's loose files, at most MaxFiles; with files the text may be empty
	Seen            *int64   // newest seq that stood before the customer when they wrote; nil = everything
	Hints           LanguageHints
	Address         string // comes along where one is required, else empty
	PageURL         string // where a new conversation begins
	PageTitle       string
}

// StartInput is the first message of a new customer.
type StartInput struct {
	Post    PostInput
	Page    string // the page's own id, as in Tracker.Sign
	Zone    string // IANA, empty when unknown
	Browser string
}

// Start takes the first message of a new customer, whose token the client has made: the same call twice is one. Where an
// address is required and none comes along, nothing is stored: AddressRequired tells that refusal.
func (d *Desk) Start(ctx context.Context, o *Organization, token string, in StartInput) (*CustomerCaller, *Conversation, *Message, error) {
	organization, ok := SplitToken(token)
	if !ok || organization != o.ID {
		return nil, nil, nil, RefuseField("token", "chat.token.invalid")
	}
	text, files, err := cleanPost(in.Post.Text, in.Post.Files)
	if err != nil {
		return nil, nil, nil, err
	}
	in.Post.Text, in.Post.Files = text, files
	var conversation *Conversation
	var message *Message
	caller := &CustomerCaller{Organization: o}
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		caller.Customer = d.newCustomer(o, in)
		if err := tx.Insert(ctx, caller.Customer); err != nil {
			return fmt.Errorf("insert customer: %w", err)
		}
		held := &VisitorToken{OrganizationID: o.ID, TokenHash: HashToken(token), CustomerID: caller.Customer.ID, CreatedAt: d.now()}
		if err := tx.Insert(ctx, held); err != nil {
			return err // Conflict: this token has started before
		}
		presence := &PresenceRow{
			OrganizationID: o.ID, Subject: SubjectCustomer, SubjectID: caller.Customer.ID,
			Instance: d.instance, Active: true, ChangedAt: d.now(),
		}
		if err := tx.SavePresence(ctx, presence, false); err != nil {
			return fmt.Errorf("save presence: %w", err)
		}
		post := in.Post
		if post.Address != "" {
			point, err := d.addPoint(ctx, tx, caller.Customer, post.Address, nil)
			if err != nil {
				return err
			}
			post.Address = point.Address
		}
		var err error
		conversation, message, err = d.begin(ctx, tx, caller, post)
		return err
	})
	if isKind(err, Conflict) && !AddressRequired(err) {
		return d.startAgain(ctx, token, in.Post)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	person := CustomerPerson(o.ID, caller.Customer.ID)
	d.tracker.Sign(person, in.Page, SignActive, d.now())
	d.tracker.assume(person, followup.Presence{Active: true})
	return caller, conversation, message, nil
}

func (d *Desk) startAgain(ctx context.Context, token string, in PostInput) (*CustomerCaller, *Conversation, *Message, error) {
	caller, err := d.CustomerByToken(ctx, token)
	if err != nil {
		return nil, nil, nil, err
	}
	conversation, message, err := d.PostAsCustomer(ctx, caller, in)
	return caller, conversation, message, err
}

func (d *Desk) newCustomer(o *Organization, in StartInput) *Customer {
	customer := &Customer{
		OrganizationID: o.ID, Key: d.newKey(), Browser: cut(in.Browser, 200), Active: true, CreatedAt: d.now(),
	}
	if _, err := time.LoadLocation(in.Zone); err == nil && in.Zone != "Local" {
		customer.Zone = in.Zone
	}
	customer.Language, customer.LanguageReason = d.chooseLanguage(o, in.Post.Hints, in.Post.Text)
	if page, ok := cleanPage(PageVisit{URL: in.Post.PageURL, Title: in.Post.PageTitle, At: d.now()}); ok {
		customer.Pages = []PageVisit{page}
	}
	return customer
}

// begin opens a conversation with the customer's message as number 1.
func (d *Desk) begin(ctx context.Context, tx Tx, caller *CustomerCaller, in PostInput) (*Conversation, *Message, error) {
	o, now := caller.Organization, d.now()
	points, err := tx.ContactPoints(ctx, o.ID, caller.Customer.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("read contact points: %w", err)
	}
	reach, _ := Reach(caller.Customer, points)
	c := &Conversation{
		OrganizationID: o.ID, Key: d.newKey(), CustomerID: caller.Customer.ID, WaitingFor: Us, Reach: reach,
		LastMessageAt: now, LastMessageBy: ByCustomer, LastVia: ViaChat, CreatedAt: now,
	}
	if page, ok := cleanPage(PageVisit{URL: in.PageURL, Title: in.PageTitle, At: now}); ok {
		c.PageURL, c.PageTitle = page.URL, page.Title
	}
	mode := o.PromptMode()
	if mode == PromptRequired && len(points) == 0 {
		return nil, nil, addressRequired()
	}
	if len(points) == 0 {
		before, err := tx.ConversationsOf(ctx, o.ID, caller.Customer.ID, 1)
		if err != nil {
			return nil, nil, fmt.Errorf("read earlier conversation: %w", err)
		}
		if mode == PromptOptional {
			c.AddressAskedAt = &now
		}
		if len(before) > 0 && before[0].AddressSkipped != nil { // no is no in the next conversation too
			c.AddressAskedAt, c.AddressSkipped = before[0].AddressAskedAt, before[0].AddressSkipped
		}
	}
	if err := tx.Insert(ctx, c); err != nil {
		return nil, nil, fmt.Errorf("insert conversation: %w", err)
	}
	message, err := d.postCustomer(ctx, tx, caller, c, in)
	return c, message, err
}

// PostAsCustomer takes a message: to the current conversation, reopening it when it was closed, or to a new one when
// the customer has ended it; the same ClientID again returns the first message. Where an address is required and none is
// known or comes along, nothing is stored: AddressRequired tells that refusal.
func (d *Desk) PostAsCustomer(ctx context.Context, caller *CustomerCaller, in PostInput) (*Conversation, *Message, error) {
	if err := caller.mustWrite(); err != nil {
		return nil, nil, err
	}
	_, conversation, message, err := d.postAs(ctx, in, func(context.Context, Tx) (*CustomerCaller, error) { return caller, nil })
	return conversation, message, err
}

// PostByToken is PostAsCustomer for whoever holds a visitor token of the organization with the key, who is found in the
// same transaction; Missing when nobody does, and then known is false.
func (d *Desk) PostByToken(ctx context.Context, organizationKey, token string, in PostInput) (caller *CustomerCaller, c *Conversation, m *Message, known bool, err error) {
	caller, c, m, err = d.postAs(ctx, in, func(ctx context.Context, tx Tx) (*CustomerCaller, error) {
		found, err := callerByToken(ctx, tx, token)
		if err != nil {
			return nil, err
		}
		known = true
		if found.Organization.Key != organizationKey {
			return nil, missing()
		}
		return found, nil
	})
	return caller, c, m, known, err
}

// postAs posts for whoever is found in the transaction, and returns them as the message has left them.
func (d *Desk) postAs(ctx context.Context, in PostInput, find func(context.Context, Tx) (*CustomerCaller, error)) (*CustomerCaller, *Conversation, *Message, error) {
	text, files, err := cleanPost(in.Text, in.Files)
	if err != nil {
		return nil, nil, nil, err
	}
	in.Text, in.Files = text, files
	var caller CustomerCaller
	var conversation *Conversation
	var message *Message
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		found, err := find(ctx, tx)
		if err != nil {
			return err
		}
		caller = *found // a copy: what an attempt that is undone has learned is not kept
		learned, err := d.learnLanguage(ctx, tx, &caller, in)
		if err != nil {
			return err
		}
		brought, err := d.bring(ctx, tx, &caller, in)
		if err != nil {
			return err
		}
		if conversation, message, err = d.take(ctx, tx, &caller, brought); err == nil && learned {
			d.tellLanguage(tx, conversation)
		}
		return err
	})
	if isKind(err, Conflict) && conversation != nil && in.ClientID != "" {
		conversation, message, err = d.posted(ctx, conversation, in.ClientID, ByCustomer, err)
	}
	return &caller, conversation, message, err
}

// take puts a customer's message where it belongs, which is decided under the locks.
func (d *Desk) take(ctx context.Context, tx Tx, caller *CustomerCaller, in PostInput) (*Conversation, *Message, error) {
	c, err := lockTarget(ctx, tx, caller, in.ConversationKey)
	if isKind(err, Missing) && in.ConversationKey == "" {
		return d.beginOnce(ctx, tx, caller, in)
	}
	if err != nil {
		return nil, nil, err
	}
	if c.EndedAt != nil && caller.Only == nil {
		return d.afterEnd(ctx, tx, caller, c, in)
	}
	if err := d.mayPost(ctx, tx, caller, c, in); err != nil {
		return c, nil, err
	}
	if err := d.reopenFor(ctx, tx, c); err != nil {
		return c, nil, err
	}
	message, err := d.postCustomer(ctx, tx, caller, c, in)
	return c, message, err
}

// lockTarget locks the conversation that a message is for: most often the newest, found and locked at once.
func lockTarget(ctx context.Context, tx Tx, caller *CustomerCaller, key string) (*Conversation, error) {
	if key == "" && caller.Only == nil {
		return tx.LockNewest(ctx, caller.Organization.ID, caller.Customer.ID)
	}
	c, err := currentOf(ctx, tx, caller, key)
	if err != nil {
		return nil, err
	}
	return tx.LockConversation(ctx, c.OrganizationID, c.ID)
}

// afterEnd returns a message that was sent again across the end, else writes it into a new conversation.
func (d *Desk) afterEnd(ctx context.Context, tx Tx, caller *CustomerCaller, ended *Conversation, in PostInput) (*Conversation, *Message, error) {
	if in.ClientID != "" {
		before, err := orNil(tx.MessageByClientID(ctx, ended.OrganizationID, ended.ID, cut(in.ClientID, maxClientID)))
		if err != nil || before != nil && before.By == ByCustomer {
			return ended, before, err
		}
	}
	in.ConversationKey = ""
	return d.beginOnce(ctx, tx, caller, in)
}

// beginOnce begins a conversation unless another page of the customer has just done so.
func (d *Desk) beginOnce(ctx context.Context, tx Tx, caller *CustomerCaller, in PostInput) (*Conversation, *Message, error) {
	customer, err := tx.LockCustomer(ctx, caller.Organization.ID, caller.Customer.ID)
	if err != nil {
		return nil, nil, err
	}
	newest, err := orNil(currentOf(ctx, tx, caller, ""))
	if err != nil {
		return nil, nil, err
	}
	if newest != nil && newest.EndedAt == nil {
		return d.take(ctx, tx, caller, in)
	}
	fresh := *caller
	fresh.Customer = customer // they may have come or gone since the caller was read
	return d.begin(ctx, tx, &fresh, in)
}

// reopenFor opens a conversation again that was closed, or ended and is gone on with by a rejoin link.
func (d *Desk) reopenFor(ctx context.Context, tx Tx, c *Conversation) error {
	if c.EndedAt != nil && c.SpamAt == nil {
		c.EndedAt = nil
		if err := tx.Update(ctx, c, "ended_at"); err != nil {
			return fmt.Errorf("go on with an ended conversation: %w", err)
		}
	}
	if c.ClosedAt == nil || c.EndedAt != nil {
		return nil
	}
	c.ClosedAt = nil
	return d.happen(ctx, tx, c, HappenedReopened, nil)
}

// posted returns what a message that was sent before became; refused is the answer when it is nobody's or another's.
func (d *Desk) posted(ctx context.Context, c *Conversation, clientID string, by AuthorKind, refused error) (*Conversation, *Message, error) {
	message, err := d.store.MessageByClientID(ctx, c.OrganizationID, c.ID, cut(clientID, maxClientID))
	if isKind(err, Missing) || err == nil && message.By != by {
		return nil, nil, refused
	}
	if err != nil {
		return nil, nil, err
	}
	found, err := d.store.Conversation(ctx, c.OrganizationID, c.ID)
	return found, message, err
}

// maxClientID is the longest id that a client may make for a message, in characters.
const maxClientID = 64

func (d *Desk) postCustomer(ctx context.Context, tx Tx, caller *CustomerCaller, c *Conversation, in PostInput) (*Message, error) {
	if c.SpamAt != nil && c.EndedAt != nil {
		return nil, Refuse(Forbidden, "chat.conversation.ended")
	}
	message := &Message{
		OrganizationID: c.OrganizationID, ConversationID: c.ID, Seq: c.LastSeq + 1, Kind: Public, By: ByCustomer,
		AuthorID: caller.Customer.ID, AuthorName: caller.Customer.Name, Text: in.Text, ClientID: cut(in.ClientID, maxClientID),
		Via: ViaChat, CreatedAt: d.now(),
	}
	if err := d.bind(ctx, tx, ownerOf(caller), in.Files, message); err != nil {
		return nil, err
	}
	how := hearing{stood: in.Seen, all: in.Seen == nil, present: true, address: in.Address} // who writes is here
	return message, d.hear(ctx, tx, caller.Organization, caller.Customer, c, message, how)
}
