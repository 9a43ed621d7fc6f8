package demo

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

// shop mounts the brand's site in one language.
func (r *room) shop(g *web.Group, tag string) {
	l := locales.For(tag)
	page := func(name string, draw func(views.ShopArgs) templ.Component) {
		path := ""
		if name != "" {
			path = "/" + name
		}
		g.GET(path, func(c echo.Context) error {
			r.shopPolicy(c, true)
			return web.Render(c, http.StatusOK, draw(r.shopArgs(l, name)))
		})
	}
	words := func(w views.ShopWords) func(views.ShopArgs) templ.Component {
		return func(a views.ShopArgs) templ.Component { return views.ShopText(a, w) }
	}
	page("", views.ShopHome)
	page("products", views.ShopList)
	page("delivery", words(views.ShopDelivery(l)))
	page("about", words(views.ShopAbout(l)))
	page("contact", words(views.ShopContact(l)))
	g.GET("/products/:slug", r.product(l))
	g.GET("/without-widget", func(c echo.Context) error {
		r.shopPolicy(c, true)
		a := views.ShopArgs{Locale: l, Page: "without-widget"}
		return web.Render(c, http.StatusOK, views.ShopText(a, views.ShopWithoutWidget(l)))
	})
	g.GET("/no-scripts", func(c echo.Context) error {
		r.shopPolicy(c, false)
		return web.Render(c, http.StatusOK, views.ShopText(r.shopArgs(l, "no-scripts"), views.ShopNoScripts(l)))
	})
}

func (r *room) product(l *locales.Locale) echo.HandlerFunc {
	return func(c echo.Context) error {
		web.SetLocale(c, l.Tag())
		product, found := views.ShopProductOf(c.Param("slug"))
		if !found {
			return chat.Refuse(chat.Missing, "error.missing")
		}
		r.shopPolicy(c, true)
		return web.Render(c, http.StatusOK, views.ShopProductPage(r.shopArgs(l, "products/"+product.Slug), product))
	}
}

func (r *room) shopArgs(l *locales.Locale, page string) views.ShopArgs {
	return views.ShopArgs{Locale: l, Page: page, Snippet: views.Snippet(r.origin, r.OrganizationKey)}
}

// shopPolicy is what we tell a brand with a strict policy to allow: our origin for scripts and frames. Without scripts
// it is a brand that forgot to, or a browser that blocks them.
func (r *room) shopPolicy(c echo.Context, scripts bool) {
	allowed := r.origin
	if !scripts {
		allowed = "'none'"
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src "+allowed+"; frame-src "+r.origin+
		"; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'")
	h.Del("X-Frame-Options")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
}
