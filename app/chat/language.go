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

// learnLanguage takes the first message whose language is sure, unless something stronger has chosen.
func (d *Desk) learnLanguage(ctx context.Context, tx Tx, caller *CustomerCaller, text string) error {
	customer := caller.Customer
	if customer.LanguageReason.rank() <= LanguageByText.rank() {
		return nil
	}
	tag, sure := d.detect(text)
	if !sure {
		return nil
	}
	customer.LanguageReason = LanguageByText
	if baseLanguage(customer.Language) != tag {
		customer.Language = tag
	}
	if err := tx.Update(ctx, customer, "language", "language_reason"); err != nil {
		return fmt.Errorf("update language: %w", err)
	}
	return nil
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
