package views

import (
	"slices"
	"strconv"

	"rejoin/locales"
)

// ShopWords is a page of titles and paragraphs.
type ShopWords struct {
	Title, Lead          string
	Picture, PictureText string
	Parts                []ShopPart
}

// ShopPart is one paragraph with its title.
type ShopPart struct{ Title, Text string }

func shopPrice(l *locales.Locale, p ShopProduct) string {
	return l.T("demo.shop.price", "Euros", strconv.Itoa(p.Price))
}

// shopOthers are three products other than the one that is shown.
func shopOthers(shown ShopProduct) []ShopProduct {
	all := ShopProducts()
	for i, p := range all {
		if p.Slug == shown.Slug {
			ring := slices.Concat(all[i+1:], all[:i])
			return ring[:3]
		}
	}
	return all[:3]
}

// ShopDelivery are the words of the page about delivery and returns.
func ShopDelivery(l *locales.Locale) ShopWords {
	return ShopWords{
		Title: l.T("demo.shop.nav.delivery"), Lead: l.T("demo.shop.delivery.lead"),
		Parts: []ShopPart{
			{l.T("demo.shop.delivery.when"), l.T("demo.shop.delivery.when.text")},
			{l.T("demo.shop.delivery.cost"), l.T("demo.shop.delivery.cost.text")},
			{l.T("demo.shop.delivery.broken"), l.T("demo.shop.delivery.broken.text")},
			{l.T("demo.shop.delivery.back"), l.T("demo.shop.delivery.back.text")},
		},
	}
}

// ShopAbout are the words of the page about the brand.
func ShopAbout(l *locales.Locale) ShopWords {
	return ShopWords{
		Title: l.T("demo.shop.nav.about"), Lead: l.T("demo.shop.about.lead"),
		Picture: "workshop", PictureText: l.T("demo.shop.about.picture"),
		Parts: []ShopPart{
			{l.T("demo.shop.about.clay"), l.T("demo.shop.about.clay.text")},
			{l.T("demo.shop.about.linen"), l.T("demo.shop.about.linen.text")},
			{l.T("demo.shop.about.visit"), l.T("demo.shop.about.visit.text")},
		},
	}
}

// ShopContact are the words of the page that says how to reach the brand.
func ShopContact(l *locales.Locale) ShopWords {
	return ShopWords{
		Title: l.T("demo.shop.nav.contact"), Lead: l.T("demo.shop.contact.lead"),
		Parts: []ShopPart{
			{l.T("demo.shop.contact.chat"), l.T("demo.shop.contact.chat.text")},
			{l.T("demo.shop.contact.hours"), l.T("demo.shop.contact.hours.text")},
			{l.T("demo.shop.contact.trade"), l.T("demo.shop.contact.trade.text")},
		},
	}
}

// ShopWithoutWidget are the words of the page that does not carry the widget.
func ShopWithoutWidget(l *locales.Locale) ShopWords {
	return ShopWords{Title: l.T("demo.shop.without_widget.title"), Lead: l.T("demo.shop.without_widget.lead")}
}

// ShopNoScripts are the words of the page whose policy lets no script run.
func ShopNoScripts(l *locales.Locale) ShopWords {
	return ShopWords{Title: l.T("demo.shop.no_scripts.title"), Lead: l.T("demo.shop.no_scripts.lead")}
}
