package chat

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// MaxThread is the longest page of a thread.
const MaxThread = 100

// Current is the conversation that the widget shows, Missing when the customer has none.
func (d *Desk) Current(ctx context.Context, caller *CustomerCaller) (*Conversation, error) {
	return d.current(ctx, caller, "")
}

// ConversationFor finds one of the customer's conversations by its key.
func (d *Desk) ConversationFor(ctx context.Context, caller *CustomerCaller, key string) (*Conversation, error) {
	if key == "" {
		return nil, missing()
	}
	return d.current(ctx, caller, key)
}

func (d *Desk) current(ctx context.Context, caller *CustomerCaller, key string) (*Conversation, error) {
	return currentOf(ctx, d.store, caller, key)
}

// currentOf reads through the transaction that the caller holds, so that no use case needs a second connection.
func currentOf(ctx context.Context, read Reader, caller *CustomerCaller, key string) (*Conversation, error) {
	organization := caller.Organization.ID
	switch {
	case key != "":
		found, err := read.ConversationByKey(ctx, organization, key)
		if err != nil {
			return nil, err
		}
		if !caller.may(found) {
			return nil, missing()
		}
		return found, nil
	case caller.Only != nil:
		return read.Conversation(ctx, organization, *caller.Only)
	}
	newest, err := read.ConversationsOf(ctx, organization, caller.Customer.ID, 1)
	if err != nil {
		return nil, err
	}
	if len(newest) == 0 {
		return nil, missing()
	}
	return &newest[0], nil
}

// MessagesFor reads what the customer may read; after, before and limit are those of Reader.Messages.
func (d *Desk) MessagesFor(ctx context.Context, caller *CustomerCaller, c *Conversation, after, before int64, limit int) ([]Message, error) {
	if !caller.may(c) {
		return nil, missing()
	}
	return d.store.Messages(ctx, c.OrganizationID, c.ID, after, before, min(max(limit, 1), MaxThread), true)
}

// lockFor locks one of the customer's conversations in a transaction.
func (d *Desk) lockFor(ctx context.Context, tx Tx, caller *CustomerCaller, key string) (*Conversation, error) {
	if err := caller.mustWrite(); err != nil {
		return nil, err
	}
	found, err := currentOf(ctx, tx, caller, key)
	if err != nil {
		return nil, err
	}
	return tx.LockConversation(ctx, found.OrganizationID, found.ID)
}

// SeenByCustomer moves the customer's cursor forward; it never moves back.
func (d *Desk) SeenByCustomer(ctx context.Context, caller *CustomerCaller, key string, seq int64) error {
	if err := caller.mustWrite(); err != nil {
		return err
	}
	found, err := d.current(ctx, caller, key)
	if err != nil || min(seq, found.LastSeq) <= found.CustomerSeenSeq && found.CustomerUnread == 0 {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.LockConversation(ctx, found.OrganizationID, found.ID)
		if err != nil {
			return err
		}
		seq := min(seq, c.LastSeq)
		if seq <= c.CustomerSeenSeq {
			return nil
		}
		before := c.CustomerUnread
		c.CustomerSeenSeq = seq
		if c.CustomerUnread, err = unreadAfter(ctx, tx, c, seq, Them); err != nil {
			return err
		}
		if c.CustomerUnread < before {
			now := d.now()
			c.CustomerSeenAt = &now
		}
		if err := tx.Update(ctx, c, "customer_seen_seq", "customer_seen_at", "customer_unread"); err != nil {
			return fmt.Errorf("move seen: %w", err)
		}
		tellSeen(tx, c, Them, seq)
		return d.replan(ctx, tx, c)
	})
}

// tellSeen nudges both sides that one of them has seen the messages up to a seq.
func tellSeen(tx Tx, c *Conversation, by Side, seq int64) {
	tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: MessageSeen, Key: c.Key, Seq: seq, Note: string(by)},
		Event{Topic: ConversationTopic(c.OrganizationID, c.ID), Name: MessageSeen, Key: c.Key, Seq: seq, Note: string(by)})
}

// unreadAfter counts what a side has not read behind a cursor.
func unreadAfter(ctx context.Context, tx Tx, c *Conversation, seq int64, by Side) (int, error) {
	unread := 0
	for ; seq < c.LastSeq; seq += MaxThread {
		later, err := tx.Messages(ctx, c.OrganizationID, c.ID, seq, seq+MaxThread+1, MaxThread, by == Them)
		if err != nil {
			return 0, fmt.Errorf("read unread: %w", err)
		}
		for _, m := range later {
			if m.unread(by) {
				unread++
			}
		}
	}
	return unread, nil
}

// unread tells whether a message counts as unread for a side that has not seen it: what the other one wrote, and for
// agents a stranger's mail that nobody has decided about.
func (m *Message) unread(by Side) bool {
	if by == Them {
		return m.Kind == Public && m.By != ByCustomer
	}
	return m.By == ByCustomer && (m.Kind == Public || m.Kind == Held && m.Meta[MetaState] == "")
}

// CustomerTyping nudges the agents; nothing is written.
func (d *Desk) CustomerTyping(ctx context.Context, caller *CustomerCaller, key string) error {
	if err := caller.mustWrite(); err != nil {
		return err
	}
	c, err := d.current(ctx, caller, key)
	if err != nil {
		return err
	}
	d.publish([]Event{{Topic: OrganizationTopic(c.OrganizationID), Name: CustomerTyped, Key: c.Key}})
	return nil
}

// VisitPage remembers a page of the brand that the customer opened: scheme, host and path only.
func (d *Desk) VisitPage(ctx context.Context, caller *CustomerCaller, visit PageVisit) error {
	if err := caller.mustWrite(); err != nil {
		return err
	}
	visit.At = d.now()
	page, ok := cleanPage(visit)
	if !ok {
		return nil
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.LockCustomer(ctx, caller.Organization.ID, caller.Customer.ID)
		if err != nil {
			return err
		}
		if len(c.Pages) > 0 && c.Pages[0].URL == page.URL {
			return nil
		}
		c.Pages = append([]PageVisit{page}, c.Pages[:min(len(c.Pages), MaxPages-1)]...)
		if err := tx.Update(ctx, c, "pages"); err != nil {
			return fmt.Errorf("save page: %w", err)
		}
		return d.tellCustomer(ctx, tx, c)
	})
}

// tellCustomer nudges the inboxes about every conversation of a changed customer.
func (d *Desk) tellCustomer(ctx context.Context, tx Tx, c *Customer) error {
	conversations, err := tx.ConversationsOf(ctx, c.OrganizationID, c.ID, MaxPage)
	if err != nil {
		return err
	}
	for _, found := range conversations {
		tx.Emit(Event{Topic: OrganizationTopic(found.OrganizationID), Name: CustomerChanged, Key: found.Key, Seq: found.LastSeq})
	}
	return nil
}

// ChooseLanguage sets the language that the customer asks for in the widget's menu.
func (d *Desk) ChooseLanguage(ctx context.Context, caller *CustomerCaller, tag string) error {
	if err := caller.mustWrite(); err != nil {
		return err
	}
	if !d.shipped[tag] {
		return RefuseField("language", "chat.language.unknown")
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		return d.setLanguage(ctx, tx, caller.Organization.ID, caller.Customer.ID, tag, LanguageByCustomer, nil)
	})
}

func (d *Desk) setLanguage(ctx context.Context, tx Tx, organization, customer int64, tag string, why LanguageReason, by *Agent) error {
	c, err := tx.LockCustomer(ctx, organization, customer)
	if err != nil {
		return err
	}
	if c.Language == tag && c.LanguageReason == why {
		return nil
	}
	c.Language, c.LanguageReason = tag, why
	if err := tx.Update(ctx, c, "language", "language_reason"); err != nil {
		return fmt.Errorf("update language: %w", err)
	}
	meta := map[string]string{"Language": tag}
	if by != nil {
		meta["Agent"] = by.Name
	}
	newest, err := tx.ConversationsOf(ctx, organization, customer, 1)
	if err != nil || len(newest) == 0 {
		return err
	}
	locked, err := tx.LockConversation(ctx, organization, newest[0].ID)
	if err != nil {
		return err
	}
	if err := d.happen(ctx, tx, locked, HappenedLanguage, meta); err != nil {
		return err
	}
	tx.Emit(Event{Topic: ConversationTopic(organization, locked.ID), Name: CustomerChanged, Key: locked.Key, Seq: locked.LastSeq})
	return d.tellCustomer(ctx, tx, c)
}

// StopEmail switches email off or on for one conversation; agents see it and cannot override it.
func (d *Desk) StopEmail(ctx context.Context, caller *CustomerCaller, key string, stop bool) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := d.lockFor(ctx, tx, caller, key)
		if err != nil {
			return err
		}
		return d.switchEmail(ctx, tx, c, stop)
	})
}

// EndConversation closes it at the customer's wish; their next message starts another.
func (d *Desk) EndConversation(ctx context.Context, caller *CustomerCaller, key string) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := d.lockFor(ctx, tx, caller, key)
		if err != nil || c.EndedAt != nil {
			return err
		}
		now := d.now()
		c.EndedAt, c.ClosedAt = &now, &now
		if err := tx.Update(ctx, c, "ended_at", "closed_at"); err != nil {
			return fmt.Errorf("end conversation: %w", err)
		}
		return d.happenAndTell(ctx, tx, c, HappenedEnded, nil)
	})
}

// happenAndTell writes a thin line and nudges both sides that the conversation itself has changed.
func (d *Desk) happenAndTell(ctx context.Context, tx Tx, c *Conversation, what Happening, meta map[string]string) error {
	if err := d.happen(ctx, tx, c, what, meta); err != nil {
		return err
	}
	d.tell(tx, c)
	return nil
}

func (d *Desk) tell(tx Tx, c *Conversation) {
	tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: ConversationChanged, Key: c.Key, Seq: c.LastSeq},
		Event{Topic: ConversationTopic(c.OrganizationID, c.ID), Name: ConversationChanged, Key: c.Key, Seq: c.LastSeq})
}

// DeleteMe removes the customer with every conversation; a rejoin link does not suffice for that.
func (d *Desk) DeleteMe(ctx context.Context, caller *CustomerCaller) error {
	if err := caller.mustOwnAll(); err != nil {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		gone, err := tx.ConversationsOf(ctx, caller.Organization.ID, caller.Customer.ID, MaxPage)
		if err != nil {
			return err
		}
		for _, c := range gone {
			tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: ConversationDeleted, Key: c.Key},
				Event{Topic: ConversationTopic(c.OrganizationID, c.ID), Name: ConversationDeleted, Key: c.Key})
		}
		return tx.DeleteCustomer(ctx, caller.Organization.ID, caller.Customer.ID)
	})
}

// cleanPage keeps of a page what is no secret: scheme, host and path.
func cleanPage(visit PageVisit) (PageVisit, bool) {
	parsed, err := url.Parse(visit.URL)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" || len(visit.URL) > 2000 {
		return PageVisit{}, false
	}
	kept := url.URL{Scheme: parsed.Scheme, Host: parsed.Host, Path: parsed.Path}
	title, err := cleanLine("title", visit.Title, 2000)
	if err != nil {
		title = ""
	}
	return PageVisit{URL: kept.String(), Title: cut(strings.ToValidUTF8(title, ""), 150), At: visit.At}, true
}
