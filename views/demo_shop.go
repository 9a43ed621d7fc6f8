package views

import (
	"strings"

	"rejoin/locales"
)

// ShopProduct is one thing that the demo shop shows; its texts are locale keys, its picture img/demo/SLUG.svg.
type ShopProduct struct {
	Slug  string
	Name  string
	Line  string // what it is in a few words
	Text  string
	Facts []string
	Price int // whole euros
	Stock string
}

// ShopProducts are all products of the demo shop, in the order in which it shows them.
func ShopProducts() []ShopProduct {
	const ready, made, later = "demo.shop.stock.ready", "demo.shop.stock.made", "demo.shop.stock.later"
	return []ShopProduct{
		{
			Slug: "plates", Name: "demo.shop.plates.name", Line: "demo.shop.plates.line", Text: "demo.shop.plates.text", Price: 16, Stock: ready,
			Facts: []string{"demo.shop.plates.fact1", "demo.shop.plates.fact2", "demo.shop.plates.fact3"},
		},
		{
			Slug: "tablecloth", Name: "demo.shop.tablecloth.name", Line: "demo.shop.tablecloth.line", Text: "demo.shop.tablecloth.text", Price: 148, Stock: made,
			Facts: []string{"demo.shop.tablecloth.fact1", "demo.shop.tablecloth.fact2", "demo.shop.tablecloth.fact3"},
		},
		{
			Slug: "bowl", Name: "demo.shop.bowl.name", Line: "demo.shop.bowl.line", Text: "demo.shop.bowl.text", Price: 64, Stock: ready,
			Facts: []string{"demo.shop.bowl.fact1", "demo.shop.bowl.fact2", "demo.shop.bowl.fact3"},
		},
		{
			Slug: "tumblers", Name: "demo.shop.tumblers.name", Line: "demo.shop.tumblers.line", Text: "demo.shop.tumblers.text", Price: 11, Stock: ready,
			Facts: []string{"demo.shop.tumblers.fact1", "demo.shop.tumblers.fact2", "demo.shop.tumblers.fact3"},
		},
		{
			Slug: "napkins", Name: "demo.shop.napkins.name", Line: "demo.shop.napkins.line", Text: "demo.shop.napkins.text", Price: 13, Stock: ready,
			Facts: []string{"demo.shop.napkins.fact1", "demo.shop.napkins.fact2", "demo.shop.napkins.fact3"},
		},
		{
			Slug: "teapot", Name: "demo.shop.teapot.name", Line: "demo.shop.teapot.line", Text: "demo.shop.teapot.text", Price: 82, Stock: later,
			Facts: []string{"demo.shop.teapot.fact1", "demo.shop.teapot.fact2", "demo.shop.teapot.fact3"},
		},
	}
}

// ShopProductOf finds a product by the end of its address.
func ShopProductOf(slug string) (ShopProduct, bool) {
	for _, p := range ShopProducts() {
		if p.Slug == slug {
			return p, true
		}
	}
	return ShopProduct{}, false
}

// ShopArgs describes one page of the demo shop.
type ShopArgs struct {
	Locale  *locales.Locale
	Page    string // "", "products", "products/plates", "delivery" …
	Snippet string // what carries the widget, empty for none
}

// ShopTitle is the title of a page of the demo shop in a language.
func ShopTitle(l *locales.Locale, page string) string {
	title := l.T("demo.shop.home.title")
	switch page {
	case "products":
		title = l.T("demo.shop.nav.products")
	case "delivery":
		title = l.T("demo.shop.nav.delivery")
	case "about":
		title = l.T("demo.shop.nav.about")
	case "contact":
		title = l.T("demo.shop.nav.contact")
	case "without-widget":
		title = l.T("demo.shop.without_widget.title")
	case "no-scripts":
		title = l.T("demo.shop.no_scripts.title")
	}
	if slug, found := strings.CutPrefix(page, "products/"); found {
		if product, known := ShopProductOf(slug); known {
			title = l.T(product.Name)
		}
	}
	return title + " · " + l.T("demo.shop.name")
}

func (a ShopArgs) to(page string) string { return DemoShop(a.Locale.Tag(), page) }

// within tells whether the page is that of a link of the navigation, or below it.
func (a ShopArgs) within(page string) bool {
	return a.Page == page || page != "" && strings.HasPrefix(a.Page, page+"/")
}

func shopPicture(name string) string { return "img/demo/" + name + ".svg" }
