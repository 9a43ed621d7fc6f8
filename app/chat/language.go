package chat

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// rank orders the reasons: a lower one wins over a higher one.
func (r LanguageReason) rank() int {
	return slices.Index([]LanguageReason{
		LanguageByAgent, LanguageByCustomer, LanguageByPage, LanguageByText,
		LanguageByHTML, LanguageByBrowser, LanguageByOrganization,
	}, r)
}

// chooseLanguage picks a customer's language from what is known at the first message.
func (d *Desk) chooseLanguage(o *Organization, hints LanguageHints, text string) (string, LanguageReason) {
	if tag := cleanTag(hints.Page); tag != "" {
		return tag, LanguageByPage
	}
	if tag, sure := d.detect(text); sure {
		return tag, LanguageByText
	}
	if tag := cleanTag(hints.HTML); tag != "" {
		return tag, LanguageByHTML
	}
	if tag := cleanTag(hints.Browser); tag != "" {
		return tag, LanguageByBrowser
	}
	return o.Language, LanguageByOrganization
}

// learnLanguage takes the choice of the page that a message comes from, or the first message whose language is sure,
// unless something stronger has chosen; it tells whether that changed the caller's customer.
func (d *Desk) learnLanguage(ctx context.Context, tx Tx, caller *CustomerCaller, in PostInput) (bool, error) {
	if _, why := d.betterLanguage(caller.Customer, in); why == "" {
		return false, nil
	}
	customer, err := tx.LockCustomer(ctx, caller.Organization.ID, caller.Customer.ID)
	if err != nil {
		return false, err
	}
	tag, why := d.betterLanguage(customer, in) // an agent may have chosen since the caller was read
	if why == "" {
		return false, nil
	}
	customer.Language, customer.LanguageReason = tag, why
	if err := tx.Update(ctx, customer, "language", "language_reason"); err != nil {
		return false, fmt.Errorf("update language: %w", err)
	}
	caller.Customer = customer
	return true, nil
}

// betterLanguage tells what a message says of the customer's language, and no reason when it says nothing better.
func (d *Desk) betterLanguage(customer *Customer, in PostInput) (string, LanguageReason) {
	known := customer.LanguageReason.rank()
	if tag := cleanTag(in.Hints.Page); tag != "" && known >= LanguageByPage.rank() {
		if known == LanguageByPage.rank() && tag == customer.Language {
			return "", ""
		}
		return tag, LanguageByPage
	}
	if known <= LanguageByText.rank() {
		return "", ""
	}
	tag, sure := d.detect(in.Text)
	if !sure {
		return "", ""
	}
	if baseLanguage(customer.Language) == tag {
		tag = customer.Language // it may name a region, which a text does not
	}
	return tag, LanguageByText
}

// tellLanguage nudges both sides: the widget speaks the customer's language, and the agents see it.
func (d *Desk) tellLanguage(tx Tx, c *Conversation) {
	tx.Emit(Event{Topic: OrganizationTopic(c.OrganizationID), Name: CustomerChanged, Key: c.Key, Seq: c.LastSeq},
		Event{Topic: ConversationTopic(c.OrganizationID, c.ID), Name: CustomerChanged, Key: c.Key, Seq: c.LastSeq})
}

// cleanTag returns a BCP 47 tag in its usual case, empty when it is none.
func cleanTag(tag string) string {
	tag = strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")
	if tag == "" || len(tag) > 35 {
		return ""
	}
	parts := strings.Split(tag, "-")
	if len(parts[0]) < 2 || len(parts[0]) > 3 {
		return ""
	}
	for i, part := range parts {
		if part == "" || len(part) > 8 || strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			return ""
		}
		if i == 0 {
			parts[i] = strings.ToLower(part)
		} else if len(part) == 2 {
			parts[i] = strings.ToUpper(part)
		}
	}
	return strings.Join(parts, "-")
}
