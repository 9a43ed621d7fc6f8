package views

import (
	"net/url"
	"slices"

	"rejoin/locales"
)

// DemoStart is the newcomers' first page.
func DemoStart() string { return "/demo/start" }

// DemoShop is a page of the demo shop in a language, such as "products"; an empty page is its first one.
func DemoShop(language, page string) string {
	path := Demo()
	if spoken := ShopLanguage(language); spoken != locales.Fallback {
		path += "/" + spoken
	}
	if page != "" {
		path += "/" + page
	}
	return path
}

// ShopLanguages are the languages of the demo shop.
func ShopLanguages() []string { return locales.With("demo.shop.name") }

// ShopLanguage is the shop's language for somebody who reads another one: that, or English.
func ShopLanguage(tag string) string {
	if slices.Contains(ShopLanguages(), tag) {
		return tag
	}
	return locales.Fallback
}

// DemoProduct is the shop's page of one product.
func DemoProduct(language, slug string) string {
	return DemoShop(language, "products/"+url.PathEscape(slug))
}

// DemoClock takes the POST that moves the application's clock.
func DemoClock() string { return "/demo/clock" }

// DemoLive is the stream of the newcomers' page.
func DemoLive() string { return "/demo/start/live" }

// DemoMailbox is every email that was sent.
func DemoMailbox() string { return "/demo/mailbox" }

// DemoMailboxJSON lists the emails for machines.
func DemoMailboxJSON() string { return "/demo/mailbox.json" }

// DemoMailboxOlder is the list behind an email.
func DemoMailboxOlder(before string) string {
	return DemoMailbox() + "?before=" + url.QueryEscape(before)
}

// DemoMailboxLive is the stream of the mailbox; shown is the email beside the list.
func DemoMailboxLive(shown string) string {
	return "/demo/mailbox/live?shown=" + url.QueryEscape(shown)
}

// DemoMail is one email; part is one of the DemoMailParts, empty for the HTML.
func DemoMail(id, part string) string {
	path := DemoMailbox() + "/" + url.PathEscape(id)
	if part != "" {
		path += "?part=" + url.QueryEscape(part)
	}
	return path
}

// DemoMailHTML is an email's own HTML, for a frame.
func DemoMailHTML(id string) string { return DemoMail(id, "") + "/html" }

// DemoMailAnswer takes the POST that answers an email.
func DemoMailAnswer(id string) string { return DemoMail(id, "") + "/answer" }

// DemoMailAnswered is an email whose answer has just gone.
func DemoMailAnswered(id string) string { return DemoMail(id, MailPartAnswer) + "&sent=1" }

// DemoMailRaw is an email as it went out.
func DemoMailRaw(id string) string { return DemoMail(id, "") + "/raw" }
